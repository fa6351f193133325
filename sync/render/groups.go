package render

import (
	"fmt"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/grouping"
	"makesync/sync/plan"
)

// What several organizations have in common stands above them, once:
//
//	The same in several organizations
//	  DESTRUCTIVE
//	  - delete  member/leo@acme.example  role  Member → -
//	            in  48 organizations: acme, client-01 to client-47 (47)
//	  waiting (no change; nothing to do in this run)
//	      member/jane@acme.example  has not accepted yet
//	            in  all 60 organizations
//	  held by requiredAdmins: …
//	    ! delete    member/ops@acme.example
//	            in  47 organizations: …
//	    to let them through:  --allow 'delete:member<=47@client-*'

// mostNames is how many names and runs of names a group lists in a text; what takes something away
// lists more of them.
func mostNames(o Options, risk plan.Risk) int {
	const usual, risky = 24, 80
	switch {
	case o.Verbose:
		return 0
	case riskRank(risk) <= riskRank(plan.RiskDestructive):
		return risky
	}
	return usual
}

func writeGroups(p *printer, g *grouping.Grouping, f *organizationNames) {
	if len(g.Groups)+len(g.Held)+len(g.Waiting) == 0 {
		return
	}
	p.gap()
	p.heading(bold, "The same in several organizations")
	var rows []tableRow
	for i := range g.Groups {
		group := &g.Groups[i]
		of := stepRows(groupStep(group, f))
		of[len(of)-1].where = f.listed(group.Organizations, mostNames(p.Options, group.Risk))
		rows = append(rows, of...)
	}
	writeRows(p, rows)
	writeWaitingGroups(p, g.Waiting, f)
	writeHeldGroups(p, g.Held, f)
}

// groupStep stands for all steps of a group: one of them, with the notes of all.
func groupStep(g *plan.Group, f *organizationNames) plan.Step {
	step := *g.Steps[0]
	step.Notes, step.LastChange, step.After = groupNotes(g, f), nil, nil
	return step
}

// mostGroupNotes is how many different notes a group shows; further ones are counted.
const mostGroupNotes = 6

// groupNotes are the different notes of a group, the most frequent first; one that not all have
// says whose it is.
func groupNotes(g *plan.Group, f *organizationNames) []string {
	whose := map[string][]string{}
	var notes []string
	for i, step := range g.Steps {
		for _, note := range notesOf(*step) {
			if whose[note] == nil {
				notes = append(notes, note)
			}
			whose[note] = append(whose[note], g.Organizations[i])
		}
	}
	slices.SortStableFunc(notes, func(a, b string) int { return len(whose[b]) - len(whose[a]) })
	var told []string
	for i, note := range notes {
		if i == mostGroupNotes {
			return append(told, text.Count(len(notes)-i, "other note", "other notes")+"; --group off shows all")
		}
		if n := len(whose[note]); n < len(g.Organizations) {
			note += " (" + f.names(whose[note], 3) + ")"
		}
		told = append(told, note)
	}
	return told
}

func writeWaitingGroups(p *printer, groups []grouping.WaitingGroup, f *organizationNames) {
	if len(groups) == 0 {
		return
	}
	seen := seenOfAll(groups)
	p.hanging(2, cyan, "waiting", " (no change; nothing to do in this run"+seen+")")
	most := mostNames(p.Options, plan.RiskNone)
	for i := range groups {
		g := &groups[i]
		words := g.Reason
		if seen == "" {
			words = waitingGroupWords(g)
		}
		if len(g.Rows) > 1 {
			writeWaitingCount(p, g, words)
			p.labelled(groupIndent, dim, "of", 0, waitingRowsWords(g.Rows, most, f))
			continue
		}
		row := g.Rows[0]
		if len(row.Objects) > fewObjects {
			writeWaitingObjects(p, g, words)
			p.labelled(groupIndent, dim, "in", 0, f.listed(row.Organizations, most))
			continue
		}
		width := itemWidth(len(row.Objects), func(i int) string { return object(row.Objects[i].Address) })
		for j, w := range row.Objects {
			reason := "the same"
			if j == 0 {
				reason = words
			}
			p.item(object(w.Address), width, reason)
		}
		p.labelled(groupIndent, dim, "in", 0, f.listed(row.Organizations, most))
	}
}

// fewObjects is how many objects that wait for the same in the same organizations have a line each.
const fewObjects = 2

func writeWaitingCount(p *printer, g *grouping.WaitingGroup, reason string) {
	counted, _ := kindCounts(g.Counts())
	p.item(counted, itemWidth(1, func(int) string { return counted }), reason)
}

// writeWaitingObjects is about several objects that wait for the same in the same organizations.
func writeWaitingObjects(p *printer, g *grouping.WaitingGroup, reason string) {
	writeWaitingCount(p, g, reason)
	name := waitingNames(g.Rows)
	var names []string
	for _, w := range g.Rows[0].Objects {
		names = append(names, name(w.Address))
	}
	p.labelled(groupIndent, dim, "of", 0, text.And(names))
}

// waitingRowsWords say what waits where: "eve@acme.example in 9 organizations, owner in acme". The
// organizations are named where all names are wanted; most is the greatest number of rows, 0 any.
func waitingRowsWords(rows []grouping.WaitingRow, most int, f *organizationNames) string {
	name := waitingNames(rows)
	words := make([]string, len(rows))
	for i, row := range rows {
		where := f.names(row.Organizations, 0)
		if n := len(row.Organizations); most > 0 && n > 1 {
			where = text.Count(n, "organization", "organizations")
			if i > 0 {
				where = text.Number(n)
			}
		}
		names := make([]string, len(row.Objects))
		for j, w := range row.Objects {
			names[j] = name(w.Address)
		}
		words[i] = text.And(names) + " in " + where
	}
	switch {
	case most == 0:
		return strings.Join(words, "; ")
	case len(words) > most:
		left := text.Number(len(words) - fewWhenCut)
		return strings.Join(words[:fewWhenCut], ", ") + " and " + left + " more; --verbose names all"
	}
	return strings.Join(words, ", ")
}

// waitingNames gives the names of what waits, without the kind where all are of one kind that has
// names.
func waitingNames(rows []grouping.WaitingRow) func(spec.Address) string {
	kind := rows[0].Objects[0].Address.Kind()
	for _, row := range rows {
		for _, w := range row.Objects {
			if w.Address.Kind() != kind || w.Address.Name() == "" {
				return object
			}
		}
	}
	return func(a spec.Address) string { return Clean(a.Name()) }
}

// groupIndent is where the organizations of what waits and is held stand.
const groupIndent = 12

// waitingGroupWords is the reason, and since when, where this state directory knows it of all.
func waitingGroupWords(w *grouping.WaitingGroup) string { return w.Reason + seenWords(w) }

// seenOfAll is since when all of several groups wait, where that is the same day; "" otherwise.
func seenOfAll(groups []grouping.WaitingGroup) string {
	seen := seenWords(&groups[0])
	for i := range groups {
		if len(groups) == 1 || seenWords(&groups[i]) != seen {
			return ""
		}
	}
	return seen
}

func seenWords(w *grouping.WaitingGroup) string {
	const day = "2006-01-02"
	if w.Earliest == nil {
		return ""
	}
	first, last := w.Earliest.UTC().Format(day), w.Latest.UTC().Format(day)
	if first == last {
		return "; first seen here on " + first
	}
	return fmt.Sprintf("; first seen here from %s to %s", first, last)
}

func writeHeldGroups(p *printer, groups []grouping.HeldGroup, f *organizationNames) {
	for i := range groups {
		g := &groups[i]
		p.labelled(2, yellow, "held by "+Clean(g.Guard), 0, heldReasons(g))
		for _, h := range g.Objects {
			writeHeldObject(p, h)
		}
		p.labelled(groupIndent, dim, "in", 0, f.listed(g.Organizations, mostNames(p.Options, plan.RiskDestructive)))
		writeAllow(p, g.Allow, len(g.Objects)*len(g.Organizations))
	}
}

// mostReasons is how many different reasons a group of held changes tells.
const mostReasons = 3

// heldReasons are the different reasons of a group; numbers in them can differ.
func heldReasons(g *grouping.HeldGroup) string {
	if n := len(g.Reasons); n > mostReasons {
		return strings.Join(g.Reasons[:mostReasons], "; ") + "; and for " +
			text.Count(n-mostReasons, "other such reason", "other such reasons")
	}
	return strings.Join(g.Reasons, "; ")
}

func writeHeldObject(p *printer, h plan.Held) {
	l := newRowLine(p, yellow, heldSymbol)
	const opWidth = 8
	op := cut(heldOp(h), 20)
	l.cell(plain, op, max(opWidth, columns(op)))
	l.wrapped(bold, object(h.Address))
	p.line("%s", l.text)
	if words := lastChangeWords(h.LastChange); words != "" {
		p.labelled(groupIndent, dim, "note:", 5, words)
	}
}

// writeAllow prints the rule to paste, whole, in a line of its own where it does not fit.
func writeAllow(p *printer, rule string, n int) {
	if rule == "" {
		return
	}
	lead := "    to let " + itThem(n) + " through:"
	command := "--allow " + text.ShellQuote(Clean(rule))
	if columns(lead)+2+columns(command) > p.width() {
		p.line("%s", lead)
		lead = "   "
	}
	p.line("%s  %s", lead, p.paint(cyan, command))
}

// distinctWords say how many different changes a plan's changes are; "" where nothing is grouped.
func distinctWords(g *grouping.Grouping) string {
	distinct := 0
	for i := range g.Groups {
		if g.Groups[i].Foreseen == "" {
			distinct++
		}
	}
	if distinct == 0 {
		return ""
	}
	for i := range g.Rest {
		distinct += g.Rest[i].Changes()
	}
	return text.Number(distinct) + " different"
}

// touched is in how many organizations something changes.
func touched(p *plan.Plan) (n int) {
	for i := range p.Organizations {
		if len(p.Organizations[i].Steps) > 0 {
			n++
		}
	}
	return n
}
