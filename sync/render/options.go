package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"makesync/spec"
	"makesync/sync/exit"
)

// Options are the surroundings of what is rendered. The zero value is good: no
// colour, 100 columns, the default guards.
type Options struct {
	// Color writes ANSI colours; the caller knows the terminal, --color and NO_COLOR.
	Color bool
	// Width is the number of columns; 0 means 100, less than 80 counts as 80.
	Width int
	// Quiet leaves all but the last line out where there is nothing new to say: for a run that
	// nobody watches.
	Quiet bool
	// Verb is the command of the last line; "" means plan, apply or validate, as fits what is
	// rendered.
	Verb string
	// Guards are those of the run; the header names what differs from spec.DefaultGuards. Nil: says
	// nothing.
	Guards *spec.Guards
	// Allow are the --allow rules of the run, for the header.
	Allow []string
	// Against says what a plan compares with when it is no live zone:
	// "snapshot live.json of 2026-11-20 02:00 UTC", "documents in base/".
	Against string
	// Saved is the file that the plan was written to, "" when it was not saved.
	Saved string
	// Next is the whole command that goes on from here, ready to paste: `makesync apply plan.json`.
	Next string
}

const defaultWidth, leastWidth = 100, 80

func (o Options) width() int {
	if o.Width == 0 {
		return defaultWidth
	}
	return max(o.Width, leastWidth)
}

func (o Options) verb(fallback string) string {
	if o.Verb == "" {
		return fallback
	}
	return Clean(o.Verb)
}

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
