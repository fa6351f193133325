package sync

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"makesync/spec"
)

// makePlan plans and fails the test on an error.
func makePlan(t interface {
	Helper()
	Fatalf(string, ...any)
}, r Request) *Plan {
	t.Helper()
	p, err := MakePlan(context.Background(), r)
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	return p
}

// lines is a plan in short form: one line per step, waiting, held, problem.
func lines(p *Plan) []string {
	var out []string
	for _, o := range p.Organizations {
		for _, s := range o.Steps {
			line := fmt.Sprintf("%d %s %s %s", s.N, s.Op, s.Address, s.Risk)
			for _, f := range s.Fields {
				line += fmt.Sprintf(" %s:%s→%s", f.Path, f.From, f.To)
			}
			if len(s.After) > 0 {
				line += fmt.Sprint(" after ", s.After)
			}
			out = append(out, line)
		}
		for _, w := range o.Waiting {
			out = append(out, fmt.Sprintf("waiting %s: %s", w.Address, w.Reason))
		}
		for _, h := range o.Held {
			out = append(out, fmt.Sprintf("held %s %s by %s: %s", h.Op, h.Address, h.Guard, h.Allow))
		}
		for _, k := range o.NotRead {
			out = append(out, fmt.Sprintf("not read %s/%s", o.Key, k))
		}
	}
	for _, q := range p.Problems {
		out = append(out, fmt.Sprintf("%s %s: %s", q.Severity, q.Rule, q.Message))
	}
	return out
}

func wantLines(t *testing.T, p *Plan, want ...string) {
	t.Helper()
	if got := strings.Join(lines(p), "\n"); got != strings.Join(want, "\n") {
		t.Errorf("plan:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

// desired is an organization of the documents.
func desired(key, name string, change ...func(*spec.Organization)) spec.Organization {
	o := spec.Organization{Key: key, Name: name}
	for _, c := range change {
		c(&o)
	}
	return o
}

func textVariable(name, value string) spec.Variable {
	return spec.Variable{Name: name, Type: spec.TypeString, Value: spec.Plain(value)}
}

func members(people ...spec.Member) func(*spec.Organization) {
	return func(o *spec.Organization) { o.Members = append([]spec.Member{}, people...) }
}

func variables(vars ...spec.Variable) func(*spec.Organization) {
	return func(o *spec.Organization) { o.Variables = append([]spec.Variable{}, vars...) }
}

func purge(kinds ...spec.Kind) func(*spec.Organization) {
	return func(o *spec.Organization) { o.Purge = kinds }
}

func acme() *Live { return liveOrganization(11, "Acme") }

func TestPlanOfEveryKind(t *testing.T) {
	t.Parallel()
	live := acme()
	variable(live, "A", spec.TypeNumber, "5")
	variable(live, "API_TOKEN", spec.TypeString, "old-secret")
	variable(live, "GONE", spec.TypeString, "x")
	person(live, 2, "jane@acme.example", 13, "")
	person(live, 3, "bob@acme.example", 12, "")
	person(live, 4, "leaver@acme.example", 13, "")
	zone := newFakeZone(live)
	on := true
	want := desired("acme", "Acme",
		variables(
			spec.Variable{Name: "A", Type: spec.TypeNumber, Value: spec.Plain("7")},
			spec.Variable{Name: "API_TOKEN", Type: spec.TypeString, Value: spec.Sensitive("new-secret"), Reference: "${env:T}"},
			spec.Variable{Name: "GONE", State: spec.Absent}, textVariable("NEW", "n")),
		members(
			spec.Member{Email: "bob@acme.example", Role: "member"}, spec.Member{Email: "jane@acme.example", Role: "Admin"},
			spec.Member{Email: "leaver@acme.example", State: spec.Absent},
			spec.Member{Email: "zoe@acme.example", Role: "13", Invite: &spec.Invite{Name: "Zoe", Teams: []string{"ops"}}}),
		func(o *spec.Organization) {
			o.Timezone, o.TFAEnforced, o.Owner = "Europe/Berlin", &on, "jane@acme.example"
			o.FeatureControls = []spec.FeatureControl{{Name: "make ai tools"}}
		})
	p := makePlan(t, request(zone, want))
	wantLines(t, p,
		"1 update acme none timezone:Europe/Prague→Europe/Berlin",
		"2 update acme/featureControl/make ai tools caution enabled:true→false",
		"3 create acme/variable/NEW none type:→string value:→n",
		"4 update acme/variable/A none value:5→7",
		"5 update acme/variable/API_TOKEN none value:(sensitive)→(sensitive)",
		"6 delete acme/variable/GONE destructive type:string→ value:x→",
		"7 invite acme/member/zoe@acme.example caution name:→Zoe role:→Member teams:→ops",
		"8 update acme/member/jane@acme.example caution role:Member→Admin",
		"9 update acme/member/bob@acme.example caution role:Admin→Member after [8]",
		"10 delete acme/member/leaver@acme.example destructive role:Member→",
		"11 update acme/tfa caution tfaEnforced:false→true",
		"12 transfer acme/owner irreversible owner:ops@acme.example→jane@acme.example after [8]",
	)
	if got := fmt.Sprint(p.Summary); got != "{1 7 2 1 1 0 0 0}" {
		t.Errorf("summary %s", got)
	}
	if p.Calls.Write != 12 || p.Exit != ExitOK {
		t.Errorf("writes %d, exit %v", p.Calls.Write, p.Exit)
	}
}

func TestPlanReadsOnlyWhatIsDeclared(t *testing.T) {
	t.Parallel()
	zone := newFakeZone(acme(), liveOrganization(12, "Other"))
	makePlan(t, request(zone, desired("acme", "Acme", variables(textVariable("A", "a")))))
	want := map[string]int{"me": 1, "organizations": 1, "variable 11": 1}
	if fmt.Sprint(zone.calls) != fmt.Sprint(want) {
		t.Errorf("calls %v, want %v", zone.calls, want)
	}
}

func TestOneOrganizationFailingLeavesTheOthers(t *testing.T) {
	t.Parallel()
	zone := newFakeZone(acme(), liveOrganization(12, "Beta"))
	zone.fail = func(call string) error {
		if call == "variable 11" {
			return &CallError{Doing: "read variables of acme", Status: 500, Code: "X", Message: "broken", Class: ClassServer}
		}
		return nil
	}
	p := makePlan(t, request(zone, desired("acme", "Acme", variables(textVariable("A", "a"))), desired("beta", "Beta", variables(textVariable("A", "a")))))
	wantLines(t, p, "not read acme/variable", "1 create beta/variable/A none type:→string value:→a",
		"warning not-read: could not read variable of acme: read variables of acme: HTTP 500 X broken")
	if p.Exit != ExitPartlyVisible || p.Problems[0].Error.Status != 500 {
		t.Errorf("exit %v, error %v", p.Exit, p.Problems[0].Error)
	}
}

func TestZoneFailures(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		class Class
		exit  Exit
	}{
		{ClassRefused, ExitRefused}, {ClassForbidden, ExitRefused}, {ClassUnreachable, ExitUnreachable},
		{ClassRateLimit, ExitUnreachable}, {ClassServer, ExitUnreachable}, {ClassCancelled, ExitPartlyVisible},
	} {
		zone := newFakeZone(acme())
		zone.fail = func(string) error { return &CallError{Doing: "read", Class: row.class, Message: "no"} }
		p := makePlan(t, request(zone, desired("acme", "Acme", variables())))
		if p.Exit != row.exit {
			t.Errorf("%s: exit %v, want %v", row.class, p.Exit, row.exit)
		}
	}
}

func TestOneZoneDownLeavesTheOther(t *testing.T) {
	t.Parallel()
	up, down := newFakeZone(acme()), newFakeZone()
	down.fail = func(string) error { return &CallError{Doing: "read", Class: ClassUnreachable, Message: "down"} }
	r := request(up, desired("acme", "Acme", variables(textVariable("A", "a"))), desired("beta", "Beta"))
	r.Desired.Organizations[1].Zone = "us1"
	r.Zones["us1"] = ZonePort{Endpoint: spec.Endpoint{Name: "us1", Hosts: []string{"us1.make.com"}}, Reader: down}
	p := makePlan(t, r)
	if p.Exit != ExitPartlyVisible || p.Summary.Create != 1 {
		t.Errorf("exit %v, summary %v", p.Exit, p.Summary)
	}
}

func TestTimeIsUp(t *testing.T) {
	t.Parallel()
	zone := newFakeZone(acme())
	ctx, cancel := context.WithCancelCause(context.Background())
	zone.fail = func(call string) error {
		if call == "organizations" {
			cancel(ErrOutOfTime)
		}
		return nil
	}
	p, err := MakePlan(ctx, request(zone, desired("acme", "Acme", variables(textVariable("A", "a")))))
	if err != nil || p.Exit != ExitPartlyVisible {
		t.Fatalf("plan %v, error %v", p, err)
	}
	cancelled, halt := context.WithCancelCause(context.Background())
	halt(ErrInterrupted)
	if _, err := MakePlan(cancelled, request(newFakeZone(acme()), desired("acme", "Acme"))); err != ErrInterrupted {
		t.Errorf("interrupted: error %v", err)
	}
}

func TestPlanIsTheSameAtAnyConcurrency(t *testing.T) {
	t.Parallel()
	digests := map[string]bool{}
	for _, concurrency := range []int{1, 2, 8, 64} {
		zone := newFakeZone()
		var orgs []spec.Organization
		for i := range 20 {
			zone.orgs = append(zone.orgs, liveOrganization(int64(i+1), fmt.Sprint("Org ", i)))
			orgs = append(orgs, desired(fmt.Sprintf("org-%02d", i), fmt.Sprint("Org ", i), variables(textVariable("A", fmt.Sprint(i))), members(spec.Member{Email: "no@x.example", Role: "Boss"})))
		}
		r := request(zone, orgs...)
		r.Concurrency = concurrency
		p := makePlan(t, r)
		digests[hashJSON(p)] = true
	}
	if len(digests) != 1 {
		t.Errorf("%d different plans", len(digests))
	}
}

// request plans documents against the zone, which is eu1.
func request(z *fakeZone, orgs ...spec.Organization) Request {
	for i := range orgs {
		orgs[i].Zone = "eu1"
	}
	return Request{
		Desired:     &spec.Desired{Guards: spec.DefaultGuards(), Organizations: orgs},
		Zones:       map[string]ZonePort{"eu1": {Endpoint: spec.Endpoint{Name: "eu1", URL: "https://" + fakeHost, Hosts: []string{fakeHost}}, Reader: z}},
		Concurrency: 4,
	}
}
