package command_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"makesync/sync/exit"
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

// TestAnInterruptedPlanPrintsNone: what is printed of a plan is the whole plan.
func TestAnInterruptedPlanPrintsNone(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"plan", "apply --yes"} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := stageOf(t, threeSeed, threeDocuments)
				ctx, stop := context.WithCancelCause(context.Background())
				s.before(13, func() {
					synctest.Wait() // the others are read
					stop(exit.ErrTerminated)
				})
				code, stdout, stderr := s.runIn(ctx, append(strings.Fields(verb), "-f", s.documents)...)
				if code != 143 || stdout != "" {
					t.Errorf("exit %d\n%s\n%s", code, stdout, stderr)
				}
			})
		})
	}
}

// TestAPlanThatCannotBeSavedIsNotPrinted: nobody takes it for one that stands in the file.
func TestAPlanThatCannotBeSavedIsNotPrinted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := stageOf(t, threeSeed, threeDocuments)
		code, stdout, stderr := s.run("plan", "-f", s.documents, "-o", filepath.Join(s.home, "missing", "plan.json"))
		if code != 1 || stdout != "" {
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
