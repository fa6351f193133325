package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/report"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

func TestEveryLostAnswerIsResolved(t *testing.T) {
	t.Parallel()
	for n := 1; n <= writesOfWorld; n++ {
		for _, commit := range []bool{false, true} {
			t.Run(fmt.Sprintf("write %d commit %v", n, commit), func(t *testing.T) {
				t.Parallel()
				z, r := world()
				z.fault = func(i int, _ plan.Write) *lost {
					if i == n {
						return &lost{commit, serverError()}
					}
					return nil
				}
				p := plantest.Make(t, r)
				o := z.options()
				o.Concurrency = 1
				report := Run(context.Background(), p, o)
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
	z.fault = func(_ int, w plan.Write) *lost {
		if w.Verb == plan.SetRole && w.Arguments.RoleID == state.AdminRole {
			return &lost{false, refused(403, "IM002")}
		}
		return nil
	}
	p := plantest.Make(t, r)
	report := Run(context.Background(), p, z.options())
	wantSum(t, p, report)
	want := "12 update acme/member/rising@x.example: failed ()\n13 update acme/member/admin@x.example: skipped (depends: step 12 (acme/member/rising@x.example) failed)"
	got := outcomes(report)
	if !strings.Contains(got, "rising@x.example: failed") || !strings.Contains(got, "admin@x.example: skipped (depends: step") || report.Failed != 1 || report.Skipped != 1 {
		t.Errorf("got\n%s\nwant like\n%s", got, want)
	}
	if report.Exit != exit.Partial {
		t.Errorf("exit %v", report.Exit)
	}
}

func TestARevocationThatFailsInvitesNobody(t *testing.T) {
	t.Parallel()
	z, r := world()
	z.fault = func(_ int, w plan.Write) *lost {
		if w.Verb == plan.RemoveMember && w.Address.Name() == "late@x.example" {
			return &lost{false, refused(403, "IM002")}
		}
		return nil
	}
	report := Run(context.Background(), plantest.Make(t, r), z.options())
	if z.invited["11 late@x.example"] != 0 || report.Failed != 1 {
		t.Errorf("invited %v\n%s", z.invited, outcomes(report))
	}
}

func TestHalfAReinvitationIsNotSkipped(t *testing.T) {
	t.Parallel()
	z, r := world()
	z.fault = func(_ int, w plan.Write) *lost {
		if w.Verb == plan.InviteMember && w.Address.Name() == "late@x.example" {
			return &lost{false, &state.CallError{Status: 402, Certainty: state.NotHappened, Class: exit.ClassLicence}}
		}
		return nil
	}
	report := Run(context.Background(), plantest.Make(t, r), z.options())
	if got := outcomes(report); report.Failed != 1 || !strings.Contains(got, "half done: the old invitation is revoked") {
		t.Error(got)
	}
}

func TestRemovalWithoutABody(t *testing.T) {
	t.Parallel()
	z, r := world()
	z.emptyNeedsNoBody = true
	report := Run(context.Background(), plantest.Make(t, r), z.options())
	if report.Succeeded != stepsOfWorld {
		t.Error(outcomes(report))
	}
	for _, w := range z.writes {
		if w.Verb == plan.RemoveMember && w.Empty != plan.NoBody {
			t.Errorf("%s was removed with a body", w.Address)
		}
	}
	wantConverged(t, z, r)
}

// A good answer that does not show the removal (published: a role of null) is no proof: the person is looked for, and
// another form of an empty body is sent while she is there. Nobody is invited who may still be in.
func TestRemovalThatTheReplyDoesNotProve(t *testing.T) {
	t.Parallel()
	forms := []plan.EmptyBody{plan.EmptyObject, plan.NoBody, plan.EmptyString}
	for name, test := range map[string]struct {
		ignores []plan.EmptyBody
		silent  bool
		fails   bool
	}{
		"silent":                     {silent: true},
		"an object is no empty body": {ignores: forms[:1]},
		"a text alone is one":        {ignores: forms[:2]},
		"nothing is one":             {ignores: forms, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			z, r := world()
			z.ignores, z.silentRemoval = test.ignores, test.silent
			rs := Run(context.Background(), plantest.Make(t, r), z.options())
			if !test.fails {
				if rs.Succeeded != stepsOfWorld {
					t.Error(outcomes(rs))
				}
				wantConverged(t, z, r)
				return
			}
			removals := []plan.Op{plan.OpDelete, plan.OpRevoke, plan.OpReinvite}
			for i := range rs.Steps {
				s := &rs.Steps[i]
				if s.Kind == spec.KindMember && slices.Contains(removals, s.Op) &&
					(s.Outcome != report.Failed || !strings.Contains(s.Reason.String(), "still there")) {
					t.Errorf("%s %s: %s (%s)", s.Op, s.Address, s.Outcome, s.Reason)
				}
			}
			if z.invited["11 late@x.example"] != 0 {
				t.Error("somebody was invited anew whose invitation is not revoked")
			}
		})
	}
}

// What somebody else has deleted is gone, and not by this run: its undo must not bring it back.
// It is none of the run's doing; of a re-invitation the invitation follows all the same.
func TestDeletingWhatIsGone(t *testing.T) {
	t.Parallel()
	z, r := world()
	z.fault = func(_ int, w plan.Write) *lost {
		if w.Verb == plan.DeleteVariable || w.Verb == plan.RemoveMember && !strings.HasPrefix(w.Address.Name(), "unwanted@") {
			return &lost{true, refused(404, "SC404")}
		}
		return nil
	}
	rs := Run(context.Background(), plantest.Make(t, r), z.options())
	if rs.Succeeded != stepsOfWorld-2 || strings.Count(outcomes(rs), "skipped (already-done") != 2 || rs.Exit != exit.OK {
		t.Error(outcomes(rs))
	}
}

// What somebody else has made is there, and not by this run; another than was to be made has failed.
func TestMakingWhatIsThere(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 409, 422} {
		for _, same := range []bool{true, false} {
			z, r := world()
			z.fault = func(_ int, w plan.Write) *lost {
				if w.Verb != plan.CreateVariable && w.Verb != plan.InviteMember || w.Address.Key() != "acme" ||
					w.Address.Name() == "late@x.example" {
					return nil
				}
				if !same {
					w.Arguments.Value, w.Arguments.RoleID = zonetest.Ptr(state.Text("theirs")), 14
				}
				if _, err := z.commit(w); err != nil {
					t.Error(err)
				}
				return &lost{false, refused(status, "IM005")}
			}
			rs := Run(context.Background(), plantest.Make(t, r), z.options())
			done := strings.Count(outcomes(rs), "skipped (already-done")
			switch {
			case same && status != 403:
				if done != 2 || rs.Failed != 0 || rs.Exit != exit.OK {
					t.Errorf("%d:\n%s", status, outcomes(rs))
				}
			case done != 0, rs.Failed != 2, rs.Exit != exit.Partial:
				t.Errorf("%d, another: %v\n%s", status, !same, outcomes(rs))
			}
		}
	}
}

func TestARefusalForTheLicenceIsSkipped(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]error{
		"402":       &state.CallError{Status: 402, Certainty: state.NotHappened, Class: exit.ClassLicence},
		"free plan": &state.CallError{Status: 403, Certainty: state.NotHappened, Class: exit.ClassFreePlan},
	} {
		t.Run(name, func(t *testing.T) {
			z := newWrittenZone(zonetest.Organization(11, "Acme"))
			on := true
			r := plantest.Request(z.Zone, zonetest.Desired("acme", "Acme", func(o *spec.Organization) { o.TFAEnforced = &on }))
			z.fault = func(int, plan.Write) *lost { return &lost{false, fault} }
			rs := Run(context.Background(), plantest.Make(t, r), z.options())
			if rs.Exit != exit.OK || rs.Skipped != 1 || rs.Steps[0].Reason.Code != report.ReasonLicence {
				t.Errorf("exit %v\n%s", rs.Exit, outcomes(rs))
			}
			if len(rs.Problems) != 1 || !strings.Contains(rs.Problems[0].Hint, "Enterprise") {
				t.Errorf("it does not say what to buy: %v", rs.Problems)
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
	for _, s := range Run(context.Background(), plantest.Make(t, r), o).Steps {
		attempts += s.Attempts
	}
	if attempts != 1 || len(z.writes) != 1 {
		t.Errorf("%d attempts, %d writes", attempts, len(z.writes))
	}
}

func TestABlindOrganizationIsNotWaitedForTwice(t *testing.T) {
	t.Parallel()
	z, r := world()
	p := plantest.Make(t, r)
	clock := newJumpClock()
	z.onRead = func(call string) error {
		if strings.HasSuffix(call, " 11") {
			return serverError()
		}
		return nil
	}
	z.fault = func(_ int, w plan.Write) *lost {
		if w.Organization == 11 {
			return &lost{false, serverError()}
		}
		return nil
	}
	o := z.options()
	o.Clock = clock
	rs := Run(context.Background(), p, o)
	wantSum(t, p, rs)
	if rs.Succeeded != 5 || rs.Unknown == 0 || rs.Exit != exit.Partial {
		t.Errorf("exit %v\n%s", rs.Exit, outcomes(rs))
	}
	if took := clock.Now().Sub(planned); took > 4*time.Minute {
		t.Errorf("it took %v", took)
	}
	for _, s := range rs.Steps {
		if s.Outcome == report.OutcomeUnknown && !strings.Contains(s.Reason.Text, "look at "+string(s.Address)+" by hand") {
			t.Errorf("%s does not say what to look at", s.Reason)
		}
	}
}
