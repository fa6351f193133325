package text

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxQuoted is how many characters of a hostile text a message repeats.
const maxQuoted = 80

// clean makes a text from a document fit for a message: control characters and
// the invisible ones that reorder text are shown as �, and it is cut to a sane length.
func Clean(s string) string {
	if utf8.RuneCountInString(s) > maxQuoted {
		s = string([]rune(s)[:maxQuoted]) + "…"
	}
	return strings.Map(Visible, s)
}

func Visible(r rune) rune {
	if r == utf8.RuneError || !unicode.IsPrint(r) {
		return '�'
	}
	return r
}

// tick is a key or a public value as messages show it.
func Backquote(s string) string { return "`" + Clean(s) + "`" }

// tickKey is a key as messages show it. A key that is not one plain word is cut
// where the word ends: with a forgotten space or colon, as in {PASSWORD:hunter2},
// YAML takes the value for a part of the key.
func BackquoteKey(s string) string { return Backquote(FirstWord(s)) }

func FirstWord(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-.$@+", r)
	})
	if end < 0 {
		return s
	}
	return s[:end] + "…"
}

// oneOf lists words for a hint: "a, b or c".
func Or(words []string) string {
	switch len(words) {
	case 0:
		return "nothing"
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// didYouMean is a hint that names the known word nearest to the wrong one; "" when none is near.
func DidYouMean(wrong string, known []string) string {
	if near := Nearest(wrong, known); near != "" {
		return "did you mean " + Backquote(near) + "?"
	}
	return ""
}

// nearest is the known word with the smallest edit distance, when that is at
// most a third of the longer word (and at least 1); ties go to the first in order.
func Nearest(wrong string, known []string) string {
	if len(wrong) > maxQuoted {
		return ""
	}
	sorted := append([]string(nil), known...)
	sort.Strings(sorted)
	best, bestDistance := "", -1
	for _, word := range sorted {
		limit := max(1, max(len(wrong), len(word))/3)
		if len(wrong)-len(word) > 4*limit || len(word)-len(wrong) > 4*limit {
			continue // bytes: a character has at most four
		}
		d := distance(strings.ToLower(wrong), strings.ToLower(word))
		if d <= limit && (bestDistance < 0 || d < bestDistance) {
			best, bestDistance = word, d
		}
	}
	return best
}

// distance counts insertions, deletions, replacements and swaps of neighbours
// (optimal string alignment).
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			rows[i][j] = cheapest(rows, s, t, i, j)
		}
	}
	return rows[len(s)][len(t)]
}

func cheapest(rows [][]int, s, t []rune, i, j int) int {
	cost := 1
	if s[i-1] == t[j-1] {
		cost = 0
	}
	d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
	if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
		d = min(d, rows[i-2][j-2]+1)
	}
	return d
}
