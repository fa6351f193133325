package makeapi

import (
	"regexp"
	"strings"
	"unicode"
)

// ansi matches the escape sequences that terminals obey.
var ansi = regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|" +
	"\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|" +
	"[@-Z\\\\-_])|\u009b[0-?]*[ -/]*[@-~]")

// clean makes a text of the zone fit for one line of a terminal or a log: no escape sequences, no
// control, direction or invisible characters, white space as single spaces, at most longest
// characters.
func clean(text string, longest int) string {
	if isClean(text, longest) {
		return text
	}
	text = ansi.ReplaceAllString(strings.ToValidUTF8(text, "�"), "")
	var b strings.Builder
	count, space := 0, false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			space = true
			continue
		case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || r == '\u2028' || r == '\u2029':
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
func isClean(text string, longest int) bool {
	if len(text) > longest {
		return false
	}
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < ' ' || c > '~' || (c == ' ' && (i == 0 || i+1 == len(text) || text[i+1] == ' ')) {
			return false
		}
	}
	return true
}
