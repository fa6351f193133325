package observe

import (
	"testing"
	"time"

	"makesync/sync/plan"
	"makesync/sync/state"
)

// deadline is the shortest that a write has by default.
const deadline = 2 * time.Minute

func TestConsistencyDelayIsShorterThanTheDeadline(t *testing.T) {
	t.Parallel()
	answers := []*state.CallError{
		{Status: 502, Certainty: state.Unknown}, {Status: 200, Certainty: state.Unknown}, {Certainty: state.UnderWay},
	}
	for verb := range plan.DependOnState {
		for _, answer := range answers {
			if d := consistencyDelayAfter(verb, answer); d >= deadline || d < 30*time.Second {
				t.Errorf("%s settles in %v after %+v", verb, d, answer)
			}
		}
	}
	if d := consistencyDelayAfter(plan.UpdateVariable, answers[0]); d != 0 {
		t.Errorf("a variable waits %v", d)
	}
}

func TestWaitsGrowAndSpread(t *testing.T) {
	t.Parallel()
	low, high := NewWaits(func() float64 { return 0 }), NewWaits(func() float64 { return 1 })
	for _, want := range []time.Duration{500, 1000, 2000, 4000, 8000, 15000, 15000} {
		want *= time.Millisecond
		if l, h := low.Next(), high.Next(); l != want/2 || h != want*3/2 {
			t.Errorf("waits %v to %v around %v", l, h, want)
		}
	}
}
