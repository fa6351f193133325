package apply

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/report"
	"makesync/sync/state"
)

func TestInterrupt(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		cause error
		exit  exit.Code
		word  string
	}{
		"INT":  {exit.ErrInterrupted, exit.Interrupted, "interrupted:"},
		"TERM": {exit.ErrTerminated, exit.Terminated, "interrupted:"},
		"time": {exit.ErrOutOfTime, exit.Partial, "max-runtime:"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				z, r := world()
				r.Now = time.Now()
				p := plantest.Make(t, r)
				ctx, cancel := context.WithCancelCause(context.Background())
				z.fault = func(n int, _ plan.Write) *lost {
					if n == 4 {
						cancel(c.cause)
						time.Sleep(5 * time.Second)
					}
					return nil
				}
				o := z.options()
				o.Clock, o.Fetched, o.Concurrency = wallClock{}, time.Now(), 1
				started := time.Now()
				report := Run(ctx, p, o)
				wantSum(t, p, report)
				if report.Succeeded != 4 || len(z.writes) != 4 || report.Exit != c.exit || !strings.Contains(outcomes(report), c.word) {
					t.Errorf("exit %v, %d writes\n%s", report.Exit, len(z.writes), outcomes(report))
				}
				if took := time.Since(started); took != 5*time.Second {
					t.Errorf("it took %v", took)
				}
				if len(plantest.Make(t, r).Organizations[0].Steps) == 0 {
					t.Error("nothing is left over")
				}
			})
		})
	}
}

func TestInterruptOfAWriteThatWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z, r := world()
		r.Now = time.Now()
		p := plantest.Make(t, r)
		ctx, cancel := context.WithCancelCause(context.Background())
		o := z.options()
		o.Clock, o.Fetched, o.Concurrency = wallClock{}, time.Now(), 1
		port := o.Zones["eu1"]
		port.Writer = waitingWriter(func() { cancel(exit.ErrInterrupted) })
		o.Zones["eu1"] = port
		started := time.Now()
		report := Run(ctx, p, o)
		if took := time.Since(started); took != 0 || report.Skipped != stepsOfWorld || report.Exit != exit.Interrupted {
			t.Errorf("%v: exit %v, %d skipped\n%s", took, report.Exit, report.Skipped, outcomes(report))
		}
	})
}

// A stop between the two writes of a re-invitation does not keep the second from being sent.
func TestInterruptOfAReinvitation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z, r := world()
		r.Now = time.Now()
		ctx, cancel := context.WithCancelCause(context.Background())
		z.fault = func(_ int, w plan.Write) *lost {
			if w.Verb == plan.RemoveMember && w.Address.Name() == "late@x.example" {
				cancel(exit.ErrInterrupted)
			}
			return nil
		}
		o := z.options()
		o.Clock, o.Fetched, o.Concurrency = wallClock{}, time.Now(), 1
		port := o.Zones["eu1"]
		port.Writer = endedWriter{port.Writer}
		o.Zones["eu1"] = port
		rs := Run(ctx, plantest.Make(t, r), o)
		for _, s := range rs.Steps {
			if s.Op == plan.OpReinvite && (s.Outcome != report.Succeeded || s.Attempts != 2) {
				t.Errorf("%s after %d attempts: %s", s.Outcome, s.Attempts, s.Reason)
			}
		}
		if rs.Exit != exit.Interrupted || rs.Skipped == 0 {
			t.Errorf("exit %v, %d skipped", rs.Exit, rs.Skipped)
		}
	})
}

// endedWriter sends nothing once the context of the write has ended.
type endedWriter struct{ plan.Writer }

func (e endedWriter) Write(ctx context.Context, w plan.Write) (plan.Answer, error) {
	if err := ctx.Err(); err != nil {
		return plan.Answer{}, &state.CallError{Certainty: state.NotHappened, Class: exit.ClassCancelled, Err: err}
	}
	return e.Writer.Write(ctx, w)
}
