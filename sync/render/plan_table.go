package render

import (
	"sort"
	"strings"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// The steps of an organization are one table, in groups of equal risk, worst first:
//
//	DESTRUCTIVE
//	  delete  variable/OLD           value  "x"    → -
//	caution
//	  update  member/a@acme.example  role   Member → Admin
//	  invite  member/b@acme.example  role   -      → Member
//	                                 teams  -      → Ops
//	          note:  sends an e-mail
//
// A step takes a line for each of its fields; the first carries the step's own columns. Each column
// is as wide as its widest cell, up to a limit, and the two values share what is left. The risk is
// a heading, not a column, so that the values have more room.
type tableRow struct {
	risk                       plan.Risk
	op, object, path, from, to string
	change                     bool     // from and to are to be printed
	between                    string   // what stands between them; "" is the arrow
	notes                      []string // below the row
}

// byRisk sorts steps worst first; equal risks stay in order of execution.
func byRisk(steps []plan.Step) []plan.Step {
	sorted := append([]plan.Step(nil), steps...)
	sort.SliceStable(sorted, func(i, j int) bool { return riskRank(sorted[i].Risk) < riskRank(sorted[j].Risk) })
	return sorted
}

func tableRows(steps []plan.Step) []tableRow {
	var rows []tableRow
	for _, step := range byRisk(steps) {
		first := tableRow{risk: step.Risk, op: opWord(step.Op), object: object(step.Address)}
		fields := toldFields(step)
		for i, field := range fields {
			row := tableRow{risk: step.Risk}
			if i == 0 {
				row = first
			}
			row.path, row.from, row.to, row.change = Clean(
				field.Path,
			), showBriefly(
				field.From,
			), showBriefly(
				field.To,
			), true
			rows = append(rows, row)
		}
		if len(fields) == 0 {
			rows = append(rows, first)
		}
		rows[len(rows)-1].notes = notesOf(step)
	}
	return rows
}

// toldFields are the fields that a text shows. Where a variable comes or goes as a whole, its value
// tells the type (7 is a number, "7" a string), so that one line says it all; only a date needs its
// type beside it.
func toldFields(step plan.Step) []plan.Field {
	if step.Kind != spec.KindVariable || step.Op == plan.OpUpdate || len(step.Fields) < 2 {
		return step.Fields
	}
	var told []plan.Field
	for _, field := range step.Fields {
		date := spec.TypeDate.String()
		if field.Path != "type" || field.From.String() == date || field.To.String() == date {
			told = append(told, field)
		}
	}
	return told
}

// showBriefly is show without a secret's reference, which no column has room for.
func showBriefly(s state.Scalar) string {
	if s.IsSensitive() {
		s.Reference = ""
	}
	return show(s)
}

// tableWidths are the widths of the columns.
type tableWidths struct{ op, object, path, from, to int }

const (
	maxObject, minObject = 44, 24
	maxPath              = 16
	tableIndent          = 4
	// minValues is what the two values of a line shall have, if need be at the cost of the object.
	minValues = 36
	arrow     = " → "
)

func widths(rows []tableRow, total int) tableWidths {
	var w tableWidths
	for _, row := range rows {
		w.op = max(w.op, columns(row.op))
		w.object = max(w.object, columns(row.object))
		w.path = max(w.path, columns(row.path))
		w.from = max(w.from, columns(row.from))
		w.to = max(w.to, columns(row.to))
	}
	w.object, w.path = min(w.object, maxObject), min(w.path, maxPath)
	left := total - tableIndent - gapAfter(w.op) - gapAfter(w.object) - gapAfter(w.path) - columns(arrow)
	if short := min(minValues, w.from+w.to) - left; short > 0 {
		taken := min(short, max(0, w.object-minObject))
		w.object, left = w.object-taken, left+taken
	}
	w.from, w.to = share(w.from, w.to, max(left, 2))
	return w
}

func gapAfter(column int) int {
	if column == 0 {
		return 0
	}
	return column + 2
}

// share divides total between two wishes: both in full when they fit, else the smaller one in full
// if it is below half, else half each.
func share(a, b, total int) (int, int) {
	half := total / 2
	switch {
	case a+b <= total:
		return a, b
	case a <= half:
		return a, total - a
	case b <= total-half:
		return total - b, b
	}
	return half, total - half
}

// writeTable prints steps as the comment above tableRow draws them.
func writeTable(p *printer, steps []plan.Step) {
	rows := tableRows(steps)
	w := widths(rows, p.width())
	for i, row := range rows {
		if i == 0 || row.risk != rows[i-1].risk {
			writeRiskHeading(p, row.risk, i == 0)
		}
		p.line("%s", tableLine(p, row, w))
		for _, note := range row.notes {
			p.labelled(tableIndent+gapAfter(w.op), dim, "note:", 5, note)
		}
	}
}

// writeRiskHeading marks a group of steps. Changes without risk need no mark where there are no
// others.
func writeRiskHeading(p *printer, risk plan.Risk, first bool) {
	if r := risks[riskRank(risk)]; r.risk != plan.RiskNone || !first {
		p.line("  %s", p.paint(r.style, r.mark))
	}
}

func tableLine(p *printer, row tableRow, w tableWidths) string {
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", tableIndent))
	cell := func(s style, text string, width int) {
		if width > 0 {
			b.WriteString(p.paint(s, pad(cut(text, width), width)) + "  ")
		}
	}
	colour := risks[riskRank(row.risk)].style
	cell(colour, row.op, w.op)
	cell(bold, row.object, w.object)
	cell(dim, row.path, w.path)
	if row.change {
		between := row.between
		if between == "" {
			between = arrow
		}
		from, to := cutPair(row.from, row.to, w.from, w.to)
		b.WriteString(pad(from, w.from) + p.paint(dim, between) + to)
	}
	return b.String()
}
