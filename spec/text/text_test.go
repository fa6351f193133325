package text

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestShortLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain":                    "plain",
		"":                         "",
		" a  b ":                   "a b",
		"a\x1b[1;31mb":             "ab",
		"a\u009b31mb":              "ab",
		"a\x1b]8;;http://x\x07b":   "ab",
		"a\u200b\u2066b\ufeff":     "ab",
		"\xff":                     "�",
		strings.Repeat("é", 30):    strings.Repeat("é", 20) + "…",
		"twenty characters, or so": "twenty characters, o…",
	} {
		if got := ShortLine(in, 20); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// unseen are characters that a terminal obeys or an eye does not see.
var unseen = []string{
	"\n", "\t", "\x1b", "\x07", "\u009b", "\u202e", "\u200b", "\ue000", "\xff", "\u2028", "\u034f", "\u115f", "\u3164",
	"\uffa0", "\u180b", "\ufe0f", "\u2800", "\U000e0100",
}

// hostile are texts with them.
func hostile() *rapid.Generator[string] {
	parts := append([]string{"a", "é", " ", "\x1b[31m", "\x1b]8;;x\x07", "\u009b1m", "`", "'", `"`, `\`, "$"}, unseen...)
	return rapid.Map(rapid.SliceOf(rapid.SampledFrom(parts)), func(parts []string) string { return strings.Join(parts, "") })
}

func TestNothingHostileIsLeft(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := hostile().Draw(t, "s")
		for name, got := range map[string]string{
			"Visible": Visible(s), "Clean": Clean(s), "OneLine": OneLine(s), "ShortLine": ShortLine(s, 10),
			"Backquote": Backquote(s), "Quote": Quote(s), "ShellQuote": ShellQuote(s),
			"DidYouMean": DidYouMean("a", []string{s}),
		} {
			left := func(what string) bool { return strings.Contains(got, what) }
			if !utf8.ValidString(got) || slices.ContainsFunc(unseen, left) {
				t.Errorf("%s(%q) = %q", name, s, got)
			}
		}
		if once := OneLine(s); OneLine(once) != once {
			t.Errorf("OneLine(%q) = %q, which changes when it is cleaned again", s, once)
		}
	})
}

func TestShellQuoteGivesTheWordBack(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	for _, word := range []string{"", "plain", "50%", "a b", "it's", `back\slash "x"`, "$HOME `id`", "line\nfeed 'x'",
		"\x1b[31m", "é", "a\u034fb\u3164"} {
		out, err := exec.Command(shell, "-c", "printf %s "+ShellQuote(word)).Output()
		if err != nil || string(out) != word {
			t.Errorf("%s is read as %q, %v; want %q", ShellQuote(word), out, err, word)
		}
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		words                    []string
		or, and, andMore, commas string
	}{
		{nil, "nothing", "", "", ""},
		{[]string{"a"}, "a", "a", "a", "a"},
		{[]string{"a", "b"}, "a or b", "a and b", "a and b", "a, b"},
		{[]string{"a", "b", "c"}, "a, b or c", "a, b and c", "a, b and 1 more", "a, b, and 1 more"},
	} {
		got := []string{Or(c.words), And(c.words), AndMore(c.words, 2), Commas(c.words, 2)}
		if want := []string{c.or, c.and, c.andMore, c.commas}; !slices.Equal(got, want) {
			t.Errorf("%q gives %q, want %q", c.words, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", -999: "-999",
		1234567: "1,234,567"} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %s, want %s", n, got, want)
		}
	}
	if got := Count(1, "step", "steps") + ", " + Count(1200, "step", "steps"); got != "1 step, 1,200 steps" {
		t.Error(got)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"timezone", "name", "Members", "zone", "name"}
	if got := Nearest("nmae", known, 2); !slices.Equal(got, []string{"name", "zone"}) {
		t.Error(got)
	}
	for wrong, want := range map[string]string{
		"timezon": "did you mean `timezone`?", "MEMBERS": "did you mean `Members`?", "zoen": "did you mean `zone`?",
		"variables": "", strings.Repeat("name", 30): "", "": "",
	} {
		if got := DidYouMean(wrong, known); got != want {
			t.Errorf("DidYouMean(%.20q) = %q, want %q", wrong, got, want)
		}
	}
}

// TestDistance compares with the definition: no edit is 0, one edit is 1, and it counts the same
// both ways.
func TestDistance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SliceOfN(rapid.RuneFrom([]rune("abc")), 1, 8)
		a, b := letters.Draw(t, "a"), letters.Draw(t, "b")
		if distance(a, b) != distance(b, a) || (distance(a, b) == 0) != slices.Equal(a, b) {
			t.Errorf("%q and %q: %d, %d", string(a), string(b), distance(a, b), distance(b, a))
		}
		at := rapid.IntRange(0, len(a)-1).Draw(t, "at")
		if got := distance(a, slices.Delete(slices.Clone(a), at, at+1)); got != 1 {
			t.Errorf("one letter less is %d edits", got)
		}
		if at > 0 && a[at] != a[at-1] {
			swapped := slices.Clone(a)
			swapped[at], swapped[at-1] = swapped[at-1], swapped[at]
			if got := distance(a, swapped); got != 1 {
				t.Errorf("a swap of neighbours is %d edits", got)
			}
		}
	})
}

func TestFileErrorsNameNoCall(t *testing.T) {
	t.Parallel()
	_, missing := os.Open("no/such/file")
	_, is := os.ReadFile(t.TempDir())
	for err, want := range map[error]string{
		missing: "there is no such file or folder", is: "is a directory", io.EOF: "EOF",
		fmt.Errorf("then: %w", missing): "there is no such file or folder",
	} {
		got := FileError(err)
		if runtime.GOOS != "windows" && got.Error() != want || !errors.Is(got, err) {
			t.Errorf("%v: %v, want %s", err, got, want)
		}
	}
	if FileError(nil) != nil {
		t.Error("an error of none")
	}
}

// TestSafeJSON: what is safe to show stands for what it stood for.
func TestSafeJSON(t *testing.T) {
	t.Parallel()
	parts := []string{"##[error]", "##vso[task.setvariable variable=x]y", "##TeamCity[", "#", "[", "a", "\u202e", "\u009b31m", "\u0085", "\x7f",
		"\u3164", "\ufe0f", "\U000e0041", "\U0001f600", "é", "\xff", "\n", `"`, `\`}
	rapid.Check(t, func(t *rapid.T) {
		want := strings.ToValidUTF8(strings.Join(rapid.SliceOf(rapid.SampledFrom(parts)).Draw(t, "parts"), ""), "�")
		data, err := json.Marshal(map[string]string{want: want})
		if err != nil {
			t.Fatal(err)
		}
		safe := string(SafeJSON(data))
		var got map[string]string
		if err := json.Unmarshal([]byte(safe), &got); err != nil || got[want] != want {
			t.Errorf("%s: %v, want %q", safe, err, want)
		}
		if strings.ContainsFunc(safe, func(r rune) bool { return !IsPrint(r) }) || logCommand.MatchString(safe) {
			t.Errorf("%q is shown as %s", want, safe)
		}
	})
}
