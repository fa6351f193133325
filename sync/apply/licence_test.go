package apply

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/report"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// What the organization's plan of Make refuses is sent once in a run, however many steps need the same; what needs
// something else is still tried.
func TestARefusalByLicenceIsSentOnce(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	zonetest.Person(live, 2, "jane@acme.example", 13, "")
	z := newWrittenZone(live)
	want := zonetest.Desired("acme", "Acme", func(o *spec.Organization) {
		for i := range 8 {
			o.Variables = append(o.Variables, zonetest.TextVariable(fmt.Sprint("V", i), "v"))
			o.Members = append(o.Members, spec.Member{Email: fmt.Sprint("m", i, "@acme.example"), Role: "Member", Invite: &spec.Invite{Name: "M"}})
		}
		o.Members = append(o.Members, spec.Member{Email: "jane@acme.example", Role: "Admin"})
	})
	r := plantest.Request(z.Zone, want)
	r.Desired.Guards.MaxInvites = 20
	sent := map[plan.Verb]int{}
	z.fault = func(_ int, w plan.Write) *lost {
		sent[w.Verb]++
		return &lost{false, &state.CallError{Status: 402, Code: "SC402", Message: "upgrade", Certainty: state.NotHappened, Class: exit.ClassLicence}}
	}
	p := plantest.Make(t, r)
	report := Run(context.Background(), p, z.options())
	wantSum(t, p, report)
	if fmt.Sprint(sent) != "map[createVariable:1 inviteMember:1 setRole:1]" {
		t.Errorf("sent %v", sent)
	}
	if report.Planned != 17 || report.Skipped != 17 || report.Exit != exit.OK {
		t.Errorf("exit %v\n%s", report.Exit, outcomes(report))
	}
	if got := outcomes(report); !strings.Contains(got, "create acme/variable/V7: skipped (licence: the organization's plan has refused the same to step 1 (acme/variable/V0))") {
		t.Errorf("%s", got)
	}
}

// TestOnlyTheZoneSaysThatTFAIsUnavailable: 400 is a matter of licence with the published code alone; a gateway's, or
// another code, is a failure.
func TestOnlyTheZoneSaysThatTFAIsUnavailable(t *testing.T) {
	t.Parallel()
	for code, skipped := range map[string]bool{"SC400": true, "": false, "IM005": false} {
		z, r := world()
		p := plantest.Make(t, r)
		z.fault = func(_ int, w plan.Write) *lost {
			if w.Verb != plan.EnforceTFA {
				return nil
			}
			return &lost{false, &state.CallError{Status: 400, Code: code, Certainty: state.NotHappened, Class: exit.ClassInvalid}}
		}
		rs := Run(context.Background(), p, z.options())
		seen := false
		for i := range rs.Steps {
			if s := &rs.Steps[i]; s.Kind == spec.KindTFA {
				seen = true
				if s.SkippedForLicence() != skipped || !skipped && s.Outcome != report.Failed {
					t.Errorf("400 %q: %s %s", code, s.Outcome, s.Reason)
				}
			}
		}
		if !seen {
			t.Fatal("no step enforces it")
		}
	}
}
