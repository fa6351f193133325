package render

import (
	"fmt"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
)

// Declined is what a run says whose question was not answered with yes; such a run has a problem of
// RuleDeclined, and DeclinedCounts stands in its last line.
const (
	Declined       = "Not confirmed. Nothing was changed."
	DeclinedCounts = "not confirmed"
	RuleDeclined   = "not-confirmed"
)

// Question is what a person is asked before a plan is applied.
type Question struct {
	// About says what will be done: "Deletes Old Trial (trial); transfers Acme (acme) to
	// jane@acme.example."
	About string
	// Type is what must be typed, and What it is; "" where yes or no is enough.
	Type, What string
}

// Ask weighs the plan: what costs money has to be confirmed by the sum; what deletes or transfers
// has to be confirmed by the name of the organization, or by their number when there are several;
// for everything else yes or no will do.
func Ask(p *plan.Plan) Question {
	q := Question{About: questionWords(p)}
	harmless := q.About == ""
	if harmless {
		q.About = "Applies " + text.Count(changes(p.Summary), "change", "changes") + " (" + opWords(p.Summary) +
			") to " + changedWords(p) + "."
	}
	if n := p.Summary.Foreseen; n > 0 {
		q.About += " " + text.Count(n, "further step needs", "further steps need") +
			" a paid plan: Free will most likely refuse " + itThem(n) + "."
	}
	if admins := summarize(p).admins.words(); len(admins) > 0 {
		q.About += " Gives the rights of an Admin: " + text.AndMore(admins, named) + "."
	}
	if harmless {
		return q
	}
	if sum := MoneySum(p.Money); sum != "" {
		q.About += " By the catalogue that costs " + sum + "; the charge may differ."
		q.Type, q.What = sum, "what it costs"
		return q
	}
	var grave []*plan.Organization
	for i := range p.Organizations {
		if isGrave(&p.Organizations[i]) {
			grave = append(grave, &p.Organizations[i])
		}
	}
	if len(grave) == 1 {
		if name := Clean(grave[0].Name); canBeTyped(name) {
			q.Type, q.What = name, "the organization's name"
			return q
		}
	}
	q.Type, q.What = strconv.Itoa(len(grave)), "the number of organizations"
	return q
}

// widestTyped is the widest name that somebody is asked to type.
const widestTyped = 60

// canBeTyped tells whether a name can be asked for: one that means no, or asks for details, or has
// spaces that nobody sees, would be taken for something else.
func canBeTyped(name string) bool {
	plainly := strings.Join(strings.Fields(name), " ") == name
	return plainly && Answered(name) == AnswerOther && columns(name) <= widestTyped
}

// changedWords names the organizations that change, or counts them.
func changedWords(p *plan.Plan) string {
	var named []string
	for i := range p.Organizations {
		if o := &p.Organizations[i]; len(o.Steps) > 0 {
			named = append(named, organizationWords(o))
		}
	}
	if len(named) > fewestForGroup {
		return text.Count(len(named), "organization", "organizations")
	}
	return text.And(named)
}

// Answer is what a typed line means where it is not the text that was asked for.
type Answer int

// The answers.
const (
	AnswerOther Answer = iota
	AnswerYes
	AnswerStop    // empty, n, no
	AnswerDetails // d
)

var answers = map[string]Answer{
	"": AnswerStop, "n": AnswerStop, "no": AnswerStop, "y": AnswerYes, "yes": AnswerYes,
	"d": AnswerDetails, "details": AnswerDetails,
}

// Answered is the meaning of a line, without regard to case and spaces around it.
func Answered(line string) Answer { return answers[strings.ToLower(strings.TrimSpace(line))] }

// Text is the question as it is asked first, folded to the width; the cursor stays behind it.
func (q Question) Text(o Options) string {
	how := "Apply? [y/N; d for details] "
	if q.Type != "" {
		how = fmt.Sprintf("Type %s, %s, to apply; d for details, anything else stops: ", q.Type, q.What)
	}
	if columns(q.About)+1+columns(how) < o.width() {
		return q.About + " " + how
	}
	return strings.TrimRight(folded(q.About, o), " ") + "\n" + folded(how, o)
}

// Again is the question after an answer that is neither the right one nor a no.
func (q Question) Again(line string, o Options) string {
	line = cut(Clean(strings.TrimSpace(line)), widestTyped)
	if q.Type == "" {
		return folded(fmt.Sprintf("%q is neither yes nor no. Apply? [y/N; d for details] ", line), o)
	}
	return folded(fmt.Sprintf("%q is not %s. Type %s to apply; d for details; n or nothing stops: ", line, q.Type,
		q.Type), o)
}

// Prompt is a question of one line, folded on a terminal; the cursor stays behind it.
func Prompt(words string, o Options) string {
	if words = strings.TrimRight(Clean(words), " "); columns(words)+1 < o.width() {
		return words + " "
	}
	return folded(words, o)
}

func folded(words string, o Options) string {
	return strings.Join(fold(words, o.width()-2), "\n") + " "
}

// questionWords say what a plan deletes, takes away and hands over; "" when it does nothing of that
// kind. What happens in many organizations is counted.
func questionWords(p *plan.Plan) string {
	var q questionParts
	for i := range p.Organizations {
		o := &p.Organizations[i]
		for j := range o.Steps {
			q.add(o, &o.Steps[j])
		}
	}
	var parts []string
	left := 0
	for grave := range q.verbs {
		for _, verb := range q.verbs[grave] {
			if len(parts) == mostParts {
				left += len(q.objects[verb])
				continue
			}
			parts = append(parts, verb+" "+text.AndMore(q.objects[verb], named))
		}
	}
	if left > 0 {
		parts = append(parts, "and "+text.Count(left, "further deletion", "further deletions"))
	}
	if len(parts) == 0 {
		return ""
	}
	line := strings.Join(parts, "; ")
	return strings.ToUpper(line[:1]) + line[1:] + "."
}

// mostParts is how many different things a question names.
const mostParts = 6

// questionParts gather, for each thing that is done, to what: what happens to organizations, to
// people, and to the rest, each in order of appearance.
type questionParts struct {
	verbs   [3][]string
	objects map[string][]string
}

func (q *questionParts) add(o *plan.Organization, step *plan.Step) {
	organization := organizationWords(o)
	name := Clean(step.Address.Name())
	switch {
	case step.Kind == spec.KindSubscription:
		q.say(0, subscriptionVerb(step), organization)
	case step.Kind == spec.KindPaymentMethods:
		q.say(1, string(step.Op)+"s the payment method "+name+" of", organization)
	case step.Kind == spec.KindOrganization && step.Op == plan.OpDelete:
		q.say(0, "deletes", organization)
	case step.Op == plan.OpTransfer:
		q.say(0, "transfers", organization+newOwner(step))
	case step.Kind == spec.KindMember && step.Op == plan.OpRevoke:
		q.say(1, "revokes the invitation of "+name+" to", organization)
	case step.Kind == spec.KindMember && step.Op == plan.OpDelete:
		q.say(1, "removes "+name+" from", organization)
	case step.Op.Counted() == plan.OpDelete:
		q.say(2, "deletes "+object(step.Address)+" in", organization)
	}
}

// subscriptionVerb says what becomes of a subscription.
func subscriptionVerb(step *plan.Step) string {
	switch {
	case step.Op == plan.OpCreate:
		return "opens a checkout for"
	case step.Op == plan.OpDelete:
		return "cancels the subscription of"
	case step.Arguments.Offer:
		return "claims the cancellation offer of"
	case step.Arguments.PriceID == 0:
		return "sets to Free, at once,"
	}
	return "changes the subscription of"
}

// isGrave tells whether something of an organization is deleted, taken away or handed over.
func isGrave(o *plan.Organization) bool {
	var q questionParts
	for i := range o.Steps {
		q.add(o, &o.Steps[i])
	}
	return len(q.objects) > 0
}

// organizationWords is an organization's name and key: "Old Trial (trial)".
func organizationWords(o *plan.Organization) string {
	if o.Name == "" {
		return Clean(o.Key)
	}
	return cut(Clean(o.Name), widestTyped) + " (" + Clean(o.Key) + ")"
}

// newOwner is " to jane@acme.example", as far as the step says whom.
func newOwner(step *plan.Step) string {
	for _, field := range step.Fields {
		if field.To.IsText() {
			return " to " + Clean(field.To.String())
		}
	}
	return ""
}

func (q *questionParts) say(grave int, verb, object string) {
	if q.objects == nil {
		q.objects = map[string][]string{}
	}
	if q.objects[verb] == nil {
		q.verbs[grave] = append(q.verbs[grave], verb)
	}
	q.objects[verb] = append(q.objects[verb], object)
}
