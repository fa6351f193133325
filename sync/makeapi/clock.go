package makeapi

import (
	"context"
	"time"
)

// systemClock is the machine's clock.
type systemClock struct{}

// Now is the time.
func (systemClock) Now() time.Time { return time.Now() }

// Sleep waits, or returns the context's error.
func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
