package sync

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestInterrupt(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		cause error
		exit  Exit
		word  string
	}{
		"INT":  {ErrInterrupted, ExitInterrupted, "interrupted:"},
		"TERM": {ErrTerminated, ExitTerminated, "interrupted:"},
		"time": {ErrOutOfTime, ExitPartial, "max-runtime:"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				z, r := world()
				r.Now = time.Now()
				p := makePlan(t, r)
				ctx, cancel := context.WithCancelCause(context.Background())
				z.fault = func(n int, _ Write) *lost {
					if n == 4 {
						cancel(c.cause)
						time.Sleep(5 * time.Second)
					}
					return nil
				}
				o := z.options()
				o.Clock, o.Fetched, o.Concurrency = wallClock{}, time.Now(), 1
				started := time.Now()
				report := Apply(ctx, p, o)
				wantSum(t, p, report)
				if report.Succeeded != 4 || len(z.writes) != 4 || report.Exit != c.exit || !strings.Contains(outcomes(report), c.word) {
					t.Errorf("exit %v, %d writes\n%s", report.Exit, len(z.writes), outcomes(report))
				}
				if took := time.Since(started); took != 5*time.Second {
					t.Errorf("it took %v", took)
				}
				if len(makePlan(t, r).Organizations[0].Steps) == 0 {
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
		p := makePlan(t, r)
		ctx, cancel := context.WithCancelCause(context.Background())
		o := z.options()
		o.Clock, o.Fetched, o.Concurrency = wallClock{}, time.Now(), 1
		port := o.Zones["eu1"]
		port.Writer = waitingWriter(func() { cancel(ErrInterrupted) })
		o.Zones["eu1"] = port
		started := time.Now()
		report := Apply(ctx, p, o)
		if took := time.Since(started); took != 0 || report.Skipped != stepsOfWorld || report.Exit != ExitInterrupted {
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
		z.fault = func(_ int, w Write) *lost {
			if w.Verb == RemoveMember && w.Address.Name() == "late@x.example" {
				cancel(ErrInterrupted)
			}
			return nil
		}
		o := z.options()
		o.Clock, o.Fetched, o.Concurrency = wallClock{}, time.Now(), 1
		port := o.Zones["eu1"]
		port.Writer = endedWriter{port.Writer}
		o.Zones["eu1"] = port
		report := Apply(ctx, makePlan(t, r), o)
		for _, s := range report.Steps {
			if s.Op == OpReinvite && (s.Outcome != Succeeded || s.Attempts != 2) {
				t.Errorf("%s after %d attempts: %s", s.Outcome, s.Attempts, s.Reason)
			}
		}
		if report.Exit != ExitInterrupted || report.Skipped == 0 {
			t.Errorf("exit %v, %d skipped", report.Exit, report.Skipped)
		}
	})
}

// endedWriter sends nothing once the context of the write has ended.
type endedWriter struct{ Writer }

func (e endedWriter) Write(ctx context.Context, w Write) (Answer, error) {
	if err := ctx.Err(); err != nil {
		return Answer{}, &CallError{Certainty: NotHappened, Class: ClassCancelled, Err: err}
	}
	return e.Writer.Write(ctx, w)
}
