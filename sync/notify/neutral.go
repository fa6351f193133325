package notify

import (
	"strings"
	"unicode"
)

// neutral takes out of a text what chats would act on: whoever writes documents, and whoever may
// rename an organization, chooses words of it. Mentions (@here, <!channel>, <users/all>) call
// people, links lead under words of another's choice, and the signs of Markdown change what the
// rest looks like. What does the harm is written with a sign that looks like it, or is split;
// e-mail addresses and what makesync prints to paste (`delete:variable<=12@acme`) stay as they are.
//
// One rule serves all receivers, since a body in JSON may be shown by any of them; what a format
// has to escape besides is escaped there.
func neutral(text string) string {
	text = strings.NewReplacer("://", "[:]//", "](", "] (", "www.", "www[.]", "WWW.", "WWW[.]").Replace(text)
	runes := []rune(text)
	var b strings.Builder
	before, inside := ' ', false
	for i, r := range runes {
		after := ' '
		if i+1 < len(runes) {
			after = runes[i+1]
		}
		if r == '_' && (i == 0 || runes[i-1] != '_') {
			inside = inWord(before) && inWord(beyond(runes[i:], r))
		}
		switch {
		case r == '<' && after != '=' && !unicode.IsSpace(after) && !unicode.IsDigit(after):
			r = '‹'
		case r == '@' && !inWord(before):
			r = '＠'
		case r == '_' && !inside:
			r = '＿'
		case r == '*' && !unicode.IsSpace(after) && !strings.ContainsRune(";,.", after): // not of `@*`
			r = '∗'
		case r == '~':
			r = '∼'
		case r == '`':
			r = '\''
		case r == '\n' || r == '\r':
			r = ' '
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// beyond is what stands behind the signs at the beginning of a text, which do together what one
// does.
func beyond(text []rune, sign rune) rune {
	for _, r := range text {
		if r != sign {
			return r
		}
	}
	return ' '
}

// inWord tells whether a sign is part of a word, so that the one beside it marks nothing up.
func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '+' }
