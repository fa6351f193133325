package render

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"makesync/spec/text"
)

// Everything that a document, the API or a plan file can put into a name or a
// value goes through one of the functions of this file before it is printed:
//
//	Clean          text on a terminal or in a log: one line, nothing invisible
//	show           a value in text: Clean, and quoted where it would be ambiguous
//	code, prose    Markdown (and HTML inside it): see there
//	annotationData, annotationProperty   a GitHub workflow command
//	text.SafeJSON  JSON that is safe to cat
//
// HTML pages are html/template's business, on text that went through Clean.

// visible tells whether a rune may stand as it is: printable or a plain space, no control or format
// character (which covers bidirectional overrides, zero-width characters and tags), no line or
// paragraph separator, no odd space, none of the blank "letters", not private.
func visible(r rune) bool {
	switch {
	case r == ' ':
		return true
	case r == utf8.RuneError, r < ' ', r == 0x7f:
		return false
	case r < 0x7f:
		return true
	}
	return text.IsPrint(r)
}

// escapeRune is the visible form of a rune that must not stand raw.
func escapeRune(r rune) string {
	switch r {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	switch {
	case r < 0x80: // above, \x is a byte of broken UTF-8
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// maxMarks is how many combining marks may follow one character; more of them
// pile up over neighbouring lines.
const maxMarks = 4

// Clean gives text in one line in which every character is visible; what is
// not (control characters, ANSI sequences' escape, bidirectional overrides, zero-width
// characters, broken UTF-8) is written as \n, \x1b, \u202e, and so is what is taken for something
// else (see difference.go). The result is safe on a terminal
// and in the log of a CI job.
func Clean(s string) string {
	if !isClean(s) {
		s = escaped(s, "")
	}
	return text.NoLogCommand(s, `\x23`)
}

// GitHub's runner obeys two forms of commands in whatever a job prints: ##[command] anywhere in a
// line (see text.NoLogCommand), and ::command:: at the start of one, behind spaces too
// (actions/runner, ActionCommand.cs).
const lineCommand = "::"

// noCommand keeps a line of text from beginning with ::, where folding has put a word of a value
// there.
func noCommand(line string) string {
	words := strings.TrimLeft(line, " ")
	if !strings.HasPrefix(words, lineCommand) {
		return line
	}
	return line[:len(line)-len(words)] + `\x3a` + words[1:]
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func isClean(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// escaped is Clean that puts a backslash before each of the ASCII characters in also.
func escaped(s, also string) string {
	var b strings.Builder
	foreign := foreignLetters(s)
	marks := maxMarks // a mark at the start would combine with what stands before the text
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		isMark := unicode.Is(unicode.M, r)
		raw := visible(r) && !foreign[i] && !(isMark && marks >= maxMarks)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !raw:
			b.WriteString(escapeRune(r))
		case strings.ContainsRune(also, r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		switch {
		case !raw:
			marks = maxMarks // one at the end of an escape would change what that says
		case isMark:
			marks++
		default:
			marks = 0
		}
		i += n
	}
	return b.String()
}

// quoted is the text in double quotes, with escapes that can be read back.
func quoted(s string) string {
	return `"` + text.NoLogCommand(escaped(s, `"\`), `\x23`) + `"`
}

// showText is a text value: bare where nobody can take it for anything else,
// quoted otherwise, much as YAML does it.
func showText(s string) string {
	if needsQuotes(s) {
		return quoted(s)
	}
	return s
}

func needsQuotes(s string) bool {
	if s == "" || s != strings.TrimSpace(s) || strings.ContainsAny(s, `"\→`) || strings.Contains(s, "  ") {
		return true
	}
	switch s {
	case none, "true", "false", "null", "(unknown)":
		return true
	}
	if strings.HasPrefix(s, "(sensitive") {
		return true
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return true
	}
	return Clean(s) != s
}

// columns is the display width of clean text in terminal columns: wide and
// full-width characters take two, combining marks none.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// cut shortens clean text to at most max columns by replacing its middle with
// "…": the start says what it is, the end is where values differ.
func cut(s string, max int) string {
	if columns(s) <= max {
		return s
	}
	if max < 1 {
		return ""
	}
	tail := (max - 1) / 3
	return takeColumns(s, max-1-tail) + "…" + lastColumns(s, tail)
}

// commonPrefix is the number of bytes, in whole characters, that two texts begin with in common.
func commonPrefix(a, b string) int {
	for i, r := range a {
		if !strings.HasPrefix(b[min(i, len(b)):], string(r)) {
			return i
		}
	}
	return len(a)
}

// takeColumns is the longest start of s that is no wider than max.
func takeColumns(s string, max int) string {
	n := 0
	for i, r := range s {
		n += runeColumns(r)
		if n > max {
			return s[:i]
		}
	}
	return s
}

// lastColumns is the longest end of s that is no wider than max and does not begin with a combining
// mark.
func lastColumns(s string, max int) string {
	n, end := 0, len(s)
	for i := len(s); i > 0; {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		n += runeColumns(r)
		if n > max {
			break
		}
		i -= size
		if runeColumns(r) > 0 {
			end = i
		}
	}
	return s[end:]
}

// pad fills clean text with spaces up to n columns.
func pad(s string, n int) string {
	if missing := n - columns(s); missing > 0 {
		return s + strings.Repeat(" ", missing)
	}
	return s
}

// annotationData escapes the message of a GitHub workflow command, annotationProperty a property of
// one (actions/toolkit, command.ts): without it a name could end the command and begin another.
func annotationData(s string) string { return annotationText.Replace(cleanLines(s)) }

func annotationProperty(s string) string {
	return annotationNames.Replace(Clean(s))
}

var (
	annotationText  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	annotationNames = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// cleanLines is Clean that keeps line feeds.
func cleanLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = Clean(line)
	}
	return strings.Join(lines, "\n")
}

// entities makes text safe as the content of an HTML element inside Markdown: every ASCII character
// that means anything to Markdown, HTML, a mention, a reference or an automatic link is a numeric
// entity, which Markdown never takes for syntax. The raw text holds no `<`, `@`, `#`, `[`, backtick
// or `://` then.
func entities(s string) string {
	s = Clean(s)
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; mustBeEntity(s, i) {
			fmt.Fprintf(&b, "&#%d;", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// mustBeEntity decides about the byte at i of clean text; bytes of longer characters stay.
func mustBeEntity(s string, i int) bool {
	switch c := s[i]; c {
	case ':': // ends a word, or makes a link, an emoji or a workflow command
		return i+1 == len(s) || s[i+1] != ' ' || i > 0 && s[i-1] == ':'
	case '.': // www.
		return i > 0 && s[i-1]|0x20 == 'w'
	case '-', ' ': // two of them end a comment, make a rule, break a line
		return i > 0 && s[i-1] == c || i+1 < len(s) && s[i+1] == c
	default:
		return strings.IndexByte("&<>\"'@#`*_~[]{}!|\\$^=+", c) >= 0
	}
}

// code is a name or value in Markdown. It is a <code> element rather than a code span, because a
// span cannot hold entities: mails and bots read the raw text. Inside <code> neither GitHub nor
// GitLab looks for mentions and references.
func code(s string) string {
	if s == "" {
		return ""
	}
	return "<code>" + entities(s) + "</code>"
}

// becomesLink is what GitHub and GitLab turn into links without any mark around it: GH-1, ids of
// commits, and milestones, merge requests, epics and iterations by number or name.
var becomesLink = regexp.MustCompile(`(?i)(?:^|\W)(?:GH-\d|[%!&~^]["\w])|\b[0-9a-f]{7,40}\b`)

// prose is a sentence in Markdown: words that could become a mention, a
// reference or a link once rendered are put into <code>, without the punctuation around them.
func prose(s string) string {
	words := strings.Fields(Clean(s))
	for i, word := range words {
		before := word[:len(word)-len(strings.TrimLeft(word, "("))]
		core := strings.TrimRight(word[len(before):], ",;:.)")
		after := word[len(before)+len(core):]
		after = strings.ReplaceAll(after, "::", "&#58;&#58;")
		if strings.ContainsAny(core, "@#<>{}[]`*_/\\:$=") || becomesLink.MatchString(core) {
			words[i] = before + code(core) + after
		} else {
			words[i] = before + entities(core) + after
		}
	}
	return strings.Join(words, " ")
}
