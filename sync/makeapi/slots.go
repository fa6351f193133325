package makeapi

import "context"

// Slots bounds the requests that are in flight, over all clients that share it. The connections of a transport do not:
// one of HTTP/2 carries many requests. A nil Slots has no bound.
type Slots chan struct{}

// NewSlots makes room for n requests, at least one.
func NewSlots(n int) Slots { return make(Slots, max(1, n)) }

// take waits for room; the error is the context's.
func (s Slots) take(ctx context.Context) error {
	if s == nil {
		return nil
	}
	select {
	case s <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s Slots) free() {
	if s != nil {
		<-s
	}
}
