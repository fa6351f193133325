package render

import (
	"slices"
	"strings"

	"makesync/spec/text"
	"makesync/sync/plan"
)

// What the Free plan of a new organization will refuse is no change, though it is tried. It stands
// with its own heading, after all that will run, whatever it could hurt if it ran:
//
//	acme  Acme  (new, zone eu1)
//	  IRREVERSIBLE
//	  + create  organization             name  - → Acme
//	  needs a paid plan
//	  + create  variable/API_BASE        value  - → https://api.acme.example
//	  + invite  member/jane@acme.example role   - → Admin

// needsPlan is the class of such a step: it takes the place of the risk.
const needsPlan plan.Risk = "needs-plan"

// withClasses is the plan with the class of such steps in the place of their risk, on copies; the
// plan itself where there are none.
func withClasses(p *plan.Plan) *plan.Plan {
	if p.Summary.Foreseen == 0 {
		return p
	}
	classed := *p
	classed.Organizations = slices.Clone(p.Organizations)
	for i := range classed.Organizations {
		o := &classed.Organizations[i]
		o.Steps = slices.Clone(o.Steps)
		for j := range o.Steps {
			if o.Steps[j].Foreseen != "" {
				o.Steps[j].Risk = needsPlan
			}
		}
	}
	return &classed
}

// foreseenWords say what is refused and what to buy: "5 steps, no changes: the Free plan of a new
// organization refuses them, though they are tried. To buy: custom variables: the Pro, Teams or
// Enterprise plan; …"; "" for none.
func foreseenWords(p *plan.Plan) string {
	if p.Summary.Foreseen == 0 {
		return ""
	}
	var buy []string
	for i := range p.Organizations {
		for j := range p.Organizations[i].Steps {
			s := &p.Organizations[i].Steps[j]
			if words := requiredPlan(s.Kind); s.Foreseen != "" && !slices.Contains(buy, words) {
				buy = append(buy, words)
			}
		}
	}
	slices.Sort(buy)
	n := p.Summary.Foreseen
	return text.Count(n, "step, no change", "steps, no changes") + ": the Free plan of a new organization refuses " +
		itThem(n) + ", though " + text.Word(n, "it is", "they are") + " tried. To buy: " + strings.Join(buy, "; ")
}
