package plan

import (
	"cmp"
	"slices"

	"makesync/spec"
)

// OnceEach drops problems that say the same of the same place: a wrong name in a profile is one
// mistake, however many organizations use the profile.
func OnceEach(problems []spec.Problem) []spec.Problem {
	type place struct {
		source        spec.Source
		rule, message string
	}
	seen := map[place]bool{}
	kept := []spec.Problem{}
	for _, p := range problems {
		if p.Source != nil {
			at := place{*p.Source, p.Rule, p.Message}
			if seen[at] {
				continue
			}
			seen[at] = true
		}
		kept = append(kept, p)
	}
	return kept
}

// ByKey puts the problems of organizations in the order of their keys, behind those of no
// organization.
func ByKey(problems []spec.Problem) []spec.Problem {
	slices.SortStableFunc(problems, func(a,
		b spec.Problem) int {
		return cmp.Compare(a.Address.Key(), b.Address.Key())
	})
	return problems
}
