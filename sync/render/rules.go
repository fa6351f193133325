package render

import (
	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
)

// Changes of the rules are shown first in every format: they decide what all the other changes may
// do.

const rulesHeading = "Changes to the rules"

// rulesCount says how many there are, and how many of them weaken a rule; "" when there are none.
func rulesCount(rules []spec.RuleChange) string {
	if len(rules) == 0 {
		return ""
	}
	weaker := 0
	for _, r := range rules {
		if r.Weakens {
			weaker++
		}
	}
	words := text.Count(len(rules), "change", "changes") + " to the rules"
	if weaker > 0 {
		words += ", " + text.Number(weaker) + " of them weaker"
	}
	return words
}

// headingWords are what a plan is headed by: its changes, and those of the rules before them.
func headingWords(p *plan.Plan) string {
	steps := ""
	if n := changes(p.Summary); n > 0 {
		steps = text.Count(n, "change", "changes")
	}
	switch rules := rulesCount(p.Rules); {
	case rules != "" && steps != "":
		return rules + "; " + steps
	case rules != "":
		return rules
	}
	return steps
}

func ruleRisk(r *spec.RuleChange) string {
	if r.Weakens {
		return "weaker"
	}
	return "changed"
}

func ruleSide(value string) string {
	if value == "" {
		return "(none)"
	}
	return Clean(value)
}

// writeRules writes the block of a text.
func writeRules(p *printer, rules []spec.RuleChange) {
	if len(rules) == 0 {
		return
	}
	p.line("%s", p.paint(bold, rulesHeading))
	for i := range rules {
		r := &rules[i]
		style := yellow
		if r.Weakens {
			style = red
		}
		words := r.Path + ": " + ruleSide(r.From) + " -> " + ruleSide(r.To)
		if r.Source != nil && r.Source.File != "" {
			words += "  (" + r.Source.String() + ")"
		}
		p.labelled(2, style, ruleRisk(r), headLabel, words)
	}
	p.gap()
}

// addRules lines up the rows of a page, before everything else.
func (d *document) addRules() {
	for i := range d.plan.Rules {
		r := &d.plan.Rules[i]
		risk := "changed"
		if r.Weakens {
			risk = "**Destructive: weaker**"
		}
		d.add(
			item{
				section: inRules, organization: -1, risk: -1, what: "change to the rules",
				full: "- " + risk + " " + code(cut(Clean(r.Path), maxName)) + ": " + code(cut(ruleSide(r.From), maxValue)) +
					" → " + code(cut(ruleSide(r.To), maxValue)) + "\n",
			},
			0, rankHeader,
		)
	}
}

// htmlRule is one row of a page of HTML.
type htmlRule struct{ Risk, Word, Path, From, To, Source string }

func htmlRules(rules []spec.RuleChange) (rows []htmlRule) {
	for i := range rules {
		r := &rules[i]
		row := htmlRule{
			Risk: string(plan.RiskCaution), Word: ruleRisk(r), Path: Clean(r.Path), From: ruleSide(r.From), To: ruleSide(r.To),
		}
		if r.Weakens {
			row.Risk = string(plan.RiskDestructive)
		}
		if r.Source != nil {
			row.Source = Clean(r.Source.String())
		}
		rows = append(rows, row)
	}
	return rows
}
