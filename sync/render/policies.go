package render

import (
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
)

// policyWords say how many policies a plan was judged by, what was read for them, and what
// exceptions cover; "" without policies.
func policyWords(p *spec.Policies) string {
	if p == nil {
		return ""
	}
	words := []string{text.Number(p.InForce) + " in force"}
	for _, read := range p.Reads {
		words = append(words, "organizations' "+read.Key+" read for "+text.AndMore(read.Policies, 4))
	}
	var excepted []string
	for i := range p.Results {
		if r := &p.Results[i]; r.Suppressed != nil {
			subject := string(r.Address)
			switch {
			case r.Further > 0:
				subject = r.FurtherWords()
			case subject == "":
				subject = "the plan"
			}
			excepted = append(excepted, r.ID+" for "+subject+" until "+r.Suppressed.Until+" ("+r.Suppressed.Reason+")")
		}
	}
	if len(excepted) > 0 {
		words = append(words, "excepted: "+text.AndMore(excepted, 8))
	}
	return strings.Join(words, "; ")
}

// policyLine is the line of a Markdown page.
func (d *document) policyLine() string {
	words := policyWords(d.plan.Policies)
	if words == "" {
		return ""
	}
	return "- policies: " + prose(cut(Clean(words), maxProse)) + "\n"
}

// htmlGuards are the guards in force, and the policies.
func htmlGuards(p *plan.Plan, o Options) string {
	words := []string{guardWords(o.Guards)}
	if policies := policyWords(p.Policies); policies != "" {
		words = append(words, "policies: "+policies)
	}
	return Clean(strings.TrimPrefix(strings.Join(words, "; "), "; "))
}
