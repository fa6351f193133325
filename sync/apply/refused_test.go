package apply

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/report"
	"makesync/sync/savedplan"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// losesToken makes the zone refuse the token from its nth call on, as a client does it: what comes after the first
// refusal is not sent any more. It gives the number of calls that reach the zone from then on.
func losesToken(z *writtenZone, o *Options, nth int) (after *int) {
	after = new(int)
	calls := 0
	var refusal error
	answer := func() error {
		if refusal != nil {
			return &state.CallError{Doing: "call", Class: exit.ClassRefused, Message: state.ErrNotAsked.Error(), Err: state.ErrNotAsked}
		}
		if calls++; calls >= nth {
			*after++
			refusal = refused(401, "IM015")
		}
		return refusal
	}
	z.onRead = func(string) error { return answer() }
	z.fault = func(int, plan.Write) *lost {
		if err := answer(); err != nil {
			return &lost{err: err}
		}
		return nil
	}
	port := o.Zones["eu1"]
	port.Refused = func() error { return refusal }
	o.Zones["eu1"] = port
	return after
}

// TestATokenThatIsRefusedMidway: at every call of a run the zone stops accepting the token. Nothing is asked after
// that, nothing waited for, all the rest skipped, and why is said once.
func TestATokenThatIsRefusedMidway(t *testing.T) {
	t.Parallel()
	for nth := 1; nth < 200; nth++ {
		z, r := world()
		p := plantest.Make(t, r)
		o := z.options()
		o.Concurrency = 1
		after := losesToken(z, &o, nth)
		rs := Run(context.Background(), p, o)
		wantSum(t, p, rs)
		if *after == 0 {
			if nth < 30 {
				t.Errorf("the run has %d calls only", nth)
			}
			return
		}
		want := exit.Partial
		if len(z.writes) == 0 {
			want = exit.Refused
		}
		if rs.Exit != want {
			t.Errorf("call %d: exit %v, want %v after %d writes\n%s", nth, rs.Exit, want, len(z.writes), outcomes(rs))
		}
		if took := o.Clock.Now().Sub(planned); took > 5*time.Second {
			t.Errorf("call %d: it went on for %v", nth, took)
		}
		said := 0
		for _, q := range rs.Problems {
			if q.Rule == "refused" {
				said++
			} else {
				t.Errorf("call %d: problem %s: %s", nth, q.Rule, q.Message)
			}
		}
		for _, s := range rs.Steps {
			if s.Error != nil && s.Outcome == report.Skipped {
				t.Errorf("call %d: %s says why once more", nth, s.Address)
			}
		}
		if said != 1 || rs.Failed > 1 || rs.Unknown > 0 { // half a re-invitation is failed
			t.Errorf("call %d: said %d times\n%s", nth, said, outcomes(rs))
		}
	}
}

// lateAnswers are answers after which a zone may be at work on the write still.
var lateAnswers = map[string]*state.CallError{
	"a reset":                     {Certainty: state.UnderWay, Class: exit.ClassUnreachable},
	"500":                         {Status: 500, Certainty: state.Unknown, Class: exit.ClassServer},
	"502":                         {Status: 502, Certainty: state.Unknown, Class: exit.ClassServer},
	"503":                         {Status: 503, Certainty: state.Unknown, Class: exit.ClassServer},
	"522":                         {Status: 522, Certainty: state.Unknown, Class: exit.ClassServer},
	"a reply that cannot be read": {Status: 200, Certainty: state.Unknown, Class: exit.ClassBroken},
}

// TestALateCommit: the zone does a write long after the answer was lost. Nothing is made twice, nobody is invited or
// removed twice, and no step is called failed; only what does the same when it is sent again is sent again at once.
func TestALateCommit(t *testing.T) {
	t.Parallel()
	for name, answer := range lateAnswers {
		for _, timeout := range []time.Duration{2 * time.Minute, 5 * time.Second} {
			for n := 1; n <= writesOfWorld; n++ {
				testALateCommit(t, fmt.Sprintf("%s, %v, write %d", name, timeout, n), *answer, timeout, n)
			}
		}
	}
}

func testALateCommit(t *testing.T, name string, answer state.CallError, timeout time.Duration, n int) {
	z, r := world()
	p := plantest.Make(t, r)
	o := z.options()
	o.Concurrency, o.Timeout = 1, timeout
	var late *plan.Write
	var due time.Time
	cheap := false
	z.fault = func(i int, w plan.Write) *lost {
		if i != n {
			return nil
		}
		late, due = &w, o.Clock.Now().Add(25*time.Second)
		cheap = answer.Certainty == state.Unknown && !plan.DependOnState[w.Verb] && w.Verb != plan.DeleteVariable
		return &lost{err: &answer}
	}
	commit := func() {
		if late == nil {
			return
		}
		if _, err := z.commit(*late); err != nil && !cheap {
			t.Errorf("%s: %v", name, err)
		}
		late = nil
	}
	o.Clock = afterSleep{newJumpClock(), func() {
		if !o.Clock.Now().Before(due) {
			commit()
		}
	}}
	rs := Run(context.Background(), p, o)
	commit() // where the run did not wait for it
	done := timeout > time.Minute || cheap
	if done && rs.Succeeded != stepsOfWorld || rs.Failed > 0 || !done && rs.Unknown != 1 {
		t.Errorf("%s:\n%s", name, outcomes(rs))
	}
	wantNoTwins(t, z)
}

// TestAGatewayProvesNothing: with no time left to send a write again it is called failed where the zone itself has said
// that it gave up, and unknown where only something before it has answered.
func TestAGatewayProvesNothing(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]report.StepOutcome{
		500: report.Failed, 503: report.Failed, 502: report.OutcomeUnknown, 520: report.OutcomeUnknown,
	} {
		z := newWrittenZone(zonetest.Organization(11, "Acme"))
		p := plantest.Make(t, plantest.Request(z.Zone, zonetest.Desired("acme", "Acme",
			zonetest.Variables(zonetest.TextVariable("A", "a")))))
		o := z.options()
		o.Timeout = 5 * time.Second
		sent := 0
		z.fault = func(int, plan.Write) *lost {
			sent++
			return &lost{err: &state.CallError{Status: status, Certainty: state.Unknown, Class: exit.ClassServer}}
		}
		rs := Run(context.Background(), p, o)
		if len(rs.Steps) != 1 || rs.Steps[0].Outcome != want || sent < 3 {
			t.Errorf("%d, sent %d times:\n%s", status, sent, outcomes(rs))
		}
	}
}

// TestAStopWhileAnAnswerIsLost: what a gateway has answered to may come yet, also where a stop, or the journal, ends the
// repetitions.
func TestAStopWhileAnAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, full := range []bool{false, true} {
		z := newWrittenZone(zonetest.Organization(11, "Acme"))
		p := plantest.Make(t, plantest.Request(z.Zone, zonetest.Desired("acme", "Acme",
			zonetest.Variables(zonetest.TextVariable("A", "a")))))
		o := z.options()
		o.Timeout = 20 * time.Second
		ctx, cancel := context.WithCancel(context.Background())
		sent := 0
		z.fault = func(int, plan.Write) *lost {
			sent++
			return &lost{err: &state.CallError{Status: 502, Certainty: state.Unknown, Class: exit.ClassServer}}
		}
		o.Clock = afterSleep{&jumpClock{}, func() {
			if sent > 0 && !full {
				cancel()
			}
		}}
		if full {
			o.Journal = &fullJournal{Journal: &memoryJournal{}}
		}
		rs := Run(ctx, p, o)
		cancel()
		if len(rs.Steps) != 1 || rs.Steps[0].Outcome != report.OutcomeUnknown {
			t.Errorf("full %v, sent %d times:\n%s", full, sent, outcomes(rs))
		}
	}
}

// fullJournal takes one intent.
type fullJournal struct {
	Journal
	intents int
}

func (j *fullJournal) Intent(i report.Intent) error {
	if j.intents++; j.intents > 1 {
		return report.ErrJournalFull
	}
	return j.Journal.Intent(i)
}

// TestAFullJournalLeavesNothingHalfDone: a re-invitation that has begun goes on to its end, and
// nothing else begins.
func TestAFullJournalLeavesNothingHalfDone(t *testing.T) {
	t.Parallel()
	z, r := world()
	p := plantest.Make(t, r)
	revoked := false
	z.fault = func(_ int, w plan.Write) *lost {
		revoked = revoked || w.Verb == plan.RemoveMember && w.Address.Name() == "late@x.example"
		return nil
	}
	o := z.options()
	o.Concurrency = 1
	o.Journal = fullWhen{&memoryJournal{}, &revoked}
	rs := Run(context.Background(), p, o)
	for _, s := range rs.Steps {
		again := s.Op == plan.OpReinvite
		if again && s.Outcome != report.Succeeded || !again && s.Outcome != report.Succeeded && s.Outcome != report.Skipped {
			t.Errorf("%s %s: %s %s", s.Op, s.Address, s.Outcome, s.Reason)
		}
	}
	if rs.Succeeded == 0 || rs.Skipped == 0 {
		t.Errorf("the journal was not full in the middle:\n%s", outcomes(rs))
	}
}

// fullWhen is full for steps that begin after something has happened.
type fullWhen struct {
	Journal
	happened *bool
}

func (j fullWhen) Intent(i report.Intent) error {
	if *j.happened && !i.Begun {
		return report.ErrJournalFull
	}
	return j.Journal.Intent(i)
}

// afterSleep is a clock that does something after each wait.
type afterSleep struct {
	*jumpClock
	do func()
}

func (c afterSleep) Sleep(ctx context.Context, d time.Duration) error {
	err := c.jumpClock.Sleep(ctx, d)
	c.do()
	return err
}

// TestATwin: somebody else creates an organization of the name between the last look and the creation.
func TestATwin(t *testing.T) {
	t.Parallel()
	z, r := world()
	p := plantest.Make(t, r)
	z.fault = func(_ int, w plan.Write) *lost {
		if w.Verb == plan.CreateOrganization {
			z.Orgs = append(z.Orgs, zonetest.Organization(70, "Nova"))
		}
		return nil
	}
	rs := Run(context.Background(), p, z.options())
	if rs.Succeeded != stepsOfWorld || rs.Exit != exit.Partial || len(rs.Problems) != 1 {
		t.Fatalf("exit %v %v\n%s", rs.Exit, rs.Problems, outcomes(rs))
	}
	q := rs.Problems[0]
	if q.Rule != "twin" || q.Severity != spec.Error || q.Address != "nova" || !strings.Contains(q.Message, "id 70") {
		t.Errorf("%+v", q)
	}
	if z.Find(70) == nil {
		t.Error("the other's organization is deleted")
	}
}

// TestAControlThatIsSoAlready: a new organization has it as it is wanted, so that nothing is sent and nothing done.
func TestAControlThatIsSoAlready(t *testing.T) {
	t.Parallel()
	for _, wanted := range []spec.FeatureControl{{Name: "Make AI Tools", Enabled: true}, {Name: "No such control"}} {
		z := newWrittenZone()
		r := plantest.Request(z.Zone, zonetest.Desired("nova", "Nova", func(o *spec.Organization) {
			o.Region, o.Country, o.Timezone = "EU", "CZ", "113"
			o.FeatureControls = []spec.FeatureControl{wanted}
		}))
		r.Allow = []plan.Allow{plantest.MustAllow(t, "create:organization@*")}
		r.Now, r.Zones = planned, map[string]state.Port{"eu1": z.port().Port}
		rs := Run(context.Background(), plantest.Make(t, r), z.options())
		if rs.Exit != exit.OK || rs.Succeeded != 1 || rs.Skipped != 1 || rs.Steps[1].Reason.Code != report.ReasonAlreadyDone {
			t.Errorf("%s: exit %v\n%s", wanted.Name, rs.Exit, outcomes(rs))
		}
		wantConverged(t, z, r)
	}
}

// TestATokenThatIsRefusedBeforeASavedPlan: nothing is stale then, and the plan stays unused.
func TestATokenThatIsRefusedBeforeASavedPlan(t *testing.T) {
	t.Parallel()
	for nth := 1; nth <= 3; nth++ {
		z, _, data := saved(t, spec.Value{})
		p, _ := savedplan.Decode(data, spec.Value{})
		savedplan.Hydrate(p, evaluate)
		o := z.options()
		o.Saved, o.Concurrency = true, 1
		o.BeforeWriting = func() error { t.Error("the plan is marked as used"); return nil }
		losesToken(z, &o, nth)
		rs := Run(context.Background(), p, o)
		if rs.Exit != exit.Refused || rs.Skipped != stepsOfWorld || strings.Contains(outcomes(rs), "stale") {
			t.Errorf("call %d: exit %v\n%s", nth, rs.Exit, outcomes(rs))
		}
	}
}

// TestATokenThatIsRefusedWhileAnAnswerIsLookedFor: the outcome is unknown at once, not after minutes of asking.
func TestATokenThatIsRefusedWhileAnAnswerIsLookedFor(t *testing.T) {
	t.Parallel()
	z, r := world()
	p := plantest.Make(t, r)
	o := z.options()
	o.Concurrency = 1
	losesToken(z, &o, 1)
	answer, reads := z.onRead, z.fault
	z.onRead = func(string) error { return nil }
	z.fault = func(n int, w plan.Write) *lost {
		if n == 1 {
			z.onRead = answer
			return &lost{err: serverError()}
		}
		return reads(n, w)
	}
	rs := Run(context.Background(), p, o)
	if rs.Unknown != 1 || rs.Exit != exit.Partial || o.Clock.Now().Sub(planned) > 5*time.Second {
		t.Errorf("exit %v after %v\n%s", rs.Exit, o.Clock.Now().Sub(planned), outcomes(rs))
	}
}
