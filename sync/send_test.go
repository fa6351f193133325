package sync

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"makesync/spec"
)

func TestEveryLostAnswerIsResolved(t *testing.T) {
	t.Parallel()
	for n := 1; n <= writesOfWorld; n++ {
		for _, commit := range []bool{false, true} {
			t.Run(fmt.Sprintf("write %d commit %v", n, commit), func(t *testing.T) {
				t.Parallel()
				z, r := world()
				z.fault = func(i int, _ Write) *lost {
					if i == n {
						return &lost{commit, serverError()}
					}
					return nil
				}
				p := makePlan(t, r)
				o := z.options()
				o.Concurrency = 1
				report := Apply(context.Background(), p, o)
				if report.Succeeded != stepsOfWorld {
					t.Errorf("%d of %d\n%s", report.Succeeded, stepsOfWorld, outcomes(report))
				}
				wantConverged(t, z, r)
			})
		}
	}
}

func TestARefusalSkipsOnlyWhatDependsOnIt(t *testing.T) {
	t.Parallel()
	z, r := world()
	z.fault = func(_ int, w Write) *lost {
		if w.Verb == SetRole && w.Arguments.RoleID == AdminRole {
			return &lost{false, refused(403, "IM002")}
		}
		return nil
	}
	p := makePlan(t, r)
	report := Apply(context.Background(), p, z.options())
	wantSum(t, p, report)
	want := "12 update acme/member/rising@x.example: failed ()\n13 update acme/member/admin@x.example: skipped (depends: step 12 (acme/member/rising@x.example) failed)"
	got := outcomes(report)
	if !strings.Contains(got, "rising@x.example: failed") || !strings.Contains(got, "admin@x.example: skipped (depends: step") || report.Failed != 1 || report.Skipped != 1 {
		t.Errorf("got\n%s\nwant like\n%s", got, want)
	}
	if report.Exit != ExitPartial {
		t.Errorf("exit %v", report.Exit)
	}
}

func TestARevocationThatFailsInvitesNobody(t *testing.T) {
	t.Parallel()
	z, r := world()
	z.fault = func(_ int, w Write) *lost {
		if w.Verb == RemoveMember && w.Address.Name() == "late@x.example" {
			return &lost{false, refused(403, "IM002")}
		}
		return nil
	}
	report := Apply(context.Background(), makePlan(t, r), z.options())
	if z.invited["11 late@x.example"] != 0 || report.Failed != 1 {
		t.Errorf("invited %v\n%s", z.invited, outcomes(report))
	}
}

func TestHalfAReinvitationIsNotSkipped(t *testing.T) {
	t.Parallel()
	z, r := world()
	z.fault = func(_ int, w Write) *lost {
		if w.Verb == InviteMember && w.Address.Name() == "late@x.example" {
			return &lost{false, &CallError{Status: 402, Certainty: NotHappened, Class: ClassLicence}}
		}
		return nil
	}
	report := Apply(context.Background(), makePlan(t, r), z.options())
	if got := outcomes(report); report.Failed != 1 || !strings.Contains(got, "half done: the old invitation is revoked") {
		t.Error(got)
	}
}

func TestRemovalWithoutABody(t *testing.T) {
	t.Parallel()
	z, r := world()
	z.emptyNeedsNoBody = true
	report := Apply(context.Background(), makePlan(t, r), z.options())
	if report.Succeeded != stepsOfWorld {
		t.Error(outcomes(report))
	}
	for _, w := range z.writes {
		if w.Verb == RemoveMember && !w.NoBody {
			t.Errorf("%s was removed with a body", w.Address)
		}
	}
	wantConverged(t, z, r)
}

func TestDeletingWhatIsGone(t *testing.T) {
	t.Parallel()
	z, r := world()
	z.fault = func(_ int, w Write) *lost {
		if w.Verb == DeleteVariable || w.Verb == RemoveMember && w.Address.Name() == "gone@x.example" {
			return &lost{true, refused(404, "SC404")}
		}
		return nil
	}
	if report := Apply(context.Background(), makePlan(t, r), z.options()); report.Succeeded != stepsOfWorld {
		t.Error(outcomes(report))
	}
}

func TestARefusalForTheLicenceIsSkipped(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]error{
		"402":       &CallError{Status: 402, Certainty: NotHappened, Class: ClassLicence},
		"free plan": &CallError{Status: 403, Certainty: NotHappened, Class: ClassFreePlan},
	} {
		t.Run(name, func(t *testing.T) {
			z := newWrittenZone(liveOrganization(11, "Acme"))
			on := true
			r := request(z.fakeZone, desired("acme", "Acme", func(o *spec.Organization) { o.TFAEnforced = &on }))
			z.fault = func(int, Write) *lost { return &lost{false, fault} }
			report := Apply(context.Background(), makePlan(t, r), z.options())
			if report.Exit != ExitOK || report.Skipped != 1 || report.Steps[0].Reason.Code != ReasonLicence {
				t.Errorf("exit %v\n%s", report.Exit, outcomes(report))
			}
			if len(report.Problems) != 1 || !strings.Contains(report.Problems[0].Hint, "Enterprise") {
				t.Errorf("it does not say what to buy: %v", report.Problems)
			}
		})
	}
}

func TestUnsentWritesAreNoAttempts(t *testing.T) {
	t.Parallel()
	z, r := world()
	o := z.options()
	o.Journal, o.Concurrency = &memoryJournal{fails: 4}, 1 // begin and one write, then no line more
	attempts := 0
	for _, s := range Apply(context.Background(), makePlan(t, r), o).Steps {
		attempts += s.Attempts
	}
	if attempts != 1 || len(z.writes) != 1 {
		t.Errorf("%d attempts, %d writes", attempts, len(z.writes))
	}
}

func TestABlindOrganizationIsNotWaitedForTwice(t *testing.T) {
	t.Parallel()
	z, r := world()
	p := makePlan(t, r)
	clock := newJumpClock()
	z.onRead = func(call string) error {
		if strings.HasSuffix(call, " 11") {
			return serverError()
		}
		return nil
	}
	z.fault = func(_ int, w Write) *lost {
		if w.Organization == 11 {
			return &lost{false, serverError()}
		}
		return nil
	}
	o := z.options()
	o.Clock = clock
	report := Apply(context.Background(), p, o)
	wantSum(t, p, report)
	if report.Succeeded != 5 || report.Unknown == 0 || report.Exit != ExitPartial {
		t.Errorf("exit %v\n%s", report.Exit, outcomes(report))
	}
	if took := clock.Now().Sub(planned); took > 4*time.Minute {
		t.Errorf("it took %v", took)
	}
	for _, s := range report.Steps {
		if s.Outcome == OutcomeUnknown && !strings.Contains(s.Reason.Text, "look at "+string(s.Address)+" by hand") {
			t.Errorf("%s does not say what to look at", s.Reason)
		}
	}
}

func TestWaitsGrowAndSpread(t *testing.T) {
	t.Parallel()
	low, high := newWaits(func() float64 { return 0 }), newWaits(func() float64 { return 1 })
	for _, want := range []time.Duration{500, 1000, 2000, 4000, 8000, 15000, 15000} {
		want *= time.Millisecond
		if l, h := low.next(), high.next(); l != want/2 || h != want*3/2 {
			t.Errorf("waits %v to %v around %v", l, h, want)
		}
	}
}
