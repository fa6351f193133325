package makeapi

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// renewed is a transport of the network which no connection outlives that has gone bad. HTTP/2 has
// one for all requests to a zone, and net/http keeps it after a request on it was given up: one
// that is dead, stuck, or full of what nobody asked for would cost every later request its time
// too. So later ones go by new connections; the old ones are closed once what is under way on them
// has ended.
type renewed struct {
	like *http.Transport // how connections are made
	mu   sync.Mutex
	now  *generation
}

// generation are the connections up to a bad one.
type generation struct {
	network  *http.Transport
	inFlight int
	retired  bool
	unasked  allowance
	open     sync.Map // of *allowedConn
}

// renewing has the transport of a network renew its connections; others stay as they are.
func renewing(transport http.RoundTripper) http.RoundTripper {
	switch t := transport.(type) {
	case readOnly:
		return readOnly{renewing(t.next)}
	case *http.Transport:
		return &renewed{like: t, now: newGeneration(t)}
	}
	return transport
}

// newGeneration has connections of its own, which may send only so much that nobody asked for.
func newGeneration(like *http.Transport) *generation {
	g := &generation{network: like.Clone()}
	g.unasked.left.Store(mostUnasked)
	dial := like.DialContext
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	g.network.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		c := &allowedConn{conn, g}
		g.open.Store(c, nil)
		return c, nil
	}
	return g
}

// close ends the connections, which carry no request any more. Of one that was cut off a moment ago
// net/http does not know that yet, and so would keep its connection as busy.
func (g *generation) close() {
	g.network.CloseIdleConnections()
	g.open.Range(func(c, _ any) bool {
		_ = c.(*allowedConn).Close()
		return true
	})
}

// RoundTrip sends a request by the connections of now.
func (t *renewed) RoundTrip(request *http.Request) (*http.Response, error) {
	t.mu.Lock()
	g := t.now
	g.inFlight++
	t.mu.Unlock()
	ended := sync.OnceFunc(func() { t.leave(g, context.Cause(request.Context())) })
	response, err := g.network.RoundTrip(request)
	if err != nil {
		ended()
		return nil, err
	}
	g.unasked.give(answerAllowance)
	response.Body = &countedBody{response.Body, &g.unasked, ended}
	return response, nil
}

// leave ends a request. One that was cut off since nothing came has met a bad connection.
func (t *renewed) leave(g *generation, cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	g.inFlight--
	bad := errors.Is(cause, errIdle) || g.unasked.left.Load() < 0
	if bad && !g.retired {
		g.retired = true
		t.now = newGeneration(t.like)
	}
	if g.retired && g.inFlight == 0 {
		g.close()
	}
}

// CloseIdleConnections lets go of the connections that are kept for reuse.
func (t *renewed) CloseIdleConnections() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now.network.CloseIdleConnections()
}

// What a zone may send is what it answers, and a little around it: pings, settings, headers that
// go on and on, frames without content cost processor time without an end, and net/http limits few
// of them.
const (
	mostUnasked     = 96 << 20 // that no request has met yet; more than all windows of MostConcurrency streams
	answerAllowance = 64 << 10 // for the headers of an answer
	frameFactor     = 4        // of a body, for the frames around it
)

var errUnasked = errors.New("it sends without an end what nobody has asked for")

// allowance is how much connections may still send.
type allowance struct{ left atomic.Int64 }

func (a *allowance) give(n int64) {
	for {
		left := a.left.Load()
		if left < 0 || a.left.CompareAndSwap(left, min(left+n, mostUnasked)) {
			return
		}
	}
}

// allowedConn breaks off when more has come than the allowance of its generation.
type allowedConn struct {
	net.Conn
	of *generation
}

// Read reads on.
func (c *allowedConn) Read(into []byte) (int, error) {
	n, err := c.Conn.Read(into)
	if c.of.unasked.left.Add(-int64(n)) < 0 {
		return 0, errUnasked
	}
	return n, err
}

// Close ends the connection.
func (c *allowedConn) Close() error {
	c.of.open.Delete(c)
	return c.Conn.Close()
}

// countedBody is a reply's body, for which its connection may send.
type countedBody struct {
	io.ReadCloser
	unasked *allowance
	ended   func()
}

// Read reads on.
func (b *countedBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	b.unasked.give(int64(n) * frameFactor)
	return n, err
}

// Close ends the request.
func (b *countedBody) Close() error {
	defer b.ended()
	return b.ReadCloser.Close()
}
