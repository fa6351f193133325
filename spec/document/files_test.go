package document

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"makesync/spec"
)

const minimal = "apiVersion: makesync/v1\nzone: eu1\n"

func TestFindFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"b.yaml", "a.yml", "sub/c.yaml", "sub-a/d.yaml", "x.json", "readme.md",
		".hidden.yaml", ".git/e.yaml", "sub/.f.yaml", "Z.YAML"} {
		writeFile(t, filepath.Join(dir, name), minimal)
	}
	writeFile(t, filepath.Join(dir, "..", filepath.Base(dir)+"-other", "linked.yaml"), minimal)
	for link, target := range map[string]string{
		"link.yaml": "../" + filepath.Base(dir) + "-other/linked.yaml", "loop": ".", "sub/up": "..",
		"folder.yaml": "sub",
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	files, problems := findFiles([]string{dir, filepath.Join(dir, "b.yaml"), filepath.Join(dir, "sub"),
		filepath.Join(dir, "x.json")}, false)
	var names []string
	for _, f := range files {
		name, _ := filepath.Rel(dir, f)
		names = append(names, name)
	}
	const want = "a.yml b.yaml link.yaml sub-a/d.yaml sub/c.yaml x.json"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("%s, %v; want %s", got, problems, want)
	}
	if len(problems) != 2 || problems[0].Rule != ruleNotRead || problems[0].Severity != spec.Warning ||
		!strings.Contains(problems[0].Message, "Z.YAML") || !strings.Contains(problems[0].Message, "folder.yaml") {
		t.Errorf("what is left out: %v", problems)
	}
}

// firstRule loads one path and gives the rule of the first problem, if any.
func firstRule(path string) string {
	documents, problems := Load(LoadOptions{Paths: []string{path}})
	if documents == nil {
		return "no documents"
	}
	if len(problems) == 0 {
		return ""
	}
	return problems[0].Rule
}

func TestUnreadableFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	loop := filepath.Join(dir, "loop.yaml")
	if err := os.Symlink("loop.yaml", loop); err != nil {
		t.Fatal(err)
	}
	large := filepath.Join(dir, "large.yaml")
	writeFile(t, large, minimal)
	if err := os.Truncate(large, MaxDocument+1); err != nil { // sparse: it is never read
		t.Fatal(err)
	}
	long := filepath.Join(dir, "long.yaml")
	writeFile(t, long, minimal+"organizations: {a: {name: A, variables: {A: "+strings.Repeat("a", maxText+1)+"}}}\n")
	bom := filepath.Join(dir, "bom.yaml")
	writeFile(t, bom, "\xef\xbb\xbf"+minimal)
	utf16 := filepath.Join(dir, "utf16.yaml")
	writeFile(t, utf16, "\xff\xfea\x00")
	crlf := filepath.Join(dir, "crlf.yaml")
	writeFile(t, crlf, strings.ReplaceAll(minimal+"organizations:\n  a: {name: A}\n", "\n", "\r\n"))
	for path, want := range map[string]string{
		loop: ruleUnreadable, large: ruleTooLarge, long: ruleTooLong, bom: "", utf16: ruleNotText, crlf: "",
		"/dev/zero": ruleUnreadable, "/dev/null": ruleUnreadable, "/dev/ptmx": ruleUnreadable, filepath.Join(dir, "no"): ruleMissingFile,
		filepath.Join(bom, "x"): ruleUnreadable,
	} {
		if got := firstRule(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// TestWhatLooksOtherwise: behind what a diff shows as a comment no document begins another line, and nothing is shown in
// another order than it stands in. In JSON, where such a character breaks no line, and as an escape it is text.
func TestWhatLooksOtherwise(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, r := range "\u0085\u2028\u2029\u202a\u202e\u2066\u2069" {
		escape := fmt.Sprintf("\\u%04x", r)
		for name, c := range map[string]struct{ text, want string }{
			"comment.yaml": {minimal + "organizations:\n  a: {id: 1} # the only one" + string(r) + "  b: {id: 2}\n", ruleNotText},
			"value.yaml":   {minimal + "organizations: {a: {id: 1, variables: {A: \"x" + string(r) + "y\"}}}\n", ruleNotText},
			"escape.yaml":  {minimal + "organizations: {a: {id: 1, variables: {A: \"x" + escape + "y\"}}}\n", ""},
			"text.json": {`{"apiVersion": "makesync/v1", "zone": "eu1", "organizations": {"a": {"id": 1, "variables": {"A": "` +
				string(r) + `"}}}}`, ""},
		} {
			path := filepath.Join(dir, name)
			writeFile(t, path, c.text)
			if got := firstRule(path); got != c.want {
				t.Errorf("%s with %s: %q, want %q", name, escape, got, c.want)
			}
		}
	}
}

// TestColumnsCountCharacters: not bytes, as editors do.
func TestColumnsCountCharacters(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.yaml")
	writeFile(t, path, "\xef\xbb\xbf"+minimal+"organizations: {a: {name: \"Žluťoučký 😀\", tfaEnforced: x}}\n")
	_, problems := Load(LoadOptions{Paths: []string{path}})
	if len(problems) != 1 || problems[0].Source.Line != 3 || problems[0].Source.Column != 55 {
		t.Error(describeProblems(problems))
	}
}

func TestCheckWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		minimal + "organizations: {a: {name: \"NO\", id: 11, tfaEnforced: true}}\n": "",
		"a: NO\n":            "differently", // false to one of them
		"a: on\n":            "differently", // true to one of them
		"a: hunter2\na: b\n": "cannot be read back",
		"a: [hunter2\n":      "cannot be read back",
		"{}\n":               "",
	} {
		err := CheckWritten([]byte(text))
		switch {
		case want == "" && err != nil || want != "" && err == nil:
			t.Errorf("%q: %v", text, err)
		case err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2")):
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// What a hostile file costs is bounded: problems are counted beyond some, and so are documents.
func TestProblemsAreCounted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var keys, values strings.Builder
	for i := range 5 * spec.MaxProblems {
		fmt.Fprintf(&keys, "    bogus%d: 1\n", i)
		fmt.Fprintf(&values, "      A%d: ''\n", i)
	}
	const head = minimal + "organizations:\n  acme:\n    name: A\n"
	for name, text := range map[string]string{
		"keys":      head + keys.String(),
		"values":    head + "    variables:\n" + values.String(),
		"empty":     strings.Repeat("---\n", 5*spec.MaxProblems),
		"documents": strings.Repeat("---\napiVersion: makesync/v1\n", maxDocuments+1),
	} {
		path := filepath.Join(dir, name+".yaml")
		writeFile(t, path, text)
		documents, problems := Load(LoadOptions{Paths: []string{path}})
		_, more := documents.Resolve(ResolveOptions{})
		all := spec.LimitProblems(append(problems, more...))
		if len(all) > spec.MaxProblems+1 || !spec.HasErrors(all) {
			t.Errorf("%s: %d problems", name, len(all))
		}
		if last := all[len(all)-1]; name != "documents" &&
			last.Message != "there are 4,000 more problems, which are not listed" {
			t.Errorf("%s: ends with %s", name, last.Message)
		}
	}
}

func TestLoadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.yaml")
	writeFile(t, path, minimal+"organizations: {a: {name: A}}\n")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	documents, _ := LoadContext(ctx, LoadOptions{Paths: []string{path}})
	if documents == nil || len(documents.Files()) != 0 {
		t.Error("files are read after the end")
	}
}

// TestAFileByManyNames: however a file is named, it is read once.
func TestAFileByManyNames(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "sub", "a.yaml"), minimal)
	t.Chdir(dir)
	files, problems := findFiles([]string{"sub/a.yaml", "./sub//a.yaml", "sub/../sub/a.yaml", ".", "sub", dir,
		filepath.Join(dir, "sub", "a.yaml")}, false)
	if len(files) != 1 || len(problems) != 0 {
		t.Errorf("%q, %v; want the file once", files, problems)
	}
}
