package render

import (
	"fmt"
	"io"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/explain"
	"makesync/sync/plan"
)

// Explanation writes what is known of one object as text:
//
//	acme/variable/RETRIES  Acme Automation  (id 11, zone eu1)
//
//	The documents say (a later line wins, field by field)
//	  profile standard  clients.yaml:4   value 5
//	  acme              clients.yaml:12  value 7
//	In Make
//	  there         type number, value 5
//	  last changed  2026-11-20 10:00 UTC by jane@acme.example (update)
//	Rules that speak of it
//	  maxDeletes    at most 10 are deleted in one organization and run
//	A plan of acme
//	  ~ update  variable/RETRIES  value  5 → 7
//	  calls     PATCH /organizations/11/variables/RETRIES
func Explanation(w io.Writer, e *explain.Explanation, o Options) error {
	p := newPrinter(w, o)
	facts := ""
	if e.Organization.Zone != "" {
		at := plan.Organization{Zone: e.Organization.Zone, ID: e.Organization.ID}
		if e.Live.Presence == explain.NotRead {
			at.NotRead = []spec.Kind{e.Kind}
		}
		facts = Clean(e.Organization.Name) + "  (" + organizationFacts(&at, 60) + ")"
	}
	p.labelled(0, bold, Clean(string(e.Address)), 0, facts)
	if e.Against != "" {
		p.labelled(0, bold, "against", headLabel, e.Against)
	}
	p.gap()
	writeStatements(p, e)
	writeLive(p, e)
	writeGuardsOf(p, e.Guards)
	writePlanned(p, e)
	writeProblems(p, e.Problems, newOrganizationNames(nil))
	p.last(p.verb("explain"), verdictWords[e.Plan.Verdict], e.Exit)
	return p.flush()
}

// verdictWords are the verdicts in the last line.
var verdictWords = map[explain.Verdict]string{
	explain.Changes:    "a plan changes it",
	explain.Held:       "held",
	explain.Waiting:    "waiting",
	explain.AsDeclared: "as declared",
	explain.Unmanaged:  "not managed",
	explain.Unknown:    "not known",
}

// explainLabel is the width of the labels below a heading.
const explainLabel = 16

func writeStatements(p *printer, e *explain.Explanation) {
	if len(e.Declared) == 0 {
		p.heading(bold, "No document speaks of it")
		return
	}
	heading := "The documents say"
	if len(e.Declared) > 1 {
		heading += " (a later line wins, field by field)"
	}
	p.heading(bold, heading)
	width := explainLabel
	for _, s := range e.Declared {
		width = max(width, min(columns(statementLabel(e, &s)), 2*explainLabel))
	}
	for i := range e.Declared {
		s := &e.Declared[i]
		p.labelled(2, plain, statementLabel(e, s), width, placeOf(&s.Source)+"  "+statementWords(s))
	}
}

func statementLabel(e *explain.Explanation, s *spec.Statement) string {
	if s.Profile != "" {
		return "profile " + Clean(s.Profile)
	}
	return Clean(e.Organization.Key)
}

func placeOf(s *spec.Source) string { return Clean(fmt.Sprintf("%s:%d", s.File, s.Line)) }

// statementWords are the fields as they are written; one that stands in another line says where.
func statementWords(s *spec.Statement) string {
	if s.Cancels {
		return "null: what profiles before it say is taken back"
	}
	if len(s.Fields) == 0 {
		return "{}"
	}
	words := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		words[i] = Clean(f.Path) + " " + Clean(f.Value.String())
		if f.Source.Line != s.Source.Line && f.Source.Line != 0 {
			words[i] += fmt.Sprintf(" (line %d)", f.Source.Line)
		}
	}
	return strings.Join(words, ", ")
}

// presenceWords say whether the object is there.
var presenceWords = map[explain.Presence]string{
	explain.There:    "there",
	explain.NotThere: "not there",
	explain.NotRead:  "not read",
	explain.NotToBe:  "not on offer",
}

func writeLive(p *printer, e *explain.Explanation) {
	p.gap()
	p.heading(bold, "In Make")
	words := []string{}
	if e.Live.Reason != "" {
		words = append(words, e.Live.Reason)
	}
	for _, f := range e.Live.Fields {
		words = append(words, f.Path+" "+show(f.Value))
	}
	p.labelled(2, plain, presenceWords[e.Live.Presence], explainLabel, strings.Join(words, ", "))
	if e.LastChange != nil {
		p.labelled(2, plain, "last changed", explainLabel, strings.TrimPrefix(lastChangeWords(e.LastChange), "last "))
	}
	if r := e.LastRun; r != nil {
		p.labelled(2, plain, "last run", explainLabel,
			fmt.Sprintf("%s (%s, %s); `runs show` tells its story", r.Run, r.Op, r.Outcome))
	}
}

func writeGuardsOf(p *printer, guards []explain.Guard) {
	if len(guards) == 0 {
		return
	}
	p.gap()
	p.heading(bold, "Rules that speak of it")
	width := explainLabel
	for _, g := range guards {
		width = max(width, min(columns(Clean(g.Guard)), 2*explainLabel))
	}
	for _, g := range guards {
		colour, words := plain, g.Says
		if g.Source != nil {
			words += " (" + placeOf(g.Source) + ")"
		}
		if g.Holds {
			colour, words = yellow, "HOLDS it now: "+words
		}
		p.labelled(2, colour, Clean(g.Guard), width, words)
	}
}

func writePlanned(p *printer, e *explain.Explanation) {
	p.gap()
	p.heading(bold, "A plan of "+Clean(e.Organization.Key))
	steps := make([]plan.Step, len(e.Plan.Steps))
	for i, s := range e.Plan.Steps {
		steps[i] = plan.Step{Address: e.Address, Kind: e.Kind, Op: s.Op, Risk: s.Risk, Fields: s.Fields, Notes: s.Notes,
			Origin: s.Origin, LooksLike: s.LooksLike}
		if s.Foreseen != "" {
			steps[i].Risk, steps[i].Notes = needsPlan, append(steps[i].Notes, s.Foreseen)
		}
	}
	writeTable(p, steps)
	for _, s := range e.Plan.Steps {
		writeCalls(p, &s)
	}
	writeWaiting(p, e.Plan.Waiting)
	writeHeld(p, e.Plan.Held)
	if len(e.Plan.Steps)+len(e.Plan.Waiting)+len(e.Plan.Held) == 0 {
		p.labelled(2, plain, "", 0, nothingWords(e))
	}
}

// nothingWords say why a plan has nothing for the object.
func nothingWords(e *explain.Explanation) string {
	switch {
	case e.Plan.Verdict == explain.AsDeclared:
		return "nothing: it is as the documents say"
	case e.Plan.Verdict == explain.Unknown:
		return "not known: see the problems"
	case len(e.Declared) > 0:
		return "nothing: what the documents say of it is taken back, so it is left as it is"
	}
	return "nothing: no document speaks of it, so it is left as it is"
}

func writeCalls(p *printer, s *explain.Step) {
	words := make([]string, len(s.Calls))
	for i, c := range s.Calls {
		words[i] = c.Method + " " + c.Path
	}
	if len(words) > 0 {
		p.labelled(4, dim, text.Word(len(words), "call", "calls"), 6,
			strings.Join(words, ", then ")+"; read before, and read back")
	}
	if len(s.After) > 0 {
		names := make([]string, len(s.After))
		for i, a := range s.After {
			names[i] = Clean(string(a))
		}
		p.labelled(4, dim, "after", 6, text.AndMore(names, 4))
	}
}
