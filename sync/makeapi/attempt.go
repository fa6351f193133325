package makeapi

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"makesync/sync/state"
)

// outcome is what became of one request.
type outcome struct {
	err      *state.CallError // nil: a good reply, decoded
	status   int              // 0: no answer
	sent     bool             // false only when it is certain that nothing left this machine
	answered bool             // a status came back
	// permanent: sending it again cannot help (a certificate, a redirect).
	permanent bool
	cut       bool // the words of an error broke off, and with them perhaps why
	headers   rateHeaders
	// latency is the time until the answer began, on a connection that stood; 0: there was none.
	latency time.Duration
}

// writeGrace is how much longer a write may take once the run is interrupted.
const writeGrace = 30 * time.Second

// attempt sends one request and reads the reply, within the rest of the call's time. A write that
// is under way is not cut off at once when the run is interrupted: it is finished, so that its
// outcome is known.
func (c *connection) attempt(ctx context.Context, k *call, rest time.Duration) outcome {
	interrupted := ctx
	idle := min(c.retry.attempt, rest)
	if k.isWrite() || k.slow {
		idle = min(2*c.retry.attempt, rest) // it is not repeated, so it gets more time
	}
	if k.isWrite() {
		ctx = context.WithoutCancel(ctx)
	}
	watched, timeout := startIdleTimeout(ctx, idle, rest)
	defer timeout.stop()
	trace := &connectionTrace{clock: c.clock, giveUp: timeout.cancel}
	watched = trace.attach(watched)
	if k.isWrite() {
		defer timeout.expireAfter(interrupted, writeGrace)()
	}
	began := c.clock.Now()
	request, err := c.request(watched, k)
	if err != nil {
		return outcome{permanent: true, err: k.unsent("the request cannot be made of these names", err)}
	}
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return c.unanswered(ctx, k, timeout, trace, err)
	}
	latency := c.clock.Now().Sub(trace.connectedSince(began))
	defer drain(response.Body, timeout)
	o := c.answered(ctx, k, timeout, response)
	o.latency = latency
	return o
}

// answered reads a reply.
func (c *connection) answered(ctx context.Context, k *call, timeout *idleTimeout, response *http.Response) outcome {
	o := outcome{sent: true, answered: true, status: response.StatusCode}
	o.headers = readRateHeaders(response.Header, c.clock.Now())
	timeout.restart()
	body := &replyBody{
		from: response.Body, timeout: timeout, left: cmp.Or(k.longest, ordinaryReply),
		memory: k.memory,
	}
	if body.memory == nil {
		body.memory = &memoryShare{of: replies}
	}
	before := body.memory.used
	switch {
	case response.StatusCode >= 300 || response.StatusCode < 200:
		body.left = errorReply
		var whole bool
		o.err, whole = c.refusal(k, response, body)
		o.cut = !whole
		o.permanent = response.StatusCode < 400
	default:
		if err := k.decode(c.own.withoutSecrets(k, body)); err != nil {
			o.err = c.broken(ctx, k, body, response.StatusCode, err)
			o.permanent = isUseless(err)
		}
	}
	if o.err != nil || k.memory == nil {
		body.memory.giveBack(before)
	} else {
		body.memory.keep()
	}
	return o
}

// drain reads what little may be left of a reply, so that the connection can be used again; it
// does not wait for it.
func drain(body io.ReadCloser, timeout *idleTimeout) {
	timeout.leave(100 * time.Millisecond)
	_, _ = io.CopyN(io.Discard, body, 16<<10)
	body.Close()
}

// connectionTrace knows whether a request had a connection to leave by, and since when. Only a
// transport of net/http reports to it; silence proves nothing.
type connectionTrace struct {
	clock  state.Clock
	giveUp context.CancelCauseFunc
	wanted atomic.Int32
	got    atomic.Pointer[time.Time]
}

// mostConnections is how many connections one attempt may look for. A proxy that takes no HTTP/2
// streams, as one that is being shut down, has net/http open the next at once, hundreds in a
// second; where one stream is taken on each, 64 requests side by side look for some fifteen each,
// and the unluckiest for more than 64.
const mostConnections = 2 * MostConcurrency

var errNoRoom = errors.New("no room for a request on any connection")

func (t *connectionTrace) attach(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) {
			if t.wanted.Add(1) > mostConnections {
				t.giveUp(errNoRoom)
			}
		},
		GotConn: func(httptrace.GotConnInfo) {
			now := t.clock.Now()
			t.got.Store(&now)
		},
	})
}

func (t *connectionTrace) neverConnected() bool { return t.wanted.Load() > 0 && !t.connected() }

func (t *connectionTrace) connected() bool { return t.got.Load() != nil }

func (t *connectionTrace) gaveUp() bool { return t.wanted.Load() > mostConnections }

// connectedSince is when the request had its connection, or otherwise, where nobody told.
func (t *connectionTrace) connectedSince(otherwise time.Time) time.Time {
	if got := t.got.Load(); got != nil {
		return *got
	}
	return otherwise
}
