package makeapi

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The escapes that servers write, at the beginning of a text: those of JSON and of programming
// languages, pages and addresses.
var (
	hexEscape       = regexp.MustCompile(`^(?:%|\\x)([0-9a-fA-F]{2})`)
	octalEscape     = regexp.MustCompile(`^\\([0-3][0-7]{2})`)
	surrogateEscape = regexp.MustCompile(`^\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})`)
	unicodeEscape   = regexp.MustCompile(`^\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|U([0-9a-fA-F]{8}))`)
	pageEscape      = regexp.MustCompile(`^&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});`)
)

// readEscape reads the escape at the beginning of a text: what it says, and how long it is; 0 when
// there is none.
func readEscape(s string) (said string, size int) {
	switch s[0] {
	case '%':
		return readByte(s, hexEscape, 16)
	case '&':
		entity := pageEscape.FindString(s)
		return html.UnescapeString(entity), len(entity)
	case '\'':
		if strings.HasPrefix(s, "''") {
			return "'", 2
		}
	case '\\':
		return readBackslash(s)
	}
	return "", 0
}

// readBackslash reads what a backslash begins.
func readBackslash(s string) (said string, size int) {
	if said, size = readByte(s, hexEscape, 16); size > 0 {
		return said, size
	}
	if said, size = readByte(s, octalEscape, 8); size > 0 {
		return said, size
	}
	if pair := surrogateEscape.FindStringSubmatch(s); pair != nil {
		return string(utf16.DecodeRune(codePoint(pair[1]), codePoint(pair[2]))), len(pair[0])
	}
	if one := unicodeEscape.FindStringSubmatch(s); one != nil {
		return string(codePoint(one[1] + one[2] + one[3])), len(one[0])
	}
	switch r, n := utf8.DecodeRuneInString(s[1:]); {
	case n == 0:
		return "", 0
	case strings.ContainsRune("abfnrtv0", r):
		return "", 2 // a control character
	case r < utf8.RuneSelf && !isWordByte(s[1]):
		return s[1:2], 2
	}
	return "", 0
}

func readByte(s string, escape *regexp.Regexp, base int) (said string, size int) {
	found := escape.FindStringSubmatch(s)
	if found == nil {
		return "", 0
	}
	n, _ := strconv.ParseUint(found[1], base, 8) // the expression lets nothing else through
	return string([]byte{byte(n)}), len(found[0])
}

func codePoint(digits string) rune {
	n, _ := strconv.ParseInt(digits, 16, 32) // too large: no character, as what does not fit
	return rune(n)
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
