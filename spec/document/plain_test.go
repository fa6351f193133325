package document

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

// samePlainly is the law of the plain parser: what it takes, the library takes, as one document with
// the same tree, but for comments, which nobody reads. It tells whether the text was taken.
func samePlainly(t interface{ Fatalf(string, ...any) }, text string) bool {
	file := &source{path: "a.yaml", data: []byte(text)}
	if _, isText := checkText(file); !isText || unusualBreaks(file.data) {
		return false
	}
	got, taken := plainTree(string(file.data))
	if !taken {
		return false
	}
	var want []*yaml.Node
	for root, err := range documentTrees(strings.NewReader(string(file.data))) {
		if err != nil {
			t.Fatalf("%q was taken, and the library says %v", text, err)
		}
		want = append(want, root)
	}
	if len(want) != 1 {
		t.Fatalf("%q was taken, and holds %d documents", text, len(want))
	}
	withoutComments(want[0])
	if !reflect.DeepEqual(got, want[0]) {
		t.Fatalf("%q reads as\n%sand the library reads\n%s", text, outlineOfNode(got, 0), outlineOfNode(want[0], 0))
	}
	return true
}

func withoutComments(n *yaml.Node) {
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	for _, child := range n.Content {
		withoutComments(child)
	}
}

func outlineOfNode(n *yaml.Node, depth int) string {
	s := fmt.Sprintf("%*s%d:%d kind %d style %d %s %q\n", 2*depth, "", n.Line, n.Column, n.Kind, n.Style, n.Tag,
		n.Value)
	for _, child := range n.Content {
		s += outlineOfNode(child, depth+1)
	}
	return s
}

// TestPlainText names what is taken and what is left to the library.
func TestPlainText(t *testing.T) {
	t.Parallel()
	for text, taken := range map[string]bool{
		"a: b":                                            true,
		"a: b\n":                                          true,
		"---\na: b\n":                                     true,
		"\n# one\n\n  # two\na: b\n\n#three":              true,
		"  a:\n     b: c\n     d: e\n  f: g\n":            true,
		"a:\n  b:\n    c: 1\n  d: 2\ne: 3\n":              true,
		"a: {}\nb: []\nc: { }\n":                          true,
		"a: {b: [c, {d: 'e'}], f: \"g, h: i\"}":           true,
		"a: https://x.example/y?z#w":                      true,
		"a: ${env:NAME}":                                  true,
		"a: 'é'\nb: é":                                    true,
		"a: true\nb: NULL\nc: yes\nd: -12\ne: 1.50\nf: 0": true,
		"j.doe+x@acme.example: {role: Team Member}":       true,
		"a:\n  b: c\na:\n  b: c\n":                        true, // that it stands there twice is told later

		"":                     false,
		"# nothing\n":          false,
		"a:\n":                 false, // null
		"a:\nb: c\n":           false,
		"a: \n  b: c\n":        false,
		"a: b\n  c: d\n":       false,
		"a:\n    b: c\n  d: e": false,
		"  a: b\nc: d\n":       false,
		"a: b # comment":       false,
		"a: b: c":              false,
		"a: b:":                false,
		"a: b\n  continued\n":  false,
		"a: \"b\n  c\"\n":      false,
		`a: "b\n"`:             false,
		"a: 'it''s'":           false,
		"a: |\n  b\n":          false,
		"a: &x b":              false,
		"a: *x":                false,
		"a: !!str b":           false,
		"<<: {a: b}":           false,
		"? a":                  false,
		"- a":                  false,
		"a:\n  - b\n":          false,
		"a: 2026-11-20":        false,
		"a: 010":               false,
		"a: 1_000":             false,
		"a: 0x10":              false,
		"a: .5":                false,
		"a: ~":                 false,
		"a: {b: c":             false,
		"a: {b}":               false,
		"a: {b: }":             false,
		"a: {b: c,}":           false,
		"a: {é: b}":            false,
		"a: [b] c":             false,
		"a: b\n---\nc: d\n":    false,
		"a: b\n...\n":          false,
		"%YAML 1.2\n---\na: b": false,
	} {
		if got := samePlainly(t, text); got != taken {
			t.Errorf("%q: taken %v, want %v", text, got, taken)
		}
	}
}

// drawPlain draws a mapping written plainly, as lines.
func drawPlain(t *rapid.T, indent, depth int) string {
	var b strings.Builder
	inner := indent + rapid.IntRange(1, 4).Draw(t, "indent")
	for range rapid.IntRange(1, 4).Draw(t, "keys") {
		if rapid.IntRange(0, 9).Draw(t, "comment") == 0 {
			b.WriteString(strings.Repeat(" ", rapid.IntRange(0, 9).Draw(t, "left")) + "# a: b\n")
		}
		b.WriteString(strings.Repeat(" ", indent) + rapid.StringMatching(`[a-zA-Z_][a-zA-Z0-9_.@$+-]{0,8}`).Draw(t, "key"))
		if depth > 0 && rapid.Bool().Draw(t, "below") {
			b.WriteString(":\n" + drawPlain(t, inner, depth-1))
			continue
		}
		b.WriteString(": " + drawPlainValue(t, depth) + "\n")
	}
	return b.String()
}

func drawPlainValue(t *rapid.T, depth int) string {
	item := func(i int) string { return drawPlainValue(t, depth-1) }
	switch rapid.IntRange(0, 6).Draw(t, "form") {
	case 0:
		return rapid.StringMatching(`"[ -!#-\[\]-~é]{0,12}"`).Draw(t, "double")
	case 1:
		return rapid.StringMatching(`'[ -&(-~]{0,12}'`).Draw(t, "single")
	case 2:
		return rapid.StringMatching(`-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?`).Draw(t, "number")
	case 3:
		return rapid.SampledFrom([]string{"true", "False", "null", "yes", "no", "on", "n", "Infinity", "nan"}).Draw(t, "word")
	case 4:
		if depth > 0 {
			return "[" + item(0) + ", " + item(1) + "]"
		}
	case 5:
		if depth > 0 {
			return "{a: " + item(0) + ", b.c: " + item(1) + " }"
		}
	}
	return rapid.StringMatching(`[a-zA-Z_/$][a-zA-Z0-9_./$+-]{0,6}( [a-zA-Z0-9._]{1,5})?`).Draw(t, "text")
}

// TestPlainTextReadsAsTheLibraryDoes draws plain texts, hardly any of which may be left to the
// library.
func TestPlainTextReadsAsTheLibraryDoes(t *testing.T) {
	t.Parallel()
	drawn, taken := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		drawn++
		if samePlainly(t, drawPlain(t, 0, 3)) {
			taken++
		}
	})
	if taken < drawn*3/4 {
		t.Errorf("of %d texts that are written plainly %d were taken", drawn, taken)
	}
}

// TestExamplesArePlain: most of what the examples hold is read by the plain parser.
func TestExamplesArePlain(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../examples/agency/clients/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		data, problem := readDocument(path)
		if problem != nil {
			t.Fatal(problem)
		}
		if !samePlainly(t, string(data)) {
			t.Logf("%s is left to the library", path)
		}
	}
}

func FuzzPlain(f *testing.F) {
	archives, _ := filepath.Glob("testdata/problems/*.txtar")
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			f.Add(string(file.Data))
		}
	}
	for _, text := range []string{"a: {b: [c, {d: 'e'}], f: \"g, h: i\"}", "---\na:\n  b: -1.5\n# c\nd: e f\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { samePlainly(t, text) })
}
