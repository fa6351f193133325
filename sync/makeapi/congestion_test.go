package makeapi

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/slots"
	"makesync/sync/state"
)

// busyZone is a zone at a distance that bears only so much.
type busyZone struct {
	distance time.Duration // there and back
	work     time.Duration // per request, one at a time: 50 ms are 20 a second; 0: none
	refuses  func(inFlight int) http.HandlerFunc

	line               chan struct{} // of one place
	inFlight, requests atomic.Int32
	failed             atomic.Int32
}

func (z *busyZone) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	z.requests.Add(1)
	now := z.inFlight.Add(1)
	defer z.inFlight.Add(-1)
	time.Sleep(z.distance)
	if z.refuses != nil {
		if refusal := z.refuses(int(now)); refusal != nil {
			z.failed.Add(1)
			refusal(w, r)
			return
		}
	}
	if z.work > 0 {
		z.line <- struct{}{}
		time.Sleep(z.work)
		<-z.line
	}
	io.WriteString(w, noVariables)
}

// readAll reads so many organizations side by side, as a plan does, and says how long it took and
// how many could not be read.
func readAll(t *testing.T, z *busyZone, organizations int, change func(*Options)) (time.Duration, int) {
	t.Helper()
	var lost atomic.Int32
	z.line = make(chan struct{}, 1)
	c := client(t, z.ServeHTTP, change)
	began := time.Now()
	places := slots.New(MostConcurrency)
	places.Each(organizations, func(i int) {
		live := &state.Organization{Organization: spec.Organization{ID: int64(i) + 1}}
		if err := c.WithSlot(places).Read(t.Context(), live, spec.KindVariable); err != nil {
			lost.Add(1)
		}
	})
	return time.Since(began), int(lost.Load())
}

func adaptive(o *Options) { o.Adaptive = true }

// fixedAt bounds the requests in flight.
func fixedAt(n int) func(*Options) {
	return func(o *Options) { o.InFlight = NewInFlightLimit(n) }
}

// perSecond refuses what comes faster than so many requests in a second.
func perSecond(n int, refusal http.HandlerFunc) func(int) http.HandlerFunc {
	var mu sync.Mutex
	tokens, last := float64(n), time.Now()
	return func(int) http.HandlerFunc {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		tokens, last = min(tokens+now.Sub(last).Seconds()*float64(n), float64(n)), now
		if tokens < 1 {
			return refusal
		}
		tokens--
		return nil
	}
}

// above refuses requests beyond so many in flight.
func above(n int, refusal http.HandlerFunc) func(int) http.HandlerFunc {
	return func(inFlight int) http.HandlerFunc {
		if inFlight > n {
			return refusal
		}
		return nil
	}
}

// TestConcurrencyFindsItself: beside eight requests in flight, and beside sixty-four, in zones of
// every sort. Nothing that is asked is given up, and few requests fail.
func TestConcurrencyFindsItself(t *testing.T) {
	t.Parallel()
	const far, near = 150 * time.Millisecond, 20 * time.Millisecond
	busy, later := answers(503, "busy"), answers(429, "Too many requests", "Retry-After", "1")
	for _, test := range []struct {
		name          string
		distance      time.Duration
		work          time.Duration
		refuses       func() func(int) http.HandlerFunc
		organizations int
		of            int     // requests in flight to compare with
		ratio         float64 // of the time that those take, at most; jitter moves that of refusals by a tenth
		failed        int     // requests, at most
	}{
		{"far away", far, 0, nil, 1000, 64, 1.2, 0},
		{"near", near, 0, nil, 1000, 64, 1.2, 0},
		{"20 a second, queueing", near, 50 * time.Millisecond, nil, 300, 8, 1.01, 0},
		{"20 a second, queueing far away", far, 50 * time.Millisecond, nil, 300, 8, 1.01, 0},
		{"20 a second, 503", near, 0, func() func(int) http.HandlerFunc { return perSecond(20, busy) }, 200, 8, 1.2, 600},
		{"20 a second, 503 far away", far, 0, func() func(int) http.HandlerFunc { return perSecond(20, busy) }, 200, 8, 1.2, 200},
		{"20 a second, 429", near, 0, func() func(int) http.HandlerFunc { return perSecond(20, later) }, 200, 8, 0.5, 600},
		{"16 in flight, else 503", far, 0, func() func(int) http.HandlerFunc { return above(16, busy) }, 500, 8, 1, 80},
		{"32 in flight, else reset", far, 0, func() func(int) http.HandlerFunc { return above(32, drops) }, 500, 8, 0.75, 80},
		{"4 in flight, else 503", far, 0, func() func(int) http.HandlerFunc { return above(4, busy) }, 200, 8, 1, 150},
	} {
		t.Run(test.name, func(t *testing.T) {
			var other time.Duration
			for _, change := range []func(*Options){fixedAt(test.of), adaptive} {
				synctest.Test(t, func(t *testing.T) {
					z := &busyZone{distance: test.distance, work: test.work}
					if test.refuses != nil {
						z.refuses = test.refuses()
					}
					took, lost := readAll(t, z, test.organizations, change)
					if other == 0 {
						other = took
						return
					}
					if ratio := took.Seconds() / other.Seconds(); ratio > test.ratio || lost > 0 {
						t.Errorf("%v are %.2f of the %v of %d in flight, want at most %.2f; %d calls were given up",
							took, ratio, other, test.of, test.ratio, lost)
					}
					if failed := int(z.failed.Load()); failed > test.failed {
						t.Errorf("%d of %d requests failed, want at most %d", failed, z.requests.Load(), test.failed)
					}
				})
			}
		})
	}
}

// TestCongestion: what each sign does to a limit of 32.
func TestCongestion(t *testing.T) {
	t.Parallel()
	type signs = []observation
	const usual = 100 * time.Millisecond
	repeated := func(n int, o observation) (all signs) {
		for i := range n {
			o.organization = int64(i)
			all = append(all, o)
		}
		return all
	}
	good := func(n int, latency time.Duration) signs {
		return repeated(n, observation{kind: "read", latency: latency})
	}
	for _, test := range []struct {
		name  string
		signs signs
		limit int
	}{
		{"less than a round", good(15, usual), 32},
		{"a round in which all was well", good(16, usual), 64},
		{"no more than the most", append(good(16, usual), good(32, usual)...), 64},
		{"too much", signs{{sign: overloadSign}}, 16},
		{"the same overload is one", signs{{sign: overloadSign}, {sign: overloadSign, ended: time.Unix(1, 0)}}, 16},
		{"additive after a bad sign", append(signs{{sign: overloadSign}}, good(16, usual)...), 18},
		{"failures of one organization", append(repeated(1, observation{sign: failingSign}), good(15, usual)...), 64},
		{"failures of many", repeated(3, observation{sign: failingSign}), 16},
		{"slower", good(16, 3*usual), 21},
		{"a little slower", good(16, 2*usual), 64},
		{"one kind is slow by itself", append(good(8, usual), repeated(8, observation{kind: "other", latency: time.Hour})...), 64},
		{"latency unknown", good(16, 0), 64},
	} {
		c := newCongestion(8, 64)
		c.limit, c.full, c.fastest["read"] = 32, true, usual
		now := time.Unix(1, 0)
		c.changed = now
		for _, o := range test.signs {
			o.began, now = now, now.Add(time.Millisecond)
			if o.ended.IsZero() {
				o.ended = now
			} else {
				o.began, o.ended = o.ended, now
			}
			c.observe(o)
			c.fill()
		}
		if c.limit != test.limit {
			t.Errorf("%s: %d in flight, want %d", test.name, c.limit, test.limit)
		}
	}
}

// TestCongestionFloors: latency alone never goes below the beginning, and a zone that refuses a
// single request is left alone for longer and longer.
func TestCongestionFloors(t *testing.T) {
	t.Parallel()
	c := newCongestion(8, 64)
	now := time.Unix(1, 0)
	observe := func(o observation) {
		o.began, now = now, now.Add(time.Millisecond)
		o.ended = now
		c.fill()
		c.observe(o)
	}
	for i := range 500 {
		observe(observation{kind: "read", latency: time.Duration(i+1) * time.Second})
		if c.limit < 8 {
			t.Fatalf("answers that take long leave %d in flight", c.limit)
		}
	}
	for range 20 {
		observe(observation{sign: overloadSign})
	}
	if c.limit != 1 || c.pause != longestPause || c.closedUntil.Sub(now) != longestPause {
		t.Errorf("a zone that refuses everything: %d in flight, %v to wait", c.limit, c.pause)
	}
	c.full = false
	for range 100 {
		o := observation{began: now, ended: now.Add(time.Millisecond)}
		c.observe(o)
		now = o.ended
	}
	if c.limit != 1 {
		t.Errorf("%d in flight, though no more were asked for", c.limit)
	}
}

// TestSigns: which outcomes say that it is too much for the zone.
func TestSigns(t *testing.T) {
	t.Parallel()
	none := rateHeaders{remaining: -1}
	for _, test := range []struct {
		name   string
		of     int64 // organization
		o      outcome
		full   bool
		sign   sign
		silent bool
	}{
		{"an answer", 1, outcome{headers: none}, false, goodSign, false},
		{"not found", 1, outcome{headers: none, err: &state.CallError{Status: 404, Class: exit.ClassNotFound}}, false, goodSign, false},
		{"503", 1, outcome{headers: none, err: &state.CallError{Status: 503, Class: exit.ClassServer}}, false, overloadSign, false},
		{"500", 1, outcome{headers: none, err: &state.CallError{Status: 500, Class: exit.ClassServer}}, false, failingSign, false},
		{"524", 1, outcome{headers: none, err: &state.CallError{Status: 524, Class: exit.ClassServer}}, false, overloadSign, false},
		{"reset", 1, outcome{headers: none, err: &state.CallError{Class: exit.ClassUnreachable}}, false, overloadSign, false},
		{"wrong certificate", 1, outcome{headers: none, permanent: true, err: &state.CallError{Class: exit.ClassUnreachable}}, false, goodSign, true},
		{"interrupted", 1, outcome{headers: none, err: &state.CallError{Class: exit.ClassCancelled}}, false, goodSign, true},
		{"broken off", 1, outcome{headers: none, err: &state.CallError{Status: 200, Class: exit.ClassBroken, Err: errIdle}}, false, overloadSign, false},
		{"not JSON", 1, outcome{headers: none, err: &state.CallError{Status: 200, Class: exit.ClassBroken}}, false, goodSign, false},
		{"429 of the zone", 0, outcome{headers: none, err: &state.CallError{Status: 429, Class: exit.ClassRateLimit}}, false, overloadSign, false},
		{"429 with room in the window", 1, outcome{headers: none, err: &state.CallError{Status: 429, Class: exit.ClassRateLimit}}, false, overloadSign, false},
		{"429, the window is full", 1, outcome{headers: none, err: &state.CallError{Status: 429, Class: exit.ClassRateLimit}}, true, goodSign, true},
		{"429, nothing remains", 1, outcome{err: &state.CallError{Status: 429, Class: exit.ClassRateLimit}}, false, goodSign, true},
		{"429 in the words of an organization's limit", 1, outcome{headers: none, err: &state.CallError{Status: 429, Class: exit.ClassRateLimit,
			Message: "Requests limit for organization exceeded"}}, false, goodSign, true},
	} {
		sign, says := signOf(&call{organization: test.of}, test.o, test.full)
		if says == test.silent || says && sign != test.sign {
			t.Errorf("%s: sign %d, says %v", test.name, sign, says)
		}
	}
}

// TestAdaptiveLimitIsLeftWhenCancelled: who gives up its wait takes no room, and hands its turn on.
func TestAdaptiveLimitIsLeftWhenCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &adaptiveLimit{clock: SystemClock{}, found: newCongestion(1, 1)}
		if err := l.acquire(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		gaveUp, served := make(chan error, 1), make(chan error, 1)
		go func() { gaveUp <- l.acquire(ctx) }()
		synctest.Wait()
		go func() { served <- l.acquire(t.Context()) }()
		synctest.Wait()
		cancel()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		l.release(nil)
		if err := <-served; err != nil || l.inFlight != 1 || len(l.waiting) != 0 {
			t.Errorf("%v, %d in flight, %d wait", err, l.inFlight, len(l.waiting))
		}
	})
}

// TestStreamLimitsAreHonoured: a proxy that takes so many streams on a connection gets no more on any,
// and refuses none.
func TestStreamLimitsAreHonoured(t *testing.T) {
	t.Parallel()
	for _, streams := range []int{1, 10, 100} {
		t.Run(fmt.Sprint(streams), func(t *testing.T) { streamLimitIsHonoured(t, streams) })
	}
}

func streamLimitIsHonoured(t *testing.T, streams int) {
	var mu sync.Mutex
	inFlight, most, all, failed := map[string]int{}, 0, 0, atomic.Int32{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count := func(n int) {
			mu.Lock()
			defer mu.Unlock()
			inFlight[r.RemoteAddr] += n
			most, all = max(most, inFlight[r.RemoteAddr]), max(all, len(inFlight))
		}
		count(1)
		defer count(-1)
		time.Sleep(5 * time.Millisecond)
		io.WriteString(w, noVariables)
	}))
	server.EnableHTTP2 = true
	server.Config.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: streams}
	server.StartTLS()
	defer server.Close()
	transport := NewTransport(MostConcurrency)
	transport.TLSClientConfig = &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	defer transport.CloseIdleConnections()
	c := clientOf(t, server.URL, transport, adaptive, func(o *Options) {
		o.Observe = func(a Attempt) {
			if a.Status != 200 {
				failed.Add(1)
			}
		}
	})
	slots.New(MostConcurrency).Each(600, func(i int) {
		live := &state.Organization{Organization: spec.Organization{ID: int64(i) + 1}}
		if err := c.Read(t.Context(), live, spec.KindVariable); err != nil {
			t.Error(err)
		}
	})
	if most > streams || failed.Load() > 0 {
		t.Errorf("%d streams on one of %d connections, %d attempts failed", most, all, failed.Load())
	}
}

// TestConnectionsWithoutRoom: a proxy that takes no streams at all is not asked for connection after
// connection: an attempt ends, and the next one comes after a pause, as for every sign of overload.
func TestConnectionsWithoutRoom(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(nil)
	server.TLS = &tls.Config{NextProtos: []string{"h2"}}
	server.StartTLS()
	defer server.Close()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", server.TLS)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var connections, attempts atomic.Int32
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			go refuseStreams(conn)
		}
	}()
	transport := NewTransport(MostConcurrency)
	transport.TLSClientConfig = &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	defer transport.CloseIdleConnections()
	c := clientOf(t, "https://"+listener.Addr().String(), transport, adaptive, func(o *Options) {
		o.Timeout = 2 * time.Second
		o.Observe = func(Attempt) { attempts.Add(1) }
	})
	live := &state.Organization{Organization: spec.Organization{ID: 1}}
	if err := c.Read(t.Context(), live, spec.KindVariable); err == nil {
		t.Error("it was read")
	}
	if n := attempts.Load(); n == 0 || connections.Load() > n*(mostConnections+1) {
		t.Errorf("%d connections for %d attempts", connections.Load(), n)
	}
}

// refuseStreams plays the server's part of HTTP/2 that allows no stream and refuses those that come.
func refuseStreams(conn net.Conn) {
	defer conn.Close()
	const settings, headers, preface, head = 4, 1, 24, 9
	if _, err := io.CopyN(io.Discard, conn, preface); err != nil {
		return
	}
	conn.Write([]byte{0, 0, 6, settings, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0}) // 3: streams at once, none
	for {
		frame := make([]byte, head)
		if _, err := io.ReadFull(conn, frame); err != nil {
			return
		}
		length := int64(frame[0])<<16 | int64(frame[1])<<8 | int64(frame[2])
		if _, err := io.CopyN(io.Discard, conn, length); err != nil {
			return
		}
		switch {
		case frame[3] == settings && frame[4] == 0:
			conn.Write([]byte{0, 0, 0, settings, 1, 0, 0, 0, 0}) // seen
		case frame[3] == headers:
			conn.Write(append([]byte{0, 0, 4, 3, 0}, append(frame[5:9:9], 0, 0, 0, 7)...)) // reset: refused
		}
	}
}
