package sync

import "sort"

// nearest gives the names most like the text, best first, at most n; equal ones in the order of the alphabet.
func nearest(text string, names []string, n int) []string {
	type scored struct {
		name     string
		distance int
	}
	folded := []rune(foldName(text))
	all := make([]scored, 0, len(names))
	for _, name := range names {
		all = append(all, scored{name, distance(folded, []rune(foldName(name)))})
	}
	sort.Slice(all, func(i, j int) bool {
		if all[i].distance != all[j].distance {
			return all[i].distance < all[j].distance
		}
		return all[i].name < all[j].name
	})
	var best []string
	for i := 0; i < len(all) && len(best) < n; i++ {
		if len(best) == 0 || best[len(best)-1] != all[i].name {
			best = append(best, all[i].name)
		}
	}
	return best
}

// distance is Levenshtein's edit distance.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, ra := range a {
		left, diagonal := i+1, i
		for j, rb := range b {
			cost := diagonal
			if ra != rb {
				cost = 1 + min(diagonal, row[j+1], left)
			}
			diagonal, row[j], left = row[j+1], left, cost
		}
		row[len(b)] = left
	}
	return row[len(b)]
}
