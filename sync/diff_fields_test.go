package sync

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The diff library against an oracle of a few lines.
func TestLawChangedFields(t *testing.T) {
	t.Parallel()
	scalar := rapid.Custom(func(t *rapid.T) Scalar {
		s := Text(rapid.SampledFrom([]string{"", "a", "b", "5", "a.b"}).Draw(t, "text"))
		if rapid.Bool().Draw(t, "secret") {
			s = s.mask()
		}
		return s
	})
	view := rapid.MapOf(rapid.SampledFrom([]string{"a", "aa", "a.b", "a.a", "[0]", "value"}), scalar)
	rapid.Check(t, func(t *rapid.T) {
		live, wanted := View(view.Draw(t, "live")), View(view.Draw(t, "wanted"))
		var want []string
		for path, to := range wanted {
			if from, ok := live[path]; !ok || from.canonical() != to.canonical() {
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
