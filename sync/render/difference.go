package render

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"makesync/spec/text"
	"makesync/sync/state"
)

// Two values, or two names, that differ must look different. What can hide a difference:
//
//	a cut       "https://acme.example/v1/…/hook" on both sides       shorten shows where they differ
//	a twin      Cyrillic "а" for Latin "a", U+212A for "K"           twins are written as escapes
//	a form      "é" as one character, or "e" with a combining accent Clean escapes the accent
//	a mixture   "pаypal" with one Cyrillic letter                    Clean escapes the foreign letter
//	nothing     zero-width and other invisible characters            Clean escapes them

// showPair is both sides of a field for people, told apart by the eye wherever they differ.
func showPair(from, to state.Scalar) (string, string) { return tellApart(show(from), show(to)) }

// tellApart writes what is not ASCII as escapes where two clean texts differ only in characters
// that look alike.
func tellApart(from, to string) (string, string) {
	if from == to || skeleton(from) != skeleton(to) {
		return from, to
	}
	return asciiOnly(from), asciiOnly(to)
}

// skeleton is text.Skeleton, at once for what is plain.
func skeleton(s string) string {
	if isClean(s) {
		return s
	}
	return text.Skeleton(s)
}

func asciiOnly(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			b.WriteString(escapeRune(r))
		}
	}
	return b.String()
}

// foreignLetters are the places of letters that stand in a word of Latin ones and are none, and of
// accents that should have been one character with the letter before: what people take for another
// text than it is.
func foreignLetters(s string) map[int]bool {
	if isASCII(s) {
		return nil
	}
	places := map[int]bool{}
	for start := 0; start < len(s); {
		end := start
		for end < len(s) {
			r, n := utf8.DecodeRuneInString(s[end:])
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
				break
			}
			end += n
		}
		markForeign(s[start:end], start, places)
		_, n := utf8.DecodeRuneInString(s[end:])
		start = end + max(n, len(escape.FindString(s[end:])), 1)
	}
	return places
}

// escape is what Clean writes for a character. Its letters are not a part of the word that follows
// it, so that cleaning what is clean changes nothing.
var escape = regexp.MustCompile(`^\\(?:[nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})`)

func markForeign(word string, offset int, places map[int]bool) {
	latin := strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
	before, decomposed := rune(0), false
	for i, r := range word {
		switch {
		case unicode.IsMark(r):
			composed := norm.NFC.String(string(before) + string(r))
			decomposed = decomposed || before != 0 && utf8.RuneCountInString(composed) == 1
			if decomposed {
				places[offset+i] = true
			}
			continue
		case latin && text.ScriptOf(r) != "":
			places[offset+i] = true
		}
		before, decomposed = r, false
	}
}

// ellipsis stands for what is left out of a value.
const ellipsis = "…"

// leastShort is the least number of columns in which shorten can show where two texts differ.
const leastShort = 12

// shorten cuts both sides of a change to so many columns, at least leastShort, and keeps what they
// begin with and the place where they begin to differ:
//
//	https://api.acme.example/v1/tenants/4711/production/webhooks/9
//	https://api.ac…/4711/production/webho…
//	https://api.ac…/4711/elsewhere/webhoo…
func shorten(from, to string, most int) (string, string) {
	most = max(most, leastShort)
	if columns(from) <= most && columns(to) <= most {
		return from, to
	}
	if from == to {
		return cut(from, most), cut(to, most)
	}
	same := commonPrefix(from, to)
	return around(from, same, most), around(to, same, most)
}

// around keeps the beginning of a text and what stands at the byte at, which is on a character.
func around(s string, at, most int) string {
	if columns(s) <= most {
		return s
	}
	// A third for the beginning, a sixth for what leads to the difference.
	const begin, lead = 3, 6
	if columns(s[:at]) <= most/2 {
		return cutEnd(s, most)
	}
	head := takeColumns(s[:at], most/begin)
	context := lastColumns(s[len(head):at], most/lead)
	return cutEnd(head+ellipsis+context+s[at:], most)
}

// wrap breaks clean text into lines of at most so many columns, at the columns and nowhere else:
// the lines put together are the text.
func wrap(s string, most int) []string {
	var lines []string
	for columns(s) > most {
		line := takeColumns(s, most)
		if line == "" { // not even one character fits
			break
		}
		line = line[:beforeCommand(s, len(line))]
		lines, s = append(lines, line), s[len(line):]
	}
	return append(lines, s)
}

// beforeCommand moves a break at a place of a text to the left while the rest would begin with ::,
// which would have to be written otherwise there; where nothing else is to the left, it stays.
func beforeCommand(s string, at int) int {
	for to := at; to > 0; {
		if !strings.HasPrefix(s[to:], lineCommand) {
			return to
		}
		_, size := utf8.DecodeLastRuneInString(s[:to])
		to -= size
	}
	return at
}
