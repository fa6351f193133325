package text

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Backquote is a key or a public value as messages show it, cleaned.
func Backquote(s string) string { return "`" + Clean(s) + "`" }

// BackquoteKey is a key as messages show it, cut as FirstWord cuts it.
func BackquoteKey(s string) string { return Backquote(FirstWord(s)) }

// FirstWord is a key that is one plain word; any other is cut where its first word ends: with a
// forgotten space or colon, as in {PASSWORD:hunter2}, YAML takes the value for a part of the key.
func FirstWord(key string) string {
	end := strings.IndexFunc(key, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-.$@+", r) && !IsInvisible(r)
	})
	if end < 0 {
		return key
	}
	if r, n := utf8.DecodeRuneInString(key[end:]); r != ' ' && unicode.Is(unicode.Zs, r) {
		end += n // a no-break space, which would be taken for a plain one
	}
	return key[:end] + "…"
}

// maxQuoted is how many characters of a name Quote shows.
const maxQuoted = 120

// Quote puts a name that came from a document or the API into a sentence: in double quotes, with
// control characters escaped as Go does it, and cut when it is long.
func Quote(name string) string {
	if r := []rune(name); len(r) > maxQuoted {
		name = string(r[:maxQuoted]) + "…"
	}
	return Visible(strconv.Quote(name))
}

// escapeRune is a character by its number as Go writes it.
func escapeRune(r rune) string {
	quoted := strconv.QuoteRuneToASCII(r)
	return quoted[1 : len(quoted)-1]
}

// ShellQuote makes a text one word of a POSIX shell command, safe to paste and to print. A text
// that holds what does not print becomes a $'…' word, which bash, ksh and zsh read.
func ShellQuote(s string) string {
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' ||
			strings.ContainsRune("_@%+=:,./-", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !IsPrint(r) }) {
		escaped := Visible(strconv.Quote(s))
		return "$'" + strings.NewReplacer(`\\`, `\\`, `\"`, `"`, "'", `\'`).Replace(escaped[1:len(escaped)-1]) + "'"
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
