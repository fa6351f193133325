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
func (p *printer) labelled(indent int, s style, label string, labelWidth int, text string) {
	label = cut(label, p.width()-indent-leastText)
	margin := indent
	if label != "" {
		margin += gapAfter(max(labelWidth, columns(label)))
	}
	next := strings.Repeat(" ", margin)
	lead := next[:indent] + p.paint(s, label) + next[:margin-indent-columns(label)]
	lines := fold(Clean(text), max(p.width()-margin, leastText-2))
	if len(lines) == 0 {
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

// last is the line for grep that ends every text; its grammar stands in doc.go.
func (p *printer) last(verb, counts string, exit exit.Code) {
	text := fmt.Sprintf("makesync: %s: %s; exit %d (%s)", verb, counts, exit.Code, Clean(exit.Name))
	p.line("%s", p.paint(exitStyle(exit), text))
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
	if columns(object) <= widestItem {
		p.labelled(4, bold, object, width, text)
		return
	}
	p.line("    %s", p.paint(bold, cut(object, p.width()-4)))
	p.labelled(6, plain, "", 0, text)
}

// hanging folds a sentence with what it is about in front; further lines are indented by four
// columns.
func (p *printer) hanging(colour style, where, message string) {
	lines := fold(where+Clean(message), p.width()-4)
	for i, line := range lines {
		switch {
		case i > 0:
			line = "    " + line
		case strings.HasPrefix(line, strings.TrimSpace(where)):
			n := len(strings.TrimSpace(where))
			line = p.paint(colour, line[:n]) + line[n:]
		}
		p.line("%s", line)
	}
}

const widestItem = 38
