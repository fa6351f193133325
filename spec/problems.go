package spec

import (
	"cmp"
	"slices"
)

// OnceEach drops problems that say the same of the same place: a wrong name in a profile is one
// mistake, however many organizations use the profile, and so is a token that a zone refuses.
func OnceEach(problems []Problem) []Problem {
	type place struct {
		source        Source
		address       Address
		rule, message string
	}
	seen := map[place]bool{}
	kept := []Problem{}
	for _, p := range problems {
		at := place{address: p.Address, rule: p.Rule, message: p.Message}
		if p.Source != nil {
			at.source, at.address = *p.Source, ""
		}
		if !seen[at] {
			kept = append(kept, p)
		}
		seen[at] = true
	}
	return kept
}

// ByKey puts the problems of organizations in the order of their keys, behind those of no
// organization.
func ByKey(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Compare(a.Address.Key(), b.Address.Key()) })
	return problems
}
