package document

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

// checkPlainTree holds a tree of plain lines, made of the nodes of those before it, against that of
// the library: it is the same in every field of every node, but for comments, and what the library
// refuses is not plain.
func checkPlainTree(t failing, data []byte) (plain bool) {
	t.Helper()
	file := &source{data: data}
	if _, ok := checkText(file); !ok {
		return false
	}
	plain = plainDocument(file.data, func(got *yaml.Node) {
		compareTrees(t, file.data, got, libraryTrees(t, file.data))
	})
	plainMapping(chunk{5, file.data}, func(got *yaml.Node) {
		if got.Column == 1 {
			return
		}
		trees := libraryTrees(t, []byte(organizationsLine+string(file.data)))
		moveLines(trees[0], 3)
		compareTrees(t, file.data, got, []*yaml.Node{trees[0].Content[0].Content[1]})
	})
	return plain
}

// libraryTrees are those of all documents of a text, without comments.
func libraryTrees(t failing, data []byte) (trees []*yaml.Node) {
	t.Helper()
	for root, err := range documentTrees(bytes.NewReader(data)) {
		if err != nil {
			t.Fatalf("the library refuses what is taken for plain: %v\n%s", err, data)
		}
		dropComments(root)
		trees = append(trees, root)
	}
	return trees
}

func dropComments(n *yaml.Node) {
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	for _, child := range n.Content {
		dropComments(child)
	}
}

func compareTrees(t failing, data []byte, got *yaml.Node, want []*yaml.Node) {
	t.Helper()
	if diff := cmp.Diff(want, []*yaml.Node{got}, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("another tree than the library's (-):\n%s\nof\n%s", diff, data)
	}
}

// plainWords are put together to lines that are nearly plain.
var plainWords = []string{
	"a", "b", "name", "X_1", "1", "-1", "+1", "0o17", "0x1F", "1_000", "1.5", "1e3", ".5", ".inf", ".", "~", "null", "Null", "true",
	"No", "yes", "2026-11-12", "2026-11-12T08:00:00Z", "12:30:45", "https://a.example/b?c=d&e=f#g", "jo@acme.example", "é",
	"\u00a0", "\ufeff", "\u200b", "日本", "😀", `"q"`, `''`, `""`, `'a: b'`, `"{"`, `"é"`, "${env:A}", "{{x}}", "(a)", "a b", "a  b",
	":", ": ", ":a", ",", ", ", "#", " #", " # c", " ", "  ", "- ", "-", "--", "---", "...", "? ", "&a ", "*a", "!t ", "|", ">", "%",
	"@", "`", "{", "}", "[", "]", "{}", "[]", "{a: 1}", "[a, 'b']", "{a: [b, {c: \"d\"}]}", "{a: }", "[a, ]", "<<", "=", "\\", "$",
	"\t", "\r", "\u0085", "\u2028", "a\tb",
}

// TestPlainTree puts documents together from lines that fit, with few odd ones between them.
func TestPlainTree(t *testing.T) {
	t.Parallel()
	drawn, plain := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var lines []string
		indent := 0
		for range rapid.IntRange(1, 8).Draw(t, "lines") {
			lines = append(lines, strings.Repeat(" ", indent)+drawPlainLine(t))
			if next := rapid.IntRange(0, 4).Draw(t, "next"); strings.HasSuffix(lines[len(lines)-1], ":") && next > 0 {
				indent += 2
			} else if next == 0 {
				indent = max(0, indent-2)
			}
		}
		for range max(0, rapid.IntRange(-4, 2).Draw(t, "odd")) {
			odd := strings.Repeat(" ", rapid.IntRange(0, 4).Draw(t, "indent")) + rapid.SampledFrom(strangeLines).Draw(t, "line")
			at := rapid.IntRange(0, len(lines)).Draw(t, "at")
			lines = slices.Insert(lines, at, odd)
		}
		drawn++
		if checkPlainTree(t, []byte(strings.Join(lines, "\n")+rapid.SampledFrom([]string{"\n", ""}).Draw(t, "end"))) {
			plain++
		}
	})
	if plain < max(1, drawn/50) { // about a fifth are: luck alone must not fail it
		t.Errorf("%d of %d documents are plain: the others show nothing", plain, drawn)
	}
}

func drawPlainLine(t *rapid.T) string {
	words := plainWords
	if rapid.IntRange(0, 3).Draw(t, "usual") > 0 {
		words = words[:20]
	}
	word := func() string { return rapid.SampledFrom(words).Draw(t, "word") }
	key := rapid.SampledFrom([]string{"a", "b", "X_1", "Two words", `"é"`, "'q'", "1", "true"}).Draw(t, "key")
	switch rapid.IntRange(0, 7).Draw(t, "kind") {
	case 0, 1, 2:
		return key + ":"
	case 3:
		return key + ": {" + key + ": " + word() + ", c: " + word() + "}"
	case 4:
		return key + ": [" + word() + ", " + word() + "] " + rapid.SampledFrom([]string{"", "# c", "d"}).Draw(t, "behind")
	case 5:
		return "- " + word() + rapid.SampledFrom([]string{"", " # c", " b", " b"}).Draw(t, "behind")
	case 6:
		return key + ": " + word() + rapid.SampledFrom([]string{"", " ", " # c", " b", ": c", "#c"}).Draw(t, "behind")
	}
	return key + ": " + word() + word()
}

// FuzzPlainTree looks for a text that is taken for plain and is not.
func FuzzPlainTree(f *testing.F) {
	for _, file := range problemFiles(f) {
		f.Add(file.Data)
	}
	for _, line := range strangeLines {
		f.Add([]byte("a:\n  b: c\n  " + line + "\n"))
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkPlainTree(t, data) })
}

// TestUsualDocumentsArePlain keeps what documents hold among what need not be parsed.
func TestUsualDocumentsArePlain(t *testing.T) {
	t.Parallel()
	const begin = "# Acme\napiVersion: makesync/v1\norganizations:\n  acme:\n    name: Acme Labs\n    id: 7\n"
	for _, text := range []string{
		begin + "    variables:\n\n      REGION: eu\n      URL: https://acme.example/a?b=c#d # e\n      QUOTED: \"a: b\"\n",
		begin + "    variables:\n      START: {type: date, value: \"2026-11-12T08:00:00.000Z\"}\n  beta:\n    name: Beta\n",
		begin + "    profiles: [one, 'two']\n    featureControls: {Make AI Tools: false}\n",
		begin + "    profiles:\n      - one\n      - two\n    purge:\n    - variable\n    country: US\n",
		begin + "    members:\n      jo@acme.example: {role: Member, invite: {name: Jo, teams: [Sales]}}\n",
		"---\n" + begin + "    variables: {}\n",
	} {
		if !checkPlainTree(t, []byte(text)) {
			t.Errorf("not plain:\n%s", text)
		}
	}
}

// TestALongLineIsPlain: what a line costs grows no faster than it.
func TestALongLineIsPlain(t *testing.T) {
	t.Parallel()
	text := "a: {" + strings.Repeat("a: 'é', ", 500_000) + "b: 1}\n"
	if !plainDocument([]byte(text), func(*yaml.Node) {}) {
		t.Error("not plain")
	}
}

// TestWhatIsNotPlain: brackets and blocks so deep that walking them takes more than there is, and
// keys that the library refuses, are left to it.
func TestWhatIsNotPlain(t *testing.T) {
	t.Parallel()
	var deep strings.Builder
	for i := range 2 * maxPlainDepth {
		deep.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	for _, text := range []string{
		"a: " + strings.Repeat("[", 50) + strings.Repeat("]", 50) + "\n",
		"a: " + strings.Repeat("{a: ", 1_000_000) + "b" + strings.Repeat("}", 1_000_000) + "\n", deep.String() + strings.Repeat(" ", 50) + "a: b\n",
		strings.Repeat("a", 1025) + ": b\n", "a: {" + strings.Repeat("a", 1025) + ": b}\n", "\"" + strings.Repeat("a", 1025) + "\": b\n",
	} {
		if plainDocument([]byte(text), func(*yaml.Node) {}) {
			t.Errorf("taken for plain: %.80s…", text)
		}
	}
}

// TestTextsOfAPlainTreeStay: what a tree says outlives it, also when the next one is made of its
// nodes and written behind its texts.
func TestTextsOfAPlainTreeStay(t *testing.T) {
	t.Parallel()
	var texts []string
	for i := range 3000 {
		text := "a: " + strings.Repeat(string(rune('a'+i%26)), i) + "\n"
		plainDocument([]byte(text), func(root *yaml.Node) { texts = append(texts, root.Content[0].Content[1].Value) })
	}
	for i, text := range texts {
		if want := strings.Repeat(string(rune('a'+(i+1)%26)), i+1); text != want {
			t.Fatalf("%q has become %q", want, text)
		}
	}
	if len(texts) != 2999 { // the first has no value
		t.Errorf("%d texts", len(texts))
	}
}
