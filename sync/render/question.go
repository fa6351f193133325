package render

import (
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
)

// Declined is what a run says whose question was not answered with yes.
const Declined = "Not confirmed. Nothing was changed."

// QuestionWords say what a plan deletes, takes away and hands over, for the question before it is
// applied: "Deletes Old Trial (trial); transfers Acme (acme) to jane@acme.example." "" when it does
// nothing of that kind. What happens in many organizations is counted.
func QuestionWords(p *plan.Plan) string {
	var q question
	for i := range p.Organizations {
		o := &p.Organizations[i]
		for j := range o.Steps {
			q.add(o, &o.Steps[j])
		}
	}
	var parts []string
	for _, verb := range q.verbs {
		parts = append(parts, verb+" "+text.AndMore(q.objects[verb], named))
	}
	if len(parts) == 0 {
		return ""
	}
	line := strings.Join(parts, "; ")
	return strings.ToUpper(line[:1]) + line[1:] + "."
}

// question gathers, for each thing that is done, to what.
type question struct {
	verbs   []string // in order of appearance
	objects map[string][]string
}

func (q *question) add(o *plan.Organization, step *plan.Step) {
	organization := Clean(o.Name) + " (" + Clean(o.Key) + ")"
	if o.Name == "" {
		organization = Clean(o.Key)
	}
	name := Clean(step.Address.Name())
	switch {
	case step.Kind == spec.KindOrganization && step.Op == plan.OpDelete:
		q.say("deletes", organization)
	case step.Op == plan.OpTransfer:
		q.say("transfers", organization+newOwner(step))
	case step.Kind == spec.KindMember && step.Op.Counted() == plan.OpDelete:
		q.say("removes "+name+" from", organization)
	case step.Op.Counted() == plan.OpDelete:
		q.say("deletes "+object(step.Address)+" in", organization)
	}
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

func (q *question) say(verb, object string) {
	if q.objects == nil {
		q.objects = map[string][]string{}
	}
	if q.objects[verb] == nil {
		q.verbs = append(q.verbs, verb)
	}
	q.objects[verb] = append(q.objects[verb], object)
}
