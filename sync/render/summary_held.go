package render

import (
	"maps"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/grouping"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// heldCounts are what guards and policies stopped, by kind and guard: "47 member deletes
// (maxDeletesPerRun) and 1 organization create (maxCreates); not applied".
func heldCounts(p *plan.Plan) string {
	type held struct{ kind, op, gains, guard string }
	counts := map[held]int{}
	var order []held
	for i := range p.Organizations {
		for _, h := range p.Organizations[i].Held {
			op := Clean(string(h.Op))
			key := held{kindWord(h.Kind, 1), op, strings.TrimPrefix(heldOp(h), op), Clean(h.Guard)}
			if counts[key] == 0 {
				order = append(order, key)
			}
			counts[key]++
		}
	}
	if p.Summary.Held == 0 {
		return ""
	}
	slices.SortStableFunc(order, func(a, b held) int { return counts[b] - counts[a] })
	words := make([]string, len(order))
	for i, key := range order {
		what := key.kind + " " + key.op
		words[i] = text.Count(counts[key], what, what+"s") + key.gains + " (" + key.guard + ")"
	}
	return text.AndMore(words, named) + "; not applied"
}

// mostRules is how many rules the summary repeats: more are to be thought about where they stand.
const mostRules = 3

// writeRulesToLet repeats below the counts the rules that let through everything that is held, to
// be pasted together, where there are few of them and each held change has one. What costs money is
// let through where its price stands.
func writeRulesToLet(p *printer, g *grouping.Grouping) {
	rules := map[string]bool{}
	for i := range g.Held {
		rules[g.Held[i].Allow] = true
	}
	for i := range g.Rest {
		for _, h := range g.Rest[i].Held {
			rules[h.Allow] = true
			if h.Money != nil {
				return
			}
		}
	}
	if len(rules) == 0 || len(rules) > mostRules || rules[""] {
		return
	}
	var words []string
	for _, rule := range slices.Sorted(maps.Keys(rules)) {
		words = append(words, "--allow "+text.ShellQuote(Clean(rule)))
	}
	p.command("to let through", 16, strings.Join(words, " "))
}

// waitingCounts say what waits, and how much of it for a plan of Make that somebody has to buy.
func waitingCounts(p *plan.Plan) string {
	line := countIf(p.Summary.Waiting, "thing that cannot be done yet", "things that cannot be done yet")
	if line == "" {
		return ""
	}
	unlicensed := map[spec.Kind]int{}
	for i := range p.Organizations {
		for _, w := range p.Organizations[i].Waiting {
			if strings.HasPrefix(w.Reason, state.LicencePrefix) {
				unlicensed[w.Address.Kind()]++
			}
		}
	}
	counted, n := kindCounts(unlicensed)
	waits := counted + " " + text.Word(n, "waits", "wait") + " for a higher plan"
	switch n {
	case 0:
		return line + "; not a change"
	case p.Summary.Waiting:
		return waits + "; not a change"
	}
	return line + ", of which " + waits + "; not a change"
}
