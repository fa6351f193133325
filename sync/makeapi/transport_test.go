package makeapi

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// TestConnectionsAreReused counts the connections that a zone accepts.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	var dials atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/7/variables") {
			w.WriteHeader(404)
		}
		io.WriteString(w, noVariables+strings.Repeat(" ", 5000))
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			dials.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c := clientOf(t, server.URL, nil, func(o *Options) { o.Concurrency = 4 })
	defer c.CloseIdleConnections()
	var group sync.WaitGroup
	for worker := range int64(4) {
		group.Go(func() {
			for i := range int64(50) {
				live := &state.Organization{Organization: spec.Organization{ID: worker*50 + i + 1}}
				if err := c.Read(t.Context(), live, spec.KindVariable); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n := dials.Load(); n > 4 || c.Calls().Read != 200 {
		t.Errorf("%d dials for %+v", n, c.Calls())
	}
}

func TestWireForm(t *testing.T) {
	t.Parallel()
	for _, http2 := range []bool{false, true} {
		var got *http.Request
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = r
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			io.WriteString(z, `{"authUser":{"id":5,"email":"Ops@Acme.Example","tfaEnabled":true}}`)
			z.Close()
		}))
		server.EnableHTTP2 = http2
		server.StartTLS()
		transport := NewTransport(1)
		transport.TLSClientConfig = &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
		me, err := clientOf(t, server.URL, transport).Me(t.Context())
		transport.CloseIdleConnections()
		server.Close()
		if err != nil || me.ID != 5 || me.Email != "ops@acme.example" || me.TwoFactor == nil || !*me.TwoFactor {
			t.Fatalf("%+v, %v", me, err)
		}
		for key, want := range map[string]string{
			"Authorization": "Token " + testToken, "User-Agent": "makesync/1.2.3", "Accept": "application/json", "Accept-Encoding": "gzip",
		} {
			if got.Header.Get(key) != want {
				t.Errorf("%s: %q, want %q", key, got.Header.Get(key), want)
			}
		}
		if (got.ProtoMajor == 2) != http2 {
			t.Errorf("spoken over %s", got.Proto)
		}
	}
}

// TestRedirectGetsNoToken: whatever kind of redirect answers a read or a write, nobody else hears of it, and the zone
// is not asked for the other place either.
func TestRedirectGetsNoToken(t *testing.T) {
	t.Parallel()
	var stolen atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stolen.Add(1) }))
	defer thief.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, elsewhere := range []string{thief.URL, ""} { // another host, another path
			var asked atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				http.Redirect(rw, r, elsewhere+"/elsewhere", status)
			}))
			defer server.Close()
			c := clientOf(t, server.URL, nil)
			_, read := c.Organizations(t.Context())
			_, write := c.Write(t.Context(), create)
			for _, err := range []error{read, write} {
				if e := callError(t, err); e.Status != status || !strings.Contains(e.Message, elsewhere) {
					t.Errorf("%d: %v", status, e)
				}
			}
			if stolen.Load() != 0 || asked.Load() != 2 {
				t.Errorf("%d: the other host got %d requests, the zone %d", status, stolen.Load(), asked.Load())
			}
		}
	}
}

// TestCertaintyBelowHTTP: only proof that no connection came about makes a write one that did not
// happen.
func TestCertaintyBelowHTTP(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(nil)
	closed.Close()
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	defer untrusted.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	dropper := httptest.NewServer(http.HandlerFunc(drops))
	defer dropper.Close()
	garbage := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = conn.(*tls.Conn).NetConn().Write([]byte("HTTP/1.1 502 Bad Gateway\r\n\r\n"))
			conn.(*tls.Conn).NetConn().Close()
		}
	}))
	defer garbage.Close()
	believing := NewTransport(1)
	believing.TLSClientConfig = &tls.Config{RootCAs: garbage.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	silent := func(*http.Request) (*http.Response, error) { return nil, errors.New("something went wrong") }
	for _, test := range []struct {
		name, url string
		transport http.RoundTripper
		certainty state.Certainty
		attempts  int
	}{
		{"nothing listens", closed.URL, nil, state.NotHappened, 3},
		{"untrusted certificate", untrusted.URL, nil, state.NotHappened, 1},
		{"no TLS", strings.Replace(plain.URL, "http:", "https:", 1), nil, state.NotHappened, 1},
		{"dropped after the request", dropper.URL, nil, state.UnderWay, 1},
		{"no TLS behind the request", garbage.URL, believing, state.UnderWay, 1},
		{"a transport that says nothing", "https://h", roundTrip(silent), state.UnderWay, 1},
	} {
		attempts := 0
		c := clientOf(t, test.url, test.transport, func(o *Options) {
			o.Attempts, o.Clock = 3, instantly{}
			o.Observe = func(Attempt) { attempts++ }
		})
		_, err := c.Write(t.Context(), create)
		e := callError(t, err)
		if e.Certainty != test.certainty || e.Class != exit.ClassUnreachable || attempts != test.attempts || e.Hint == "" {
			t.Errorf("%s: certainty %d after %d attempts: %v", test.name, e.Certainty, attempts, e)
		}
		if sent := c.Calls().Write; (sent == 0) != (test.certainty == state.NotHappened) {
			t.Errorf("%s: %d requests count as sent", test.name, sent)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// instantly is a clock that waits for nothing.
type instantly struct{}

func (instantly) Now() time.Time                                   { return time.Now() }
func (instantly) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func TestReadOnlyRefusesEveryWrite(t *testing.T) {
	t.Parallel()
	var methods []string
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods = append(methods, r.Method)
		io.WriteString(w, noVariables)
	})
	c := clientOf(t, "https://h", ReadOnly(HandlerTransport(handler)))
	for verb := range writes {
		_, err := c.Write(t.Context(), sample(verb))
		e := callError(t, err)
		if !errors.Is(err, ErrReadOnly) || e.Class != exit.ClassInternal || e.Certainty != state.NotHappened {
			t.Errorf("%s: %v", verb, e)
		}
	}
	if err := readOnce(c); err != nil || len(methods) != 1 || methods[0] != "GET" {
		t.Errorf("%v; the zone saw %v", err, methods)
	}
}

func TestHandlerTransportStreams(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	transport := HandlerTransport(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", r.RequestURI+" "+r.Host+" "+string(body))
		w.WriteHeader(207)
		io.WriteString(w, "one ")
		w.(http.Flusher).Flush()
		<-gate
		io.WriteString(w, "two")
	}))
	request, _ := http.NewRequest("PUT", "http://zone.example/a?b=c", strings.NewReader("body"))
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 4)
	io.ReadFull(response.Body, first)
	close(gate)
	rest, err := io.ReadAll(response.Body)
	if response.StatusCode != 207 || string(first)+string(rest) != "one two" || err != nil ||
		response.Header.Get("X-Seen") != "/a?b=c zone.example body" {
		t.Errorf("%s %q %q %v %v", response.Status, first, rest, err, response.Header)
	}
}

func TestRepliesAreLimited(t *testing.T) {
	t.Parallel()
	endless := func(w http.ResponseWriter, r *http.Request) {
		status := 200
		if r.URL.Path == "/api/v2/users/me" {
			status = 400
		}
		w.WriteHeader(status)
		piece := []byte(strings.Repeat("[", 1<<16))
		for {
			if _, err := w.Write(piece); err != nil {
				return
			}
			w.(http.Flusher).Flush()
		}
	}
	server := httptest.NewServer(http.HandlerFunc(endless))
	defer server.Close()
	c := clientOf(t, server.URL, nil, fewRetries, func(o *Options) { o.Timeout = 20 * time.Second })
	_, err := c.Me(t.Context())
	if e := callError(t, err); e.Status != 400 || len(e.Message) > 4*longestMessage {
		t.Errorf("%.200v", e)
	}
	for _, decode := range []func(io.Reader) error{(writeRequest{}).decode(nil), func(body io.Reader) error {
		_, err := decodePage[nameRow](body, "teams")
		return err
	}} {
		err := c.do(t.Context(), &call{method: "GET", path: "/teams", longest: 1 << 20, decode: decode})
		if e := callError(t, err); e.Class != exit.ClassBroken {
			t.Errorf("%v", e)
		}
	}
	err = c.do(t.Context(), &call{method: "GET", path: "/teams", longest: 1 << 20, decode: (writeRequest{}).decode(nil)})
	if !errors.Is(err, errTooLong) {
		t.Errorf("%v", err)
	}
}
