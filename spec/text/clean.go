package text

import (
	"math"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxClean is how many characters of a hostile text a message repeats.
const maxClean = 80

// Clean makes a text from a document fit for a message: what does not print is shown by its number,
// and it is cut to a sane length.
func Clean(s string) string {
	if utf8.RuneCountInString(s) > maxClean {
		s = string([]rune(s)[:maxClean]) + "…"
	}
	return Visible(s)
}

// IsInvisible tells whether a character leaves no mark by itself: what formats, joins or directs,
// what only selects the form of another, fillers that are letters by name only, what everybody may
// give a meaning of their own.
func IsInvisible(r rune) bool {
	const emptyBraille = 0x2800
	return r == emptyBraille || unicode.In(r, unicode.Cf, unicode.Co, unicode.Variation_Selector,
		unicode.Other_Default_Ignorable_Code_Point)
}

// IsPrint tells whether a character leaves a mark, or is a plain space.
func IsPrint(r rune) bool { return unicode.IsPrint(r) && !IsInvisible(r) }

// Visible shows every character that does not print, line feeds included, by its number as Go
// writes it: \u200b; a byte that is no character as �.
func Visible(s string) string {
	hidden := func(r rune) bool { return r == utf8.RuneError || !IsPrint(r) }
	if !strings.ContainsFunc(s, hidden) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			b.WriteRune(r)
		case hidden(r):
			b.WriteString(escapeRune(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// ansi matches the escape sequences that terminals obey.
var ansi = regexp.MustCompile(
	"\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[@-Z\\\\-_])|\u009b[0-?]*[ -/]*[@-~]")

// EscapeSequences gives where in a text the escape sequences of terminals stand, as pairs of byte
// offsets.
func EscapeSequences(s string) [][]int { return ansi.FindAllStringIndex(s, -1) }

// OneLine makes a foreign text fit for one line of a terminal, a log or a comment: no control,
// direction or invisible characters, white space as single spaces. An escape sequence loses its
// first byte and shows what is left, so that a reader sees that something odd was there.
func OneLine(s string) string { return joinLines(s, math.MaxInt) }

// ShortLine is OneLine without a trace of escape sequences, cut to at most longest characters.
func ShortLine(s string, longest int) string {
	if isClean(s, longest) {
		return s
	}
	return joinLines(ansi.ReplaceAllString(strings.ToValidUTF8(s, "�"), ""), longest)
}

func joinLines(s string, longest int) string {
	if isClean(s, longest) {
		return s
	}
	var b strings.Builder
	count, space := 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			space = true
			continue
		case IsInvisible(r):
			continue
		case count >= longest:
			return b.String() + "…"
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
			count++
		}
		space = false
		b.WriteRune(r)
		count++
	}
	return b.String()
}

// isClean spares the common case the copy.
func isClean(s string, longest int) bool {
	if len(s) > longest {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c > '~' || (c == ' ' && (i == 0 || i+1 == len(s) || s[i+1] == ' ')) {
			return false
		}
	}
	return true
}
