package render

import (
	"cmp"
	"slices"
	"strings"

	"makesync/spec/text"
	"makesync/sync/report"
)

// The end of a long report says again, in few lines, what did not succeed, by reason:
//
//	In short
//	  FAILED   48  HTTP 403 SC403: Permission denied
//	               update variable/RETRIES in 48 organizations: client-01 to client-48 (48)
//	  skipped   1  depends on client-07/variable/A
//	               delete variable/B in client-07
//
// Steps that are the same in several organizations stand in it alone; the others stand above, with
// their organization, as well.

// recapGroup are the steps that ended in the same way for the same reason.
type recapGroup struct {
	outcome report.StepOutcome
	reason  string
	items   []recapItem
	steps   int
}

// recapItem is one change in all the organizations where it ended so.
type recapItem struct {
	op, object string
	keys       []string
}

// recap groups what did not succeed: worst outcome first, then the most frequent reason.
func recap(steps []report.StepReport) []recapGroup {
	var groups []recapGroup
	at := map[string]int{}
	for _, step := range steps {
		if step.Outcome == report.Succeeded {
			continue
		}
		reason := sharedReason(step)
		key := string(step.Outcome) + "\x00" + reason
		n, known := at[key]
		if !known {
			n, at[key] = len(groups), len(groups)
			groups = append(groups, recapGroup{outcome: step.Outcome, reason: reason})
		}
		groups[n].add(step)
	}
	slices.SortStableFunc(groups, func(a, b recapGroup) int {
		return cmp.Or(cmp.Compare(outcomeRank(a.outcome), outcomeRank(b.outcome)), cmp.Compare(b.steps, a.steps))
	})
	return groups
}

func (g *recapGroup) add(step report.StepReport) {
	g.steps++
	op, object := reportedOp(step), object(step.Address)
	at := slices.IndexFunc(g.items, func(i recapItem) bool { return i.op == op && i.object == object })
	if at < 0 {
		at = len(g.items)
		g.items = append(g.items, recapItem{op: op, object: object})
	}
	g.items[at].keys = append(g.items[at].keys, step.Address.Key())
}

func outcomeRank(o report.StepOutcome) int {
	for i := range outcomes {
		if outcomes[i].outcome == o {
			return i
		}
	}
	return len(outcomes)
}

// sharedReason is why a step ended so, without its organization's key and the number of attempts,
// so that it is the same in all organizations.
func sharedReason(step report.StepReport) string {
	step.Attempts = 0
	return Clean(strings.ReplaceAll(outcomeWords(step), step.Address.Key()+"/", ""))
}

// recapped are the steps, by their place in the report, that the recap tells instead of the
// organizations' lists.
func recapped(steps []report.StepReport, least int) map[int]bool {
	counts := map[string]int{}
	key := func(step report.StepReport) string {
		if step.Outcome == report.Succeeded {
			return ""
		}
		parts := []string{string(step.Outcome), reportedOp(step), object(step.Address), sharedReason(step)}
		return strings.Join(parts, "\x00")
	}
	for _, step := range steps {
		counts[key(step)]++
	}
	told := map[int]bool{}
	for i, step := range steps {
		if k := key(step); k != "" && least > 1 && counts[k] >= least {
			told[i] = true
		}
	}
	return told
}

// fewestForRecap is from how many steps that did not succeed on a report says them again in short.
const fewestForRecap = 20

func writeRecap(p *printer, steps []report.StepReport, told map[int]bool, f *organizationNames) {
	groups := recap(steps)
	n := 0
	for i := range groups {
		n += groups[i].steps
	}
	if n == 0 || n <= fewestForRecap && len(told) == 0 {
		return
	}
	p.gap()
	p.heading(bold, "In short")
	mark, digits := 0, 0
	for i := range groups {
		mark = max(mark, columns(outcomes[outcomeRank(groups[i].outcome)].mark))
		digits = max(digits, columns(text.Number(groups[i].steps)))
	}
	for i := range groups {
		writeRecapGroup(p, &groups[i], f, mark, digits)
	}
}

// mostRecapItems is how many different changes with the same reason are named.
const mostRecapItems = 20

func writeRecapGroup(p *printer, g *recapGroup, f *organizationNames, mark, digits int) {
	o := outcomes[outcomeRank(g.outcome)]
	number := text.Number(g.steps)
	label := pad(o.mark, mark) + "  " + strings.Repeat(" ", digits-columns(number)) + number
	p.labelled(2, o.style, label, mark+2+digits, g.reason)
	indent := 2 + gapAfter(mark+2+digits)
	for i, item := range g.items {
		if i == mostRecapItems && !p.Verbose {
			p.labelled(indent, dim, "", 0, "and "+text.Count(len(g.items)-i, "other change", "other changes"))
			return
		}
		names := f.listed(item.keys, mostNames(p.Options, "")) // an unknown risk counts as the worst
		p.labelled(indent, plain, "", 0, item.op+" "+item.object+" in "+names)
	}
}

// fleetOfSteps are the organizations of a report, in its order.
func fleetOfSteps(steps []report.StepReport) *organizationNames {
	f := &organizationNames{at: map[string]int{}}
	for _, step := range steps {
		key := step.Address.Key()
		if _, known := f.at[key]; !known {
			f.at[key] = len(f.keys)
			f.keys = append(f.keys, key)
		}
	}
	return f
}
