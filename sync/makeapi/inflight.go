package makeapi

import "context"

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
