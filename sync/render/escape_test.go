package render

import (
	"bytes"
	"encoding/json"
	"html"
	"strings"
	"testing"
	"unicode/utf8"

	"makesync/spec"
)

func TestClean(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"plain text", "plain text"},
		{"\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"a\nb\r\tc", `a\nb\r\tc`},
		{"\u202egnp.exe", `\u202egnp.exe`},
		{"a\u200bb\ufeffc", `a\u200bb\ufeffc`},
		{"no\u00a0break", `no\u00a0break`},
		{"\x9b31m", `\x9b31m`},
		{"c1\u009b", `c1\u009b`},
		{"tag\U000e0041", `tag\U000e0041`},
		{"日本 é Ω 🎉", "日本 é Ω 🎉"},
		{"fill\u3164er", `fill\u3164er`},
		{"line\u2028sep", `line\u2028sep`},
		{"\u0301start", `\u0301start`},
		{"q" + strings.Repeat("\u0301", 6), "q" + strings.Repeat("\u0301", 4) + `\u0301\u0301`},
		{"p\u0430ypal \u0430\u0441\u0435", `p\u0430ypal асе`},
		{"Cafe\u0301 Caf\u00e9", `Cafe\u0301 Café`},
		{"a" + strings.Repeat("\u0301", 6), `a\u0301\u0301\u0301\u0301\u0301\u0301`},
	}
	for _, test := range tests {
		if got := Clean(test.in); got != test.want {
			t.Errorf("Clean(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

func TestShowText(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"Europe/Prague", "Europe/Prague"}, {"", `""`}, {"5", `"5"`}, {"true", `"true"`}, {"-", `"-"`}, {" a", `" a"`},
		{`say "hi"`, `"say \"hi\""`}, {"a\nb", `"a\nb"`}, {`a\nb`, `"a\\nb"`}, {"(sensitive)", `"(sensitive)"`}, {"NaN", `"NaN"`}, {"two  spaces", `"two  spaces"`},
	}
	for _, test := range tests {
		if got := showText(test.in); got != test.want {
			t.Errorf("showText(%q) = %s, want %s", test.in, got, test.want)
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		max  int
		want string
	}{
		{"short", 10, "short"}, {"exactly ten", 11, "exactly ten"}, {"https://acme.example/path", 12, "https://…ath"},
		{"日本語日本語", 7, "日本…語"}, {"abc", 1, "…"}, {"abc", 0, ""},
	}
	for _, test := range tests {
		got := cut(test.in, test.max)
		if got != test.want || columns(got) > test.max {
			t.Errorf("cut(%q, %d) = %q (%d columns), want %q", test.in, test.max, got, columns(got), test.want)
		}
	}
}

// TestShorten: two values that differ only where both are cut still look different.
func TestShorten(t *testing.T) {
	t.Parallel()
	from := "https://api.acme.example/" + strings.Repeat("x", 40) + "1" + strings.Repeat("y", 40)
	to := strings.Replace(from, "1", "2", 1)
	a, b := shorten(from, to, 20)
	if a == b || !strings.Contains(a, "1") || !strings.Contains(b, "2") || columns(a) > 20 || columns(b) > 20 {
		t.Errorf("shorten gives %q and %q", a, b)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, got := range map[string]string{"Clean": Clean(s), "quoted": quoted(s), "showText": showText(s), "cut": cut(Clean(s), 9)} {
			if !utf8.ValidString(got) {
				t.Fatalf("%s(%q) is no UTF-8: %q", name, s, got)
			}
			for _, r := range got {
				if !visible(r) {
					t.Fatalf("%s(%q) holds %U", name, s, r)
				}
			}
		}
		if got := columns(cut(Clean(s), 9)); got > 9 {
			t.Fatalf("cut(%q, 9) has %d columns", s, got)
		}
		for _, line := range fold(Clean(s), 11) {
			if columns(line) > 11 && !isPasted(line) {
				t.Fatalf("fold(%q, 11) has the line %q", s, line)
			}
		}
		if Clean(Clean(s)) != Clean(s) {
			t.Fatalf("Clean is not stable on %q", s)
		}
	})
}

func FuzzMarkdownEscapes(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, got := range map[string]string{"code": code(s), "prose": prose(s), "entities": entities(s)} {
			if why := unsafeMarkdown(got); why != "" {
				t.Fatalf("%s(%q): %s", name, s, why)
			}
			if strings.ContainsAny(ourTags.ReplaceAllString(got, ""), "|*_[]~") {
				t.Fatalf("%s(%q) = %q holds a character of Markdown", name, s, got)
			}
		}
		if got := html.UnescapeString(entities(s)); got != Clean(s) {
			t.Fatalf("entities(%q) reads %q", s, got)
		}
	})
}

func FuzzAnnotations(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, name, message string) {
		line := annotation(&spec.Problem{Rule: name, Message: message, Hint: name, Source: &spec.Source{File: name, Line: 1, Column: 2}})
		if strings.Count(line, "\n") != 1 || strings.ContainsAny(line, "\r\x1b") || !strings.HasSuffix(line, "\n") {
			t.Fatalf("%q is not one line", line)
		}
		head, _, _ := strings.Cut(strings.TrimPrefix(line, "::error "), "::")
		if want := 3; name != "" && strings.Count(head, ",") != want { // file, line, col, title
			t.Fatalf("the properties of %q are not %d", line, want+1)
		}
	})
}

func FuzzJSON(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		if err := JSON(&b, map[string]string{"text": s}); err != nil {
			t.Fatal(err)
		}
		for _, r := range strings.TrimSuffix(b.String(), "\n") {
			if r != '\n' && !visible(r) {
				t.Fatalf("JSON of %q holds %U", s, r)
			}
		}
		var back map[string]string
		if err := json.Unmarshal(b.Bytes(), &back); err != nil {
			t.Fatal(err)
		}
		if utf8.ValidString(s) && back["text"] != s {
			t.Fatalf("JSON of %q reads %q", s, back["text"])
		}
	})
}
