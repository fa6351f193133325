package makeapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	reconcile "makesync/sync"
)

// outcome is what became of one request.
type outcome struct {
	err      *reconcile.CallError // nil: a good reply, decoded
	status   int                  // 0: no answer
	sent     bool                 // false only when it is certain that nothing left this machine
	answered bool                 // a status came back
	// permanent: sending it again cannot help (a certificate, a redirect).
	permanent bool
	cut       bool // the words of an error broke off, and with them perhaps why
	headers   rateHeaders
}

// errQuiet is the cause of an attempt that was cut off because nothing came any more.
var errQuiet = errors.New("no answer in time")

// graceOfWrites is how much longer a write may take once the run is interrupted.
const graceOfWrites = 30 * time.Second

// attempt sends one request and reads the reply, within the rest of the call's time. A write that is
// under way is not cut off at once when the run is interrupted: it is finished, so that its outcome is known.
func (c *Client) attempt(ctx context.Context, k *call, rest time.Duration) outcome {
	interrupted := ctx
	quiet := min(c.patience.attempt, rest)
	if k.isWrite() || k.slow {
		quiet = min(2*c.patience.attempt, rest) // it is not repeated, so it gets more time
	}
	if k.isWrite() {
		ctx = context.WithoutCancel(ctx)
	}
	watched, watch := startWatch(ctx, quiet, rest)
	defer watch.stop()
	connection := &connectionTrace{}
	if k.isWrite() {
		defer watch.endAfter(interrupted, graceOfWrites)()
		watched = connection.attach(watched)
	}
	request, err := c.request(watched, k)
	if err != nil {
		return outcome{permanent: true, err: c.unsent(k, "the request cannot be made of these names", err)}
	}
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return c.unanswered(ctx, k, watch, connection, err)
	}
	defer hangUp(response.Body, watch)
	return c.answered(ctx, k, watch, response)
}

// answered reads a reply.
func (c *Client) answered(ctx context.Context, k *call, watch *watch, response *http.Response) outcome {
	o := outcome{sent: true, answered: true, status: response.StatusCode}
	o.headers = readRateHeaders(response.Header, c.clock.Now())
	watch.progress()
	body := &replyBody{from: response.Body, watch: watch, left: k.longest}
	if body.left == 0 {
		body.left = ordinaryReply
	}
	switch {
	case response.StatusCode >= 300 || response.StatusCode < 200:
		body.left = errorReply
		var whole bool
		o.err, whole = c.refusal(k, response, body)
		o.cut = !whole
		o.permanent = response.StatusCode < 400
	default:
		if err := k.decode(body); err != nil {
			o.err = c.broken(ctx, k, watch, body, response.StatusCode, err)
		}
	}
	return o
}

// hangUp reads what little may be left of a reply, so that the connection can be used again; it
// does not wait for it.
func hangUp(body io.ReadCloser, watch *watch) {
	watch.quiet = min(watch.quiet, 100*time.Millisecond)
	watch.progress()
	_, _ = io.CopyN(io.Discard, body, 16<<10)
	body.Close()
}

// watch cuts an attempt off when nothing has come for a while, or when its time is over.
type watch struct {
	timer    *time.Timer
	quiet    time.Duration
	deadline time.Time
	fired    atomic.Bool
	cancel   context.CancelCauseFunc
}

func startWatch(ctx context.Context, quiet, rest time.Duration) (context.Context, *watch) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watch{quiet: quiet, deadline: time.Now().Add(rest), cancel: cancel}
	w.timer = time.AfterFunc(quiet, w.fire)
	return ctx, w
}

func (w *watch) fire() {
	w.fired.Store(true)
	w.cancel(errQuiet)
}

// endAfter cuts the attempt off a while after the run was interrupted.
func (w *watch) endAfter(interrupted context.Context, grace time.Duration) (release func()) {
	var last atomic.Pointer[time.Timer]
	forget := context.AfterFunc(interrupted, func() { last.Store(time.AfterFunc(grace, w.fire)) })
	return func() {
		forget()
		if timer := last.Load(); timer != nil {
			timer.Stop()
		}
	}
}

// progress puts the cut off.
func (w *watch) progress() {
	if w.timer.Stop() {
		w.timer.Reset(max(min(w.quiet, time.Until(w.deadline)), 0))
	}
}

func (w *watch) stop() {
	w.timer.Stop()
	w.cancel(nil)
}

// connectionTrace knows whether a write had a connection to leave by. Only a
// transport of net/http reports to it; silence proves nothing.
type connectionTrace struct{ wanted, got atomic.Bool }

func (t *connectionTrace) attach(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { t.wanted.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { t.got.Store(true) },
	})
}

func (t *connectionTrace) neverConnected() bool { return t.wanted.Load() && !t.got.Load() }

// replyBody limits a reply's length and tells the watch that it is coming.
type replyBody struct {
	from  io.Reader
	watch *watch
	left  int64
	err   error // of the network, or too long; nil while all is well
}

var errTooLong = errors.New("the reply is longer than makesync reads")

// Read reads on.
func (b *replyBody) Read(into []byte) (int, error) {
	if b.left <= 0 {
		if n, err := b.from.Read(into[:min(1, len(into))]); n == 0 && err == io.EOF {
			return 0, io.EOF
		}
		b.err = errTooLong
		return 0, b.err
	}
	n, err := b.from.Read(into[:min(int64(len(into)), b.left)])
	b.left -= int64(n)
	b.watch.progress()
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}
