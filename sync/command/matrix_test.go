package command_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"makesync/spec"
	"makesync/sync/report"
	"makesync/sync/sandbox"
)

// TestMatrixHasEveryAnswer: a switch without a row is a question that nobody has thought about.
func TestMatrixHasEveryAnswer(t *testing.T) {
	t.Parallel()
	var want, have []string
	for _, s := range sandbox.SwitchTable() {
		for _, value := range s.Values {
			want = append(want, s.Name+"="+value)
		}
	}
	for _, row := range slices.Concat(matrixRows, unaskedRows) {
		have = append(have, row.String())
	}
	slices.Sort(want)
	slices.Sort(have)
	if !slices.Equal(want, have) {
		t.Errorf("rows for\n%v\nthere are\n%v", have, want)
	}
}

func (row *matrixRow) String() string { return row.name + "=" + row.value }

// TestMatrix: whatever the answers to the open questions about Make are, makesync leads the zone where the
// document says, as far as that can be, tells the truth about it, and then has nothing more to do. A client
// that gets the answer wrong does not pass, so the row looks at what it is about.
func TestMatrix(t *testing.T) {
	t.Parallel()
	for _, row := range slices.Concat(matrixRows, unaskedRows) {
		t.Run(row.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, wrong := range row.play(t, nil) {
					t.Error(wrong)
				}
			})
			if raceDetector {
				return // the mistakes are in the test, and slow
			}
			synctest.Test(t, func(t *testing.T) {
				if len(row.play(t, row.wrong)) == 0 {
					t.Error("a client that gets this wrong passes all the same")
				}
			})
		})
	}
}

// play runs the row and lists what is not as it should be.
func (row *matrixRow) play(t *testing.T, mistake wrongClient) (wrong []string) {
	t.Helper()
	e := row.stage(t)
	refused := e.between(row, mistake)
	began := time.Now()
	report, wrong := e.applyTruly()
	if took := time.Since(began); row.atMost > 0 && took > row.atMost {
		wrong = append(wrong, fmt.Sprintf("the run waited %v", took))
	}
	if row.name == "rate-limit" && refused.Load() > 0 {
		wrong = append(wrong, fmt.Sprintf("%d calls were refused by a limit that could be seen", refused.Load()))
	}
	if report.Exit.Code != row.exit {
		wrong = append(wrong, fmt.Sprintf("the run ends with %v: %s", report.Exit, stepsOf(report)))
	}
	wrong = append(wrong, row.tells(report)...)
	wrong = append(wrong, e.differences()...) // one run is enough
	return append(wrong, e.converge()...)
}

// between puts the zone's traits and the mistake of the client where they belong, and counts refusals of the limit.
func (e *everything) between(row *matrixRow, mistake wrongClient) *atomic.Int64 {
	refused := new(atomic.Int64)
	e.tamper = func(next http.RoundTripper) http.RoundTripper {
		for _, layer := range []wrongClient{countRefusals(refused), row.zone, mistake} {
			if layer != nil {
				next = layer(next)
			}
		}
		return next
	}
	return refused
}

func countRefusals(n *atomic.Int64) wrongClient {
	return hears(".*", func(_ *http.Request, reply *reply) {
		if reply.status == http.StatusTooManyRequests {
			n.Add(1)
		}
	})
}

// happens lets somebody else act once, just before a call.
func (e *everything) happens(what event) {
	var done atomic.Bool
	done.Store(what.do == nil)
	e.world.OnCall(func(c sandbox.CallEvent) {
		if c.Operation == what.call && strings.Contains(c.Path, what.about) && done.CompareAndSwap(false, true) {
			what.do(e)
		}
	})
}

// tells compares outcomes.
func (row *matrixRow) tells(report *report.Report) (wrong []string) {
	for i := range report.Steps {
		s := &report.Steps[i]
		want := "succeeded"
		for _, table := range []map[spec.Address]string{toldAlways, row.told} {
			if words, ok := table[s.Address]; ok {
				want = words
			}
		}
		outcome, reason, _ := strings.Cut(want, " ")
		if string(s.Outcome) != outcome || !strings.HasPrefix(s.Reason.String(), reason) {
			wrong = append(wrong, fmt.Sprintf("%s %s %s %s, and it should be %s", s.Op, s.Address, s.Outcome, s.Reason, want))
		}
	}
	return wrong
}

// alter changes the world as somebody else would.
func (e *everything) alter(change func(*sandbox.State)) {
	e.Helper()
	if err := e.world.Alter(change); err != nil {
		e.Fatal(err)
	}
}

// call is a call of another program with the same token; it gives the status, 0 without an answer.
func (e *everything) call(method, path, body string) int {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, "https://eu1.make.com/api/v2"+path, strings.NewReader(body))
	if err != nil {
		return 0
	}
	r.Header.Set("Authorization", "Token "+e.world.FirstToken())
	r.Header.Set("Content-Type", "application/json")
	handler, _ := e.world.Handler("eu1")
	before := len(e.world.Log())
	response, err := sandbox.Transport(handler).RoundTrip(r)
	for _, w := range e.world.Log()[before:] {
		e.theirs[w.N] = true
	}
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}
