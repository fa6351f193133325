package help

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// columnGap stands between two columns of a table.
	columnGap = "  "
	// narrowestLast is the least width that the last column of a table is worth wrapping in.
	narrowestLast = 40
)

// flushTable lays the rows of a table out, the first of them the heading: in columns where these
// leave the last one room enough, and otherwise each row as a word and its explanation.
func (p *page) flushTable() {
	rows := slices.DeleteFunc(p.rows, isRule)
	p.rows = nil
	if widths, fit := columnsOf(rows, p.width); fit {
		for _, cells := range rows {
			p.columns(cells, widths)
		}
		return
	}
	for _, cells := range rows {
		p.wrap(strings.TrimRight(cells[0]+": "+strings.Join(cells[1:], "; "), ":; "), "    ")
	}
}

// columnsOf gives the widths of all columns but the last, and whether what is left of the width is
// enough for the last one: for all that is in it, or for wrapping it.
func columnsOf(rows [][]string, width int) (widths []int, fit bool) {
	last := 0
	for _, cells := range rows {
		for i, cell := range cells {
			size := utf8.RuneCountInString(cell)
			switch {
			case i == len(cells)-1:
				last = max(last, size)
			case i == len(widths):
				widths = append(widths, size)
			default:
				widths[i] = max(widths[i], size)
			}
		}
	}
	for _, w := range widths {
		width -= w + len(columnGap)
	}
	return widths, width >= min(last, narrowestLast)
}

// columns writes one row, the lines of its last cell below each other.
func (p *page) columns(cells []string, widths []int) {
	start := ""
	for i, w := range widths {
		start += cells[i] + strings.Repeat(" ", w-utf8.RuneCountInString(cells[i])) + columnGap
	}
	width := p.width - utf8.RuneCountInString(start)
	last := lines(cells[len(cells)-1], width, width)
	if len(last) == 0 {
		last = []string{""}
	}
	for _, line := range last {
		p.out.WriteString(strings.TrimRight(start+line, " ") + "\n")
		start = strings.Repeat(" ", utf8.RuneCountInString(start))
	}
}
