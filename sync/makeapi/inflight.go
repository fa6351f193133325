package makeapi

import (
	"context"
	"slices"
	"sync"
	"time"

	"makesync/sync/state"
)

// InFlightLimit is a semaphore that bounds the requests in flight, over all clients that share it.
// The connections of a transport do not: one of HTTP/2 carries many requests. A nil InFlightLimit
// has no bound.
type InFlightLimit chan struct{}

// NewInFlightLimit makes room for n requests, at least one.
func NewInFlightLimit(n int) InFlightLimit { return make(InFlightLimit, max(1, n)) }

// acquire waits for room; the error is the context's.
func (l InFlightLimit) acquire(ctx context.Context) error {
	if l == nil {
		return nil
	}
	select {
	case l <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l InFlightLimit) release() {
	if l != nil {
		<-l
	}
}

// adaptiveLimit bounds the requests in flight of one zone by what congestion finds. Who comes first
// is served first. A nil adaptiveLimit has no bound.
type adaptiveLimit struct {
	clock state.Clock

	mu       sync.Mutex
	found    congestion
	inFlight int
	waiting  []chan struct{} // closed for whoever may try again
}

// acquire waits for room; the error is the context's.
func (l *adaptiveLimit) acquire(ctx context.Context) error {
	if l == nil {
		return nil
	}
	for first := true; ; first = false {
		closed, turn := l.enter(first)
		switch {
		case closed > 0:
			if err := l.clock.Sleep(ctx, closed); err != nil {
				return err
			}
		case turn == nil:
			return nil
		default:
			select {
			case <-turn:
			case <-ctx.Done():
				l.leave(turn)
				return ctx.Err()
			}
		}
	}
}

// enter takes room where there is some. Else it says for how long the zone is closed, or gives what
// to wait for; who has waited goes before those who come.
func (l *adaptiveLimit) enter(first bool) (closed time.Duration, turn chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if closed = l.found.closedUntil.Sub(l.clock.Now()); closed > 0 {
		return closed, nil
	}
	if l.inFlight < l.found.limit && (!first || len(l.waiting) == 0) {
		if l.inFlight++; l.inFlight >= l.found.limit {
			l.found.fill()
		}
		return 0, nil
	}
	turn = make(chan struct{})
	if first {
		l.waiting = append(l.waiting, turn)
	} else {
		l.waiting = slices.Insert(l.waiting, 0, turn)
	}
	return 0, turn
}

// leave takes back a wait. A turn that has come meanwhile goes to the next.
func (l *adaptiveLimit) leave(turn chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = slices.DeleteFunc(l.waiting, func(other chan struct{}) bool { return other == turn })
	l.wake()
}

// release gives room back, and learns from what became of the request; nil: nothing can be learned.
func (l *adaptiveLimit) release(s *observation) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inFlight--
	if s != nil {
		l.found.observe(*s)
	}
	l.wake()
}

// wake calls as many of those who wait as there is room for; the caller has the lock.
func (l *adaptiveLimit) wake() {
	for n := l.found.limit - l.inFlight; n > 0 && len(l.waiting) > 0; n-- {
		close(l.waiting[0])
		l.waiting = l.waiting[1:]
	}
}
