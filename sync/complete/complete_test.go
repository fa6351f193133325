package complete_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/complete"
)

var commands = []complete.Command{
	{}, {Path: "plan", Flags: []complete.Flag{{Names: []string{"file", "f"}, Takes: true}, {Names: []string{"target"}, Takes: true},
		{Names: []string{"verbose"}}, {Names: []string{"format"}, Takes: true, Choices: []string{"text", "json"}}}},
	{Path: "runs"}, {Path: "runs show", Flags: []complete.Flag{{Names: []string{"journal"}, Takes: true}}},
	{Path: "explain", Flags: []complete.Flag{{Names: []string{"file", "f"}, Takes: true}}},
}

func sources() complete.Sources {
	desired := &spec.Desired{Zones: map[string]spec.Zone{"lab": {}}, Organizations: []spec.Organization{
		{Key: "acme", Variables: []spec.Variable{{Name: "API_BASE"}}, FeatureControls: []spec.FeatureControl{
			{Name: "Make AI Tools"}, {Name: "evil\x1b[31m"}, {Name: "two\nlines"}, {Name: "a\u202eb"}}},
		{Key: "beta"},
	}}
	return complete.Sources{Desired: func([]string) *spec.Desired { return desired },
		Runs: func(string) []string { return []string{"2", "1"} }, Words: []string{"waiting"}}
}

func Example() {
	line := complete.Parse([]string{"plan", "-f", "docs.yaml", "--target", "acme/"}, commands)
	fmt.Println(line.Command, line.Flag.Names[0], line.Given["file"], complete.Values(line, sources()))
	// Output: plan target [docs.yaml] [acme/featureControl/ acme/variable/]
}

func TestValues(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"plan --target ":                     "acme|acme/|beta|beta/",
		"plan --target acme/featureControl/": "acme/featureControl/Make AI Tools",
		"plan --target=acme/v":               "--target=acme/variable/",
		"plan --verbose --format ":           "json|text",
		"plan --format text,":                "text,json",
		"plan -f ":                           "",
		"plan ":                              "",
		"plan --target nosuch/":              "",
		"runs show ":                         "2|1", // newest first
		"explain w":                          "waiting",
		"explain -f x acme/variable/":        "acme/variable/API_BASE",
		"":                                   "",
		"nosuch --target ":                   "",
	} {
		line := complete.Parse(strings.Split(words, " "), commands)
		if got := strings.Join(complete.Values(line, sources()), "|"); got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}

// Whatever is typed and declared, a candidate is one printable line that begins with what is typed.
func TestCandidatesAreLines(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		s := sources()
		s.Desired = func([]string) *spec.Desired {
			return &spec.Desired{Organizations: []spec.Organization{{Key: "acme", FeatureControls: []spec.FeatureControl{{Name: name}}}}}
		}
		typed := rapid.SampledFrom([]string{"", "a", "acme/", "acme/featureControl/", "--target=acme/featureControl/"}).Draw(t, "typed")
		words := append(rapid.SliceOf(rapid.SampledFrom([]string{"plan", "--target", "-f", "x", "--"})).Draw(t, "words"), typed)
		values := complete.Values(complete.Parse(words, commands), s)
		if slices.ContainsFunc(values, func(v string) bool {
			return !strings.HasPrefix(v, typed) || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x202e })
		}) {
			t.Fatalf("%q", values)
		}
	})
}
