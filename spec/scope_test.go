package spec_test

import (
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
)

// TestMayReachErrsOnTheSideOfLooking: an organization of which the run touches something may be
// reached by its key alone, whatever the patterns.
func TestMayReachErrsOnTheSideOfLooking(t *testing.T) {
	t.Parallel()
	part := rapid.SampledFrom([]string{"a", "ab", "b-1", "*", "?", "a*", "[a-b]", "**", "a**", "a?", "b-[0-9]"})
	kind := rapid.SampledFrom([]string{"", "", "/variable/X", "/member/JO@acme.example", "/**", "/*/X", "/tfa", "**"})
	draw := func(t *rapid.T, label string) (globs []spec.Glob) {
		for range rapid.IntRange(0, 2).Draw(t, label) {
			g, err := spec.ParseGlob(part.Draw(t, "key") + kind.Draw(t, "kind"))
			if err != nil {
				t.Skip(err)
			}
			globs = append(globs, g)
		}
		return globs
	}
	reached, passed := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		scope := spec.Scope{Targets: draw(t, "targets"), Excludes: draw(t, "excludes")}
		o := spec.Organization{
			Key:       rapid.SampledFrom([]string{"a", "ab", "b-1"}).Draw(t, "organization"),
			Variables: []spec.Variable{{Name: "X"}}, Members: []spec.Member{{Email: "jo@acme.example"}},
		}
		switch may := scope.MayReach(o.Key); {
		case scope.Reaches(&o) && !may:
			t.Fatalf("%+v touches something of %s, and may not reach it", scope, o.Key)
		case may:
			reached++
		default:
			passed++
		}
	})
	if reached == 0 || passed == 0 {
		t.Errorf("%d reached, %d passed by", reached, passed)
	}
}

// TestScopeOnly: what a run goes on with, by organization and object; patterns narrow it further.
func TestScopeOnly(t *testing.T) {
	t.Parallel()
	address := func(name string) spec.Address { return spec.NewAddress("acme", spec.KindVariable, name) }
	o := &spec.Organization{Key: "acme", Variables: []spec.Variable{{Name: "A"}, {Name: "B"}}}
	all, one := map[spec.Address]bool(nil), map[spec.Address]bool{address("A"): true}
	organization := map[spec.Address]bool{"acme": true}
	glob := func(s string) []spec.Glob { g, _ := spec.ParseGlob(s); return []spec.Glob{g} }
	for name, c := range map[string]struct {
		scope                             spec.Scope
		narrows, reaches, wants, a, b, it bool
	}{
		"everything":             {spec.Scope{}, false, true, true, true, true, true},
		"all of it":              {spec.Scope{Only: map[string]map[spec.Address]bool{"acme": all}}, true, true, true, true, true, true},
		"another":                {spec.Scope{Only: map[string]map[spec.Address]bool{"other": all}}, true, false, false, false, false, false},
		"nothing":                {spec.Scope{Only: map[string]map[spec.Address]bool{}}, true, false, false, false, false, false},
		"one object":             {spec.Scope{Only: map[string]map[spec.Address]bool{"acme": one}}, true, true, true, true, false, false},
		"the organization alone": {spec.Scope{Only: map[string]map[spec.Address]bool{"acme": organization}}, true, true, false, false, false, true},
		"one, and a target": {
			spec.Scope{Only: map[string]map[spec.Address]bool{"acme": all}, Targets: glob("*/variable/B")}, true, true, true, false, true, false},
		"one, excluded": {
			spec.Scope{Only: map[string]map[spec.Address]bool{"acme": one}, Excludes: glob("acme")}, true, false, false, false, false, false},
	} {
		s := c.scope
		if s.Narrows() != c.narrows || s.Reaches(o) != c.reaches || s.MayReach("acme") != c.reaches || s.Wants(o, spec.KindVariable) != c.wants ||
			s.Covers(address("A")) != c.a || s.Covers(address("B")) != c.b || s.Covers("acme") != c.it {
			t.Errorf("%s: narrows %t, reaches %t %t, wants %t, A %t, B %t, itself %t", name, s.Narrows(), s.Reaches(o),
				s.MayReach("acme"), s.Wants(o, spec.KindVariable), s.Covers(address("A")), s.Covers(address("B")), s.Covers("acme"))
		}
	}
}
