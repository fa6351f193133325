//go:build !race

package makeapi

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"makesync/spec"
)

// floods are what a zone can send over HTTP/2 without an end and without an answer, once a request
// has come.
var floods = map[string]func(f *http2.Framer, stream uint32) error{
	"pings":         func(f *http2.Framer, _ uint32) error { return f.WritePing(false, [8]byte{1}) },
	"continuations": func(f *http2.Framer, stream uint32) error { return f.WriteContinuation(stream, false, nil) },
	"resets":        func(f *http2.Framer, _ uint32) error { return f.WriteRSTStream(1001, http2.ErrCodeCancel) },
	"settings": func(f *http2.Framer, _ uint32) error {
		return f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 65535})
	},
	"silence": nil,
}

// hostileStreams serves HTTP/2: the first request is met by a flood, for which nothing is read any
// more; those on other connections are answered.
func hostileStreams(t *testing.T, beginAnswer bool, flood func(*http2.Framer, uint32) error) (address string, config *tls.Config) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"authUser":{"id":5,"email":"ops@acme.example"}}`)
	}))
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{NextProtos: []string{"h2"}}
	server.StartTLS()
	t.Cleanup(server.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	t.Cleanup(open.Wait)
	t.Cleanup(func() { listener.Close() })
	open.Go(func() {
		for first := true; ; first = false {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() {
				defer conn.Close()
				if first {
					floodStream(tls.Server(conn, server.TLS), beginAnswer, flood)
				} else if other, err := net.Dial("tcp", server.Listener.Addr().String()); err == nil {
					defer other.Close()
					open.Go(func() { io.Copy(other, conn); other.Close() })
					io.Copy(conn, other)
				}
			})
		}
	})
	return "https://" + listener.Addr().String(),
		&tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
}

func floodStream(conn net.Conn, beginAnswer bool, flood func(*http2.Framer, uint32) error) {
	framer := http2.NewFramer(conn, conn)
	framer.AllowIllegalWrites = true
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(conn, preface); err != nil || framer.WriteSettings() != nil {
		return
	}
	stream := uint32(0)
	for stream == 0 {
		frame, err := framer.ReadFrame()
		if err != nil {
			return
		}
		if headers, is := frame.(*http2.HeadersFrame); is {
			stream = headers.StreamID
		}
	}
	if beginAnswer { // :status 200, and content of which more than is told back at once
		framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: []byte{0x88}, EndHeaders: true})
		framer.WriteData(stream, false, append([]byte(`{"x":"`), make([]byte, 12000)...))
	} else {
		framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream})
	}
	if flood == nil {
		io.Copy(io.Discard, conn)
		return
	}
	for flood(framer, stream) == nil {
	}
}

// TestFloodsOfFrames: a read that meets a flood, or silence, is repeated on a connection that has none, and
// reading ends though nothing can be sent on the first, which takes nothing any more.
func TestFloodsOfFrames(t *testing.T) {
	for name, flood := range floods {
		for what, begin := range map[string]bool{"instead of an answer": false, "within one": true} {
			t.Run(name+" "+what, func(t *testing.T) {
				t.Parallel()
				url, config := hostileStreams(t, begin, flood)
				transport := NewTransport(2)
				transport.TLSClientConfig = config
				c := clientOf(t, url, transport, func(o *Options) {
					o.Timeout, o.AttemptTimeout = time.Minute, 2*time.Second
				})
				defer c.CloseIdleConnections()
				if me, err := c.Me(t.Context()); err != nil || me.ID != 5 {
					t.Errorf("%+v, %v", me, err)
				}
			})
		}
	}
}

// TestWhatNobodyAskedFor: a connection that sends more than it answers is broken off, and never one
// that answers.
func TestWhatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	var a allowance
	a.left.Store(mostUnasked)
	for range 100 {
		a.left.Add(-mostUnasked / 2)
		a.give(mostUnasked / 8 * frameFactor)
	}
	if left := a.left.Load(); left != mostUnasked {
		t.Errorf("%d left after answers", left)
	}
	a.give(1 << 40)
	if a.left.Load() != mostUnasked {
		t.Error("it is saved up")
	}
	a.left.Add(-mostUnasked - 1)
	if a.give(1 << 40); a.left.Load() >= 0 {
		t.Error("what is used up comes back")
	}
}

// TestAnAnsweredConnectionStays: a reply that is complete, whose stream ends late, is no sign of a bad connection.
func TestAnAnsweredConnectionStays(t *testing.T) {
	t.Parallel()
	var connections atomic.Int32
	release := make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"organizations":[],"pg":{"limit":10000,"offset":0}}`)
		_ = http.NewResponseController(w).Flush()
		<-release
	}))
	server.EnableHTTP2 = true
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.StartTLS()
	defer server.Close()
	defer close(release)
	transport := NewTransport(4)
	transport.TLSClientConfig = &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	c, err := New(Options{Name: "try", URL: server.URL, Token: spec.Sensitive(testToken), Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseIdleConnections()
	for range 3 {
		if _, err := c.Organizations(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
}
