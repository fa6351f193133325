package makeapi

import (
	"maps"
	"net/http"
	"sync"
	"time"

	reconcile "makesync/sync"
)

// Attempt is one request as an observer sees it; nothing in it is secret.
type Attempt struct {
	Zone         string
	Organization int64 // 0: belongs to none
	Method       string
	Path         string // below the API's root, with the query; secrets in it are masked
	Number       int    // 1 for the first attempt of a call
	Status       int    // 0: no answer
	Class        reconcile.Class
	Duration     time.Duration
}

// Stats are counters since the client was made.
type Stats struct {
	Calls reconcile.Calls // requests sent, repetitions included
	// Repeated is how many of them repeated another one.
	Repeated int
	// Failed counts attempts without a good answer, by class.
	Failed map[reconcile.Class]int
	// RateWaits is how often a call waited for a rate window, RateWaited how long, summed over all calls.
	RateWaits  int
	RateWaited time.Duration
	// Waiting is how many calls wait for a rate window now.
	Waiting int
}

type tally struct {
	mu sync.Mutex
	Stats
}

func (t *tally) waiting(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Waiting += n
	t.RateWaits++
}

func (t *tally) waited(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Waiting--
	t.RateWaited += d
}

func (t *tally) attempt(a Attempt, sent bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a.Class != "" {
		if t.Failed == nil {
			t.Failed = map[reconcile.Class]int{}
		}
		t.Failed[a.Class]++
	}
	if !sent {
		return
	}
	if a.Method == http.MethodGet {
		t.Calls.Read++
	} else {
		t.Calls.Write++
	}
	if a.Number > 1 {
		t.Repeated++
	}
}

// Calls is how many requests were sent, repetitions included.
func (c *Client) Calls() reconcile.Calls {
	c.tally.mu.Lock()
	defer c.tally.mu.Unlock()
	return c.tally.Calls
}

// Stats are the counters as they stand.
func (c *Client) Stats() Stats {
	c.tally.mu.Lock()
	defer c.tally.mu.Unlock()
	stats := c.tally.Stats
	stats.Failed = maps.Clone(stats.Failed)
	return stats
}
