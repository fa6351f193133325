package document

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"makesync/spec/text"
)

func TestReferences(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "docs/secret"), "from file\n")
	writeFile(t, filepath.Join(dir, "docs/windows"), "crlf\r\n")
	writeFile(t, filepath.Join(dir, "docs/bare"), "bare\r")
	writeFile(t, filepath.Join(dir, "docs/two"), "two\n\n")
	writeFile(t, filepath.Join(dir, "docs/binary"), "a\x00b")
	writeFile(t, filepath.Join(dir, "docs/latin"), "\xe9")
	writeFile(t, filepath.Join(dir, "docs/large"), strings.Repeat("a", maxReferenced+1))
	writeFile(t, filepath.Join(dir, "outside/secret"), "outside")
	for link, target := range map[string]string{
		"docs/inside-link": "secret", "docs/outside-link": "../outside/secret", "docs/outside-folder": "../outside",
		"docs/loop": "loop",
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	e := evaluator{env: envOf("A=a", "DOLLAR=${env:A}", "MAKE_API_KEY=k"), folder: filepath.Join(dir, "docs")}
	for text, want := range map[string]string{
		"plain": "plain", "": "", "${env:A}": "a", "x${env:A}y${env:A}z": "xayaz", "$${env:A}": "${env:A}",
		"$$${env:A}":    "$${env:A}",
		"${env:DOLLAR}": "${env:A}", "${file:secret}": "from file", "${file:./secret}": "from file",
		"${file:inside-link}": "from file",
		"${file:windows}":     "crlf", "${file:bare}": "bare\r", "${file:two}": "two\n", "$": "$", "$$": "$$",
		"a$b": "a$b", "${": "${", "${env:}": "${env:}",
		"${file:" + dir + "/docs/secret}": "from file", "${other:x}": "${other:x}", "${env:A": "${env:A",
	} {
		if got, err := e.evaluate(text); err != nil || got.text != want {
			t.Errorf("%s → %q, %v; want %q", text, got.text, err, want)
		}
	}
	for _, text := range []string{
		"${env:B}", "${file:missing}", "${file:../outside/secret}", "${file:outside-link}",
		"${file:outside-folder/secret}", "${file:loop}", "${file:.}",
		"${file:binary}", "${file:latin}", "${file:large}", "${file:/dev/zero}", "${file:/etc/hostname}",
		"${env:MAKE_API_KEY}", "${env:MAKE_API_KEY_X}",
	} {
		if got, err := e.evaluate(text); err == nil {
			t.Errorf("%s → %d bytes", text, len(got.text))
		}
	}
	e.roots, e.token = []string{filepath.Join(dir, "outside")}, true
	for text, want := range map[string]string{"${file:outside-link}": "outside", "${file:../outside/secret}": "outside",
		"${env:MAKE_API_KEY}": "k"} {
		if got, err := e.evaluate(text); err != nil || got.text != want {
			t.Errorf("%s → %q, %v; want %q", text, got.text, err, want)
		}
	}
}

// TestDocumentsDoNotLearnWhatFilesThereAre: what a reference may not read is refused in the same words
// whether it is there or not, also behind links that a repository brings, and under a limit.
func TestDocumentsDoNotLearnWhatFilesThereAre(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "docs/here"), "inside")
	writeFile(t, filepath.Join(dir, "outside/there"), "outside")
	outside := filepath.Join(dir, "outside")
	for link, target := range map[string]string{
		"link-there": outside + "/there", "link-gone": outside + "/gone", "folder": outside, "folder-gone": outside + "/gone",
	} {
		if err := os.Symlink(target, filepath.Join(dir, "docs", link)); err != nil {
			t.Skip(err)
		}
	}
	limit, err := parseReferenceLimit(envOf("MAKESYNC_REFERENCES=file:" + filepath.ToSlash(dir) + "/docs/**"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []evaluator{{folder: filepath.Join(dir, "docs")}, {folder: filepath.Join(dir, "docs"), limit: limit}} {
		for there, gone := range map[string]string{
			"../outside/there": "../outside/gone!", outside + "/there": outside + "/gone!", "link-there": "link-gone",
			"folder/there": "folder/gone!", "folder-gone": "folder-gone/x",
		} {
			_, first := e.evaluate("${file:" + there + "}")
			_, second := e.evaluate("${file:" + gone + "}")
			// As they are shown, since a long folder for temporary files has them shortened.
			shownThere, shownGone := text.Backquote(there), text.Backquote(gone)
			if first == nil || second == nil ||
				strings.Replace(first.Error(), shownThere, shownGone, 1) != second.Error() {
				t.Errorf("%s: %v\n%s: %v", there, first, gone, second)
			}
		}
		if _, err := e.evaluate("${file:gone}"); err == nil || !strings.Contains(err.Error(), "cannot be read") {
			t.Errorf("a missing file of the folder: %v", err)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"${HOME}": true, "a ${x} b": true, "##PASSWORD##": true, "a##X##b": true, "***": true, "*****": true,
		"$${HOME}": false, "## a heading ##": false, "# ##": false, "####": false, "**": false, "a***": false,
		"$HOME": false, "{{x}}": false, "": false, "${": false,
		"a${env:HOME": true, "${file:x": true, "${org.key": true, "${env:": true, "$${env:HOME": false, "${HOME": false, "${ and ${env:X": true,
	} {
		if got, err := (evaluator{}).evaluate(text); err != nil || got.placeholder != want {
			t.Errorf("%q: %v, %v", text, got.placeholder, err)
		}
	}
}

// TestGivenAway: a secret of eight characters is found within a text, a shorter one is a value of its own.
func TestGivenAway(t *testing.T) {
	t.Parallel()
	secrets := OwnSecrets{}.With("eight888").With(" seven77\n").With("")
	for value, want := range map[string]bool{
		"eight888": true, "an eight888!": true, "eight88": false, "Eight888": false,
		"seven77": true, "a seven77": false, "": false,
	} {
		if got := secrets.GivenAway(value); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
}

// TestEvaluateWithinLimit: a plan file reads no more than MAKESYNC_REFERENCES allows: what counts is where a path
// leads.
func TestEvaluateWithinLimit(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "conf/secret", "s3cret")
	writeFile(t, "other/secret", "other")
	for link, target := range map[string]string{"inward": "conf/secret", "conf/outward": "../other/secret"} {
		if err := os.Symlink(target, link); err != nil {
			t.Skip(err)
		}
	}
	env := envOf("B=b", "C=c", "MAKESYNC_REFERENCES=env:B,file:conf/**")
	references, err := NewReferences(ResolveOptions{LookupEnv: env}, OwnSecrets{})
	if err != nil {
		t.Fatal(err)
	}
	for reference, ok := range map[string]bool{
		"${env:B}": true, "${env:C}": false, "${env:B}${env:C}": false, "${file:conf/secret}": true,
		"${file:other/secret}": false, "${file:inward}": true, "${file:conf/outward}": false,
	} {
		if value, err := references.Evaluate(reference); (err == nil) != ok {
			t.Errorf("%s → %q, %v", reference, value.Reveal(), err)
		}
	}
}

// TestEvaluate reads references as a saved plan keeps them: from the working directory.
func TestEvaluate(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	writeFile(t, "conf/acme.yaml",
		"apiVersion: makesync/v1\nzone: eu1\norganizations:\n  acme:\n    name: A\n    variables:\n"+
			"      A: \"a${file:secret}b\"\n      B: \"${env:B}\"\n      C: \"$${x}${env:B}\"\n")
	writeFile(t, "conf/secret", "s3cret\n")
	// ALIAS is a token by another name, LONG holds it.
	options := ResolveOptions{LookupEnv: envOf("B=b", "MAKE_API_KEY_LAB=a-token-of-lab", "ALIAS=a-token-of-lab",
		"LONG=x a-token-of-lab y")}
	documents, problems := Load(LoadOptions{Paths: []string{"conf"}})
	desired, more := documents.Resolve(options)
	if len(problems)+len(more) > 0 {
		t.Fatal(problems, more)
	}
	options.Folders = documents.Folders()
	references, err := NewReferences(options, SecretsOf(nil, options.LookupEnv, nil, "lab"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"A": "as3cretb", "B": "b", "C": "${x}b"}
	for _, v := range desired.Organizations[0].Variables {
		again, err := references.Evaluate(v.Reference)
		if err != nil || !again.Equal(v.Value) || again.Reveal() != want[v.Name] || !again.IsSensitive() {
			t.Errorf("%s: %q %v, and again %q, %v", v.Name, v.Value.Reveal(), v.Reference, again.Reveal(), err)
		}
	}
	for _, reference := range []string{"${env:MAKE_API_KEY}", "${file:/etc/hostname}", "${file:../x}", "${env:NOPE}",
		"${env:ALIAS}", "${env:LONG}", "a-${env:ALIAS}"} {
		if _, err := references.Evaluate(reference); err == nil {
			t.Errorf("%s is evaluated", reference)
		}
	}
	documents, _ = Load(LoadOptions{Paths: []string{"conf"}})
	skipped, more := documents.Resolve(ResolveOptions{SkipReferences: true, LookupEnv: func(name string) (string, bool) {
		if name != referencesVariable {
			t.Errorf("%s is read", name)
		}
		return "", false
	}})
	for _, v := range skipped.Organizations[0].Variables {
		if !v.Unknown || v.Reference == "" || !v.Value.IsSensitive() || len(more) > 0 {
			t.Errorf("%+v %v", v, more)
		}
	}
}

func FuzzReference(f *testing.F) {
	for _, s := range []string{"${env:A}", "$${x}", "a${file:b}c", "$$$${", "${}", "}${env:A}{"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		pieces := splitReferences(s)
		written := portable(pieces, "")
		size := 0
		for _, p := range pieces {
			size += len(p.text)
		}
		if size > len(s) {
			t.Fatalf("%q grows into %v", s, pieces)
		}
		if strings.Contains(s, "${file:") || !utf8.ValidString(s) {
			return // paths are made clean
		}
		if written != s {
			t.Fatalf("%q is kept as %q", s, written)
		}
		escaped := strings.ReplaceAll(s, "${", "$${")
		if got, err := (evaluator{}).evaluate(escaped); err != nil || got.text != s {
			t.Fatalf("%q escaped is %q and reads as %q, %v", s, escaped, got.text, err)
		}
	})
}

// TestReferenceLimitOfFiles: a relative pattern speaks of what lies below the working directory, and
// an absolute one of what it names.
func TestReferenceLimitOfFiles(t *testing.T) {
	t.Parallel()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), "x.txt")
	writeFile(t, outside, "x")
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"file:**", "testdata/x.txt", true},
		{"file:testdata/*", "testdata/../testdata/x.txt", true},
		{"file:testdata/*", "testdata/../x.txt", false},
		{"file:**", filepath.Join(here, "testdata", "x.txt"), true},
		{"file:" + filepath.ToSlash(here) + "/testdata/*", "testdata/x.txt", true},
		{"file:**", outside, false},
		{"file:*.txt", outside, false},
		{"file:**/x.txt", outside, false},
		{"file:**", "../x.txt", false},
		{"file:*/x.txt", "../x.txt", false},
		{"file:../**", "../x.txt", true},
		{"file:../*.txt", "../../x.txt", false},
		{"file:" + filepath.ToSlash(outside), outside, true},
		{"file:" + filepath.ToSlash(filepath.Dir(outside)) + "/**", outside, true},
		{"env:**", outside, false},
	} {
		limit, err := parseReferenceLimit(func(string) (string, bool) { return c.pattern, true })
		if err != nil {
			t.Fatal(err)
		}
		if got := limit.allowsFile(c.path); got != c.want {
			t.Errorf("%s allows %s: %v", c.pattern, c.path, got)
		}
	}
}
