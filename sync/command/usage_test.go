package command

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"makesync/spec/text"
)

func TestShellQuote(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"plan.json":       "plan.json",
		"delete:x<=1@a":   `'delete:x<=1@a'`,
		"it's":            `'it'\''s'`,
		"":                "''",
		"a\x1b[31mred":    `$'a\x1b[31mred'`,
		"**/member/*":     "'**/member/*'",
		"line\nbreak'end": `$'line\nbreak\'end'`,
		"ends\n\"":        `$'ends\n"'`,
		"\u202ebidi":      `$'\u202ebidi'`,
		"\t\"\\\"'":       `$'\t"\\"\''`,
	} {
		if got := text.ShellQuote(word); got != want {
			t.Errorf("%q is quoted %s, want %s", word, got, want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	t.Parallel()
	names := []string{"target", "timeout", "zone", "zone-url"}
	for word, want := range map[string]string{
		"targt": "; did you mean --target?", "zon": "; did you mean --zone?", "dry-run": "", "zone-ulr": "; did you mean --zone-url?",
	} {
		if got := didYouMean(word, names, "--"); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}

// The distance is a metric: zero for equal words only, the same both ways, and no longer than a detour.
func TestEditDistanceIsAMetric(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[abc]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := word.Draw(t, "a"), word.Draw(t, "b"), word.Draw(t, "c")
		if (editDistance(a, b) == 0) != (a == b) || editDistance(a, b) != editDistance(b, a) {
			t.Fatalf("%q %q: %d and %d", a, b, editDistance(a, b), editDistance(b, a))
		}
		if editDistance(a, c) > editDistance(a, b)+editDistance(b, c) {
			t.Fatalf("%q over %q to %q is shorter", a, b, c)
		}
	})
}

func TestFlagWords(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		`invalid value "soon" for flag -timeout: parse error`: `--timeout soon: parse error`,
		"flag needs an argument: -f":                          "flag needs an argument: -f",
	} {
		if diff := cmp.Diff(want, flagWords(message)); diff != "" {
			t.Error(diff)
		}
	}
}
