package state

import (
	"context"
	"time"

	"makesync/sync/slots"
)

// SlotClient is a Reader or a Writer whose calls may wait for long, for a rate window or before a
// repetition.
type SlotClient interface {
	// WithSlot is the same client, for whoever holds the slot: its calls yield it while they wait.
	WithSlot(slots.Slot) Reader
}

// WithSlotOf is the reader for whoever holds the slot; one whose calls never wait stays as it is.
func WithSlotOf(slot slots.Slot, reader Reader) Reader {
	if client, ok := reader.(SlotClient); ok {
		return client.WithSlot(slot)
	}
	return reader
}

// YieldingClock is the clock for whoever holds the slot: who sleeps yields it.
func YieldingClock(c Clock, slot slots.Slot) Clock { return yieldingClock{c, slot} }

type yieldingClock struct {
	Clock
	slot slots.Slot
}

func (c yieldingClock) Sleep(ctx context.Context, d time.Duration) error {
	defer c.slot.Yield()()
	return c.Clock.Sleep(ctx, d)
}
