package render

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/grouping"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// summary is what a plan's last lines say in words.
type summary struct {
	organizations, silent            int
	admins, invited, losing, forever phrases
	limited                          []limited
	notRead                          []string
	// upTo stands before the number of writes where some are foreseen to be refused.
	upTo string
}

// phrases are what happens to somebody in some organizations, in order of appearance.
type phrases struct {
	list []string
	keys map[string][]string
}

func (p *phrases) add(phrase, key string) {
	if p.keys == nil {
		p.keys = map[string][]string{}
	}
	if p.keys[phrase] == nil {
		p.list = append(p.list, phrase)
	}
	p.keys[phrase] = append(p.keys[phrase], key)
}

// fewNames is how many organizations a phrase names before it counts.
const fewNames = 3

// words are a phrase for each organization, or one for several: "leo@acme.example from acme",
// "leo@acme.example from 48 organizations (acme, alder, birch, and 45 more)".
func (p *phrases) words() []string {
	var words []string
	for _, phrase := range p.list {
		keys := p.keys[phrase]
		if len(keys) >= fewestForGroup {
			phrase = strings.TrimSuffix(phrase, " the organization")
			words = append(words, phrase+" "+text.Count(len(keys), "organization", "organizations")+
				" ("+text.Commas(keys, fewNames)+")")
			continue
		}
		for _, key := range keys {
			words = append(words, phrase+" "+key)
		}
	}
	return words
}

// limited is an organization whose rate limit binds: it needs more writes than a minute allows.
type limited struct {
	key           string
	writes, limit int
}

// minutes is how long the writes take at least: each full window but the last is waited out.
func (l limited) minutes() int { return (l.writes+l.limit-1)/l.limit - 1 }

// summarize gathers, organization by organization, what the summary says.
func summarize(plan *plan.Plan) *summary {
	var s summary
	wrong := map[string]bool{}
	for _, p := range plan.Problems {
		wrong[p.Address.Key()] = wrong[p.Address.Key()] || p.Severity == spec.Error
	}
	for i := range plan.Organizations {
		o := &plan.Organizations[i]
		s.add(o)
		if quiet(o) && !wrong[o.Key] {
			s.silent++
		}
	}
	return &s
}

func (s *summary) add(o *plan.Organization) {
	s.organizations++
	writes := 0
	for i := range o.Steps {
		s.step(o, &o.Steps[i])
		writes += writesOf(o.Steps[i])
	}
	if o.APILimit > 0 && writes > o.APILimit {
		s.limited = append(s.limited, limited{Clean(o.Key), writes, o.APILimit})
	}
	if len(o.NotRead) > 0 {
		s.notRead = append(s.notRead, Clean(o.Key))
	}
}

func (s *summary) step(o *plan.Organization, step *plan.Step) {
	if step.Foreseen != "" {
		s.upTo = "up to " // it is tried all the same, so whom it would let in is said
	}
	key, name := Clean(o.Key), Clean(step.Address.Name())
	as := ""
	if role := step.Gains(); role != "" && step.Kind == spec.KindMember {
		s.admins.add(name+" of", key)
		as = " as " + role
	}
	switch {
	case step.Kind == spec.KindMember && step.Op.Counted() == plan.OpInvite:
		s.invited.add(name+as+" to", key)
	case step.Kind == spec.KindMember && step.Op == plan.OpRevoke:
		s.losing.add(name+" the invitation to", key)
	case step.Kind == spec.KindMember && step.Op == plan.OpDelete:
		s.losing.add(name+" from", key)
	case step.Kind == spec.KindOrganization && step.Op == plan.OpDelete:
		s.losing.add("everybody in", key)
	}
	if step.Risk == plan.RiskIrreversible {
		s.irreversible(key, step)
	}
}

func (s *summary) irreversible(key string, step *plan.Step) {
	switch {
	case step.Op == plan.OpTransfer:
		s.forever.add("transferring", key+newOwner(step))
	case step.Kind == spec.KindOrganization && step.Op == plan.OpDelete:
		s.forever.add("deleting the organization", key)
	case step.Kind == spec.KindOrganization && step.Op == plan.OpCreate:
		s.forever.add("creating the organization", key)
	default:
		s.forever.add(Clean(string(step.Op)), Clean(string(step.Address)))
	}
}

// writesOf is how many requests a step takes: a reinvite revokes, then invites.
func writesOf(step plan.Step) int {
	if step.Op == plan.OpReinvite {
		return 2
	}
	return 1
}

// named is how many names a line of the summary lists before it counts.
const named = 8

// write writes the summary of a plan.
func (s *summary) write(p *printer, plan *plan.Plan, g *grouping.Grouping) {
	writeMoney(p, moneyLines(plan))
	n := changes(plan.Summary)
	switch sum := plan.Summary; {
	case n == 0 && sum.Unchanged+sum.Waiting+sum.Held == 0 && spec.HasErrors(plan.Problems):
		p.heading(bold, "Nothing was compared: the problems say why.")
	case n == 0:
		p.hanging(0, bold, "No changes.", s.nothingWords(plan, p.verb("plan")))
	default:
		p.hanging(0, bold, "", changeWords(plan, g)+": "+opWords(plan.Summary)+".")
	}
	const label = 16
	if plan.Policies.HasErrors() && n > 0 {
		p.labelled(2, redBold, "forbidden", label, "policies of severity error are broken; nothing is applied")
	}
	say := func(colour style, name string, text string) {
		if text != "" {
			p.labelled(2, colour, name, label, text)
		}
	}
	say(redBold, "gains Admin", text.AndMore(s.admins.words(), named))
	say(yellow, "will be invited", text.AndMore(s.invited.words(), named))
	say(red, "will lose access", text.AndMore(s.losing.words(), named))
	say(redBold, "cannot be undone", text.AndMore(s.forever.words(), named))
	say(yellow, "not in digest", notCoveredWords(plan))
	if n > 0 && p.verb("plan") == undoVerb {
		say(yellow, "documents", "still want what the run made: change them, or the next apply does it again")
	}
	say(cyan, "needs a plan", foreseenWords(plan))
	say(yellow, "why", originCounts(plan.Summary.Origins))
	say(
		cyan,
		"waiting",
		waitingCounts(plan),
	)
	say(yellow, "held", heldCounts(plan))
	writeRulesToLet(p, g)
	say(yellow, "not read", text.AndMore(s.notRead, named))
	say(plain, "as declared", s.declaredWords(plan.Summary))
	say(plain, "not managed", unmanagedWords(plan.Unmanaged))
	say(plain, "calls", s.callWords(plan.Calls, n))
}

// changeWords is "332 changes in 200 organizations, 6 different", or "3 changes" where nothing is
// grouped.
func changeWords(p *plan.Plan, g *grouping.Grouping) string {
	line := text.Count(changes(p.Summary), "change", "changes")
	if distinct := distinctWords(g); distinct != "" {
		line += " in " + text.Count(touched(p), "organization", "organizations") + ", " + distinct
	}
	return line
}

// holder says whether guards, policies or both hold what a plan holds.
func holder(p *plan.Plan, ofGuards, ofPolicies string) string {
	held := map[bool]bool{}
	for i := range p.Organizations {
		for _, h := range p.Organizations[i].Held {
			held[spec.IsPolicyGuard(h.Guard)] = true
		}
	}
	switch {
	case held[true] && held[false]:
		return ofGuards + " or " + ofPolicies
	case held[true]:
		return ofPolicies
	}
	return ofGuards
}

func countIf(n int, one, many string) string {
	if n == 0 {
		return ""
	}
	return text.Count(n, one, many)
}

func (s *summary) nothingWords(plan *plan.Plan, verb string) string {
	sum := plan.Summary
	switch {
	case plan.Policies.HasErrors():
		return " And policies forbid to apply anything."
	case spec.HasErrors(plan.Problems):
		return " But there are problems, and what they are about was not compared."
	case sum.Held > 0:
		return " What would change is held by " + holder(plan, "guards", "policies") + "."
	case len(s.notRead) > 0:
		return " But not everything could be read."
	case sum.Waiting > 0:
		return " " + text.Count(sum.Waiting, "thing waits", "things wait") + " for somebody."
	}
	if verb != undoVerb {
		return " Everything is as the documents say."
	}
	if slices.ContainsFunc(plan.Problems, func(p spec.Problem) bool { return p.Rule == notUndoneRule }) {
		return " Nothing of the run is left that can be undone."
	}
	return " Everything is as it was before the run."
}

// undoVerb is the command whose plan reverses a run, and says nothing of what documents want.
const undoVerb = "undo"

func (s *summary) declaredWords(sum plan.Summary) string {
	line := countIf(sum.Unchanged, "object", "objects")
	if s.silent == 0 {
		return line
	}
	silent := text.Count(s.silent, "organization", "organizations")
	if s.silent == s.organizations {
		silent = "all " + silent
		if s.organizations == 1 {
			silent = "the organization"
		}
	}
	return strings.TrimPrefix(line+"; "+silent+" fully as declared", "; ")
}

func unmanagedWords(unmanaged map[spec.Kind]int) string {
	text, n := kindCounts(unmanaged)
	if n == 0 {
		return ""
	}
	return text + " of which no document speaks"
}

// callWords says what reading took and what applying will take, with the time where a rate limit
// binds: organizations are written side by side, so that the slowest one counts.
func (s *summary) callWords(calls state.Calls, steps int) string {
	line := text.Count(calls.Read, "read", "reads") + " so far"
	if steps == 0 {
		return line
	}
	line += "; apply: " + s.upTo + text.Count(calls.Write, "write", "writes") + ", and reads before and after them"
	if len(s.limited) == 0 {
		return line
	}
	slow := append([]limited(nil), s.limited...)
	sort.SliceStable(slow, func(i, j int) bool { return slow[i].minutes() > slow[j].minutes() })
	worst := slow[0]
	line += fmt.Sprintf(
		"; at least %s: %s has %s and its plan allows %d calls per minute",
		text.Count(worst.minutes(), "minute", "minutes"),
		worst.key,
		text.Count(worst.writes, "write", "writes"),
		worst.limit,
	)
	if len(slow) > 1 {
		line += " (" + text.Count(len(slow)-1, "other organization is", "other organizations are") + " limited too)"
	}
	return line
}

// notCoveredWords name the secrets that stand in the documents: two plans that differ in them only
// have one digest.
func notCoveredWords(p *plan.Plan) string {
	if len(p.NotCovered) == 0 {
		return ""
	}
	names := make([]string, len(p.NotCovered))
	for i, address := range p.NotCovered {
		names[i] = Clean(string(address))
	}
	return text.AndMore(names, named) + ": " + text.Word(len(names), "a secret that stands", "secrets that stand") +
		" in the documents; an approval does not cover it either. Write ${env:NAME} instead"
}

// applyCommand is the command line that applies the plan; "" when nobody named one, or when there
// is no step to do: also one that is foreseen to be refused is tried.
func applyCommand(plan *plan.Plan, o Options) string {
	if !plan.HasSteps() {
		return ""
	}
	return Clean(o.Next)
}

// writeSaved says where the plan was written and how to go on.
func writeSaved(p *printer, plan *plan.Plan) {
	if p.Saved != "" {
		p.labelled(2, plain, "saved as", 16, p.Saved+", good until "+plan.Expires.UTC().Format("2006-01-02 15:04 MST"))
		p.labelled(2, plain, "digest", 16, plan.Digest)
	}
	if next := applyCommand(plan, p.Options); next != "" {
		p.command("to apply it", 16, next)
	}
}
