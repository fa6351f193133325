package makeapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/state"
)

// TestRequestsInFlightAreBounded: also over HTTP/2, where one connection carries many requests, and
// over several zones.
func TestRequestsInFlightAreBounded(t *testing.T) {
	t.Parallel()
	var inFlight, most atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := inFlight.Add(1)
		defer inFlight.Add(-1)
		for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
		}
		if r.ProtoMajor != 2 {
			t.Errorf("asked by %s", r.Proto)
		}
		time.Sleep(5 * time.Millisecond)
		io.WriteString(w, noVariables)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	limit := NewInFlightLimit(3)
	var group sync.WaitGroup
	for range 2 {
		c := clientOf(t, server.URL, server.Client().Transport, func(o *Options) { o.InFlight = limit })
		for i := range int64(12) {
			group.Go(func() {
				live := &state.Organization{Organization: spec.Organization{ID: i + 1}}
				if err := c.Read(t.Context(), live, spec.KindVariable); err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	if most.Load() != 3 || len(limit) != 0 {
		t.Errorf("%d requests were in flight, %d places are still taken", most.Load(), len(limit))
	}
}
