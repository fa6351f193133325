// Package slots bounds how many organizations are worked on side by side, and lets one that only
// waits give its place to another.
//
//	s := slots.New(8)
//	s.Each(len(organizations), func(i int) { … })
package slots

import (
	"sync"

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

// New makes a semaphore of so many slots; below 1 counts as 1.
func New(limit int) *Slots {
	s := &Slots{limit: max(1, limit)}
	s.released.L = &s.mu
	return s
}

// Each runs a function for the numbers below n, in that order and side by side, each in a slot. A
// goroutine that is done with one goes on with another: its stack has grown by then.
func (s *Slots) Each(n int, do func(i int)) {
	var group spec.Group
	next := make(chan int)
	for i := range n {
		s.acquire()
		select {
		case next <- i:
		default:
			group.Go(func() error {
				for i, ok := i, true; ok; i, ok = <-next {
					s.run(do, i)
				}
				return nil
			})
		}
	}
	close(next)
	_ = group.Wait() // the functions keep their errors
}

// run releases the slot also where the function panics.
func (s *Slots) run(do func(i int), i int) {
	defer s.release()
	do(i)
}

// Yield gives the slot to another organization; it makes slots a Slot.
func (s *Slots) Yield() (reacquire func()) {
	s.release()
	return s.reacquire
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

// Slot is the place of one organization among those that are worked on side by side.
type Slot interface {
	// Yield gives the place to another organization, while a call only waits; reacquire takes it
	// back, at once.
	Yield() (reacquire func())
}
