package help

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Text is the page for a terminal of so many columns: headings in a line of their own, links as
// their words, tables in columns where they fit, blocks of code indented and
// never wrapped.
func (t Topic) Text(width int) string {
	p := page{width: max(width, narrowest)}
	code := false
	for line := range strings.Lines(t.Markdown) {
		line = strings.TrimRight(line, "\n")
		cells := row(line)
		if cells == nil {
			p.flushTable()
		}
		switch {
		case strings.HasPrefix(line, "```"):
			p.flush()
			code = !code
		case code:
			p.out.WriteString(strings.TrimRight("    "+line, " ") + "\n")
		case strings.HasPrefix(line, "<!--"):
		case cells != nil:
			p.flush()
			p.rows = append(p.rows, cells)
		case line == "":
			p.flush()
			p.blank()
		case strings.HasPrefix(line, "#"):
			p.flush()
			p.out.WriteString(plain(strings.TrimLeft(line, "# ")) + "\n")
		default:
			p.add(line)
		}
	}
	p.flush()
	p.flushTable()
	return strings.TrimRight(p.out.String(), "\n") + "\n"
}

// narrowest is the least width for which lines are wrapped.
const narrowest = 40

// page is a text under way: a paragraph and a table are kept until their end is known.
type page struct {
	out       strings.Builder
	width     int
	paragraph []string
	indent    string     // of the lines after the first
	rows      [][]string // of the table under way
}

// add takes a line of prose or of a list.
func (p *page) add(line string) {
	if item, is := strings.CutPrefix(line, "- "); is {
		p.flush()
		p.paragraph, p.indent = []string{"- " + item}, "  "
		return
	}
	p.paragraph = append(p.paragraph, strings.TrimSpace(line))
}

func (p *page) blank() {
	if !strings.HasSuffix(p.out.String(), "\n\n") {
		p.out.WriteString("\n")
	}
}

func (p *page) flush() {
	p.wrap(plain(strings.Join(p.paragraph, " ")), p.indent)
	p.paragraph, p.indent = nil, ""
}

// wrap writes words in lines that are not too wide, the second and later ones behind an indent.
func (p *page) wrap(text, indent string) {
	for i, line := range lines(text, p.width, p.width-utf8.RuneCountInString(indent)) {
		if i > 0 {
			line = indent + line
		}
		p.out.WriteString(line + "\n")
	}
}

// lines breaks a text at its spaces: a first line of at most so many columns, and the rest. A word
// that is wider has a line of its own.
func lines(text string, first, rest int) []string {
	var broken []string
	line, width := "", first
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			broken = append(broken, line)
			line, width = word, rest
		}
	}
	if line != "" {
		broken = append(broken, line)
	}
	return broken
}

var (
	link     = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	emphasis = regexp.MustCompile(`\*\*?([^*\s][^*]*)\*\*?`)
	codeSpan = regexp.MustCompile("`([^`]+)`")
)

// plain takes the marks off a piece of Markdown: links become their words, code and emphasis
// themselves. Code is kept aside meanwhile, since what looks like a mark in it is none.
func plain(text string) string {
	var code []string
	text = codeSpan.ReplaceAllStringFunc(text, func(span string) string {
		code = append(code, strings.Trim(span, "`"))
		return codeMark
	})
	text = emphasis.ReplaceAllString(link.ReplaceAllString(text, "$1"), "$1")
	for _, span := range code {
		text = strings.Replace(text, codeMark, span, 1)
	}
	return text
}

// codeMark stands for a piece of code; no page holds it.
const codeMark = "\x00"
