package diff

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"makesync/sync/state"
)

// The diff library against an oracle of a few lines.
func TestLawChangedFields(t *testing.T) {
	t.Parallel()
	scalar := rapid.Custom(func(t *rapid.T) state.Scalar {
		s := state.Text(rapid.SampledFrom([]string{"", "a", "b", "5", "a.b"}).Draw(t, "text"))
		if rapid.Bool().Draw(t, "secret") {
			s = s.Mask()
		}
		return s
	})
	view := rapid.MapOf(rapid.SampledFrom([]string{"a", "aa", "a.b", "a.a", "[0]", "value"}), scalar)
	rapid.Check(t, func(t *rapid.T) {
		live, wanted := state.View(view.Draw(t, "live")), state.View(view.Draw(t, "wanted"))
		var want []string
		for path, to := range wanted {
			if from, ok := live[path]; !ok || from.Canonical() != to.Canonical() {
				want = append(want, path)
			}
		}
		slices.Sort(want)
		var got []string
		for _, f := range changedFields(live, wanted) {
			got = append(got, f.Path)
			if f.From != live[f.Path] || f.To != wanted[f.Path] {
				t.Fatalf("%s: %v → %v", f.Path, f.From, f.To)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("changed %v, want %v", got, want)
		}
	})
}
