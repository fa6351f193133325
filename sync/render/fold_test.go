package render

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		want []string
	}{
		{"a sentence of several words here", []string{"a sentence of several", "words here"}},
		{"awordthatiswiderthanthewholeline x", []string{"awordthatiswiderthanthe", "wholeline x"}},
		{"read /home/ops/.local/state/makesync/runs/eu1 again", []string{"read", "/home/ops/.local/state/makesync/runs/eu1", "again"}},
		{"see https://eu1.make.com/organization/11", []string{"see", "https://eu1.make.com/organization/11"}},
		{"write `members: {}` into it", []string{"write `members: {}`", "into it"}},
		{"then write `members: {}` there", []string{"then write", "`members: {}` there"}},
		{"take it back: `makesync undo 20261127T1 -o p.json`; then", []string{"take it back:", "`makesync undo 20261127T1 -o p.json`;", "then"}},
		{"see: makesync runs show 20261127T1 --format json", []string{"see:", "makesync runs show 20261127T1 --format json"}},
		{"teams: makesync does not manage teams at all", []string{"teams: makesync does", "not manage teams at all"}},
		{"`a long text that is no command` x", []string{"`a long text that is no", "command` x"}},
		{"an ` alone is a word like others", []string{"an ` alone is a word", "like others"}},
		{"`a` and `b c` and the rest of it", []string{"`a` and `b c` and the", "rest of it"}},
		{"x ::error::y", []string{`x \x3a:error::y`}},
	} {
		if got := fold(test.text, 23); strings.Join(got, "\n") != strings.Join(test.want, "\n") {
			t.Errorf("%s\n%q, want\n%q", test.text, got, test.want)
		}
	}
}

// TestFoldLosesNothing: whatever the text, its words are all there, in their order.
func TestFoldLosesNothing(t *testing.T) {
	t.Parallel()
	spaceless := func(s string) string { return strings.ReplaceAll(strings.Join(strings.Fields(s), ""), `\x3a`, ":") }
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.SampledFrom([]string{"`", "makesync", "plan", ": ", "see:", "/tmp/a/path/of/some/length", "word", " ", "a b", "日本語", "éè"}))
		s := strings.Join(words.Draw(t, "words"), rapid.SampledFrom([]string{"", " "}).Draw(t, "between"))
		if got := strings.Join(fold(s, rapid.IntRange(4, 60).Draw(t, "width")), ""); spaceless(got) != spaceless(s) {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

// TestFailure: whole lines off a terminal, folded ones on it.
func TestFailure(t *testing.T) {
	t.Parallel()
	const message = "read /home/ops/.local/state/makesync/runs/lab/x.jsonl: it was cut off\nor so"
	const hint = "look at the others with `makesync runs list --journal DIR`"
	for width, want := range map[int]string{
		0: `error: read /home/ops/.local/state/makesync/runs/lab/x.jsonl: it was cut off\nor so` + "\n" +
			"hint: look at the others with `makesync runs list --journal DIR`\n",
		40: `error: read
  /home/ops/.local/state/makesync/runs/lab/x.jsonl:
  it was cut off\nor so
hint: look at the others with
  ` + "`makesync runs list --journal DIR`\n",
	} {
		var b bytes.Buffer
		if err := Failure(&b, message, hint, Options{Width: width}); err != nil || b.String() != want {
			t.Errorf("%d columns: %v\n%s", width, err, &b)
		}
	}
}
