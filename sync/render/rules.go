package render

import (
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/grouping"
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
func headingWords(p *plan.Plan, g *grouping.Grouping) string {
	steps := ""
	if changes(p.Summary) > 0 {
		steps = changeWords(p, g)
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

// ruleSides are both sides, told apart by the eye.
func ruleSides(r *spec.RuleChange) (string, string) {
	from, to := withoutCommon(r.From, r.To)
	return tellApart(ruleSide(from), ruleSide(to))
}

const betweenWords = ", "

// leastCommon is how many words of two lists are left out when they are the same on both sides.
const leastCommon = 4

// withoutCommon leaves out of two long lists what both have, so that nobody has to look for the one
// word among hundreds that is new.
func withoutCommon(from, to string) (string, string) {
	before, now := strings.Split(from, betweenWords), strings.Split(to, betweenWords)
	gone, came := wordsBeyond(before, now), wordsBeyond(now, before)
	common := len(before) - len(gone)
	if common < leastCommon {
		return from, to
	}
	stay := text.Number(common) + " that stay"
	return strings.Join(append(gone, stay), betweenWords), strings.Join(append(came, stay), betweenWords)
}

// wordsBeyond are the words that others do not have.
func wordsBeyond(words, others []string) (beyond []string) {
	known := make(map[string]bool, len(others))
	for _, word := range others {
		known[word] = true
	}
	for _, word := range words {
		if !known[word] {
			beyond = append(beyond, word)
		}
	}
	return beyond
}

// mostOfRule is how much of a list a page shows, in columns. It is more than of other values: who
// adds a pattern must not be able to push it out of sight by others.
const mostOfRule = 2000

// shortRule cuts both sides for a page. A list ends behind a word, with how many are left out and
// where they stand: what a reviewer must see may be among them.
func shortRule(from, to string) (string, string) {
	if !strings.Contains(from+to, betweenWords) {
		return shorten(from, to, maxValue)
	}
	return cutWords(from), cutWords(to)
}

func cutWords(list string) string {
	if columns(list) <= mostOfRule {
		return list
	}
	words, width := strings.Split(list, betweenWords), 0
	for i, word := range words {
		if width += columns(word) + len(betweenWords); width > mostOfRule {
			kept := append(slices.Clone(words[:i]),
				"and "+text.Number(len(words)-i)+" more that have no room here: see --format text")
			return cut(strings.Join(kept, betweenWords), mostOfRule+maxValue)
		}
	}
	return list
}

func ruleSide(value string) string {
	if value == "" {
		return "(none)"
	}
	return Clean(value)
}

// ruleGroup is a change of the rules, with the paths of others that one line of a profile makes.
type ruleGroup struct {
	*spec.RuleChange
	others []string
}

// groupRules puts together what one line of a profile changes in as many organizations in the same
// way, so that no such line fills a page.
func groupRules(rules []spec.RuleChange, least int) []ruleGroup {
	counts, at := map[string]int{}, map[string]int{}
	for i := range rules {
		counts[ruleKey(&rules[i])]++
	}
	groups := make([]ruleGroup, 0, len(rules))
	for i := range rules {
		r := &rules[i]
		key := ruleKey(r)
		if n, known := at[key]; known {
			groups[n].others = append(groups[n].others, r.Path)
			continue
		}
		if key != "" && least > 1 && counts[key] >= least {
			at[key] = len(groups)
		}
		groups = append(groups, ruleGroup{RuleChange: r})
	}
	return groups
}

// ruleKey is equal for changes that differ in the organization alone; "" for one that stays alone.
func ruleKey(r *spec.RuleChange) string {
	if r.Source == nil || r.Source.Line == 0 || !strings.HasPrefix(r.Path, "organizations.") {
		return ""
	}
	field := r.Path[strings.LastIndexByte(r.Path, '.'):]
	return strings.Join([]string{ruleRisk(r), field, r.From, r.To, r.Source.String()}, "\x00")
}

// likewise names the others as written, at most so many.
func (g *ruleGroup) likewise(most int, written func(path string) string) string {
	names := make([]string, min(most, len(g.others)))
	for i := range names {
		names[i] = written(Clean(g.others[i]))
	}
	words := text.Count(len(g.others), "other", "others") + ": " + strings.Join(names, ", ")
	if left := len(g.others) - len(names); left > 0 {
		words += " and " + text.Number(left) + " more"
	}
	return words
}

// fewOthers is how many of them are named where not all are.
const fewOthers = 3

func asItStands(path string) string { return path }

// writeRules writes the block of a text.
func writeRules(p *printer, rules []spec.RuleChange) {
	if len(rules) == 0 {
		return
	}
	p.heading(bold, rulesHeading)
	most := fewOthers
	if p.Verbose {
		most = len(rules)
	}
	for _, r := range groupRules(rules, p.leastGroup()) {
		style := yellow
		if r.Weakens {
			style = red
		}
		from, to := ruleSides(r.RuleChange)
		words := r.Path + ": " + from + " -> " + to
		if r.Source != nil && r.Source.File != "" {
			words += "  (" + r.Source.String() + ")"
		}
		p.labelled(2, style, ruleRisk(r.RuleChange), headLabel, words)
		if len(r.others) > 0 {
			p.labelled(2+gapAfter(headLabel), dim, "likewise", 0, r.likewise(most, asItStands))
		}
	}
	p.gap()
}

// addRules lines up the rows of a page, before everything else.
func (d *document) addRules() {
	for _, r := range groupRules(d.plan.Rules, d.options.leastGroup()) {
		risk := "changed"
		if r.Weakens {
			risk = "**Destructive: weaker**"
		}
		from, to := ruleSides(r.RuleChange)
		from, to = shortRule(from, to)
		written := func(path string) string { return code(cut(path, maxName)) }
		full := "- " + risk + " " + written(Clean(r.Path)) + ": " + code(from) + " → " + code(to)
		if len(r.others) > 0 {
			full += " (likewise " + r.likewise(fewOthers, written) + ")"
		}
		d.addOwn(inRules, full+"\n", rankHeader, "change to the rules")
	}
}

// htmlRule is one row of a page of HTML.
type htmlRule struct{ Risk, Word, Path, From, To, Source, Likewise string }

func htmlRules(rules []spec.RuleChange, least int) (rows []htmlRule) {
	for _, r := range groupRules(rules, least) {
		from, to := ruleSides(r.RuleChange)
		row := htmlRule{Risk: string(plan.RiskCaution), Word: ruleRisk(r.RuleChange), Path: Clean(r.Path),
			From: from, To: to}
		if r.Weakens {
			row.Risk = string(plan.RiskDestructive)
		}
		if r.Source != nil {
			row.Source = Clean(r.Source.String())
		}
		if len(r.others) > 0 {
			row.Likewise = r.likewise(len(r.others), asItStands)
		}
		rows = append(rows, row)
	}
	return rows
}
