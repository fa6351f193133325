package makeapi

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"testing"
	"testing/synctest"
	"time"

	"makesync/sync/plan"
	"makesync/sync/state"
)

// TestWhatHasNotLeft: a write is sent again where no connection came about, and told to have
// happened nowhere only while it had none to leave by.
func TestWhatHasNotLeft(t *testing.T) {
	t.Parallel()
	dial := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	read := &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}
	for _, c := range []struct {
		name      string
		err       error
		connected bool
		attempts  int
		certainty state.Certainty
	}{
		{"no connection", dial, false, 2, 0},
		{"no such host", &net.DNSError{Err: "no such host"}, false, 2, 0},
		{"a reset", read, true, 1, state.UnderWay},
		{"no TLS", tls.RecordHeaderError{Msg: "first record"}, false, 1, state.NotHappened},
		{"no TLS instead of an answer", tls.RecordHeaderError{Msg: "first record"}, true, 1, state.UnderWay},
	} {
		attempts := 0
		client := clientOf(t, "https://h", roundTrip(func(r *http.Request) (*http.Response, error) {
			if attempts++; attempts == 1 {
				if trace := httptrace.ContextClientTrace(r.Context()); c.connected {
					trace.GetConn("h:443")
					trace.GotConn(httptrace.GotConnInfo{})
				}
				return nil, c.err
			}
			w := httptest.NewRecorder()
			answers(200, `{"organization":{"id":1}}`)(w, r)
			return w.Result(), nil
		}), func(o *Options) { o.Clock = instantly{} })
		_, err := client.Write(t.Context(), rename)
		if c.attempts == 2 {
			if err != nil || attempts != 2 {
				t.Errorf("%s: %v after %d attempts", c.name, err, attempts)
			}
			continue
		}
		if e := callError(t, err); attempts != 1 || e.Certainty != c.certainty {
			t.Errorf("%s: certainty %d after %d attempts: %v", c.name, e.Certainty, attempts, e)
		}
	}
}

// TestWritesThatWaitedTooLong are not sent any more, however good the zone's answer would be now.
func TestWritesThatWaitedTooLong(t *testing.T) {
	t.Parallel()
	for within, sent := range map[time.Duration]int32{time.Second: 1, time.Hour: 2} {
		synctest.Test(t, func(t *testing.T) {
			handler, calls := faults(answers(429, ""), answers(200, `{"organization":{"id":1}}`))
			write := rename
			write.Within = within
			_, err := client(t, handler).Write(t.Context(), write)
			if calls.Load() != sent || errors.Is(err, plan.ErrWaited) != (sent == 1) || sent == 2 && err != nil {
				t.Errorf("within %v: %d requests, %v", within, calls.Load(), err)
			}
		})
	}
}
