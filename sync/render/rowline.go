package render

import "strings"

// rowLine is a line of a table on its way to the printer.
type rowLine struct {
	p    *printer
	text string // painted
	at   int    // columns in use
}

// belowIndent is where what does not fit into its line goes on.
const belowIndent = 8

func newRowLine(p *printer, s style, symbol string) *rowLine {
	return &rowLine{p: p, text: "  " + p.paint(s, pad(symbol, 1)) + " ", at: tableIndent}
}

// newLine writes the line and begins another one below it.
func (l *rowLine) newLine(margin int) {
	l.p.line("%s", l.text)
	l.begin(margin)
}

func (l *rowLine) begin(margin int) { l.text, l.at = strings.Repeat(" ", margin), margin }

// leastCell is the least room in which a cell that is too wide for its column begins.
const leastCell = 16

// cell adds a cell of a column; no width, no column. One that is wider has the rest of the line,
// and what follows stands below it.
func (l *rowLine) cell(s style, text string, width int) {
	wide := columns(text) > width
	need := columns(text)
	if wide {
		need = min(need, leastCell)
	}
	if l.at+need > l.p.width() && l.at > belowIndent {
		l.newLine(belowIndent)
	}
	switch {
	case wide:
		l.wrapped(s, text)
		l.newLine(belowIndent)
	case width > 0:
		l.text += l.p.paint(s, text) + strings.Repeat(" ", width-columns(text)+2)
		l.at += width + 2
	}
}

// wrapped adds text that goes on at the same margin in the lines below.
func (l *rowLine) wrapped(s style, text string) {
	margin := l.at
	for i, line := range wrap(text, max(l.p.width()-margin, 1)) {
		if i > 0 {
			l.newLine(margin)
		}
		l.text += l.p.paint(s, line)
		l.at = margin + columns(line)
	}
}

// values adds both sides of a change and writes the line: beside each other where that fits, else
// one below the other.
func (l *rowLine) values(from, to string, width int, between string) {
	fits := func(n int) bool { return l.at+n+columns(between)+columns(to) <= l.p.width() }
	switch {
	case fits(max(width, columns(from))):
		l.text += pad(from, width) + l.p.paint(dim, between) + to
		l.p.line("%s", l.text)
		return
	case fits(columns(from)):
		l.text += from + l.p.paint(dim, between) + to
		l.p.line("%s", l.text)
		return
	}
	const leastRoom = 12
	room := l.p.width() - l.at
	if l.at > belowIndent && (room < leastRoom || max(columns(from), columns(to)) > room) {
		l.newLine(belowIndent)
		l.values(from, to, 0, between)
		return
	}
	l.stack(from, to, between)
}

// stack writes the sides one below the other; a short first side keeps its line.
func (l *rowLine) stack(from, to, between string) {
	room := l.p.width() - l.at
	if !l.p.Verbose {
		from, to = shorten(from, to, room*mostValueLines)
	}
	margin := l.at
	if columns(from) <= room/4-columns(between) {
		l.text += from + l.p.paint(dim, between)
		l.at += columns(from) + columns(between)
		l.wrapped(plain, to)
		l.p.line("%s", l.text)
		return
	}
	l.wrapped(plain, from)
	l.newLine(margin - columns(between) + 1)
	l.text += l.p.paint(dim, strings.TrimLeft(between, " "))
	l.at = margin
	l.wrapped(plain, to)
	l.p.line("%s", l.text)
}
