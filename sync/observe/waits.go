package observe

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"

	"makesync/sync/plan"
	"makesync/sync/state"
)

// consistencyDelays are how long lists may not show what a zone has answered to be done: what
// would be made twice, and a removal that is followed by an invitation of the same person. The list
// of organizations comes from the central backend, so that the replication to the zones, for which
// Make has `wait=true`, does not delay it.
var consistencyDelays = map[plan.Verb]time.Duration{
	plan.CreateOrganization: 10 * time.Second,
	plan.InviteMember:       ListLag,
	plan.RemoveMember:       ListLag,
	plan.ChangeSubscription: 10 * time.Second,
	plan.FreeSubscription:   10 * time.Second,
}

// UnderWayDelay is that delay after an answer that does not end what the zone is at work on: for
// any verb a time-out, a reset and the end of the process that has sent the write; any unclear
// answer for a verb that does harm when it is done late, besides its repetition.
const UnderWayDelay = time.Minute

// ConsistencyDelay is how long a zone that has answered may not show what a write of the verb made.
func ConsistencyDelay(verb plan.Verb) time.Duration { return consistencyDelays[verb] }

// consistencyDelayAfter is how long reads have to show nothing before that proves that a write
// whose answer was lost in this way did not happen, counted from when it was judged. What does the
// same when it is done twice may be sent again at once after a 5xx: a zone that stumbles is common.
func consistencyDelayAfter(verb plan.Verb, err error) time.Duration {
	call := state.AsCallError(err)
	underWay := call != nil && call.Certainty == state.UnderWay
	if underWay || plan.DependOnState[verb] || verb == plan.DeleteVariable {
		return UnderWayDelay
	}
	return 0
}

// endsWork tells an answer by which the zone itself says that it has given up; any other 5xx may be
// that of a gateway before it, which knows nothing of what the zone goes on to do.
func endsWork(err error) bool {
	call := state.AsCallError(err)
	return call != nil && (call.Status == 500 || call.Status == 501 || call.Status == 503)
}

// ListLag is how long a zone's lists may not show what it has done. Nothing tells it: only a list
// that still shows the state before a write is waited for.
const ListLag = 10 * time.Second

// WaitForLag reads again while what is read may only be behind, until a moment at the latest.
func (o *Observer) WaitForLag(ctx context.Context, until time.Time, behind func() bool, read func() error) error {
	for waits := NewWaits(o.jitter); behind() && o.Refused() == nil && o.clock.Now().Before(until); {
		if err := o.clock.Sleep(ctx, min(waits.Next(), until.Sub(o.clock.Now()))); err != nil {
			return err
		}
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}

// Waits are jittered exponential waits: about 0.5 s, 1 s, 2 s, … up to about 15 s.
type Waits struct {
	exponential *backoff.ExponentialBackOff
	jitter      func() float64
}

// NewWaits begins with the shortest wait; jitter gives numbers in [0, 1), nil: no spread.
func NewWaits(jitter func() float64) Waits {
	if jitter == nil {
		jitter = func() float64 { return 0.5 }
	}
	return Waits{jitter: jitter, exponential: &backoff.ExponentialBackOff{
		InitialInterval: 500 * time.Millisecond,
		Multiplier:      2,
		MaxInterval:     15 * time.Second,
	}}
}

// Next is the next wait, between half of the interval and one and a half.
func (w Waits) Next() time.Duration {
	return time.Duration(float64(w.exponential.NextBackOff()) * (0.5 + w.jitter()))
}
