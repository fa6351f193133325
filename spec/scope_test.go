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
