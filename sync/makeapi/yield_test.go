package makeapi

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/state"
)

// countedSlot counts how often it is yielded and taken back.
type countedSlot struct{ yielded, reacquired atomic.Int32 }

// Yield counts.
func (s *countedSlot) Yield() (reacquire func()) {
	s.yielded.Add(1)
	return func() { s.reacquired.Add(1) }
}

// yieldedClock tells at each wait whether the slot is yielded.
type yieldedClock struct {
	instantly
	slot  *countedSlot
	waits atomic.Int32
	held  atomic.Int32
}

// Sleep looks.
func (c *yieldedClock) Sleep(ctx context.Context, d time.Duration) error {
	c.waits.Add(1)
	if c.slot.yielded.Load() != c.slot.reacquired.Load()+1 {
		c.held.Add(1)
	}
	return ctx.Err()
}

// TestSlotsAreYieldedWhileCallsWait: before a repetition,
// and only in a client that was made for the slot.
func TestSlotsAreYieldedWhileCallsWait(t *testing.T) {
	t.Parallel()
	slot := &countedSlot{}
	clock := &yieldedClock{slot: slot}
	handler, _ := faults(answers(500, "{}"), answers(503, "{}"), answers(200, noVariables))
	c := client(t, handler, func(o *Options) { o.Clock = clock })
	inSlot := c.WithSlot(slot)
	live := &state.Organization{Organization: spec.Organization{ID: 11}}
	if err := inSlot.Read(t.Context(), live, spec.KindVariable); err != nil {
		t.Fatal(err)
	}
	if clock.waits.Load() != 2 || clock.held.Load() != 0 || slot.yielded.Load() != 2 || slot.reacquired.Load() != 2 {
		t.Errorf("%d waits, %d of them in a slot that was held; yielded %d times, taken back %d times",
			clock.waits.Load(), clock.held.Load(), slot.yielded.Load(), slot.reacquired.Load())
	}
	handler, _ = faults(answers(500, "{}"), answers(200, noVariables))
	c = client(t, handler, func(o *Options) { o.Clock = clock })
	if err := c.Read(t.Context(), live, spec.KindVariable); err != nil || slot.yielded.Load() != 2 {
		t.Errorf("%v, yielded %d times", err, slot.yielded.Load())
	}
}
