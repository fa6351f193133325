package document

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
)

// canaries are secrets in awkward spellings; none may show in a problem.
var canaries = []string{"CANARYhunter2", "CANARY#hunter2", "CANARY: hunter2", "CANARY, hunter2}", "CANARY'hunter2\"",
	"CANARY\nhunter2", "CANARY-hunter2-é", "*CANARYhunter2", "CANARY ${x hunter2"}

// secretPlaces are documents with a secret at %s (a JSON string, which is YAML too) or,
// unquoted, at %p, each with some mistake.
var secretPlaces = []string{
	"variables: {A: %s, B: {type: number, value: x}}",
	"variables: {A: {type: number, value: %s}}",
	"variables: {A: {type: boolean, value: %s, typ: 1}}",
	"variables: {A: {vaule: %s}}",
	"variables: {A: [%s]}",
	"variables: {A: {value: {b: %s}}}",
	"variables: [%s]",
	"variables: %s",
	"variables: {A: %s, A: %s, a: %s}",
	"variabels: {A: %s}",
	"name: A, nonsense: %s",
	"variables: {A: %s}, # %p",
	"variables: {A: !secret %s}",
	"variables: {A: &x %s, B: *x, C: *y}",
	"variables: {A: \"${env:NOPE}\", B: %s",
	"variables: {NO: %s, 1: %s, \"\": %s}",
	"variables: {name: %s, token: %s, zone: %s, zoen: 1}, timezone: 1.5",
	"variables: {A: %s}, name: 5, timezon: 6",
}

func TestProblemsHoldNoSecret(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, place := range secretPlaces {
		for j, canary := range canaries {
			quoted, _ := json.Marshal(canary)
			text := strings.NewReplacer("%s", string(quoted), "%p",
				strings.ReplaceAll(canary, "\n", " ")).Replace(place)
			flow := minimal + "organizations: {acme: {" + text + "}}\nzones: {lab: {host: \"\", token: " +
				string(quoted) + ", tokn: " + string(quoted) + "}}\n"
			path := filepath.Join(dir, fmt.Sprintf("%d-%d.yaml", i, j))
			writeFile(t, path, flow)
			wantNoCanary(t, path, flow)
		}
	}
}

// blockForms write a secret over several lines.
var blockForms = []string{
	"      A: |\n        CANARYhunter2\n        CANARYhunter2\n      B: {typ: x}\n",
	"      A: >-\n        CANARYhunter2 CANARYhunter2\n        # CANARYhunter2\n      1B: 1\n",
	"      A: CANARYhunter2\n        CANARYhunter2\n      no: 1\n",
	"      A: \"CANARYhunter2\n        CANARYhunter2\"\n      B: {}\n",
	"      A: {type: number, value: |\n        CANARYhunter2}\n",
	"      A:\n        CANARYhunter2\n      B\n",
	"     A: CANARYhunter2\n      B: CANARYhunter2\n",
	"      A: \"CANARYhunter2\n",
	"      A: 'CANARYhunter2\n      B: CANARYhunter2\n",
	"      A: CANARYhunter2: CANARYhunter2\n",
	"\t  A: CANARYhunter2\n",
	"      A: @CANARYhunter2\n",
	"      A: \"\\qCANARYhunter2\"\n",
	"      ? CANARYhunter2\n      : CANARYhunter2\n",
	"      name: CANARYhunter2\n      name: CANARYhunter2\n   id: CANARYhunter2\n",
	"      token: CANARYhunter2\n     type: CANARYhunter2 {\n",
}

func TestProblemsOfBlocksHoldNoSecret(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, form := range blockForms {
		if strings.Contains(form, "? CANARY") {
			continue // a key: names are no secrets
		}
		text := minimal + "organizations:\n  acme:\n    variables:\n" + form
		path := filepath.Join(dir, fmt.Sprintf("%d.yaml", i))
		writeFile(t, path, text)
		wantNoCanary(t, path, text)
	}
}

func wantNoCanary(t testing.TB, path, text string) {
	t.Helper()
	documents, problems := Load(LoadOptions{Paths: []string{path}})
	_, more := documents.Resolve(ResolveOptions{LookupEnv: envOf("CANARY=CANARYhunter2")})
	all, err := json.Marshal(append(problems, more...))
	if err != nil {
		t.Fatal(err)
	}
	if len(problems)+len(more) == 0 {
		t.Errorf("no problem at all in:\n%s", text)
	}
	shown := string(all)
	for _, trace := range []string{"hunter2", "CANARY", base64.StdEncoding.EncodeToString([]byte("hunter2"))} {
		if strings.Contains(shown, trace) {
			t.Errorf("%s shows in %s\nof:\n%s", trace, shown, text)
		}
	}
}

// A slip such as a lost comma draws the next value into a scalar that is public.
func TestPublicScalarsEndWhereTheirFormEnds(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"zones:\n  lab: {host: lab.exampl\t \t CANARYhunter2}\n",
		"zones:\n  lab: {host: lab.example token 'CANARYhunter2}\n",
		"zones:\n  lab: {host: \"lab.example CANARYhunter2\"}\n",
		"zones:\n  lab: {url: https://lab.example?CANARYhunter2}\n",
		"zones:\n  lab: {url: https://lab.example CANARYhunter2}\n",
		"zones:\n  lab: {sandbox: {seed: a.json CANARYhunter2, sate: 1}}\n",
		"zone: eu1 CANARYhunter2\norganizations: {acme: {name: A}}\n",
		"apiVersion: makesync/v1 CANARYhunter2\n",
		"guards: {minAdmins: 1 CANARYhunter2}\n",
		"guards: {emails: [1, \"a@b.example CANARYhunter2\", {}]}\n",
		"organizations:\n  acme: {id: 11 CANARYhunter2}\n",
		"organizations:\n  acme: {state: absent CANARYhunter2}\n",
		"organizations:\n  acme: {owner: a@b.example CANARYhunter2}\n",
		"organizations:\n  acme:\n    name: A\n    variables: {A: {type: number::CANARYhunter2\"}}\n",
		"organizations:\n  acme:\n    name: A\n    tfaEnforced: true CANARYhunter2\n",
		"organizations:\n  acme:\n    name: A\n    purge: [variable CANARYhunter2]\n",
		"organizations:\n  acme:\n    name: A\n    featureControls: {A: true CANARYhunter2}\n",
	} {
		path := filepath.Join(t.TempDir(), "a.yaml")
		if !strings.Contains(text, "apiVersion") {
			text = "apiVersion: makesync/v1\n" + text
		}
		writeFile(t, path, text)
		documents, problems := Load(LoadOptions{Paths: []string{path}})
		_, more := documents.Resolve(ResolveOptions{})
		if problems = append(problems, more...); len(problems) == 0 {
			t.Errorf("no problem at all in:\n%s", text)
		}
		for _, p := range problems {
			if strings.Contains(p.Excerpt, "CANARY") {
				t.Errorf("%s\n%s", describeProblems([]spec.Problem{p}), text)
			}
		}
	}
}

// TestBrokenDocumentsHoldNoSecret cuts, repeats and spoils a good document
// anywhere, and looks for its secrets in whatever is told of it.
func TestBrokenDocumentsHoldNoSecret(t *testing.T) {
	t.Parallel()
	const good = minimal +
		"zones:\n  lab: {host: lab.example, token: CANARYhunter2}\norganizations:\n  acme:\n    name: Acme\n    " +
		"variables:\n" +
		"      A: CANARYhunter2\n      B: {type: number, value: \"CANARYhunter2\"}\n      C: |\n        " +
		"CANARYhunter2\n        CANARYhunter2\n    members: {a@b.example: Admin}\n"
	path := filepath.Join(t.TempDir(), "a.yaml")
	secrets := []string{"CANARYhunter2"}
	rapid.Check(t, func(t *rapid.T) {
		text := good
		for range rapid.IntRange(1, 3).Draw(t, "spoils") {
			i := rapid.IntRange(0, len(text)).Draw(t, "at")
			junk := rapid.SampledFrom([]string{"\n", "\t", " ", "{", "}", "[", "]", "\"", "'", ":", ": ", "#", "- ",
				"&", "*", "!", "|", "\x00", "\xff", "é", "  x: 1\n"}).Draw(t, "junk")
			text = text[:i] + junk + text[min(len(text), i+rapid.IntRange(0, 6).Draw(t, "cut")):]
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		documents, problems := Load(LoadOptions{Paths: []string{path}})
		_, more := documents.Resolve(ResolveOptions{})
		for _, p := range append(problems, more...) {
			// A spoiled key or name may be told; what stands for a value may not.
			shown := p.Message + "\n" + p.Hint + "\n" + p.Excerpt
			if strings.Contains(shown, secrets[0]) && !strings.Contains(shown, secrets[0]+":") {
				t.Fatalf("%s\n%s", describeProblems([]spec.Problem{p}), text)
			}
		}
	})
}
