package planner_test

import (
	"context"
	"fmt"
	"testing"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

func TestPlanOfEveryKind(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	zonetest.Variable(live, "A", spec.TypeNumber, "5")
	zonetest.Variable(live, "API_TOKEN", spec.TypeString, "old-secret")
	zonetest.Variable(live, "GONE", spec.TypeString, "x")
	zonetest.Person(live, 2, "jane@acme.example", 13, "")
	zonetest.Person(live, 3, "bob@acme.example", 12, "")
	zonetest.Person(live, 4, "leaver@acme.example", 13, "")
	zone := zonetest.New(live)
	on := true
	want := zonetest.Desired("acme", "Acme",
		zonetest.Variables(
			spec.Variable{Name: "A", Type: spec.TypeNumber, Value: spec.Plain("7")},
			spec.Variable{Name: "API_TOKEN", Type: spec.TypeString, Value: spec.Sensitive("new-secret"), Reference: "${env:T}"},
			spec.Variable{Name: "GONE", State: spec.Absent}, zonetest.TextVariable("NEW", "n")),
		zonetest.Members(
			spec.Member{Email: "bob@acme.example", Role: "member"}, spec.Member{Email: "jane@acme.example", Role: "Admin"},
			spec.Member{Email: "leaver@acme.example", State: spec.Absent},
			spec.Member{Email: "zoe@acme.example", Role: "13", Invite: &spec.Invite{Name: "Zoe", Teams: []string{"ops"}}}),
		func(o *spec.Organization) {
			o.Timezone, o.TFAEnforced, o.Owner = "Europe/Berlin", &on, "jane@acme.example"
			o.FeatureControls = []spec.FeatureControl{{Name: "make ai tools"}}
		})
	p := plantest.Make(t, plantest.Request(zone, want))
	plantest.WantLines(t, p,
		"1 update acme none timezone:Europe/Prague→Europe/Berlin",
		"2 update acme/featureControl/Make AI Tools caution enabled:true→false",
		"3 create acme/variable/NEW none type:→string value:→n",
		"4 update acme/variable/A none value:5→7",
		"5 update acme/variable/API_TOKEN none value:(sensitive)→(sensitive)",
		"6 delete acme/variable/GONE destructive type:string→ value:x→",
		"7 invite acme/member/zoe@acme.example caution name:→Zoe role:→Member teams:→Ops",
		"8 update acme/member/jane@acme.example caution role:Member→Admin",
		"9 update acme/member/bob@acme.example caution role:Admin→Member after [8]",
		"10 delete acme/member/leaver@acme.example destructive role:Member→",
		"11 update acme/tfa caution tfaEnforced:false→true",
		"12 transfer acme/owner irreversible owner:ops@acme.example→jane@acme.example after [8]",
	)
	if got := fmt.Sprint(p.Summary); got != "{1 7 2 1 1 0 0 0 0 {0 0 0 0}}" {
		t.Errorf("summary %s", got)
	}
	if p.Calls.Write != 12 || p.Exit != exit.OK {
		t.Errorf("writes %d, exit %v", p.Calls.Write, p.Exit)
	}
}

func TestPlanReadsOnlyWhatIsDeclared(t *testing.T) {
	t.Parallel()
	zone := zonetest.New(zonetest.Acme(), zonetest.Organization(12, "Other"))
	plantest.Make(t, plantest.Request(zone, zonetest.Desired("acme", "Acme", zonetest.Variables(zonetest.TextVariable("A", "a")))))
	want := map[string]int{"me": 1, "organizations": 1, "variable 11": 1}
	if fmt.Sprint(zone.Calls) != fmt.Sprint(want) {
		t.Errorf("calls %v, want %v", zone.Calls, want)
	}
}

func TestOneOrganizationFailingLeavesTheOthers(t *testing.T) {
	t.Parallel()
	zone := zonetest.New(zonetest.Acme(), zonetest.Organization(12, "Beta"))
	zone.Fail = func(call string) error {
		if call == "variable 11" {
			return &state.CallError{Doing: "read variables of acme", Status: 500, Code: "X", Message: "broken", Class: exit.ClassServer}
		}
		return nil
	}
	p := plantest.Make(t, plantest.Request(zone, zonetest.Desired("acme", "Acme", zonetest.Variables(zonetest.TextVariable("A", "a"))), zonetest.Desired("beta", "Beta", zonetest.Variables(zonetest.TextVariable("A", "a")))))
	plantest.WantLines(t, p, "not read acme/variable", "1 create beta/variable/A none type:→string value:→a",
		"warning not-read: could not read variable of acme: read variables of acme: HTTP 500 X broken")
	if p.Exit != exit.PartlyVisible || p.Problems[0].Error.Status != 500 {
		t.Errorf("exit %v, error %v", p.Exit, p.Problems[0].Error)
	}
}

func TestZoneFailures(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		class exit.Class
		exit  exit.Code
	}{
		{exit.ClassRefused, exit.Refused}, {exit.ClassForbidden, exit.Refused}, {exit.ClassUnreachable, exit.Unreachable},
		{exit.ClassRateLimit, exit.Unreachable}, {exit.ClassServer, exit.Unreachable}, {exit.ClassCancelled, exit.PartlyVisible},
	} {
		zone := zonetest.New(zonetest.Acme())
		zone.Fail = func(string) error { return &state.CallError{Doing: "read", Class: row.class, Message: "no"} }
		p := plantest.Make(t, plantest.Request(zone, zonetest.Desired("acme", "Acme", zonetest.Variables())))
		if p.Exit != row.exit {
			t.Errorf("%s: exit %v, want %v", row.class, p.Exit, row.exit)
		}
	}
}

func TestOneZoneDownLeavesTheOther(t *testing.T) {
	t.Parallel()
	up, down := zonetest.New(zonetest.Acme()), zonetest.New()
	down.Fail = func(string) error {
		return &state.CallError{Doing: "read", Class: exit.ClassUnreachable, Message: "down"}
	}
	r := plantest.Request(up, zonetest.Desired("acme", "Acme", zonetest.Variables(zonetest.TextVariable("A", "a"))), zonetest.Desired("beta", "Beta"))
	r.Desired.Organizations[1].Zone = "us1"
	r.Zones["us1"] = state.Port{Endpoint: spec.Endpoint{Name: "us1", Hosts: []string{"us1.make.com"}}, Reader: down}
	p := plantest.Make(t, r)
	if p.Exit != exit.PartlyVisible || p.Summary.Create != 1 {
		t.Errorf("exit %v, summary %v", p.Exit, p.Summary)
	}
}

func TestTimeIsUp(t *testing.T) {
	t.Parallel()
	zone := zonetest.New(zonetest.Acme())
	ctx, cancel := context.WithCancelCause(context.Background())
	zone.Fail = func(call string) error {
		if call == "organizations" {
			cancel(exit.ErrOutOfTime)
		}
		return nil
	}
	p, err := planner.Make(ctx, plantest.Request(zone, zonetest.Desired("acme", "Acme", zonetest.Variables(zonetest.TextVariable("A", "a")))))
	if err != nil || p.Exit != exit.PartlyVisible {
		t.Fatalf("plan %v, error %v", p, err)
	}
	cancelled, halt := context.WithCancelCause(context.Background())
	halt(exit.ErrInterrupted)
	if _, err := planner.Make(cancelled, plantest.Request(zonetest.New(zonetest.Acme()), zonetest.Desired("acme", "Acme"))); err != exit.ErrInterrupted {
		t.Errorf("interrupted: error %v", err)
	}
}

func TestPlanIsTheSameAtAnyConcurrency(t *testing.T) {
	t.Parallel()
	digests := map[string]bool{}
	for _, concurrency := range []int{1, 2, 8, 64} {
		zone := zonetest.New()
		var orgs []spec.Organization
		for i := range 20 {
			zone.Orgs = append(zone.Orgs, zonetest.Organization(int64(i+1), fmt.Sprint("Org ", i)))
			orgs = append(orgs, zonetest.Desired(fmt.Sprintf("org-%02d", i), fmt.Sprint("Org ", i), zonetest.Variables(zonetest.TextVariable("A", fmt.Sprint(i))), zonetest.Members(spec.Member{Email: "no@x.example", Role: "Boss"})))
		}
		r := plantest.Request(zone, orgs...)
		r.Concurrency = concurrency
		p := plantest.Make(t, r)
		digests[spec.HashJSON(p)] = true
	}
	if len(digests) != 1 {
		t.Errorf("%d different plans", len(digests))
	}
}

// A change of the rules is a change, though no step is, and counts in neither digest nor summary.
func TestRulesAloneAreAChange(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	r := plantest.Request(zonetest.New(live), zonetest.Desired("acme", "Acme"))
	r.ExitCode, r.Desired.Settings = true, []spec.Setting{{Path: "guards.maxInvites", Value: "9"}}
	before := plantest.Make(t, r)
	r.Rules = []spec.RuleChange{{Path: "guards.maxInvites", From: "5", To: "9", Weakens: true}}
	after := plantest.Make(t, r)
	if before.Exit != exit.OK || after.Exit != exit.Changes || after.Digest != before.Digest ||
		after.Summary != before.Summary || len(after.Rules) != 1 || after.RulesDigest == "" {
		t.Errorf("%v %v %+v", before.Exit, after.Exit, after.Rules)
	}
}
