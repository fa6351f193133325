package render

import (
	"slices"

	"makesync/sync/fleet"
)

// statusTable is the fleet as text cells, the key first.
type statusTable struct {
	headings []string
	numbers  []bool
	widths   []int
	rows     [][]string
	worst    []fleet.Severity // of each row; "": nothing needs attention
}

// statusGap stands between columns.
const statusGap = "  "

// The widest cells; names are cut in the middle.
const (
	widestKey  = 30
	widestCell = 34
)

// newStatusTable takes the columns for which there is room, and names the others. A zone is told
// where there are several, and a column of which nothing is known not at all.
func newStatusTable(s *fleet.Status, width int) (*statusTable, []string) {
	cells := slices.DeleteFunc(cellsOf(s.Columns), func(c statusCell) bool {
		return c.column == fleet.ColumnZone && len(s.Zones) < 2
	})
	t := &statusTable{headings: []string{"ORGANIZATION"}, numbers: []bool{false}}
	t.addKeys(s)
	texts := make([][]string, len(cells))
	widths := make([]int, len(cells))
	for i, cell := range cells {
		widths[i] = columns(cell.heading)
		known := false
		for j := range s.Organizations {
			words := cut(cell.cell(&s.Organizations[j], s.At), widestCell)
			texts[i] = append(texts[i], words)
			widths[i], known = max(widths[i], columns(words)), known || words != ""
		}
		if !known {
			widths[i] = 0
		}
	}
	kept := keepColumns(cells, widths, width-t.widths[0])
	var left []string
	for i, cell := range cells {
		switch {
		case kept[i]:
			t.add(cell, widths[i], texts[i])
		case widths[i] > 0:
			left = append(left, string(cell.column))
		}
	}
	return t, left
}

func (t *statusTable) addKeys(s *fleet.Status) {
	worst := map[string]fleet.Severity{}
	for _, a := range s.Attention {
		if at := a.Zone + "/" + a.Organization; worst[at] == "" { // the worst comes first
			worst[at] = a.Severity
		}
	}
	t.widths = []int{columns(t.headings[0])}
	for i := range s.Organizations {
		row := &s.Organizations[i]
		key := cut(Clean(row.Key), widestKey)
		t.rows = append(t.rows, []string{key})
		t.worst = append(t.worst, worst[row.Zone+"/"+row.Key])
		t.widths[0] = max(t.widths[0], columns(key))
	}
}

func (t *statusTable) add(cell statusCell, width int, texts []string) {
	t.headings, t.numbers = append(t.headings, cell.heading), append(t.numbers, cell.numbers)
	t.widths = append(t.widths, width)
	for i, words := range texts {
		t.rows[i] = append(t.rows[i], words)
	}
}

// keepColumns chooses by rank, as long as there is room.
func keepColumns(cells []statusCell, widths []int, room int) []bool {
	order := make([]int, len(cells))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cells[a].rank - cells[b].rank })
	kept := make([]bool, len(cells))
	for _, i := range order {
		if need := widths[i] + len(statusGap); widths[i] > 0 && need <= room {
			kept[i], room = true, room-need
		}
	}
	return kept
}

// fit is a cell in its column.
func (t *statusTable) fit(column int, words string) string {
	if t.numbers[column] {
		return pad("", t.widths[column]-columns(words)) + words
	}
	return pad(words, t.widths[column])
}

func (t *statusTable) head() string {
	line := ""
	for i, heading := range t.headings {
		if i > 0 {
			line += statusGap
		}
		line += t.fit(i, heading)
	}
	return line
}
