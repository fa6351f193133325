package command_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	reconcile "makesync/sync"
	"makesync/sync/command"
)

const (
	threeSeed = `{"version": 1, "users": [{"email": "ops@acme.example"}], "zones": [{"name": "eu1", "organizations": [
  {"name": "Ash", "variables": [{"name": "A", "value": "a"}]},
  {"name": "Birch", "variables": [{"name": "B", "value": "b"}]},
  {"name": "Cedar", "variables": [{"name": "C", "value": "c"}]}]}]}`
	threeDocuments = `apiVersion: makesync/v1
zone: eu1
organizations:
  ash: {id: 11, variables: {A: changed}}
  birch: {id: 12, variables: {B: b}}
  cedar: {id: 13, variables: {C: changed}}
`
)

// tripper is a function between the program and a zone.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// before calls do when the variables of an organization are about to be read.
func (s *stage) before(organization int, do func()) {
	s.tamper = func(zone http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, fmt.Sprintf("/organizations/%d/variables", organization)) && r.Method == http.MethodGet {
				do()
			}
			return zone.RoundTrip(r)
		})
	}
}

// TestPlanAppearsWhileItIsMade: the first organizations stand on stdout before the last one has been read.
func TestPlanAppearsWhileItIsMade(t *testing.T) {
	t.Parallel()
	whole := command.Terminal{}
	for _, test := range []struct {
		name     string
		args     string
		terminal command.Terminal
		early    string // what the text holds when cedar is about to be read; "": nothing is printed
	}{
		{"plan", "plan", whole, "\nash  Ash"},
		{"plan at a terminal", "plan", command.Terminal{Stdout: true, Stderr: true}, "\nash  Ash"},
		{"saved", "plan -o HOME/plan.json", whole, "\nash  Ash"},
		{"apply", "apply --yes", whole, "\nash  Ash"},
		{"nothing new so far", "plan --exclude ash", whole, ""},
		{"nothing new so far, at a terminal", "plan --exclude ash", command.Terminal{Stdout: true}, "zone "},
		{"nothing to apply so far, at a terminal", "apply --yes --exclude ash", command.Terminal{Stdout: true}, ""},
		{"JSON", "plan --format json", whole, ""},
		{"Markdown", "plan --format markdown", whole, ""},
		{"with its history", "plan --history", whole, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := stageOf(t, threeSeed, threeDocuments)
				s.terminal = test.terminal
				s.env["NO_COLOR"] = "1"
				early := "never asked"
				s.before(13, func() {
					if early == "never asked" {
						synctest.Wait() // the others are read
						early = s.stdout.String()
					}
				})
				args := strings.Fields(strings.ReplaceAll(test.args, "HOME", s.home))
				code, stdout, stderr := s.run(append(args, "-f", s.documents)...)
				if code != 0 || !strings.Contains(stdout, "cedar") {
					t.Fatalf("exit %d\n%s\n%s", code, stdout, stderr)
				}
				if (early == "") != (test.early == "") || !strings.Contains(early, test.early) || strings.Contains(early, "cedar") {
					t.Errorf("before cedar was read there was:\n%s", early)
				}
				if !strings.HasPrefix(stdout, early) {
					t.Errorf("what was there is not what is there:\n%s", stdout)
				}
			})
		})
	}
}

// TestACutPlanSaysSo: a run that ends in the middle says on both streams that the plan is not whole.
func TestACutPlanSaysSo(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"plan", "apply --yes"} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := stageOf(t, threeSeed, threeDocuments)
				ctx, stop := context.WithCancelCause(context.Background())
				s.before(13, func() {
					synctest.Wait()
					stop(reconcile.ErrTerminated)
				})
				code, stdout, stderr := s.runIn(ctx, append(strings.Fields(verb), "-f", s.documents, "--out-json", filepath.Join(s.home, "out.json"))...)
				if code != 143 || !strings.Contains(stdout, "\nash ") || !strings.HasSuffix(stdout, "\n\nCUT SHORT: this is only part of the plan, which could not be finished.\n") {
					t.Errorf("exit %d\n%s", code, stdout)
				}
				if !strings.Contains(stderr, "warning: what is printed of the plan is only part of it [cut-short]") || strings.Contains(stdout, "makesync: ") {
					t.Errorf("stderr:\n%s", stderr)
				}
				var document struct {
					Problems []struct{ Rule string }
					Exit     struct{ Code int }
				}
				data, _ := os.ReadFile(filepath.Join(s.home, "out.json"))
				if err := json.Unmarshal(data, &document); err != nil || document.Exit.Code != 143 || len(document.Problems) != 2 {
					t.Errorf("%v: %s", err, data)
				}
			})
		})
	}
}

// TestAPlanWithoutItsEnd: the plan is made, and its file cannot be written.
func TestAPlanWithoutItsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := stageOf(t, threeSeed, threeDocuments)
		code, stdout, stderr := s.run("plan", "-f", s.documents, "-o", filepath.Join(s.home, "missing", "plan.json"))
		if code != 1 || !strings.HasSuffix(stdout, "could not be finished.\n") || !strings.Contains(stderr, "[cut-short]") {
			t.Errorf("exit %d\n%s\n%s", code, stdout, stderr)
		}
	})
}

// TestAPlanThatWasNotBegunIsNotCut: nothing on stdout needs no excuse.
func TestAPlanThatWasNotBegunIsNotCut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := stageOf(t, threeSeed, threeDocuments)
		ctx, stop := context.WithCancelCause(context.Background())
		s.before(13, func() { stop(reconcile.ErrInterrupted) })
		code, stdout, stderr := s.runIn(ctx, "plan", "-f", s.documents, "--exclude", "ash")
		if code != 130 || stdout != "" || strings.Contains(stderr, "cut-short") {
			t.Errorf("exit %d\n%s\n%s", code, stdout, stderr)
		}
	})
}

// TestOneTextOfAPlan: it does not depend on what else the plan is for, nor on how many organizations are read side by side.
func TestOneTextOfAPlan(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := stageOf(t, threeSeed, threeDocuments)
		first := ""
		for _, flags := range []string{"", "--concurrency 1", "--out-json HOME/plan.json", "--metrics-file HOME/plan.prom"} {
			code, stdout, stderr := s.run(strings.Fields("plan --exit-code -f " + s.documents + " " + strings.ReplaceAll(flags, "HOME", s.home))...)
			if first == "" {
				first = stdout
			}
			if code != 2 || stdout != first || !strings.Contains(stdout, "2 to change (2 update)") {
				t.Errorf("%s: exit %d\n%s\n%s\nwant\n%s", flags, code, stdout, stderr, first)
			}
		}
	})
}
