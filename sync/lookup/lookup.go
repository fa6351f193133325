// Package lookup finds by name in the lists of an organization, for whoever looks for many.
//
// In goes a list; out comes what state.FindVariable, FindMember or FindControl would find in it,
// without walking it for each: documents may declare as many as a zone has.
package lookup

import (
	"strings"
	"unicode"

	"makesync/spec"
	"makesync/sync/state"
)

// few is up to how many entries a list is walked for a name: an index of them costs more.
const few = 64

// Variables gives what FindVariable finds in a list, for whoever looks for many.
func Variables(list []spec.Variable) func(name string) *spec.Variable {
	if len(list) <= few {
		return func(name string) *spec.Variable { return state.FindVariable(list, name) }
	}
	first := index(list, func(v *spec.Variable) string { return v.Name })
	return func(name string) *spec.Variable { return entry(list, first, name) }
}

// Members gives what FindMember finds in a list, for whoever looks for many.
func Members(list []spec.Member) func(email string) *spec.Member {
	if len(list) <= few {
		return func(email string) *spec.Member { return state.FindMember(list, email) }
	}
	first := index(list, func(m *spec.Member) string { return foldCase(m.Email) })
	return func(email string) *spec.Member { return entry(list, first, foldCase(email)) }
}

// Controls gives what FindControl finds in a list, for whoever looks for many.
func Controls(list []spec.FeatureControl) func(name string) *spec.FeatureControl {
	if len(list) <= few {
		return func(name string) *spec.FeatureControl { return state.FindControl(list, name) }
	}
	cased := index(list, func(c *spec.FeatureControl) string { return foldCase(c.Name) })
	folded := index(list, func(c *spec.FeatureControl) string { return spec.FoldName(c.Name) })
	return func(name string) *spec.FeatureControl {
		i, is := cased[foldCase(name)]
		if j, also := folded[spec.FoldName(name)]; also && (!is || j < i) {
			i, is = j, true
		}
		if !is {
			return nil
		}
		return &list[i]
	}
}

// index gives the first place of each key in a list.
func index[T any](list []T, key func(*T) string) map[string]int {
	first := make(map[string]int, len(list))
	for i := range list {
		k := key(&list[i])
		if _, twice := first[k]; !twice {
			first[k] = i
		}
	}
	return first
}

func entry[T any](list []T, first map[string]int, key string) *T {
	if i, is := first[key]; is {
		return &list[i]
	}
	return nil
}

// foldCase gives the same text for all that strings.EqualFold takes for equal.
func foldCase(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		if 'A' <= least && least <= 'Z' {
			least += 'a' - 'A' // as nearly all texts are, which are then not copied
		}
		return least
	}, s)
}

// Narrowing gives an organization with no more of a long list than the object that is named: who
// views many objects of one organization does not walk its lists for each.
func Narrowing(live *state.Organization) func(kind spec.Kind, name string) *state.Organization {
	if live == nil || max(len(live.Variables), len(live.Members), len(live.FeatureControls)) <= few {
		return func(spec.Kind, string) *state.Organization { return live }
	}
	variable, member := Variables(live.Variables), Members(live.Members)
	control := Controls(live.FeatureControls)
	return func(kind spec.Kind, name string) *state.Organization {
		one := *live
		switch kind {
		case spec.KindVariable:
			one.Variables = only(variable(name))
		case spec.KindMember:
			one.Members = only(member(name))
		case spec.KindFeatureControl:
			one.FeatureControls = only(control(name))
		default:
			return live
		}
		return &one
	}
}

func only[T any](found *T) []T {
	if found == nil {
		return nil
	}
	return []T{*found}
}
