package makeapi

import (
	"maps"
	"net/http"
	"sync"
	"time"

	"makesync/sync/exit"
	"makesync/sync/state"
)

// Attempt is one request as an observer sees it; nothing in it is secret.
type Attempt struct {
	Zone         string
	Organization int64 // 0: belongs to none
	Method       string
	Path         string // below the API's root, with the query; secrets in it are masked
	Number       int    // 1 for the first attempt of a call
	Status       int    // 0: no answer
	Class        exit.Class
	Duration     time.Duration
}

// Stats are counters since the client was made.
type Stats struct {
	Calls state.Calls // requests sent, repetitions included
	// Repeated is how many of them repeated another one.
	Repeated int
	// Failed counts attempts without a good answer, by class.
	Failed map[exit.Class]int
	// RateWaits is how often a call waited for a rate window, RateWaited how long, summed over all
	// calls.
	RateWaits  int
	RateWaited time.Duration
	// Waiting is how many calls wait for a rate window now.
	Waiting int
}

type counters struct {
	mu sync.Mutex
	Stats
}

func (c *counters) waitBegins() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Waiting++
	c.RateWaits++
}

func (c *counters) waitEnds(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Waiting--
	c.RateWaited += d
}

func (c *counters) add(a Attempt, sent bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.Class != "" {
		if c.Failed == nil {
			c.Failed = map[exit.Class]int{}
		}
		c.Failed[a.Class]++
	}
	if !sent {
		return
	}
	if a.Method == http.MethodGet {
		c.Calls.Read++
	} else {
		c.Calls.Write++
	}
	if a.Number > 1 {
		c.Repeated++
	}
}

// Calls is how many requests were sent, repetitions included.
func (c *Client) Calls() state.Calls {
	c.counters.mu.Lock()
	defer c.counters.mu.Unlock()
	return c.counters.Calls
}

// Stats are the counters as they stand.
func (c *Client) Stats() Stats {
	c.counters.mu.Lock()
	defer c.counters.mu.Unlock()
	stats := c.counters.Stats
	stats.Failed = maps.Clone(stats.Failed)
	return stats
}
