package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/report"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// world is a zone and documents that between them need a step of every kind.
func world() (*writtenZone, planner.Request) {
	acme := zonetest.Organization(11, "Acme")
	zonetest.Variable(acme, "COUNT", spec.TypeNumber, "5")
	zonetest.Variable(acme, "OLD", spec.TypeString, "old")
	zonetest.Variable(acme, "PASSWORD", spec.TypeString, "hunter2-before")
	zonetest.Person(acme, 2, "owner@x.example", 12, "")
	zonetest.Person(acme, 3, "admin@x.example", 12, "")
	zonetest.Person(acme, 4, "rising@x.example", 13, "")
	zonetest.Person(acme, 5, "gone@x.example", 13, "")
	zonetest.Person(acme, 6, "late@x.example", 13, "expired")
	zonetest.Person(acme, 7, "unwanted@x.example", 13, "pending")
	doomed := zonetest.Organization(12, "Doomed")
	doomed.ActiveScenarios = zonetest.Ptr(2)
	z := newWrittenZone(acme, doomed)
	on := true
	password := spec.Variable{Name: "PASSWORD", Type: spec.TypeString, Value: spec.Sensitive("hunter2-after"), Reference: "${env:PASSWORD}"}
	invite := &spec.Invite{Name: "Somebody"}
	r := plantest.Request(z.Zone,
		zonetest.Desired("acme", "", zonetest.Variables(
			spec.Variable{Name: "COUNT", Type: spec.TypeNumber, Value: spec.Plain("7")}, zonetest.TextVariable("NEW", "new"),
			spec.Variable{Name: "OLD", State: spec.Absent}, password),
			zonetest.Members(
				spec.Member{Email: "admin@x.example", Role: "Member"}, spec.Member{Email: "gone@x.example", State: spec.Absent},
				spec.Member{Email: "late@x.example", Role: "Member", Invite: invite}, spec.Member{Email: "new@x.example", Role: "Member", Invite: invite},
				spec.Member{Email: "owner@x.example", Role: "Admin"}, spec.Member{Email: "rising@x.example", Role: "Admin"},
				spec.Member{Email: "unwanted@x.example", State: spec.Absent}),
			func(o *spec.Organization) {
				o.ID, o.Country, o.Owner, o.TFAEnforced = 11, "DE", "owner@x.example", &on
				o.FeatureControls = []spec.FeatureControl{{Name: "Make AI Tools"}}
			}),
		spec.Organization{Key: "doomed", ID: 12, State: spec.Absent},
		zonetest.Desired("nova", "Nova", zonetest.Variables(zonetest.TextVariable("A", "a")), zonetest.Members(spec.Member{Email: "zoe@x.example", Role: "Admin", Invite: &spec.Invite{Name: "Zoe", Teams: []string{"Ops"}}}),
			func(o *spec.Organization) {
				o.Region, o.Country, o.Timezone = "EU", "CZ", "113"
				o.FeatureControls = []spec.FeatureControl{{Name: "Make AI Tools"}}
			}))
	for _, rule := range []string{"create:organization@*", "delete:organization@*"} {
		a, _ := plan.ParseAllow(rule)
		r.Allow = append(r.Allow, a)
	}
	r.Now = planned
	r.Zones = map[string]state.Port{"eu1": z.port().Port}
	return z, r
}

// stepsOfWorld is the number of steps that the world needs, writesOfWorld that of its writes.
const (
	stepsOfWorld  = 19
	writesOfWorld = 20
)

func outcomes(r *report.Report) string {
	var lines []string
	for _, s := range r.Steps {
		if s.Outcome != report.Succeeded {
			lines = append(lines, fmt.Sprintf("%d %s %s: %s (%s)", s.N, s.Op, s.Address, s.Outcome, s.Reason))
		}
	}
	return strings.Join(lines, "\n")
}

// wantConverged plans again: nothing is left, nothing was made twice.
func wantConverged(t *testing.T, z *writtenZone, r planner.Request) {
	t.Helper()
	for _, o := range plantest.Make(t, r).Organizations {
		for _, s := range o.Steps {
			t.Errorf("left over: %s %s", s.Op, s.Address)
		}
	}
	wantNoTwins(t, z)
}

func wantNoTwins(t interface{ Errorf(string, ...any) }, z *writtenZone) {
	names := map[string]int{}
	for _, o := range z.Orgs {
		if names[o.Name]++; names[o.Name] > 1 {
			t.Errorf("there are %d organizations named %s", names[o.Name], o.Name)
		}
	}
	for who, n := range z.invited {
		if n > 1 {
			t.Errorf("%s was invited %d times", who, n)
		}
	}
}

func wantSum(t interface{ Errorf(string, ...any) }, p *plan.Plan, r *report.Report) {
	planned := 0
	for _, o := range p.Organizations {
		planned += len(o.Steps)
	}
	if r.Planned != planned || r.Planned != r.Succeeded+r.Failed+r.Skipped+r.Unknown || len(r.Steps) != planned {
		t.Errorf("planned %d, report says %d = %d + %d + %d + %d with %d steps", planned, r.Planned, r.Succeeded, r.Failed, r.Skipped, r.Unknown, len(r.Steps))
	}
}

func TestApplyEveryKind(t *testing.T) {
	t.Parallel()
	z, r := world()
	z.lag = 3
	p := plantest.Make(t, r)
	journal := &memoryJournal{}
	o := z.options()
	o.Journal = journal
	report := Run(context.Background(), p, o)
	wantSum(t, p, report)
	if report.Succeeded != stepsOfWorld || len(z.writes) != writesOfWorld || report.Exit != exit.OK {
		t.Fatalf("%d steps, %d writes, exit %v, problems %v\n%s", report.Succeeded, len(z.writes), report.Exit, report.Problems, outcomes(report))
	}
	var paste []string
	for _, s := range report.Steps {
		if s.Paste != "" {
			paste = append(paste, s.Paste)
		}
	}
	if want := fmt.Sprintf("[id: %d]", z.Orgs[len(z.Orgs)-1].ID); fmt.Sprint(paste) != want {
		t.Errorf("paste %v, want %s", paste, want)
	}
	if len(journal.story.Open()) != 0 || journal.story.Report == nil {
		t.Errorf("open intents %v", journal.story.Open())
	}
	wantConverged(t, z, r)
	told, _ := json.Marshal(journal.story)
	if strings.Contains(string(told), "hunter2") {
		t.Error("the journal holds a secret")
	}
}

// Every write in turn loses its answer, before or after it was committed.
// A write that is refused fails its step and what comes after it, and nothing else.
// Somebody else has deleted it first: the answer is 404, and the object is gone, as it should be.
// A new organization turns out to be on the Free plan.
func TestANewOrganizationWithoutTheLicence(t *testing.T) {
	t.Parallel()
	z, r := world()
	p := plantest.Make(t, r)
	z.onRead = func(call string) error {
		if strings.HasPrefix(call, "detail 1") && call != "detail 11" && call != "detail 12" {
			z.Orgs[len(z.Orgs)-1].License = state.License{"apiLimit": float64(30)}
		}
		return nil
	}
	report := Run(context.Background(), p, z.options())
	if got := outcomes(report); report.Exit != exit.OK || report.Skipped != 1 || !strings.Contains(got, "create nova/variable/A: skipped (licence:") {
		t.Errorf("exit %v %v\n%s", report.Exit, report.Problems, got)
	}
}

func TestNotConverged(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ now, want string }{
		"ignored": {"5", "not-converged: it should be type number, value 7 and is type number, value 5"},
		"changed": {"8", "not-converged: it should be type number, value 7 and is type number, value 8; somebody else changed it meanwhile"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			acme := zonetest.Organization(11, "Acme")
			zonetest.Variable(acme, "COUNT", spec.TypeNumber, "5")
			zonetest.Variable(acme, "PASSWORD", spec.TypeString, "hunter2-before")
			z := newWrittenZone(acme)
			r := plantest.Request(z.Zone, zonetest.Desired("acme", "Acme", zonetest.Variables(spec.Variable{Name: "COUNT", Type: spec.TypeNumber, Value: spec.Plain("7")},
				spec.Variable{Name: "PASSWORD", Type: spec.TypeString, Value: spec.Sensitive("hunter2-after"), Reference: "${env:P}"})))
			z.fault = func(_ int, w plan.Write) *lost { return &lost{false, nil} } // says that it is done
			p := plantest.Make(t, r)
			z.onRead = func(call string) error {
				acme.Variables = zonetest.Without(acme.Variables, func(v spec.Variable) bool { return v.Name == "COUNT" })
				zonetest.Variable(acme, "COUNT", spec.TypeNumber, c.now)
				return nil
			}
			before := z.Calls["variable 11"]
			report := Run(context.Background(), p, z.options())
			if report.Steps[0].Reason.String() != c.want || report.Failed != 2 || report.Exit != exit.Partial {
				t.Errorf("exit %v\n%s", report.Exit, outcomes(report))
			}
			if got := z.Calls["variable 11"] - before; got != 6 {
				t.Errorf("%d reads instead of one and, for both steps together, those of the seconds in which the list may be behind", got)
			}
			if strings.Contains(outcomes(report), "hunter2") {
				t.Error("a secret is told")
			}
		})
	}
}

// A direct apply reads nothing again within a minute, and everything that it touches afterwards.
func TestDirectApplyAfterAMinute(t *testing.T) {
	t.Parallel()
	for _, wait := range []time.Duration{59 * time.Second, 61 * time.Second} {
		z, r := world()
		p := plantest.Make(t, r)
		for i := range z.Orgs[0].Variables {
			if z.Orgs[0].Variables[i].Name == "COUNT" {
				z.Orgs[0].Variables[i].Value = spec.Sensitive("6")
			}
		}
		o := z.options()
		o.Fetched = planned.Add(-wait)
		report := Run(context.Background(), p, o)
		stale := strings.Contains(outcomes(report), "update acme/variable/COUNT: skipped (stale:")
		if stale != (wait > time.Minute) || stale && (report.Skipped != 1 || report.Exit != exit.Partial) {
			t.Errorf("after %v: exit %v\n%s", wait, report.Exit, outcomes(report))
		}
	}
}

// A run that takes long does not take its own writes for somebody else's.
func TestASlowRunIsNotStale(t *testing.T) {
	t.Parallel()
	z, r := world()
	p := plantest.Make(t, r)
	clock := newJumpClock()
	z.onRead = func(string) error { return clock.Sleep(context.Background(), 20*time.Second) }
	z.fault = func(int, plan.Write) *lost { _ = clock.Sleep(context.Background(), 50*time.Second); return nil }
	o := z.options()
	o.Clock = clock
	if report := Run(context.Background(), p, o); report.Succeeded != stepsOfWorld {
		t.Error(outcomes(report))
	}
	wantConverged(t, z, r)
}

func TestJournalThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for fails := 1; fails <= 12; fails++ {
		z, r := world()
		p := plantest.Make(t, r)
		o := z.options()
		o.Journal, o.Concurrency = &memoryJournal{fails: fails}, 1
		report := Run(context.Background(), p, o)
		wantSum(t, p, report)
		want := (fails - 1) / 2 // begin, then two lines for each write
		if len(z.writes) != want {
			t.Errorf("line %d fails: %d writes instead of %d", fails, len(z.writes), want)
		}
		if exit := map[bool]exit.Code{true: exit.Internal, false: exit.Partial}[want == 0]; report.Exit != exit {
			t.Errorf("line %d fails: exit %v instead of %v", fails, report.Exit, exit)
		}
		if report.Skipped != stepsOfWorld-report.Succeeded || !strings.Contains(outcomes(report), "journal: no space left") {
			t.Errorf("line %d fails:\n%s", fails, outcomes(report))
		}
	}
}

// A journal that lacks its last line only takes nothing from what was done, and is told all the same.
func TestJournalWithoutItsEnd(t *testing.T) {
	t.Parallel()
	z, r := world()
	o := z.options()
	o.Journal = &memoryJournal{fails: 2 + 2*writesOfWorld}
	report := Run(context.Background(), plantest.Make(t, r), o)
	if report.Exit != exit.OK || report.Succeeded != stepsOfWorld || len(report.Problems) != 1 || report.Problems[0].Rule != "journal" {
		t.Errorf("exit %v %v\n%s", report.Exit, report.Problems, outcomes(report))
	}
}

// What never left counts as no attempt.
// A new organization that its zone does not know yet is waited for before it is read back.
func TestReadingBackANewOrganization(t *testing.T) {
	t.Parallel()
	z := newWrittenZone()
	z.lag = 3
	r := plantest.Request(z.Zone, zonetest.Desired("nova", "Nova", func(o *spec.Organization) { o.Region, o.Country, o.Timezone = "EU", "CZ", "113" }))
	r.Allow = []plan.Allow{plantest.MustAllow(t, "create:organization@*")}
	report := Run(context.Background(), plantest.Make(t, r), z.options())
	if report.Exit != exit.OK || len(report.Problems) > 0 {
		t.Errorf("exit %v %v\n%s", report.Exit, report.Problems, outcomes(report))
	}
}

// Who is no member any more cannot tell what became of what he has written: that is no failure.
func TestReadingBackWithoutMembership(t *testing.T) {
	t.Parallel()
	acme := zonetest.Organization(11, "Acme")
	zonetest.Variable(acme, "COUNT", spec.TypeNumber, "5")
	z := newWrittenZone(acme)
	r := plantest.Request(z.Zone, zonetest.Desired("acme", "Acme", zonetest.Variables(spec.Variable{Name: "COUNT", Type: spec.TypeNumber, Value: spec.Plain("7")})))
	p := plantest.Make(t, r)
	z.onRead = func(string) error { z.Orgs = nil; return refused(403, "SC403") }
	list := z.port()
	list.Reader = withoutMembership{z}
	o := z.options()
	o.Zones["eu1"] = list
	report := Run(context.Background(), p, o)
	if report.Succeeded != 1 || report.Exit != exit.Partial || len(report.Problems) != 1 || report.Problems[0].Rule != "not-verified" {
		t.Errorf("exit %v %v\n%s", report.Exit, report.Problems, outcomes(report))
	}
}

// withoutMembership lists no organization.
type withoutMembership struct{ *writtenZone }

func (withoutMembership) Organizations(context.Context) ([]*state.Organization, error) {
	return nil, nil
}

// wallClock is the real time, which synctest moves.
type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

func (wallClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// The write in flight is finished and told; what comes after it is skipped.
// A write that waits for the rate limit is not sent any more: it did not happen, and the run ends at once.
type waitingWriter func()

func (stop waitingWriter) Write(ctx context.Context, _ plan.Write) (plan.Answer, error) {
	stop()
	<-ctx.Done()
	return plan.Answer{}, &state.CallError{Doing: "write", Message: ctx.Err().Error(), Certainty: state.NotHappened, Class: exit.ClassCancelled, Err: ctx.Err()}
}

// One organization answers 502 to everything: the other is done, and it is not waited for at every step.
func TestApplyNothing(t *testing.T) {
	t.Parallel()
	z := newWrittenZone(zonetest.Organization(11, "Acme"))
	o := z.options()
	o.BeforeWriting = func() error { return errors.New("must not be called") }
	report := Run(context.Background(), plantest.Make(t, plantest.Request(z.Zone, zonetest.Desired("acme", "Acme"))), o)
	if report.Exit != exit.OK || report.Planned != 0 || len(report.Steps) != 0 {
		t.Errorf("%+v", report)
	}
}
