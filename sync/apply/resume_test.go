package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/observe"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/report"
	"makesync/sync/state"
)

// killedAt applies the world's plan and kills it at the n-th write, before or after the zone has
// committed it, and gives the journal as it then stands on the disk.
func killedAt(t *testing.T, z *writtenZone, r planner.Request, n int, commit bool) (*report.Run, *jumpClock) {
	t.Helper()
	p := plantest.Make(t, r)
	ctx, kill := context.WithCancelCause(context.Background())
	dead := false
	z.fault = func(i int, _ plan.Write) *lost {
		if i != n {
			return nil
		}
		dead = true
		return &lost{commit, errors.New("killed")}
	}
	z.onRead = func(string) error {
		if dead {
			kill(exit.ErrInterrupted)
			return errors.New("killed")
		}
		return nil
	}
	journal := &memoryJournal{}
	o := z.options()
	o.Journal, o.Concurrency = journal, 1
	clock := o.Clock.(*jumpClock)
	Run(ctx, p, o)
	z.fault, z.onRead = nil, nil
	entries := journal.story.Entries
	for i := len(entries) - 1; i >= 0; i-- {
		if entries[i].Intent != nil { // the kill came right after this line
			entries = entries[:i+1]
			break
		}
	}
	journal.story.Entries, journal.story.Report = entries, nil
	return onDisk(t, &journal.story), clock
}

// onDisk is a story as it comes back from its file.
func onDisk(t *testing.T, s *report.Run) *report.Run {
	t.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "hunter2") {
		t.Error("the journal holds a secret")
	}
	var back report.Run
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	return &back
}

func TestKilledAtEveryWrite(t *testing.T) {
	t.Parallel()
	for n := 1; n <= writesOfWorld; n++ {
		for _, commit := range []bool{false, true} {
			t.Run(fmt.Sprintf("write %d commit %v", n, commit), func(t *testing.T) {
				t.Parallel()
				z, r := world()
				story, clock := killedAt(t, z, r, n, commit)
				if len(story.Open()) != 1 || story.Status() != report.RunUnfinished {
					t.Fatalf("open intents: %v", story.Open())
				}
				found := Resume(context.Background(), story, ResumeOptions{Zones: r.Zones, Clock: clock})
				want := map[bool]report.StepOutcome{true: report.Succeeded, false: report.Failed}[commit]
				if len(found) != 1 || found[0].Outcome != want || !found[0].Resolved {
					t.Fatalf("resolved as %+v instead of %s", found, want)
				}
				story.Entries = append(story.Entries, report.Entry{Result: &found[0]})
				if len(story.Open()) != 0 {
					t.Errorf("still open: %v", story.Open())
				}
				wantStory(t, story, z)
				report := Run(context.Background(), plantest.Make(t, r), z.options())
				if report.Exit != exit.OK {
					t.Errorf("exit %v\n%s", report.Exit, outcomes(report))
				}
				wantConverged(t, z, r)
			})
		}
	}
}

// wantStory compares what the journal says was done with what the zone has done.
func wantStory(t *testing.T, story *report.Run, z *writtenZone) {
	t.Helper()
	var told, done []string
	for _, e := range story.Entries {
		if r := e.Result; r != nil && r.Outcome == report.Succeeded {
			told = append(told, fmt.Sprint(r.Verb, " ", r.Address))
		}
	}
	for _, w := range z.writes {
		done = append(done, fmt.Sprint(w.Verb, " ", w.Address))
	}
	if strings.Join(told, "\n") != strings.Join(done, "\n") {
		t.Errorf("the journal tells\n%s\nthe zone has done\n%s", strings.Join(told, "\n"), strings.Join(done, "\n"))
	}
}

// A request of a killed run may still be on its way: none is taken for not done before that is settled.
func TestResolvingWaitsForWhatMayStillArrive(t *testing.T) {
	t.Parallel()
	for n := 1; n <= writesOfWorld; n++ {
		z, r := world()
		story, clock := killedAt(t, z, r, n, false)
		intent := story.Open()[0]
		inNew := strings.HasPrefix(string(intent.Address), "nova/")
		if inNew || intent.Verb == plan.DeleteOrganization {
			continue // ids that are bound late; an organization that this zone cannot lose in the middle of a read
		}
		clock.now = intent.At // resumed at once
		arrived := false
		z.onRead = func(string) error {
			if !arrived && clock.Now().Sub(intent.At) > 40*time.Second {
				arrived = true
				return commitIntent(z, story, intent)
			}
			return nil
		}
		found := Resume(context.Background(), story, ResumeOptions{Zones: r.Zones, Clock: clock})
		if found[0].Outcome != report.Succeeded || !arrived {
			t.Errorf("%s that arrived late: %+v", intent.Verb, found[0])
		}
		z.onRead = nil
		Run(context.Background(), plantest.Make(t, r), z.options())
		wantConverged(t, z, r)
	}
}

// commitIntent has the zone do what an intent was for.
func commitIntent(z *writtenZone, story *report.Run, intent report.Intent) error {
	organization := int64(0)
	if intent.Verb != plan.CreateOrganization {
		organization = story.Index().Organization(intent.Address).ID
	}
	for _, w := range plan.WritesOf(organization, story.Index().Step(intent.Step)) {
		if w.Verb == intent.Verb {
			_, err := z.commit(w)
			return err
		}
	}
	return errors.New("the step has no such write")
}

func TestResolvingWithoutTheZone(t *testing.T) {
	t.Parallel()
	z, r := world()
	story, clock := killedAt(t, z, r, 1, true)
	z.onRead = func(string) error { return serverError() }
	found := Resume(context.Background(), story, ResumeOptions{Zones: r.Zones, Clock: clock})
	if found[0].Outcome != report.OutcomeUnknown || !Unresolved(found) {
		t.Errorf("unreadable: %+v", found[0])
	}
	found = Resume(context.Background(), story, ResumeOptions{Clock: clock})
	if found[0].Outcome != report.OutcomeUnknown || !Unresolved(found) {
		t.Errorf("without the zone: %+v", found[0])
	}
}

// faults loses, refuses and delays calls at random.
type faults struct {
	random *rand.Rand
	rate   float64
}

func (f *faults) onRead(string) error {
	if f.random.Float64() < f.rate {
		return serverError()
	}
	return nil
}

func (f *faults) onWrite(_ int, w plan.Write) *lost {
	if f.random.Float64() >= f.rate {
		return nil
	}
	switch f.random.IntN(5) {
	case 0:
		return &lost{false, refused(500-f.random.IntN(100), "SC")}
	case 1, 2:
		return &lost{true, &state.CallError{Message: "connection reset", Certainty: state.Unknown, Class: exit.ClassUnreachable}}
	}
	return &lost{false, serverError()}
}

// Whatever gets lost: every step is counted once, outcomes are true, and once the faults
// stop, repeated runs converge without making anything twice.
func TestChaos(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fake := plantest.DrawZone(t)
		z := newWrittenZone(fake.Orgs...)
		z.User = fake.User
		r := plantest.DrawDocuments(t, z.Zone)
		r.Zones = map[string]state.Port{"eu1": z.port().Port}
		r.Allow = []plan.Allow{plantest.MustAllow(t, "create:organization@*"), plantest.MustAllow(t, "enforce:tfa@*")}
		f := &faults{random: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)), rate: rapid.Float64Range(0.01, 0.3).Draw(t, "rate")}
		for range 2 {
			p := plantest.Make(t, r)
			if p.Exit == exit.Invalid {
				return
			}
			z.onRead, z.fault = f.onRead, f.onWrite
			before := len(z.writes)
			report := Run(context.Background(), p, z.options())
			z.onRead, z.fault = nil, nil
			wantSum(t, p, report)
			wantTrue(t, p, report, z, before)
		}
		for range 3 {
			Run(context.Background(), plantest.Make(t, r), z.options())
		}
		for _, o := range plantest.Make(t, r).Organizations {
			for _, s := range o.Steps {
				t.Errorf("left over: %s %s", s.Op, s.Address)
			}
		}
		names := map[string]int{}
		for _, o := range z.Orgs {
			if names[o.Name]++; names[o.Name] > 1 {
				t.Errorf("%d organizations named %s", names[o.Name], o.Name)
			}
		}
	})
}

// wantTrue compares a report with what the zone has committed since.
func wantTrue(t *rapid.T, p *plan.Plan, r *report.Report, z *writtenZone, since int) {
	committed := map[string]int{}
	for _, w := range z.writes[since:] {
		committed[fmt.Sprint(w.Verb, w.Address)]++
	}
	steps := map[int]*plan.Step{}
	for i := range p.Organizations {
		for j := range p.Organizations[i].Steps {
			steps[p.Organizations[i].Steps[j].N] = &p.Organizations[i].Steps[j]
		}
	}
	for _, s := range r.Steps {
		verbs := plan.StepType{Kind: s.Kind, Op: s.Op}.Verbs()
		n := committed[fmt.Sprint(verbs[len(verbs)-1], s.Address)]
		free := steps[s.N].Kind == spec.KindFeatureControl && s.Attempts == 0 // it was so already
		switch {
		case s.Outcome == report.Succeeded && n == 0 && !free:
			t.Errorf("%s %s succeeded, says the report; the zone has done nothing", s.Op, s.Address)
		case (s.Outcome == report.Failed || s.Outcome == report.Skipped) && n > 0 && s.Reason.Code != report.ReasonNotConverged:
			t.Errorf("%s %s is %s (%s); the zone has done it", s.Op, s.Address, s.Outcome, s.Reason)
		case n > 1 && plan.NonIdempotent[verbs[len(verbs)-1]]:
			t.Errorf("%s %s was done %d times", s.Op, s.Address, n)
		}
	}
}

// TestManyOpenRequestsReadEachListOnce: however many requests a journal leaves open, what tells of them is read once
// for all, and once more for each wait.
func TestManyOpenRequestsReadEachListOnce(t *testing.T) {
	t.Parallel()
	const copies = 300
	for n := 1; n <= writesOfWorld; n++ {
		for name, fails := range map[string]error{"read": nil, "not read": errors.New("no")} {
			z, r := world()
			story, clock := killedAt(t, z, r, n, false)
			open := story.Open()[0]
			for attempt := 2; attempt <= copies; attempt++ {
				again := open
				again.Attempt = attempt
				story.Entries = append(story.Entries, report.Entry{Intent: &again})
			}
			reads := 0
			z.onRead = func(string) error {
				reads++
				return fails
			}
			found := Resume(context.Background(), onDisk(t, story), ResumeOptions{Zones: r.Zones, Clock: clock})
			if len(found) != copies || reads == 0 || reads > 100 {
				t.Errorf("%s of %s, %s: %d outcomes after %d reads", open.Verb, open.Address, name, len(found), reads)
			}
			for i := range found {
				if found[i].Outcome != found[0].Outcome || found[i].Attempt != i+1 {
					t.Fatalf("%s of %s, %s: %+v and %+v", open.Verb, open.Address, name, found[0], found[i])
				}
			}
		}
	}
}

// TestAStopProvesNothing: when the reading has to end, at whichever read, what reads as before and had not its time is
// unknown, or still open, never failed: it may arrive yet.
func TestAStopProvesNothing(t *testing.T) {
	t.Parallel()
	for n := 1; n <= writesOfWorld; n++ {
		for last := 1; last <= 8; last++ {
			z, r := world()
			story, clock := killedAt(t, z, r, n, false)
			open := story.Open()[0]
			again := open
			again.Attempt = 2
			story.Entries = append(story.Entries, report.Entry{Intent: &again})
			clock.now = open.At // resumed at once
			ctx, stop := context.WithCancelCause(context.Background())
			reads := 0
			z.onRead = func(string) error {
				if reads++; reads == last {
					stop(exit.ErrInterrupted)
				}
				return nil
			}
			for _, found := range Resume(ctx, story, ResumeOptions{Zones: r.Zones, Clock: clock}) {
				if found.Outcome == report.Failed && clock.Now().Sub(open.At) < observe.UnderWayDelay {
					t.Errorf("%s of %s, stopped at read %d: %+v", open.Verb, open.Address, last, found)
				}
			}
			stop(nil)
		}
	}
}

// What reads as before is taken for not done, and done again by the next run, but never where money is moved.
func TestResolvingMoneyProvesNothing(t *testing.T) {
	t.Parallel()
	for address, want := range map[spec.Address]report.StepOutcome{
		"acme/subscription": report.OutcomeUnknown, "acme/paymentMethods/pm_1": report.OutcomeUnknown,
		"acme/variable/A": report.Failed,
	} {
		step := plan.Step{N: 1, Address: address, Kind: address.Kind(), Op: plan.OpUpdate}
		story := &report.Run{Run: "R", Organizations: []report.RunOrganization{
			{Key: "acme", Zone: "eu1", ID: 11, Steps: []plan.Step{step}}}}
		r := newResolver(story, ResumeOptions{Clock: newJumpClock()})
		got := r.outcome(&question{intent: report.Intent{Step: 1, Address: address},
			found: observe.Evidence{State: observe.NotApplied}})
		if got.Outcome != want {
			t.Errorf("%s: %s, want %s", address, got.Outcome, want)
		}
	}
}
