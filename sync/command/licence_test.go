package command_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"makesync/sync/plan"
	"makesync/sync/sandbox"
)

// licenceSeed is a zone with one organization of a plan of Make.
const licenceSeed = `{"version": 1, "switches": %s,
  "users": [{"email": "owner@acme.example", "name": "Olga", "token": "00000000-0000-4000-8000-000000000001", "twoFactor": true},
            {"email": "ann@acme.example", "name": "Ann"}, {"email": "bob@acme.example", "name": "Bob"}],
  "zones": [{"name": "eu1", "region": {"id": 1, "name": "EU"}, "controls": [{"id": 7, "name": "Make AI Tools"}, {"id": 8, "name": "MCP"}],
    "organizations": [{"id": 11, "name": "Acme", "plan": %q, "country": "CZ", "timezone": "Europe/Prague", "members": [
      {"email": "owner@acme.example", "role": "Owner"}, {"email": "ann@acme.example", "role": "Admin"},
      {"email": "bob@acme.example", "role": "Member"}]}]}]}`

// licenceDocument wants a change of every kind that an organization may have.
const licenceDocument = `apiVersion: makesync/v1
zone: eu1
guards: {maxInvites: 20}
organizations:
  acme:
    id: 11
    name: Acme Automation
    country: DE
    timezone: Europe/Berlin
    tfaEnforced: true
    featureControls: {Make AI Tools: true, MCP: true}
    variables: {A: a, B: 2, C: true, D: d}
    members:
      ann@acme.example: Member
      bob@acme.example: {state: absent}
      carl@acme.example: {role: Member, invite: {name: Carl}}
      dana@acme.example: {role: Admin, invite: {name: Dana}}
`

func newLicenceStage(t *testing.T, planName, switches string) *stage {
	t.Helper()
	dir := memoryDir(t)
	for name, text := range map[string]string{"seed.json": fmt.Sprintf(licenceSeed, switches, planName), "makesync.yaml": licenceDocument} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	world, err := sandbox.Open(sandbox.Options{Seed: filepath.Join(dir, "seed.json")})
	if err != nil {
		t.Fatal(err)
	}
	return newStage(t, world, filepath.Join(dir, "makesync.yaml"))
}

// sentWrites counts the requests that write, also those that were refused.
func (s *stage) sentWrites() (n int) {
	for operation, calls := range s.world.Calls() {
		if !strings.HasPrefix(operation, "GET ") {
			n += calls
		}
	}
	return n
}

// licencePlans are the plans of Make that the sandbox knows, and licenceAnswers what zones may answer.
var (
	licencePlans   = []string{"Free", "Core", "Pro", "Teams", "Enterprise"}
	licenceAnswers = []string{`{}`, `{"tfa-plan": "IM027"}`, `{"tfa-feature": "off"}`, `{"free-plan": "allow"}`}
)

// TestEveryPlanOfMakeConverges: after an apply a plan has no step, whatever the organization's plan of Make does not
// offer, and what is refused is sent once.
func TestEveryPlanOfMakeConverges(t *testing.T) {
	t.Parallel()
	for _, name := range licencePlans {
		for _, answers := range licenceAnswers {
			synctest.Test(t, func(t *testing.T) {
				s := newLicenceStage(t, name, answers)
				first := s.apply()
				if first.Exit.Code != 0 || first.Failed+first.Unknown > 0 {
					t.Errorf("%s %s: %v %s", name, answers, first.Exit, stepsOf(first))
				}
				before := s.sentWrites()
				checkAtRest(t, name+" "+answers, s.plan("--exit-code"))
				if again := s.apply(); again.Planned > 0 || s.sentWrites() != before {
					t.Errorf("%s %s: the second night plans %d and sends %d", name, answers, again.Planned, s.sentWrites()-before)
				}
			})
		}
	}
}

// checkAtRest: nothing is planned, and what waits for the licence says so.
func checkAtRest(t *testing.T, what string, p *plan.Plan) {
	t.Helper()
	if p.Exit.Code != 0 {
		t.Errorf("%s: the plan ends with %v", what, p.Exit)
	}
	for _, o := range p.Organizations {
		for _, step := range o.Steps {
			t.Errorf("%s: still planned: %s %s", what, step.Op, step.Address)
		}
		for _, w := range o.Waiting {
			if !strings.HasPrefix(w.Reason, "licence: ") && !strings.Contains(w.Reason, "has been invited") {
				t.Errorf("%s: %s waits: %s", what, w.Address, w.Reason)
			}
		}
	}
}

// TestRefusalsEndWithTheLicence: what was refused is tried again, once, when the organization has another plan of Make, and
// after seven days.
func TestRefusalsEndWithTheLicence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLicenceStage(t, "Core", `{}`)
		s.apply()
		if err := s.world.Alter(func(w *sandbox.State) { w.Zones[0].Organizations[0].Plan = "Teams" }); err != nil {
			t.Fatal(err)
		}
		if r := s.apply(); r.Planned == 0 {
			t.Error("the new plan of Make is not tried")
		}
		if r := s.apply(); r.Planned > 0 {
			t.Errorf("%s is tried again under the same plan", stepsOf(r))
		}
		time.Sleep(7*24*time.Hour + time.Minute)
		if r := s.apply(); r.Skipped != 1 || r.Failed > 0 { // and the invitations have expired
			t.Errorf("after seven days: %s", stepsOf(r))
		}
		if err := s.world.Alter(func(w *sandbox.State) { w.Zones[0].Organizations[0].Plan = "Enterprise" }); err != nil {
			t.Fatal(err)
		}
		if r := s.apply(); r.Succeeded != r.Planned || r.Planned == 0 {
			t.Errorf("under Enterprise: %s", stepsOf(r))
		}
	})
}

// TestWithoutStateOneWriteForEachKind: a machine that keeps no state tries once for each kind and night, and says so.
func TestWithoutStateOneWriteForEachKind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLicenceStage(t, "Free", `{}`)
		for night := range 2 {
			s.home = memoryDir(t)
			before := s.sentWrites()
			r := s.apply()
			if sent := s.sentWrites() - before; sent > 3 || r.Exit.Code != 0 || r.Failed > 0 {
				t.Errorf("night %d: %d writes, %v: %s", night, sent, r.Exit, stepsOf(r))
			}
			if len(r.Problems) == 0 || !strings.Contains(r.Problems[0].Hint, "without that folder every run tries again, once for each kind") {
				t.Errorf("night %d: %+v", night, r.Problems)
			}
		}
	})
}
