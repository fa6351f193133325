package command_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// optional are flags of a command, each of which may stand beside each other one.
type optional [][]string

var (
	sourceOptional = optional{{"--organization", "*"}, {"--organization", "nothing"}, {"--max-runtime", "1ns"}, {"--log-level", "debug"}}
	scopeOptional  = optional{{"--zone", "eu1"}, {"--zone", "us1"}, {"--skip-references"}, {"--target", "acme"}, {"--target", "nothing/*"}, {"--exclude", "**/variable/*"},
		{"--max-calls", "2"}, {"--max-runtime", "1ns"}, {"--allow", "delete:variable@*"}, {"--allow", "enforce:tfa@*"},
		{"--format", "json"}, {"--out-json", "OUT/o.json"}, {"--journal", "OUT/journal"}, {"--log-level", "debug"}}
	undoOptional = append(optional{{"--exit-code"}, {"--format", "html"}, {"--format", "markdown"}, {"-o", "OUT/plan.json"}}, scopeOptional...)
	planOptional = append(optional{{"--history"}, {"--shard", "1/2"}, {"--base", "DOCS"}, {"--live", "OUT/live.json"}, {"--metrics-file", "OUT/m.prom"}}, undoOptional...)
)

// readers are the commands that must not write, with their flags. DOCS, OUT and RUN stand for paths and a run.
var readers = []struct {
	args     string
	optional optional
	last     string // arguments behind the flags
}{
	{"plan -f DOCS", planOptional, ""},
	{"undo -f DOCS", undoOptional, "RUN"},
	{"apply -f DOCS", append(optional{{"--no-journal"}, {"--lock-timeout", "1s"}}, scopeOptional...), ""}, // nobody is there to confirm
	{"apply -f DOCS --resume RUN", nil, ""},
	{"validate -f DOCS", optional{{"--format", "json"}, {"--skip-references"}, {"--zone", "eu1"}}, ""},
	{"export -f DOCS --zone eu1 -o OUT/export", append(optional{{"--force"}}, sourceOptional...), ""},
	{"snapshot --zone eu1 -o OUT/live.json", append(optional{{"-f", "DOCS"}, {"--values", "none"}, {"--values", "plain"}, {"--hash-emails"}}, sourceOptional...), ""},
	{"migrate --from eu1 --to us1 -o OUT/move", append(optional{{"-f", "DOCS"}, {"--key", "{key}-new"}, {"--region", "US"}, {"--force"}}, sourceOptional...), ""},
	{"compare", append(optional{{"-f", "DOCS"}, {"--format", "json"}, {"--skip-references"}, {"--out-json", "OUT/c.json"}}, sourceOptional...), "eu1 us1"},
	{"compare", optional{{"-f", "DOCS"}, {"--format", "json"}}, "DOCS eu1"},
	{"invitation show --zone eu1", optional{{"--format", "json"}, {"--log-level", "debug"}}, "0f2b7c96-6a1d-4e83-b5c0-94d8e7f3a1b2"},
	{"status -f DOCS", append(optional{{"--zone", "us1"}, {"--show", "all"}, {"--show", "zone"}, {"--sort", "-credits"}, {"--where", "members.total>1"},
		{"--format", "json"}, {"--format", "csv"}, {"--format", "html"}, {"--exit-code"}, {"--show-invoice-links"}, {"--out-json", "OUT/s.json"}}, sourceOptional...), ""},
	{"status -f DOCS --since none", optional{{"--show", "changes,members"}, {"--skip-references"}}, ""},
	{"adopt -f DOCS --zone eu1", nil, "acme/** gamma/**"},                                  // nobody is there to confirm
	{"adopt -f DOCS --zone eu1 --since OUT/live.json", optional{{"--max-calls", "1"}}, ""}, // nothing has drifted
	{"export -f DOCS --zone eu1 --update", optional{{"--organization", "Acme*"}}, ""},      // nobody is there to confirm
	{"invitation accept --zone eu1 --all --organization *", nil, ""},
	{"status --zone eu1", optional{{"--person", "ops@acme.example"}, {"--format", "json"}}, ""},
	{"doctor -f DOCS", optional{{"--zone", "us1"}, {"--skip-references"}, {"--format", "json"}, {"--max-runtime", "1ns"}}, ""},
	{"explain -f DOCS", optional{{"--skip-references"}, {"--format", "json"}, {"--live", "OUT/live.json"}, {"--since", "OUT/live.json"},
		{"--out-json", "OUT/e.json"}}, "acme/variable/API_BASE"},
	{"explain -f DOCS", optional{{"--format", "json"}}, "acme/tfa"},
	{"invitation list --zone eu1", optional{{"--organization", "*"}, {"--format", "json"}, {"--log-level", "debug"}}, ""},
	{"runs list", optional{{"--format", "json"}}, ""},
	{"runs show", optional{{"--format", "json"}}, "RUN"},
	{"invitation accept --zone eu1", nil, "0f2b7c96-6a1d-4e83-b5c0-94d8e7f3a1b2"}, // not confirmed either
}

// lines are the command lines: with each flag, and each pair of flags. Some pairs are usage errors.
func (o optional) lines() [][]string {
	all := [][]string{nil}
	for i, first := range o {
		all = append(all, first)
		if raceDetector {
			continue
		}
		for _, second := range o[i+1:] {
			if first[0] != second[0] || first[0] == "--target" {
				all = append(all, append(append([]string{}, first...), second...))
			}
		}
	}
	return all
}

// sentinel counts calls, and lets nothing but GET through.
type sentinel struct {
	next         http.RoundTripper
	gets, writes *atomic.Int64
}

// RoundTrip refuses writes before the zone sees them.
func (s sentinel) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method != http.MethodGet {
		s.writes.Add(1)
		return answer(http.StatusForbidden, "text/plain", "a reader wrote"), nil
	}
	s.gets.Add(1)
	return s.next.RoundTrip(request)
}

func TestReadersOnlyRead(t *testing.T) {
	t.Parallel()
	for _, reader := range readers {
		t.Run(reader.args+" "+reader.last, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEverything(t, false, nil)
				e.apply("--target", "acme/variable/API_BASE") // a run to undo
				run, out := e.onlyRun(), t.TempDir()
				e.flags, e.env["XDG_STATE_HOME"] = nil, ""
				var gets, writes atomic.Int64
				e.tamper = func(next http.RoundTripper) http.RoundTripper { return sentinel{next, &gets, &writes} }
				fill := strings.NewReplacer("DOCS", e.documents, "OUT", out, "RUN", run)
				e.run("snapshot", "-f", e.documents, "--zone", "eu1", "-o", filepath.Join(out, "live.json"))
				for _, flags := range reader.optional.lines() {
					args := strings.Fields(fill.Replace(reader.args + " " + strings.Join(flags, " ") + " " + reader.last))
					if code, stdout, stderr := e.run(args...); code == 1 || code == 64 && len(flags) <= 2 || strings.Contains(stdout+stderr, "only reads tried to write") {
						t.Fatalf("%v: exit %d\n%s%s", args, code, stdout, stderr)
					}
				}
				if writes.Load() > 0 || gets.Load() == 0 {
					t.Errorf("%d reads, %d writes", gets.Load(), writes.Load())
				}
				if e.run("apply", "--yes", "-f", e.documents, "--target", "acme/variable/RETRIES"); writes.Load() == 0 {
					t.Error("a write was not noticed: nothing was tested")
				}
			})
		})
	}
}

func (e *everything) onlyRun() string {
	found, err := filepath.Glob(filepath.Join(e.home, ".local", "state", "makesync", "runs", "*.jsonl"))
	if err != nil || len(found) != 1 {
		e.Fatalf("runs %v %v", found, err)
	}
	return strings.TrimSuffix(filepath.Base(found[0]), ".jsonl")
}

// The state of an embedded zone is not touched by a reader either, not even its file's bytes; nor are the documents.
func TestReadersLeaveEmbeddedZones(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../examples/quickstart")); err != nil {
		t.Fatal(err)
	}
	_ = os.RemoveAll(filepath.Join(dir, ".makesync"))
	run := func(args ...string) {
		t.Helper()
		if code, stdout, stderr := runIn(dir, args...); code > 2 && code != 5 {
			t.Fatalf("%v: exit %d\n%s%s", args, code, stdout, stderr)
		}
	}
	run("plan", "-f", dir)
	before, out := tree(t, dir), t.TempDir()
	for _, args := range []string{"validate", "plan", "plan --history --exit-code", "plan --format json -o OUT/plan.json", "apply", "snapshot -o OUT/live.json", "snapshot --zone try --values none -o -",
		"export --zone try -o OUT/export", "compare try OUT/live.json", "compare DIR try"} {
		words := strings.Fields(strings.NewReplacer("OUT", out, "DIR", dir).Replace(args))
		run(append([]string{words[0], "-f", dir}, words[1:]...)...)
		if now := tree(t, dir); now != before {
			t.Errorf("%s left\n%s\ninstead of\n%s", args, now, before)
		}
	}
}

// tree is every file with its hash; the state directory apart.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && entry.Name() == ".local" {
			return fs.SkipDir
		}
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(&all, "%s %x\n", path, sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
