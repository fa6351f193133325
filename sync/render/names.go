package render

import (
	"fmt"
	"slices"
	"strings"

	"makesync/spec/text"
	"makesync/sync/plan"
)

// organizationNames is the organizations of a plan. It names some of them in few words:
//
//	all 200 organizations
//	all 200 organizations but client-007
//	48 organizations: acme, client-001 to client-046 (46), zoo
//
// "to" stands for all keys between two in the order of the plan, so that nothing is left out.
type organizationNames struct {
	keys []string
	at   map[string]int // places in keys
	last []string       // listed last, for listed
}

// newOrganizationNames of no organizations names those that it is asked for one by one.
func newOrganizationNames(organizations []plan.Organization) *organizationNames {
	f := &organizationNames{at: map[string]int{}}
	for i := range organizations {
		f.at[organizations[i].Key] = i
		f.keys = append(f.keys, organizations[i].Key)
	}
	return f
}

// fewestInRun is from how many keys on the first and the last stand for all between.
const fewestInRun = 4

// fewWhenCut is how many names and runs a list has that cannot have them all.
const fewWhenCut = 6

// names lists keys, which stand in the order of the plan; most is the greatest number of names and
// runs, and 0 is any number.
func (f *organizationNames) names(keys []string, most int) string {
	const fewestForAll, mostLeftOut = 4, 5
	whole := "all " + text.Count(len(f.keys), "organization", "organizations")
	left := len(f.keys) - len(keys)
	switch {
	case len(keys) == 1:
		return Clean(keys[0])
	case len(f.keys) == 0: // nobody knows which others there are
	case len(keys) >= fewestForAll && left == 0:
		return whole
	case len(keys) >= fewestForAll && left <= mostLeftOut && left*4 <= len(keys):
		return whole + " but " + text.And(cleaned(f.others(keys)))
	}
	runs, shown := f.runs(keys, most)
	if shown < len(keys) && most > fewWhenCut { // a list that is not whole needs not be long
		runs, shown = f.runs(keys, fewWhenCut)
	}
	list := text.Count(len(keys), "organization", "organizations") + ": " + strings.Join(runs, ", ")
	if shown < len(keys) {
		list += " and " + text.Number(len(keys)-shown) + " more; --verbose names all"
	}
	return list
}

// listed is names for a list of groups one below the other, in which the same names are listed
// once.
func (f *organizationNames) listed(keys []string, most int) string {
	words, again := f.names(keys, most), slices.Equal(keys, f.last)
	f.last = keys
	if short := "the same " + text.Count(len(keys), "organization", "organizations"); again && len(short) < len(words) {
		return short
	}
	return words
}

func (f *organizationNames) others(keys []string) []string {
	named := map[string]bool{}
	for _, key := range keys {
		named[key] = true
	}
	return slices.DeleteFunc(slices.Clone(f.keys), func(key string) bool { return named[key] })
}

// runs are names, or a first and a last one for all between; shown is how many keys they stand for.
func (f *organizationNames) runs(keys []string, most int) (list []string, shown int) {
	for i := 0; i < len(keys) && (most == 0 || len(list) < most); {
		end := i + 1
		for end < len(keys) && f.follows(keys[end-1], keys[end]) {
			end++
		}
		if n := end - i; n >= fewestInRun {
			list = append(list, fmt.Sprintf("%s to %s (%s)", Clean(keys[i]), Clean(keys[end-1]), text.Number(n)))
			i, shown = end, shown+n
			continue
		}
		list = append(list, Clean(keys[i]))
		i, shown = i+1, shown+1
	}
	return list, shown
}

// follows tells whether a key is the next one in the plan.
func (f *organizationNames) follows(before, key string) bool {
	at, known := f.at[key]
	return known && at == f.at[before]+1
}

func cleaned(words []string) []string {
	clean := make([]string, len(words))
	for i, word := range words {
		clean[i] = Clean(word)
	}
	return clean
}
