package help

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The headings that a terminal shows in another way: what is behind usage stands in its line, a
// description needs no heading.
const (
	HeadingUsage       = "usage"
	HeadingDescription = "description"
)

// helpColumn is where the explanations of a list begin; widestHelp is for what a terminal of any
// width reads best.
const (
	helpColumn = 26
	widestHelp = 98
)

// Text is the page for a terminal of so many columns, 0: any.
func (m Manual) Text(width int) string {
	if width == 0 || width > widestHelp {
		width = widestHelp
	}
	p := commandPage{width: max(width, narrowest)}
	p.column = min(helpColumn, p.width/3)
	p.paragraph(strings.ReplaceAll(m.Name, "-", " ")+": "+m.Summary, "", "")
	for _, s := range m.Sections {
		p.out.WriteString("\n")
		p.section(s)
	}
	return p.out.String()
}

// commandPage is a text under way.
type commandPage struct {
	out           strings.Builder
	width, column int
}

func (p *commandPage) section(s ManualSection) {
	switch s.Heading {
	case HeadingUsage:
		p.paragraph(usageWords(s.Text), s.Heading+": ", "         ")
		return
	case HeadingDescription:
		p.paragraph(s.Text, "", "")
		return
	}
	p.out.WriteString(s.Heading + ":\n")
	if s.Text != "" {
		p.paragraph(s.Text, "  ", "  ")
	}
	for _, e := range s.Entries {
		p.entry(e)
	}
	if s.Lines != "" {
		p.out.WriteString("  " + strings.ReplaceAll(strings.TrimRight(s.Lines, "\n"), "\n", "\n  ") + "\n")
	}
}

// usageWords let a usage line break between choices, too: behind a bar.
func usageWords(line string) string { return strings.ReplaceAll(line, "|", "|\u200b") }

// paragraph wraps words behind what leads, and behind an indent in further lines.
func (p *commandPage) paragraph(text, lead, indent string) {
	for i, line := range wrapWords(text, p.width-utf8.RuneCountInString(indent)) {
		if i > 0 {
			lead = indent
		}
		p.out.WriteString(lead + line + "\n")
	}
}

// entry is one line of a list; a long name stands on a line of its own.
func (p *commandPage) entry(e ManualEntry) {
	name := e.Name
	if utf8.RuneCountInString(name) > p.column-4 {
		fmt.Fprintf(&p.out, "  %s\n", name)
		name = ""
	}
	for _, line := range wrapWords(e.Text, p.width-p.column) {
		p.out.WriteString(strings.TrimRight(fmt.Sprintf("  %-*s%s", p.column-2, name, line), " ") + "\n")
		name = ""
	}
}

// wrapWords breaks a text at spaces, and where it may break without one, into lines of at most so
// many columns.
func wrapWords(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		for i, part := range strings.Split(word, "\u200b") {
			space := " "
			if line == "" || i > 0 {
				space = ""
			}
			if line != "" && utf8.RuneCountInString(line+space+part) > width {
				lines = append(lines, line)
				line, space = "", ""
			}
			line += space + part
		}
	}
	return append(lines, line)
}
