package render

import (
	"io"
	"strings"
)

// Failure writes the lines in which every error ends; off a terminal (o.Width is 0) each is one
// line, for grep.
//
//	error: zone eu1 refuses the token of MAKE_API_KEY (HTTP 401 IM015)
//	hint: make a new one in Make: profile, API access
func Failure(w io.Writer, message, hint string, o Options) error {
	p := newPrinter(w, o)
	writeFailureLine(p, "error: ", message)
	if hint != "" {
		writeFailureLine(p, "hint: ", hint)
	}
	return p.flush()
}

func writeFailureLine(p *printer, label, words string) { writeSentence(p, label, Clean(words)) }

// Sentences writes lines: whole off a terminal, folded on one. What a line begins with in spaces is
// its margin; that of what is folded is two more.
func Sentences(w io.Writer, o Options, lines ...string) error {
	p := newPrinter(w, o)
	for _, line := range lines {
		words := strings.TrimLeft(Clean(line), " ")
		writeSentence(p, line[:len(line)-len(strings.TrimLeft(line, " "))], words)
	}
	return p.flush()
}

func writeSentence(p *printer, lead, words string) {
	if p.Width == 0 || words == "" {
		p.line("%s", lead+words)
		return
	}
	margin := lead[:len(lead)-len(strings.TrimLeft(lead, " "))] + "  "
	for i, line := range fold(words, p.width()-max(len(lead), len(margin))) {
		if i > 0 {
			lead = margin
		}
		p.line("%s", lead+line)
	}
}
