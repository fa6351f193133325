package document

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
)

// sameInChunks is the law of chunks: a text that can be cut between its organizations gives the
// same parts and the same problems, with the same excerpts, as the whole does. It tells whether it
// was cut.
func sameInChunks(t interface{ Fatalf(string, ...any) }, text string) (cut bool) {
	file := &source{path: "all.yaml", data: []byte(text)}
	if _, isText := checkText(file); !isText {
		return false
	}
	chunked, cut := loadChunks(file, 1, 2)
	if !cut {
		return false
	}
	addExcerpts([]*source{file}, chunked.problems)
	file.outline = outline{}
	whole := loadWhole(file)
	addExcerpts([]*source{file}, whole.problems)
	got, want := describeProblems(spec.SortProblems(chunked.problems)),
		describeProblems(spec.SortProblems(whole.problems))
	if got != want {
		t.Fatalf("%s\nin chunks:\n%s\nas a whole:\n%s", text, got, want)
	}
	if !reflect.DeepEqual(chunked.parts, whole.parts) {
		t.Fatalf("%s\nreads otherwise in chunks than as a whole", text)
	}
	return true
}

const chunkHead = "apiVersion: makesync/v1\nzone: eu1\norganizations:\n"

// TestCutBetweenOrganizations names what is cut and what is not.
func TestCutBetweenOrganizations(t *testing.T) {
	t.Parallel()
	const a, b = "  a: {name: A}\n", "  b: {name: B}\n"
	for name, c := range map[string]struct {
		text string
		cut  bool
	}{
		"plain":                {chunkHead + a + b, true},
		"no line break at end": {chunkHead + a + "  b: {name: B}", true},
		"first line":           {"organizations:\n" + a + b + "  c:\n    name: C\n", true},
		"comments, blanks":     {chunkHead + "\n# one\n" + a + "      # two\n\n" + b + "\n#three", true},
		"second document":      {"apiVersion: makesync/v1\n---\n" + chunkHead + a + b, true},
		"problems":             {chunkHead + a + "  b: {nme: B}\n  c:\n    zone: 3\n    variables: {A: NO}\n", true},
		"key that is no key":   {chunkHead + a + "  -: {name: B}\n", false},
		"one organization":     {chunkHead + a, false},
		"something behind":     {chunkHead + a + b + "guards: {}\n", false},
		"document behind":      {chunkHead + a + b + "---\n" + chunkHead + "  c: {name: C}\n", false},
		"twice":                {chunkHead + a + b + a, false},
		"twice the head":       {"Organizations: {}\n" + chunkHead + a + b, false},
		"quoted key":           {chunkHead + a + "  \"b\": {name: B}\n", false},
		"tab":                  {chunkHead + a + "  b: {name: \"\tB\"}\n", false},
		"another line break":   {chunkHead + a + "  b: {name: \"\u2028B\"}\n", false},
		"alias":                {chunkHead + "  a: &a {name: A}\n  b: *a\n", false},
		"alias in the head":    {"x-a: &a 1\nx-b: *a\n" + chunkHead + a + b, false},
		"text over cuts":       {chunkHead + "  a: {name: \"A\n  b: B\"}\n  c: {name: C}\n", false},
		"head in a text":       {"x-a: \"\n" + chunkHead + a + b + "  c: \"\n", false},
		"syntax error":         {chunkHead + a + "  b: {name: B\n", false},
		"no mapping":           {"- a\n" + chunkHead + a + b, false},
		"no value":             {chunkHead + a + "  b:\n    ? name\n  c: {name: C}\n", false},
		"no value in the head": {chunkHead + "  a:\n    ? name\n  c: {name: C}\n", false},
		"further left":         {chunkHead + a + b + " c: {name: C}\n", false},
	} {
		if got := sameInChunks(t, c.text); got != c.cut {
			t.Errorf("%s: cut %v, want %v", name, got, c.cut)
		}
	}
}

// TestLargeFile loads a file with mistakes in many chunks and, with a key behind the organizations,
// as a whole.
func TestLargeFile(t *testing.T) {
	t.Parallel()
	dir := writeFleet(t, 400, 50, true)
	text, err := os.ReadFile(filepath.Join(dir, "all.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	mistakes := "  last: {name: L, timezon: x, variables: {TOKEN: \"${env:NOPE}\", A: \"***\"}}\n"
	path := filepath.Join(dir, "all.yaml")
	writeFile(t, path, string(text)+mistakes)
	chunked := loadAll(path)
	writeFile(t, path, string(text)+mistakes+"x-end: {}\n")
	whole := loadAll(path)
	if got, want := describeProblems(chunked), describeProblems(whole); got != want || len(chunked) != 3 ||
		chunked[2].Excerpt == "" {
		t.Errorf("in chunks:\n%s\nas a whole:\n%s", got, want)
	}
}

// oddLines are what a generated organization is made of; some of it ends up in no valid document.
var oddLines = []string{
	"    name: A\n", "    id: 7\n", "    id: 7\n    id: 7\n", "    nme: A\n", "    zone: nowhere\n", "    teams: {}\n",
	"    x-a: {b: c}\n",
	"    variables:\n      A: 1\n      a: 2\n      B: NO\n",
	"    variables: {TOKEN: hunter2, D: {type: date, value: x}}\n", "    variables:\n", "    variables: {}\n",
	"    variables:\n      A: |\n        one\n\n        two\n", "    variables:\n      A: |+\n        one\n\n\n",
	"    variables:\n      A: |1\n    one\n", "    name: >-\n     A\n     B\n",
	"    name: \"A\n      B\"\n", "    name: \"A\n  b: B\"\n", "    name: 'A\n  zed: B'\n", "    name: A\n      B\n",
	"    name: [\n", "    name: ]\n", "    members: {a@b.example: Owner,\n      B@b.example: {}}\n",
	"# comment\n", "\n", "  \n", "    # comment: x\n", "        # far: x\n", "  # near: x\n", "    name: &a A\n",
	"    owner: *a\n", "    name: !!str 3\n", "    name: !x\n", "    ? name\n    : A\n", "    - name\n",
	"  zed: {name: Z}\n", "  zed: null\n", "  010: {name: Z}\n", "  on: {name: Z}\n", "  -: {name: Z}\n", "  a b: {}\n",
	" z: {}\n", "z: {}\n", "---\n", "...\n", "%YAML 1.1\n", "      deep: x\n", "    deep\n", "    \"a\": b\n",
	"    name: ${env:X}\n",
}

// TestChunksReadAsTheWhole puts documents together from odd lines.
func TestChunksReadAsTheWhole(t *testing.T) {
	t.Parallel()
	cut := 0
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{"", "zone: eu1\n", "x-a: \"\n", "profiles: {p: {name: A}}\n",
			"zones:\n  a: {}\n", "# x\n\n", "a: |\n"}).Draw(t, "before"))
		b.WriteString(rapid.SampledFrom([]string{chunkHead, "organizations:\n", chunkHead + "\n# x\n"}).Draw(t, "head"))
		for i := range rapid.IntRange(2, 6).Draw(t, "organizations") {
			b.WriteString("  " + "abcdef"[i:i+1] + ":" + rapid.SampledFrom([]string{"\n", "\n", "\n", " # x\n", " {}\n",
				" \"\n", " |\n", " x\n", " &a\n"}).Draw(t, "key"))
			for range rapid.IntRange(0, 3).Draw(t, "lines") {
				b.WriteString(rapid.SampledFrom(oddLines).Draw(t, "line"))
			}
		}
		if sameInChunks(t, b.String()) {
			cut++
		}
	})
	if cut == 0 {
		t.Error("no document was cut, so nothing was compared")
	}
}

// FuzzChunks looks for a text that reads otherwise in chunks.
func FuzzChunks(f *testing.F) {
	for _, file := range problemFiles(f) {
		f.Add(string(file.Data))
	}
	for _, line := range oddLines {
		f.Add(chunkHead + "  a:\n" + line + "  b:\n" + line + "  c: {name: C}\n")
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 1<<14 {
			sameInChunks(t, text)
		}
	})
}
