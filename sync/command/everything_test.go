package command_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/report"
	"makesync/sync/sandbox"
)

// everything is testdata/everything on a stage: a document with a change of every kind and op, and a world that
// has much beside it which must stay as it is.
type everything struct {
	*stage
	began time.Time
	end   facts // how the world should be in the end
	// open are addresses that can never be reached; rest is the exit code of a plan when all others are.
	open []spec.Address
	rest int
	// theirs are the writes of others, by number.
	theirs map[int]bool
}

// everythingKeys are the organizations of the document.
var everythingKeys = keyring{ids: map[int]string{11: "acme", 12: "gamma", 13: "trial", 14: "frugal"}, names: map[string]string{"Acme Studio": "studio"}}

// newEverything sets it up. A secret costs a slow hash each time that it is looked at, so most tests leave it out.
func newEverything(t *testing.T, secret bool, change func(*sandbox.State)) *everything {
	t.Helper()
	dir := memoryDir(t)
	for _, name := range []string{"seed.json", "makesync.yaml"} {
		text := everythingFile(t, name, secret)
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	world, err := sandbox.Open(sandbox.Options{Seed: filepath.Join(dir, "seed.json")})
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		if err := world.Alter(change); err != nil {
			t.Fatal(err)
		}
	}
	e := &everything{stage: newStage(t, world, filepath.Join(dir, "makesync.yaml")), began: time.Now(), theirs: map[int]bool{}}
	e.env["EVERYTHING_PASSWORD"] = "new-secret"
	e.end = readFacts(string(everythingFile(t, "end.txt", secret)))
	time.Sleep(time.Hour) // what is sent from here on is new
	return e
}

var secretLine = regexp.MustCompile(`(?m)^.*PASSWORD.*\n`)

func everythingFile(t *testing.T, name string, secret bool) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "everything", name))
	if err != nil {
		t.Fatal(err)
	}
	if !secret {
		text = secretLine.ReplaceAll(text, nil)
	}
	return text
}

// applyTruly applies and compares the report with what the zone has done meanwhile.
func (e *everything) applyTruly(more ...string) (*report.Report, []string) {
	e.Helper()
	before := len(e.ours())
	report := e.apply(more...)
	theirs := slices.DeleteFunc(e.world.Log(), func(w sandbox.Write) bool { return !e.theirs[w.N] })
	return report, lies(report, everythingKeys, e.world, e.ours()[before:], theirs)
}

// ours are the committed writes that makesync has sent.
func (e *everything) ours() []sandbox.Write {
	return slices.DeleteFunc(e.world.Log(), func(w sandbox.Write) bool { return e.theirs[w.N] })
}

// converge applies until there is nothing to do, which must be the case soon, and compares the end.
func (e *everything) converge() (wrong []string) {
	e.Helper()
	for run := 1; ; run++ {
		report, lies := e.applyTruly()
		wrong = append(wrong, lies...)
		switch {
		case e.onlyOpen(report):
			return append(wrong, e.atRest()...)
		case run == 3:
			return append(wrong, fmt.Sprintf("apply does not come to an end: %s", stepsOf(report)))
		}
	}
}

// onlyOpen tells whether a run had nothing to do but what can never be done.
func (e *everything) onlyOpen(r *report.Report) bool {
	for i := range r.Steps {
		if s := &r.Steps[i]; s.Outcome == report.Succeeded || !slices.Contains(e.open, s.Address) {
			return false
		}
	}
	return true
}

// atRest looks at a world in which everything is as the document says.
func (e *everything) atRest() (wrong []string) {
	e.Helper()
	plan := e.plan("--exit-code")
	for i := range plan.Organizations {
		for _, s := range plan.Organizations[i].Steps {
			if !slices.Contains(e.open, s.Address) {
				wrong = append(wrong, fmt.Sprintf("still planned: %s %s", s.Op, s.Address))
			}
		}
		for _, h := range plan.Organizations[i].Held {
			if !slices.Contains(e.open, h.Address) {
				wrong = append(wrong, fmt.Sprintf("held: %s %s", h.Op, h.Address))
			}
		}
	}
	if plan.Exit.Code != e.rest {
		wrong = append(wrong, fmt.Sprintf("the last plan ends with %v: %v", plan.Exit, plan.Problems))
	}
	return slices.Concat(wrong, e.differences(), doubles(everythingKeys, e.world, e.ours()), e.unheardOf())
}

// business are the operations that makesync has any business with.
var business = regexp.MustCompile("^(GET /organizations|POST /organizations|(GET|PATCH|DELETE) /organizations/{organizationId}" +
	"|(GET|POST) /organizations/{organizationId}/variables|(PATCH|DELETE) /organizations/{organizationId}/variables/{variableName}" +
	"|(GET|PATCH) /organizations/{organizationId}/feature-controls|PATCH /organizations/{organizationId}/tfa-enforcement" +
	"|POST /organizations/{organizationId}/invite|GET /organizations/{organizationId}/user-organization-roles(/{userId})?" +
	"|POST /organizations/{organizationId}/user-organization-roles/transfer|POST /users/{userId}/user-organization-roles/{organizationId}" +
	"|GET /users/{userId}/user-organization-roles|GET /users|GET /users/roles|GET /users/by-permission|GET /users/me|GET /users/me/current-authorization|GET /teams|GET /enums/[a-z-]+)$")

// unheardOf are operations that makesync should never call, above all those that are about money.
func (e *everything) unheardOf() (wrong []string) {
	for operation := range e.world.Calls() {
		if !business.MatchString(operation) {
			wrong = append(wrong, "called "+operation)
		}
	}
	return wrong
}

// differences are where the zone is not as it should be in the end.
func (e *everything) differences() []string {
	return factsOf(e.world, e.began.Add(time.Minute)).differences(e.end)
}

// stepsOf is a report in a few words.
func stepsOf(r *report.Report) string {
	var lines []string
	for _, s := range r.Steps {
		if s.Outcome != report.Succeeded {
			lines = append(lines, fmt.Sprintf("%s %s %s %s", s.Outcome, s.Op, s.Address, s.Reason))
		}
	}
	slices.Sort(lines)
	return fmt.Sprintf("%v, %d succeeded\n%s", r.Exit, r.Succeeded, strings.Join(lines, "\n"))
}
