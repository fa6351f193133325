package document

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"makesync/spec"
)

// policyDocument writes the same text, `one &&\n  two`, in every way that YAML has.
const policyDocument = `apiVersion: makesync/v1
policies:
  - require: >-
      one &&

        two
  - require: |
      one &&
        two
  - require: one
      && two
  - require: "one \u0026&\n  t\x77o"
  - require: 'one && ''x'' two'
  - {require: one && two, on: step}
  - require: &same >2-
        one &&
        two
  - require: *same
`

// TestPositionsWithinTexts: however a text is written, a place in it is found in the file.
func TestPositionsWithinTexts(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.yaml")
	if err := os.WriteFile(path, []byte(policyDocument), 0o600); err != nil {
		t.Fatal(err)
	}
	documents, problems := Load(LoadOptions{Paths: []string{path}})
	if spec.HasErrors(problems) {
		t.Fatal(problems)
	}
	list := documents.Policies()[0]
	lines := strings.Split(policyDocument, "\n")
	for i, word := range []string{"two", "two", "two", `t\x77o`, "two", "two", "two", "two"} {
		at := spec.PathItem("policies", i) + ".require"
		text := list.textAt(at)
		before := text[:strings.LastIndex(text, "two")]
		line := 1 + strings.Count(before, "\n")
		source := list.Position(at, line, len(before)-strings.LastIndex(before, "\n"))
		if got := lines[source.Line-1][source.Column-1:]; !strings.HasPrefix(got, word) {
			t.Errorf("%s: %q is at %s, which is %q", at, word, source, got)
		}
	}
	for path, want := range map[string]int{"policies[5].nosuch": 14, "policies[99]": 3, "nosuch": 3} {
		if got := list.Position(path, 1, 1).Line; got != want {
			t.Errorf("%s: line %d, want %d", path, got, want)
		}
	}
}

// TestPoliciesAreBounded: hostile documents cost no more than their size.
func TestPoliciesAreBounded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.yaml")
	text := "apiVersion: makesync/v1\npolicies:\n" + strings.Repeat("- {}\n", maxPolicyValues+1)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	documents, problems := Load(LoadOptions{Paths: []string{path}})
	if len(problems) != 1 || problems[0].Rule != ruleTooLarge || len(documents.Policies()[0].List) > maxPolicyValues {
		t.Error(problems)
	}
}
