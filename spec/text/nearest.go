package text

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// DidYouMean is a hint that names the known word that is near the wrong one; "" when none is.
func DidYouMean(wrong string, known []string) string {
	if near := Near(wrong, known); near != "" {
		return "did you mean " + Backquote(near) + "?"
	}
	return ""
}

// Near is the known word nearest to the wrong one; "" when none is near: at an edit distance of at
// most a third of the longer word (and at least 1).
func Near(wrong string, known []string) string {
	if len(wrong) > maxClean {
		return ""
	}
	for _, c := range rank(wrong, slices.DeleteFunc(slices.Clone(known), func(word string) bool {
		// bytes: a character has at most four
		return max(len(wrong)-len(word), len(word)-len(wrong)) > 4*limit(wrong, word)
	})) {
		if c.distance <= limit(wrong, c.word) {
			return c.word
		}
	}
	return ""
}

func limit(wrong, word string) int { return max(1, max(len(wrong), len(word))/3) }

// Nearest gives the known words most like the wrong one, best first, at most n, each once; equally
// near ones in the order of the alphabet. Case, and white space around a word, make no difference.
//
// What is long is like no other word, and would take long to compare.
func Nearest(wrong string, known []string, n int) []string {
	var best []string
	isLong := func(word string) bool { return len(word) > 4*maxClean }
	if isLong(wrong) {
		return nil
	}
	if slices.ContainsFunc(known, isLong) {
		known = slices.DeleteFunc(slices.Clone(known), isLong)
	}
	for _, c := range rank(wrong, known) {
		if len(best) == n {
			break
		}
		if len(best) == 0 || best[len(best)-1] != c.word {
			best = append(best, c.word)
		}
	}
	return best
}

type candidate struct {
	word     string
	distance int
}

// rank sorts words by their distance, then by the alphabet.
func rank(wrong string, known []string) []candidate {
	folded := fold(wrong)
	all := make([]candidate, len(known))
	for i, word := range known {
		all[i] = candidate{word, distance(folded, fold(word))}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.word, b.word))
	})
	return all
}

func fold(s string) []rune {
	return []rune(cases.Fold().String(norm.NFC.String(strings.TrimSpace(s))))
}

// distance counts insertions, deletions, replacements and swaps of neighbours (optimal string
// alignment). It keeps three rows: the one at hand and the two before it, which a swap needs.
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
