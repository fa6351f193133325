package makeapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// do carries out a call: it waits for the organization's window, sends, and repeats as the
// policy says. The error is a *sync.CallError.
func (c caller) do(ctx context.Context, k *call) error {
	if err := c.repeat(ctx, k); err != nil {
		if !errors.Is(err, state.ErrNotAsked) && !errors.Is(err, plan.ErrWaited) {
			c.explain(ctx, k, err)
		}
		return err
	}
	return nil
}

// callProgress is how far a call has come.
type callProgress struct {
	asked     time.Time     // when the call was wanted
	attempts  int           // requests made
	failures  int           // of them, those that did not end in a rate limit
	spent     time.Duration // of the call's timeout
	refused   time.Time     // first 429
	exhausted exit.Class    // why the call before it was given up
	most      int           // failures after which it is given up
	last      *state.CallError
}

func (c caller) repeat(ctx context.Context, k *call) *state.CallError {
	if refusal := c.refusedBy.Load(); refusal != nil {
		return k.notAsked(refusal.Refused)
	}
	w := c.windows.of(k.organization)
	p := callProgress{exhausted: w.exhaustedBy(), asked: c.clock.Now()}
	p.most = c.retry.attemptsIn(p.exhausted != "" || c.down.Load())
	for {
		if err := c.pace(ctx, w, k.organization); err != nil {
			return k.cancelled(err)
		}
		if err := c.enter(ctx); err != nil {
			w.cancel(c.clock.Now())
			return k.cancelled(err)
		}
		began := c.clock.Now()
		if k.within > 0 && began.Sub(p.asked) > k.within {
			c.leave(nil)
			w.cancel(began)
			return k.waited(p.last)
		}
		p.attempts++
		o := c.attemptInFlight(ctx, k, w, began, p.spent)
		p.spent += c.clock.Now().Sub(began)
		c.record(w, began, o)
		c.observeAttempt(ctx, k, p.attempts, began, o)
		wait, retry := c.next(k, &p, began, o)
		if !retry {
			if o.status == http.StatusUnauthorized {
				o.err.Refused = &state.TokenRefusal{Zone: c.zone, From: c.tokenFrom, Answer: *o.err.API()}
				if !c.refusedBy.CompareAndSwap(nil, o.err) {
					o.err.Refused = c.refusedBy.Load().Refused // each tells the same
				}
			}
			c.recordEnd(w, k, o)
			return o.err
		}
		p.last = o.err
		if wait > 0 {
			if err := c.sleep(ctx, wait); err != nil {
				return k.cancelled(err)
			}
			p.spent += wait
		}
	}
}

// enter waits for room in flight: what the zone takes, and what all zones of the run may have.
func (c caller) enter(ctx context.Context) error {
	if err := c.adaptive.acquire(ctx); err != nil {
		return err
	}
	if err := c.inFlight.acquire(ctx); err != nil {
		c.adaptive.release(nil)
		return err
	}
	return nil
}

// leave gives the room back, with what was seen of the zone in it.
func (c caller) leave(seen *observation) {
	c.inFlight.release()
	c.adaptive.release(seen)
}

// attemptInFlight makes one attempt in the room that was entered for it, and gives that back.
func (c caller) attemptInFlight(
	ctx context.Context, k *call, w *sharedWindow, began time.Time, spent time.Duration,
) (o outcome) {
	var seen *observation
	defer func() { c.leave(seen) }()
	o = c.attempt(ctx, k, c.retry.timeout-spent)
	now := c.clock.Now()
	if sign, says := signOf(k, o, o.err != nil && w.isFull(now)); says {
		seen = &observation{
			kind: k.method + " " + k.doing, organization: k.organization, began: began, ended: now,
			latency: o.latency, sign: sign,
		}
	}
	return o
}

// next decides whether a call is sent again, and after which wait; that for a rate window lies in
// pace.
func (c caller) next(k *call, p *callProgress, began time.Time, o outcome) (wait time.Duration, retry bool) {
	switch decide(k.method, o) {
	case retryInWindow:
		if p.refused.IsZero() {
			p.refused = began
		}
		inTime := c.clock.Now().Sub(p.refused) < c.retry.rateLimitTimeout()
		return 0, inTime && p.spent < c.retry.timeout && p.exhausted != exit.ClassRateLimit
	case retryAfterWait:
		p.failures++
		wait = c.retry.backOff(p.failures, c.jitter(), o.headers.retry)
		return wait, p.failures < p.most && p.spent+wait < c.retry.timeout
	}
	return 0, false
}

// recordEnd remembers whether repetitions are worth their time here.
func (c caller) recordEnd(w *sharedWindow, k *call, o outcome) {
	switch {
	case o.err == nil:
		c.down.Store(false)
	case decide(k.method, o) != giveUp:
		w.markExhausted(o.err.Class)
		if !o.sent {
			c.down.Store(true)
		}
	}
}

// wasCancelled tells whether an error says that its own context had ended.
func wasCancelled(err error) bool {
	call := state.AsCallError(err)
	return call != nil && call.Class == exit.ClassCancelled
}

// observeAttempt counts an attempt and tells the log and the observer.
func (c caller) observeAttempt(ctx context.Context, k *call, number int, began time.Time, o outcome) {
	a := Attempt{
		Zone: c.zone, Organization: k.organization, Method: k.method,
		Number: number, Status: o.status, Duration: c.clock.Now().Sub(began),
	}
	if o.err != nil {
		a.Class = o.err.Class
	}
	c.counters.add(a, o.sent)
	logs := c.log != nil && c.log.Enabled(ctx, slog.LevelDebug)
	if !logs && c.observe == nil {
		return
	}
	a.Path = text.ShortLine(k.redactedURL(), 300)
	if c.observe != nil {
		c.observe(a)
	}
	if !logs {
		return
	}
	attributes := []slog.Attr{
		slog.String("zone", a.Zone), slog.String("method", a.Method), slog.String("path", a.Path),
		slog.Int("status", a.Status), slog.Int("attempt", a.Number), slog.Duration("took", a.Duration),
	}
	if o.err != nil {
		attributes = append(attributes, slog.String("class", string(a.Class)), slog.String("error", o.err.Message))
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "api call", attributes...)
}

// asCallError gives an error of a context that came from waiting for somebody else's call its
// proper form.
func (c caller) asCallError(doing string, err error) error {
	if err == nil || state.AsCallError(err) != nil {
		return err
	}
	return (&call{doing: doing, object: "zone " + c.zone}).cancelled(err)
}
