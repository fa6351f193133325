package makeapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"makesync/spec/text"
	reconcile "makesync/sync"
)

// do carries out a call: it waits for the organization's window, sends, and repeats as the
// policy says. The error is a *sync.CallError.
func (c *Client) do(ctx context.Context, k *call) error {
	if err := c.repeat(ctx, k); err != nil {
		c.explain(ctx, k, err)
		return err
	}
	return nil
}

// progress is how far a call has come.
type progress struct {
	attempts int           // requests made
	failures int           // of them, those that did not end in a rate limit
	spent    time.Duration // of the call's timeout
	refused  time.Time     // first 429
	worn     reconcile.Class
	most     int // failures after which it is given up
}

func (c *Client) repeat(ctx context.Context, k *call) *reconcile.CallError {
	p := c.windows.of(k.organization)
	at := progress{worn: p.wornBy()}
	at.most = c.patience.attemptsIn(at.worn != "" || c.down.Load())
	for {
		if err := c.pace(ctx, p, k.organization); err != nil {
			return c.cancelled(k, err)
		}
		if err := c.slots.take(ctx); err != nil {
			p.release(c.clock.Now())
			return c.cancelled(k, err)
		}
		began := c.clock.Now()
		at.attempts++
		o := c.inSlot(ctx, k, at.spent)
		at.spent += c.clock.Now().Sub(began)
		c.note(p, began, o)
		c.report(ctx, k, at.attempts, began, o)
		wait, goOn := c.next(k, &at, began, o)
		if !goOn {
			c.settle(p, k, &at, o)
			return o.err
		}
		if wait > 0 {
			if err := c.sleep(ctx, wait); err != nil {
				return c.cancelled(k, err)
			}
			at.spent += wait
		}
	}
}

// inSlot makes one attempt in the slot that was taken for it, and gives that back.
func (c *Client) inSlot(ctx context.Context, k *call, spent time.Duration) outcome {
	defer c.slots.free()
	return c.attempt(ctx, k, c.patience.timeout-spent)
}

// next decides whether a call is sent again, and after which wait; that for a rate window lies in pace.
func (c *Client) next(k *call, at *progress, began time.Time, o outcome) (wait time.Duration, goOn bool) {
	switch judge(k.method, o) {
	case awaitWindow:
		if at.refused.IsZero() {
			at.refused = began
		}
		patient := c.clock.Now().Sub(at.refused) < c.patience.refusals()
		return 0, patient && at.spent < c.patience.timeout && at.worn != reconcile.ClassRateLimit
	case again:
		at.failures++
		wait = c.patience.backOff(at.failures, c.jitter(), o.headers.retry)
		return wait, at.failures < at.most && at.spent+wait < c.patience.timeout
	}
	return 0, false
}

// settle remembers whether patience is worth its time here.
func (c *Client) settle(p *paced, k *call, at *progress, o outcome) {
	switch {
	case o.err == nil:
		c.down.Store(false)
	case judge(k.method, o) != giveUp:
		p.wear(o.err.Class)
		if !o.sent {
			c.down.Store(true)
		}
	}
}

// cancelled is the error of a call that the run no longer wants; nothing of it has been sent.
func (c *Client) cancelled(k *call, err error) *reconcile.CallError {
	text := "interrupted before it was sent"
	if errors.Is(err, context.DeadlineExceeded) {
		text = "the time of the run was over before it was sent"
	}
	return &reconcile.CallError{Doing: k.words(), Message: text, Class: reconcile.ClassCancelled, Err: err}
}

// wasCancelled tells whether an error says that its own context had ended.
func wasCancelled(err error) bool {
	call := reconcile.AsCallError(err)
	return call != nil && call.Class == reconcile.ClassCancelled
}

// report counts an attempt and tells the log and the observer.
func (c *Client) report(ctx context.Context, k *call, number int, began time.Time, o outcome) {
	a := Attempt{
		Zone: c.zone, Organization: k.organization, Method: k.method,
		Number: number, Status: o.status, Duration: c.clock.Now().Sub(began),
	}
	if o.err != nil {
		a.Class = o.err.Class
	}
	c.tally.attempt(a, o.sent)
	logs := c.log != nil && c.log.Enabled(ctx, slog.LevelDebug)
	if !logs && c.observe == nil {
		return
	}
	a.Path = text.ShortLine(k.shown(), 300)
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

// isWrite tells whether a call may change something.
func (k *call) isWrite() bool { return k.method != http.MethodGet }
