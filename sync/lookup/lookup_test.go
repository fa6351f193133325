package lookup_test

import (
	"maps"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/lookup"
	"makesync/sync/state"
)

// TestLawLookup: an index finds what walking finds, also where names are equal but for their case,
// their spaces or how their accents are written.
func TestLawLookup(t *testing.T) {
	t.Parallel()
	words := []string{"a", "A", " a", "k", "K", "\u212a", "s", "ſ", "é", "e\u0301", "É", "ß", "SS", "ı", "i", "İ", "\xff", "\xfe", ""}
	name := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom(words).Draw(t, "first") + rapid.SampledFrom(words).Draw(t, "second")
	})
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(name, 0, 150).Draw(t, "names")
		var variables []spec.Variable
		var members []spec.Member
		var controls []spec.FeatureControl
		for _, n := range names {
			variables = append(variables, spec.Variable{Name: n})
			members = append(members, spec.Member{Email: n})
			controls = append(controls, spec.FeatureControl{Name: n})
		}
		wanted := name.Draw(t, "wanted")
		if got, want := lookup.Variables(variables)(wanted), state.FindVariable(variables, wanted); got != want {
			t.Errorf("variable %q: %v, not %v", wanted, got, want)
		}
		if got, want := lookup.Members(members)(wanted), state.FindMember(members, wanted); got != want {
			t.Errorf("member %q: %v, not %v", wanted, got, want)
		}
		if got, want := lookup.Controls(controls)(wanted), state.FindControl(controls, wanted); got != want {
			t.Errorf("control %q: %v, not %v", wanted, got, want)
		}
		live := &state.Organization{}
		live.Variables, live.Members, live.FeatureControls = variables, members, controls
		for _, kind := range []spec.Kind{spec.KindVariable, spec.KindMember, spec.KindFeatureControl, spec.KindOrganization} {
			got := state.ViewOf(lookup.Narrowing(live)(kind, wanted), kind, wanted)
			if want := state.ViewOf(live, kind, wanted); !maps.Equal(got, want) {
				t.Errorf("%s %q: %v, not %v", kind, wanted, got, want)
			}
		}
	})
}
