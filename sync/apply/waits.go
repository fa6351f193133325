package apply

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"

	"makesync/sync/plan"
	"makesync/sync/state"
)

// consistencyDelays are how long reads have to show nothing before that proves that nothing
// happened. A zone may still be working on a request whose connection broke; for what would be made
// twice, and for a removal that is followed by an invitation of the same person, we wait for it.
// The list of organizations comes from the central backend, so that the replication to the zones,
// for which Make has `wait=true`, does not delay it.
var consistencyDelays = map[plan.Verb]time.Duration{
	plan.CreateOrganization: 10 * time.Second,
	plan.InviteMember:       3 * time.Second,
	plan.RemoveMember:       3 * time.Second,
}

// consistencyDelayUnderWay is that delay after a time-out, which does not end what it waited for.
const consistencyDelayUnderWay = time.Minute

// consistencyDelayAfter is the delay of a verb whose answer was lost in this way.
func consistencyDelayAfter(verb plan.Verb, err error) time.Duration {
	delay := consistencyDelays[verb]
	if call := state.AsCallError(err); call != nil && call.Certainty == state.UnderWay && delay > 0 {
		return consistencyDelayUnderWay
	}
	return delay
}

// listLag is how long a zone's lists may not show what it has done.
const listLag = 3 * time.Second

// waitForLag reads again while what is read may only be behind, until a moment at the latest.
func (o *observer) waitForLag(ctx context.Context, until time.Time, behind func() bool, read func() error) error {
	for waits := newWaits(o.jitter); behind() && o.clock.Now().Before(until); {
		if err := o.clock.Sleep(ctx, waits.next()); err != nil {
			return err
		}
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}

// waits are jittered exponential waits: about 0.5 s, 1 s, 2 s, … up to about 15 s.
type waits struct {
	exponential *backoff.ExponentialBackOff
	jitter      func() float64
}

func newWaits(jitter func() float64) waits {
	return waits{jitter: jitter, exponential: &backoff.ExponentialBackOff{
		InitialInterval: 500 * time.Millisecond,
		Multiplier:      2,
		MaxInterval:     15 * time.Second,
	}}
}

// next is the next wait, between half of the interval and one and a half.
func (w waits) next() time.Duration {
	return time.Duration(float64(w.exponential.NextBackOff()) * (0.5 + w.jitter()))
}
