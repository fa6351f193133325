package sync

import (
	"strconv"
	"strings"
)

// quote puts a name that came from a document or the API into a sentence: control characters
// are escaped, and a long name is cut.
func quote(name string) string {
	const longest = 120
	if r := []rune(name); len(r) > longest {
		name = string(r[:longest]) + "…"
	}
	return strconv.Quote(name)
}

// joinSome joins names for a sentence, cut to the first few.
func joinSome(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + ", and " + strconv.Itoa(len(names)-most) + " more"
}

// plural is "1 step" or "3 steps".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// joinWords is "a", "a and b", "a, b and c".
func joinWords(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// clean makes a foreign text fit for one line of a comment.
func clean(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, text)), " ")
}
