package render

import (
	"cmp"
	"slices"

	"makesync/spec"
	"makesync/sync/plan"
)

// The steps of an organization are one table, in groups of equal risk, worst first:
//
//	DESTRUCTIVE
//	- delete  variable/OLD           value  "x"    → -
//	caution
//	~ update  member/a@acme.example  role   Member → Admin
//	+ invite  member/b@acme.example  role   -      → Member
//	                                 teams  -      → Ops
//	          note:  sends an e-mail
//
// A step takes a line for each of its fields; the first carries the step's own columns. Each column
// is as wide as its widest cell, up to a limit. Nothing is cut but very long values: a name that is
// wider than its column has a line of its own, values that do not fit beside each other stand one
// below the other, and what is wider than the page goes on in the next line.
type tableRow struct {
	risk                               plan.Risk
	symbol, op, object, path, from, to string
	change                             bool     // from and to are to be printed
	below                              bool     // a further line of an object that has a line of its own
	between                            string   // what stands between them; "" is the arrow
	notes                              []string // below the row
	where                              string   // which organizations; below the row
}

// opSymbols stand in the first column.
var opSymbols = map[plan.Op]string{
	plan.OpCreate:   "+",
	plan.OpInvite:   "+",
	plan.OpUpdate:   "~",
	plan.OpReinvite: "~",
	plan.OpDelete:   "-",
	plan.OpRevoke:   "-",
	plan.OpTransfer: "!",
}

// heldSymbol marks what a guard holds.
const heldSymbol = "!"

func opSymbol(op plan.Op) string {
	if symbol, known := opSymbols[op]; known {
		return symbol
	}
	return "!"
}

// byRisk sorts steps worst first, and what stands out before others; equals stay in order of
// execution.
func byRisk(steps []plan.Step) []plan.Step {
	sorted := append([]plan.Step(nil), steps...)
	slices.SortStableFunc(sorted, func(a, b plan.Step) int {
		return cmp.Or(cmp.Compare(riskRank(a.Risk), riskRank(b.Risk)), cmp.Compare(a.Standing(), b.Standing()))
	})
	return sorted
}

func tableRows(steps []plan.Step) []tableRow {
	var rows []tableRow
	for _, step := range byRisk(steps) {
		rows = append(rows, stepRows(step)...)
	}
	return rows
}

// stepRows are the lines of one step, with its notes below the last.
func stepRows(step plan.Step) []tableRow {
	first := tableRow{
		risk: step.Risk, symbol: opSymbol(step.Op), op: opWord(step.Op), object: object(step.Address),
		notes: notesOf(step),
	}
	var rows []tableRow
	for i, field := range toldFields(step) {
		row := tableRow{risk: step.Risk}
		if i == 0 {
			row = first
			row.notes = nil
		}
		row.path, row.change = Clean(field.Path), true
		row.from, row.to = showPair(field.From, field.To)
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return []tableRow{first}
	}
	rows[len(rows)-1].notes = first.notes
	return rows
}

// toldFields are the fields that a text shows: those that change. Where a variable comes or goes as
// a whole, its value tells the type (7 is a number, "7" a string), so that one line says it all;
// only a date needs its type beside it.
func toldFields(step plan.Step) []plan.Field {
	whole := step.Kind == spec.KindVariable && step.Op != plan.OpUpdate && len(step.Fields) > 1
	var told []plan.Field
	for _, field := range step.ShownFields() {
		if !stays(field) && !(whole && impliedType(field)) {
			told = append(told, field)
		}
	}
	return told
}

// stays tells whether a field is the same on both sides, as the role of somebody who is invited
// anew. Of two secrets nobody can see that.
func stays(f plan.Field) bool {
	secret := f.From.IsSensitive() || f.To.IsSensitive()
	return !secret && !f.From.IsNone() && show(f.From) == show(f.To)
}

// impliedType tells whether a field is a type that the value beside it shows.
func impliedType(f plan.Field) bool {
	date := spec.TypeDate.String()
	return f.Path == "type" && f.From.String() != date && f.To.String() != date
}

// tableWidths are the widths of the columns; from is that of the values that stand in a column.
type tableWidths struct{ op, object, path, from int }

const (
	maxObject, minObject = 44, 20
	maxPath              = 16
	tableIndent          = 4
	// minValues is what the two values of a line shall have, if need be at the cost of the object.
	minValues = 24
	arrow     = " → "
	// mostValueLines is how many lines one side of a change may take before it is shortened.
	mostValueLines = 4
)

// widths are those of the widest cells that fit; a wider one has a line of its own.
func widths(rows []tableRow, total int) tableWidths {
	var w tableWidths
	values := 0
	for _, row := range rows {
		w.op = max(w.op, columns(row.op))
		values = max(values, columns(row.from)+columns(arrow)+columns(row.to))
		if n := columns(row.path); n <= maxPath {
			w.path = max(w.path, n)
		}
	}
	room := total - tableIndent - gapAfter(w.op) - gapAfter(w.path)
	widest := min(maxObject, max(room-2-min(values, minValues), minObject))
	for _, row := range rows {
		if n := columns(row.object); n <= widest {
			w.object = max(w.object, n)
		}
	}
	for _, row := range rows {
		if columns(row.from)+columns(arrow)+columns(row.to) <= room-gapAfter(w.object) {
			w.from = max(w.from, columns(row.from))
		}
	}
	return w
}

func gapAfter(column int) int {
	if column == 0 {
		return 0
	}
	return column + 2
}

// writeTable prints steps as the comment at the top draws them.
func writeTable(p *printer, steps []plan.Step) { writeRows(p, tableRows(steps)) }

// writeRows prints rows, with a heading where the risk changes.
func writeRows(p *printer, rows []tableRow) {
	w := widths(rows, p.width())
	placeBelow(rows, w)
	for i, row := range rows {
		if i == 0 || row.risk != rows[i-1].risk {
			writeRiskHeading(p, row.risk, i == 0)
		}
		writeRow(p, row, w)
		below := tableIndent + gapAfter(w.op)
		if row.where != "" {
			p.labelled(below, dim, "in", 0, row.where)
		}
		for _, note := range row.notes {
			p.labelled(below, dim, "note:", 5, note)
		}
	}
}

// placeBelow moves the further lines of a step below the first one where its object is too wide for
// the column.
func placeBelow(rows []tableRow, w tableWidths) {
	wide := false
	for i := range rows {
		if first := rows[i].object != ""; first {
			wide = columns(rows[i].object) > w.object
		} else {
			rows[i].below = wide
		}
	}
}

// writeRiskHeading marks steps of equal risk. Changes without risk need no mark where there are no
// others.
func writeRiskHeading(p *printer, risk plan.Risk, first bool) {
	if r := risks[riskRank(risk)]; r.risk != plan.RiskNone || !first {
		p.line("  %s", p.paint(r.style, r.mark))
	}
}

// writeRow prints the cells of a row one after the other; a cell that is too wide has the rest of
// the line, and what follows stands below it.
func writeRow(p *printer, row tableRow, w tableWidths) {
	colour := risks[riskRank(row.risk)].style
	l := newRowLine(p, colour, row.symbol)
	if row.below {
		l.begin(belowIndent)
	} else {
		l.cell(colour, row.op, w.op)
		l.cell(bold, row.object, w.object)
	}
	l.cell(dim, row.path, w.path)
	if row.change {
		between := row.between
		if between == "" {
			between = arrow
		}
		l.values(row.from, row.to, w.from, between)
		return
	}
	p.line("%s", l.text)
}
