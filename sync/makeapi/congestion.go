package makeapi

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"makesync/sync/exit"
)

// How many requests a zone takes at once is not published, and depends on how far away it is. A
// client that is to find out begins with a number that every zone takes and goes on as TCP does
// (RFC 5681), round by round; a round is as many answers as may be in flight:
//
//	64                ┌─────
//	32            ┌───┘     │              doubled while all is well, up to the first bad sign;
//	16        ┌───┘         └──┐      ┌──  halved at once by one; then a little more each round
//	 8    ────┘                └──────┘
//
//	429 outside an organization's own window, 503, time-out, reset   halve, at once
//	5xx of several organizations in one round                        halve, at once
//	answers take twice as long as they once did                      a third less, but not below
//	                                                                 the number it began with
//
// A queue in the zone is no reason to fall below the beginning: what is asked there is answered,
// only not sooner. The organizations' own limits are the windows' affair (see window.go).
const (
	// additiveStep is how many more are in flight after a good round, once there was a bad sign;
	// below the beginning, where a few are much, it is one.
	additiveStep = 2
	// slower is how much longer the answers of a round take, at the median, when the zone queues
	// them; latencySlack keeps the scheduler of a busy machine from counting.
	slower       = 2
	latencySlack = 20 * time.Millisecond
	// fewestLatencies is how many answers make a median.
	fewestLatencies = 4
	// burst is in how many organizations requests have to fail in a round to be the zone's affair.
	burst = 3
	// mostKinds bounds the kinds of requests whose latencies are kept apart.
	mostKinds = 64
	// A zone that refuses a single request is left alone for a while, which doubles.
	shortestPause, longestPause = 50 * time.Millisecond, 2 * time.Second
)

// sign is what an answer says about how the zone bears the load.
type sign uint8

const (
	goodSign     sign = iota // an answer, whatever it says of what was asked
	failingSign              // something failed there
	overloadSign             // it was too much
)

// signOf is what an attempt says about the load of the zone; says is false when it says nothing: it
// was interrupted, or cannot get better. A 429 is an affair of the organization where its window
// is used up or the zone's words say so.
func signOf(k *call, o outcome, windowFull bool) (s sign, says bool) {
	switch e := o.err; {
	case e == nil:
		return goodSign, true
	case e.Class == exit.ClassCancelled, o.permanent:
		return goodSign, false
	case e.Status == 0:
		return overloadSign, true
	case e.Class == exit.ClassRateLimit:
		own := k.organization != zoneWide &&
			(windowFull || o.headers.remaining == 0 || strings.Contains(strings.ToLower(e.Message), "organization"))
		return overloadSign, !own
	case overloaded[e.Status], e.Class == exit.ClassBroken && e.Err != nil:
		return overloadSign, true
	case e.Status >= http.StatusInternalServerError:
		return failingSign, true
	}
	return goodSign, true
}

// overloaded are the statuses of a zone that is too busy, or of what waits for it in vain.
var overloaded = map[int]bool{
	http.StatusRequestTimeout: true, http.StatusServiceUnavailable: true, http.StatusGatewayTimeout: true,
	statusOriginTimeout: true,
}

// observation is one request as congestion sees it.
type observation struct {
	kind         string // only requests of a kind take the same time
	organization int64
	began, ended time.Time
	latency      time.Duration // until the answer began, on a connection that stood; 0: not known
	sign         sign
}

// congestion finds out how many requests a zone takes at once. It takes time as a value and does
// not wait itself.
type congestion struct {
	limit, least, most int // in flight; least is the number it began with
	// additive: there was a bad sign, so the limit is not doubled any more.
	additive bool
	// full: as many were in flight as may be. Where less is asked more proves nothing.
	full bool
	// changed is when the limit changed: requests that began before say nothing about it.
	changed time.Time
	// closedUntil is when the next request may go; pause is how long it waited the last time.
	closedUntil time.Time
	pause       time.Duration

	round   round
	fastest map[string]time.Duration // of the rounds' medians, by kind
}

// round is what has come since the last decision.
type round struct {
	answers   int
	latencies map[string][]time.Duration
	failing   map[int64]bool // organizations
}

// newCongestion begins with a number of requests and never has more than most in flight.
func newCongestion(first, most int) congestion {
	first = min(first, most)
	return congestion{limit: first, least: first, most: most, fastest: map[string]time.Duration{}}
}

// fill takes note that as many requests are in flight as may be; a round begins with it.
func (c *congestion) fill() {
	if !c.full {
		c.full, c.round = true, round{}
	}
}

// observe takes what became of a request.
func (c *congestion) observe(s observation) {
	if s.began.Before(c.changed) {
		return
	}
	switch s.sign {
	case overloadSign:
		c.halve(s.ended)
		return
	case failingSign:
		if c.round.failing == nil {
			c.round.failing = map[int64]bool{}
		}
		if c.round.failing[s.organization] = true; len(c.round.failing) >= burst {
			c.halve(s.ended)
			return
		}
	case goodSign:
		c.round.add(s)
	}
	if c.round.answers++; c.round.answers >= c.roundLength() {
		c.endRound(s.ended)
	}
}

// roundLength is how many answers make a round. While the limit doubles half of them will do: the
// others began just before it grew, so that waiting for as many takes another journey.
func (c *congestion) roundLength() int {
	if c.additive {
		return c.limit
	}
	return (c.limit + 1) / 2
}

// add keeps the latency of an answer.
func (r *round) add(s observation) {
	if r.latencies == nil {
		r.latencies = map[string][]time.Duration{}
	}
	if s.latency > 0 && (len(r.latencies) < mostKinds || r.latencies[s.kind] != nil) {
		r.latencies[s.kind] = append(r.latencies[s.kind], s.latency)
	}
}

// halve answers a bad sign. Where one request is in flight the zone is left alone for a while.
func (c *congestion) halve(now time.Time) {
	if c.limit == 1 {
		c.pause = min(max(2*c.pause, shortestPause), longestPause)
		c.closedUntil = now.Add(c.pause)
	}
	c.additive = true
	c.change(max(c.limit/2, 1), now)
}

// endRound grows the limit after a round in which all was well.
func (c *congestion) endRound(now time.Time) {
	queued := c.queued()
	switch {
	case queued && c.limit > c.least:
		c.additive = true
		c.change(max(c.limit*2/3, c.least), now)
	case queued || !c.full || c.limit == c.most:
		c.round = round{}
	case c.additive && c.limit < c.least:
		c.change(c.limit+1, now)
	case c.additive:
		c.change(c.limit+additiveStep, now)
	default:
		c.change(2*c.limit, now)
	}
}

// change sets the limit and begins a round.
func (c *congestion) change(limit int, now time.Time) {
	if limit > c.limit {
		c.pause = 0
	}
	c.limit, c.changed, c.full, c.round = min(limit, c.most), now, false, round{}
}

// queued tells whether the answers of the round took longer than they once did: all kinds that came
// often enough, for one that is slow by itself is no sign of a queue.
func (c *congestion) queued() bool {
	rated, slow := 0, 0
	for kind, latencies := range c.round.latencies {
		if len(latencies) < fewestLatencies {
			continue
		}
		slices.Sort(latencies)
		median := latencies[len(latencies)/2]
		fastest, known := c.fastest[kind]
		if !known || median < fastest {
			c.fastest[kind] = median
		}
		rated++
		if known && median > slower*fastest+latencySlack {
			slow++
		}
	}
	return rated > 0 && slow == rated
}
