package render

import (
	"bufio"
	"fmt"
	"io"
	"makesync/sync/exit"
	"strings"
)

// style is a way to paint text; words stand in what is painted, so the colour adds nothing but
// speed.
type style string

const (
	plain   style = ""
	bold    style = "1"
	dim     style = "2"
	red     style = "31"
	redBold style = "1;31"
	green   style = "32"
	yellow  style = "33"
	cyan    style = "36"
)

// printer writes lines and keeps the first error.
type printer struct {
	out *bufio.Writer
	Options
	pages map[string]string // see pagesOf
}

func newPrinter(w io.Writer, o Options) *printer {
	return &printer{out: bufio.NewWriter(w), Options: o}
}

func (p *printer) flush() error { return p.out.Flush() }

// line writes clean text and a line feed, without spaces at the end.
func (p *printer) line(format string, args ...any) {
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, args...)
	}
	p.out.WriteString(noCommand(strings.TrimRight(text, " ")))
	p.out.WriteByte('\n')
}

func (p *printer) gap() { p.out.WriteByte('\n') }

// paint colours text if colour is on.
func (p *printer) paint(s style, text string) string {
	if !p.Color || s == plain || strings.TrimSpace(text) == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// leastText are the columns that are kept for the sentence beside a label.
const leastText = 24

// labelled folds a sentence behind a label in the left margin:
//
//	label   the sentence, which
//	        goes on here
//
// Where the margin leaves no room, the label has a line of its own.
func (p *printer) labelled(indent int, s style, label string, labelWidth int, text string) {
	margin := indent
	if label != "" {
		margin += gapAfter(max(labelWidth, columns(label)))
	}
	if label != "" && margin+leastText > p.width() {
		p.wrapped(indent, s, label)
		label, margin = "", indent+2
	}
	next := strings.Repeat(" ", margin)
	lead := next
	if label != "" {
		lead = next[:indent] + p.paint(s, label) + next[:margin-indent-columns(label)]
	}
	lines := fold(Clean(text), max(p.width()-margin, 1))
	if len(lines) == 0 && label != "" {
		lines = []string{""}
	}
	for i, line := range lines {
		if i == 0 {
			p.line("%s", lead+line)
		} else {
			p.line("%s", next+line)
		}
	}
}

// command writes a command to paste, whole, beside its label or in a line of its own.
func (p *printer) command(label string, labelWidth int, command string) {
	if 2+labelWidth+2+columns(command) > p.width() {
		p.line("  %s", label)
		label, labelWidth = "", 0
	}
	p.line("  %s  %s", pad(label, labelWidth), p.paint(cyan, command))
}

// lastLine is the line for grep that ends every text; its grammar stands in doc.go.
func lastLine(verb, counts string, exit exit.Code) string {
	return fmt.Sprintf("makesync: %s: %s; exit %d (%s)", verb, counts, exit.Code, Clean(exit.Name))
}

func (p *printer) last(verb, counts string, exit exit.Code) {
	if p.Exit.Name != "" {
		exit = p.Exit
	}
	line := lastLine(verb, counts, exit)
	if p.Width == 0 || columns(line) <= p.width() { // off a terminal it is one line, for grep
		p.line("%s", p.paint(exitStyle(exit), line))
		return
	}
	for i, part := range fold(line, p.width()-2) {
		if i > 0 {
			part = "  " + part
		}
		p.line("%s", p.paint(exitStyle(exit), part))
	}
}

func exitStyle(code exit.Code) style {
	switch code.Code {
	case exit.OK.Code:
		return green
	case exit.Changes.Code, exit.Held.Code, exit.PartlyVisible.Code:
		return yellow
	}
	return red
}

// item is an object with a sentence; beside it when the object is short, below it when it is long.
func (p *printer) item(object string, width int, text string) {
	if columns(object) <= widestItem && columns(object)+leastText+6 <= p.width() {
		p.labelled(4, bold, object, width, text)
		return
	}
	p.wrapped(4, bold, object)
	p.labelled(6, plain, "", 0, text)
}

// wrapped writes clean text that is broken at the columns, with the same margin in each line.
func (p *printer) wrapped(indent int, s style, text string) {
	for _, line := range wrap(text, max(p.width()-indent, 1)) {
		p.line("%s", strings.Repeat(" ", indent)+p.paint(s, line))
	}
}

// heading folds a sentence and paints all of it.
func (p *printer) heading(s style, text string) {
	for _, line := range fold(Clean(text), p.width()) {
		p.line("%s", p.paint(s, line))
	}
}

// hanging folds a sentence with what it is about in front; further lines are indented by four
// columns more.
func (p *printer) hanging(indent int, colour style, where, message string) {
	const deeper = 4
	lines := fold(where+Clean(message), p.width()-indent-deeper)
	margin := strings.Repeat(" ", indent)
	for i, line := range lines {
		switch n := len(strings.TrimSpace(where)); {
		case i > 0:
			line = margin + strings.Repeat(" ", deeper) + line
		case strings.HasPrefix(line, strings.TrimSpace(where)):
			line = margin + p.paint(colour, line[:n]) + line[n:]
		default:
			line = margin + line
		}
		p.line("%s", line)
	}
}

const widestItem = 38
