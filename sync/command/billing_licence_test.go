package command_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"makesync/spec"
	"makesync/sync/report"
	"makesync/sync/sandbox"
)

// boughtSeed is an organization that pays for Core and shows no feature control, in a zone that sells Enterprise.
const boughtSeed = `{"version": 1,
  "users": [{"email": "owner@acme.example", "name": "Olga", "token": "00000000-0000-4000-8000-000000000001", "twoFactor": true},
            {"email": "ann@acme.example", "name": "Ann"}],
  "zones": [{"name": "eu1", "region": {"id": 1, "name": "EU"}, "controls": [{"id": 7, "name": "Make AI Tools"}, {"id": 8, "name": "MCP"}],
    "prices": [{"id": 21, "product": "Core", "operations": 10000, "amount": "10.59"}, {"id": 31, "product": "Pro", "operations": 10000, "amount": "18.82"},
      {"id": 51, "product": "Enterprise", "operations": 10000, "amount": "500.00"}],
    "organizations": [{"id": 11, "name": "Acme", "plan": "Core", "country": "CZ", "timezone": "Europe/Prague", "featureControls": {},
      "members": [{"email": "owner@acme.example", "role": "Owner"}, {"email": "ann@acme.example", "role": "Admin"}]}]}]}`

const boughtDocument = `apiVersion: makesync/v1
zone: eu1
organizations:
  acme:
    id: 11
    name: Acme
    country: DE
    tfaEnforced: true
    featureControls: {Make AI Tools: true, MCP: false}
    variables: {A: a, B: 2}
    members:
      ann@acme.example: Member
      carl@acme.example: {role: Member, invite: {name: Carl}}
`

// comesWithEnterprise is what no plan below offers here, besides what it should not.
var comesWithEnterprise = []spec.Address{"acme", "acme/featureControl/MCP", "acme/featureControl/Make AI Tools", "acme/member/carl@acme.example",
	"acme/tfa", "acme/variable/A", "acme/variable/B"}

// newBoughtStage is one whose first night met what Core refuses: TFA, and, as a zone might, the country and invitations.
func newBoughtStage(t *testing.T) *stage {
	t.Helper()
	dir := memoryDir(t)
	for name, text := range map[string]string{"seed.json": boughtSeed, "makesync.yaml": boughtDocument} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	world, err := sandbox.Open(sandbox.Options{Seed: filepath.Join(dir, "seed.json")})
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t, world, filepath.Join(dir, "makesync.yaml"))
	s.fault("op=PATCH /organizations/{organizationId},nth=1,kind=status,status=402")
	s.fault("op=POST /organizations/{organizationId}/invite,nth=1,kind=status,status=402")
	s.apply()
	if err := world.ClearFaults(); err != nil {
		t.Fatal(err)
	}
	if waiting := s.plan().Organizations[0].Waiting; len(waiting) != 6 { // a control that is off is where it should be
		t.Fatalf("%d things wait: %+v", len(waiting), waiting)
	}
	return s
}

// buys adds a subscription to the documents.
func (s *stage) buys(plan string) {
	s.Helper()
	text := strings.Replace(boughtDocument, "    name: Acme\n", "    name: Acme\n    subscription: {plan: "+plan+"}\n", 1)
	if err := os.WriteFile(s.documents, []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
}

// applySaved saves a plan under rules and applies it.
func (s *stage) applySaved(rules ...string) *report.Report {
	s.Helper()
	file := filepath.Join(s.home, "bought.json")
	if code, out, errs := s.run(s.on("plan", append([]string{"-o", file}, allowed(rules...)...)...)...); code != 0 {
		s.Fatalf("plan: exit %d\n%s%s", code, out, errs)
	}
	return s.apply(file)
}

// TestPurchaseBringsItsLicence: what waited for another plan goes on in the run that buys it, whatever kind it is; once, and
// the next plan has no step.
func TestPurchaseBringsItsLicence(t *testing.T) {
	t.Parallel()
	for _, lag := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := newBoughtStage(t)
			s.buys("Enterprise")
			if lag {
				s.tamper = showsOldLicence(8 * time.Second)
			}
			r := s.applySaved("update:subscription<=500USD@acme", "enforce:tfa@acme")
			if r.Exit.Code != 0 || r.Failed+r.Unknown > 0 {
				t.Fatalf("lag %v: %+v", lag, stepsOf(r))
			}
			var done []spec.Address
			for _, step := range r.Steps[1:] {
				if step.Outcome == report.Succeeded || step.Reason.Code == report.ReasonAlreadyDone {
					done = append(done, step.Address)
				}
			}
			slices.Sort(done)
			if r.Steps[0].Address != "acme/subscription" || !slices.Equal(done, comesWithEnterprise) {
				t.Errorf("lag %v: done: %v, want %v\n%+v", lag, done, comesWithEnterprise, stepsOf(r))
			}
			s.tamper = nil
			checkAtRest(t, fmt.Sprint("lag ", lag), s.plan("--exit-code"))
			if audit := s.world.Audit(); audit.Charges != 1 {
				t.Errorf("%d charges", audit.Charges)
			}
		})
	}
}

// TestWithoutPurchaseNothingChanges: where the purchase is held, or buys a plan that does not offer it either, everything
// waits for its licence as before.
func TestWithoutPurchaseNothingChanges(t *testing.T) {
	t.Parallel()
	for buys, planned := range map[string]int{"Enterprise": 0, "Pro": len(comesWithEnterprise)} { // with the purchase, without TFA
		synctest.Test(t, func(t *testing.T) {
			s := newBoughtStage(t)
			s.buys(buys)
			var rules []string
			if buys == "Pro" {
				rules = []string{"update:subscription<=18.82USD@acme"}
			}
			before := s.sentWrites()
			r := s.applySaved(append(rules, "enforce:tfa@acme")...)
			if r.Planned != planned || r.Succeeded+r.Skipped != planned || planned == 0 && s.sentWrites() > before {
				t.Errorf("%s: %d planned, want %d; %d writes: %+v", buys, r.Planned, planned, s.sentWrites()-before, stepsOf(r))
			}
			waits := 0
			for _, w := range s.plan().Organizations[0].Waiting {
				if strings.HasPrefix(w.Reason, "licence: ") {
					waits++
				}
			}
			if planned == 0 && waits != 6 {
				t.Errorf("%d things wait: %+v", waits, s.plan().Organizations[0].Waiting)
			}
		})
	}
}

// TestPurchaseThatFails: nothing that waits for it is written, and the next night buys nothing by itself.
func TestPurchaseThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newBoughtStage(t)
		s.buys("Enterprise")
		s.fault("op=PATCH /organizations/{organizationId}/subscription,nth=1,kind=status,status=402")
		before := s.sentWrites()
		r := s.applySaved("update:subscription<=500USD@acme", "enforce:tfa@acme")
		if r.Exit.Code != 4 || r.Failed != 1 || r.Skipped != len(comesWithEnterprise) || s.sentWrites() != before+1 {
			t.Errorf("%v, %d failed, %d skipped, %d writes: %+v", r.Exit, r.Failed, r.Skipped, s.sentWrites()-before, stepsOf(r))
		}
	})
}

// showsOldLicence is a zone that is behind: for a while its replies lack what the new plan offers.
func showsOldLicence(lag time.Duration) wrongClient {
	var since time.Time
	return hearsJSON("GET /organizations/11", func(_ *http.Request, body map[string]any) {
		organization, _ := body["organization"].(map[string]any)
		licence, _ := organization["license"].(map[string]any)
		if _, bought := licence["customVariables"]; bought && since.IsZero() {
			since = time.Now()
		}
		if time.Since(since) < lag {
			delete(licence, "customVariables")
		}
	})
}
