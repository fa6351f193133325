package state

import (
	"context"
	"sync"
	"time"

	"makesync/spec"
)

// Slots is a semaphore over organizations: so many are worked on side by side. One whose call only
// waits, for its rate window or before a repetition, yields its slot to another, so that what is
// slow delays nobody else:
//
//	2 slots    acme    ██ read ██ … a minute for its window … ██ read
//	           beta    █████ read █████
//	           gamma              █████ read █████                (the slot that acme has yielded)
//
// Who comes back goes on at once, whether a slot is free or not: others may be waiting for what it
// asks. How many requests are in flight is therefore not decided here; the client bounds them.
type Slots struct {
	mu       sync.Mutex
	released sync.Cond
	busy     int
	limit    int
}

// NewSlots makes a semaphore of so many slots; below 1 counts as 1.
func NewSlots(limit int) *Slots {
	s := &Slots{limit: max(1, limit)}
	s.released.L = &s.mu
	return s
}

// Each runs a function for the numbers below n, in that order and side by side, each in a slot.
func (s *Slots) Each(n int, do func(i int)) {
	var group spec.Group
	for i := range n {
		s.acquire()
		group.Go(func() error {
			defer s.release()
			do(i)
			return nil
		})
	}
	_ = group.Wait() // the functions keep their errors
}

// Yield gives the slot to another organization; it makes slots a Slot.
func (s *Slots) Yield() (reacquire func()) {
	s.release()
	return s.reacquire
}

// Clock is the clock for those who hold a slot: who sleeps yields it.
func (s *Slots) Clock(c Clock) Clock { return yieldingClock{c, s} }

type yieldingClock struct {
	Clock
	slot Slot
}

func (c yieldingClock) Sleep(ctx context.Context, d time.Duration) error {
	defer c.slot.Yield()()
	return c.Clock.Sleep(ctx, d)
}

func (s *Slots) acquire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.busy >= s.limit {
		s.released.Wait()
	}
	s.busy++
}

func (s *Slots) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	s.released.Signal()
}

func (s *Slots) reacquire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy++
}

// WithSlotOf is the reader for whoever holds the slot; one whose calls never wait stays as it is.
func WithSlotOf(slot Slot, reader Reader) Reader {
	if client, ok := reader.(SlotClient); ok {
		return client.WithSlot(slot)
	}
	return reader
}

// Slot is the place of one organization among those that are worked on side by side.
type Slot interface {
	// Yield gives the place to another organization, while a call only waits; reacquire takes it
	// back, at once.
	Yield() (reacquire func())
}

// SlotClient is a Reader or a Writer whose calls may wait for long, for a rate window or before a
// repetition.
type SlotClient interface {
	// WithSlot is the same client, for whoever holds the slot: its calls yield it while they wait.
	WithSlot(Slot) Reader
}
