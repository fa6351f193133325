package document

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"makesync/spec"
)

var update = flag.Bool("update", false, "write the golden parts of testdata anew")

// TestProblems loads each archive of testdata/problems and compares everything
// that it finds, line by line. The comment of an archive gives options: `env
// NAME=value`, `zone NAME`, `skip-references`, `path FILE`, `guards FILE`, `expect N`.
func TestProblems(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := describeProblems(problemsOf(t, archive))
			i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
			if *update {
				archive.Files[i].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(archive.Files[i].Data); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// problemsOf unpacks an archive and gives all problems of loading and resolving it.
func problemsOf(t *testing.T, archive *txtar.Archive) []spec.Problem {
	t.Helper()
	dir := t.TempDir()
	var load LoadOptions
	var guards []string
	env := map[string]string{}
	resolve := ResolveOptions{LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
	for _, line := range strings.Split(string(archive.Comment), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "env":
			name, value, _ := strings.Cut(rest, "=")
			env[name] = value
		case "zone":
			resolve.DefaultZone = rest
		case "expect":
			resolve.ExpectOrganizations, _ = strconv.Atoi(rest)
		case "guards":
			guards = append(guards, filepath.Join(dir, rest))
		case "skip-references":
			resolve.SkipReferences = true
		case "path":
			load.Paths = append(load.Paths, filepath.Join(dir, rest))
		}
	}
	for _, f := range archive.Files {
		if f.Name != "want" {
			writeFile(t, filepath.Join(dir, f.Name),
				strings.NewReplacer("␀", "\x00", "→", "\t", "\\xff", "\xff").Replace(string(f.Data)))
		}
	}
	if load.Paths == nil {
		load.Paths = []string{dir}
	}
	trusted, problems := LoadTrusted(guards)
	documents, more := Load(load)
	problems = append(append(problems, more...), documents.Tighten(trusted)...)
	_, more = documents.Resolve(resolve)
	problems = spec.SortProblems(append(problems, more...))
	for i := range problems {
		inDir(dir, problems[i].Source)
		inDir(dir, problems[i].Related)
		problems[i].Hint = strings.ReplaceAll(problems[i].Hint, dir+"/", "")
		problems[i].Message = strings.ReplaceAll(problems[i].Message, dir+"/", "")
	}
	return problems
}

// inDir takes the temporary folder off a position.
func inDir(dir string, s *spec.Source) {
	if s != nil {
		s.File = strings.TrimPrefix(strings.TrimPrefix(s.File, dir), "/")
	}
}

func describeProblems(problems []spec.Problem) string {
	var b strings.Builder
	for _, p := range problems {
		if p.Source == nil {
			p.Source = &spec.Source{}
		}
		severity := "" // an error's, which stops the run
		if p.Severity != spec.Error {
			severity = string(p.Severity) + ": "
		}
		fmt.Fprintf(&b, "%s: %s%s [%s]\n", p.Source, severity, p.Message, p.Rule)
		for _, part := range []struct{ name, text string }{{"at", p.Path}, {"address", string(p.Address)},
			{"hint", p.Hint}} {
			if part.text != "" {
				fmt.Fprintf(&b, "  %s: %s\n", part.name, part.text)
			}
		}
		if p.Related != nil {
			fmt.Fprintf(&b, "  related: %s\n", p.Related)
		}
		if p.Excerpt != "" {
			fmt.Fprintf(&b, "  | %s\n  | %s^\n", p.Excerpt, strings.Repeat(" ", max(0, p.Source.Column-1)))
		}
	}
	return b.String()
}

// TestEveryRuleIsProvoked keeps the table of rules and the archives together:
// a rule that no document can break is no rule.
func TestEveryRuleIsProvoked(t *testing.T) {
	t.Parallel()
	elsewhere := []string{
		spec.RuleSchema,              // check_test.go
		ruleTooLarge, ruleUnreadable, // files_test.go
		ruleTooMuch,                 // TestHostileDocuments of sync/e2e
		ruleTooLong,                 // files_test.go
		ruleSandboxZone,             // endpoint_test.go
		ruleIdleZoneURL,             // endpoint_test.go
		rulePolicy, ruleSuppression, // told by who judges policies
	}
	archives, _ := filepath.Glob("testdata/problems/*.txtar")
	var all strings.Builder
	for _, path := range archives {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(data)
	}
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] || r.Sentence == "" || r.Severity == "" {
			t.Errorf("rule %s stands twice or says nothing", r.ID)
		}
		seen[r.ID] = true
		if !strings.Contains(all.String(), "["+r.ID+"]") && !slices.Contains(elsewhere, r.ID) {
			t.Errorf("no document of testdata/problems breaks rule %s", r.ID)
		}
	}
}

// TestTwentyMistakesInThreeFiles is the promise of `validate`: everything that
// is wrong, each at its position, in one run.
func TestTwentyMistakesInThreeFiles(t *testing.T) {
	t.Parallel()
	archive, err := txtar.ParseFile("testdata/problems/twenty.txtar")
	if err != nil {
		t.Fatal(err)
	}
	problems := problemsOf(t, archive)
	marked := map[string]bool{}
	for _, f := range archive.Files {
		for i, line := range strings.Split(string(f.Data), "\n") {
			if strings.Contains(line, "# wrong") {
				marked[fmt.Sprintf("%s:%d", f.Name, i+1)] = true
			}
		}
	}
	if len(problems) != 20 || len(marked) != 20 || len(archive.Files) != 4 {
		t.Errorf("%d problems, %d marked lines, %d files with the golden one; want 20, 20, 4", len(problems),
			len(marked), len(archive.Files))
	}
	for _, p := range problems {
		if place := fmt.Sprintf("%s:%d", p.Source.File, p.Source.Line); !marked[place] {
			t.Errorf("%s is not a marked line: %s", place, p.Message)
		}
	}
}
