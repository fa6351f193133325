package makeapi

import "time"

// The API counts calls per organization and minute (license.apiLimit, published).
// Whether its minute rolls or begins with the first call is not; recorded headers show a
// fixed one. This window keeps both: a place is free again one minute after the
// call that took it has *ended*, which is never before the zone counted it.
//
//	limit 3    call ─┤end            free
//	           1     ██·······60 s·······▏4
//	           2       ██·······60 s·······▏5
//	           3         ██·······60 s·······▏6
//	           4 waits ─────────────────┘
//
// Until the limit is reached calls go at full speed; nothing is dripped.
const (
	minute = time.Minute
	// margin keeps two clocks that agree to the tick from disagreeing about the last one.
	margin = 10 * time.Millisecond
	// maxUnlimited bounds what is kept of an organization whose limit is unknown.
	maxUnlimited = 1024
	// longestHint is how far a Retry-After or a reset is believed: two windows.
	longestHint = 2 * minute
)

// window is the rate window of one organization (or of the calls that belong to none). It
// takes time as a value and does not wait itself. The zero window is open and has no limit.
type window struct {
	licensed int // license.apiLimit; 0: unknown, or no limit
	stated   int // x-ratelimit-limit, where it is lower
	inFlight int
	ended    []time.Time // of the calls of the last minute, oldest first
	// remaining is what the zone said it still grants until resetAt; other programs use it too.
	remaining int
	resetAt   time.Time
	// A 429 closes the window; refusals counts those that followed each other.
	closedAt, closedUntil time.Time
	refusals              int
}

// limit is the number of calls in a minute; 0: none known.
func (w *window) limit() int {
	if w.stated > 0 && (w.licensed <= 0 || w.stated < w.licensed) {
		return w.stated
	}
	return max(w.licensed, 0)
}

// reserve reserves a place, or tells how long to wait before asking again.
func (w *window) reserve(now time.Time) (wait time.Duration) {
	w.prune(now)
	if wait := w.closedUntil.Sub(now); wait > 0 {
		return wait
	}
	if w.remaining <= 0 && now.Before(w.resetAt) {
		return w.resetAt.Sub(now)
	}
	if wait := w.untilFree(now); wait > 0 {
		return wait
	}
	w.inFlight++
	w.remaining--
	return 0
}

// untilFree is the time until the limit lets one more call go. A call in flight
// frees its place no earlier than a minute from now.
func (w *window) untilFree(now time.Time) time.Duration {
	over := len(w.ended) + w.inFlight - w.limit()
	switch {
	case w.limit() == 0 || over < 0:
		return 0
	case over < len(w.ended):
		return w.ended[over].Add(minute + margin).Sub(now)
	}
	return minute + margin
}

// complete gives the place back, a minute from now if the request was sent, else at once.
func (w *window) complete(now time.Time, sent bool) {
	w.inFlight--
	if !sent {
		return
	}
	if w.limit() == 0 && len(w.ended) >= maxUnlimited {
		w.ended = w.ended[1:]
	}
	w.ended = append(w.ended, now)
}

func (w *window) prune(now time.Time) {
	old := 0
	for old < len(w.ended) && now.Sub(w.ended[old]) >= minute+margin {
		old++
	}
	w.ended = w.ended[old:]
}

// update corrects the window by what the headers of a reply say. A limit above the licence's
// belongs to another counter (recordings show 10000 on the list of organizations), so its headers
// are left alone.
func (w *window) update(now time.Time, h rateHeaders) {
	if h.limit <= 0 || (w.licensed > 0 && h.limit > w.licensed) {
		return
	}
	w.stated = h.limit
	if h.remaining < 0 || h.reset <= 0 || h.reset > minute+5*time.Second {
		return
	}
	until := now.Add(h.reset)
	// Calls in flight may be counted there or not. Taking them for counted never makes a client
	// that is alone wait for room which it has; where others call too a 429 may follow, which is
	// harmless.
	remaining := h.remaining
	if sameReset := until.Sub(w.resetAt).Abs() < 2*time.Second; sameReset {
		remaining = min(remaining, w.remaining)
	}
	w.remaining, w.resetAt = remaining, until
}

// refuse closes the window after a 429 to a call sent at `sent`. With a hint it waits for that;
// without one nobody knows when the zone's minute ends, only that it does within 60 s: it asks
// again after 4, 8, 16 and 32 s, which add up to the minute, and then once a minute. Refusals of
// calls that were already in flight when it closed are the same refusal.
func (w *window) refuse(sent, now time.Time, hint time.Duration) {
	if !sent.After(w.closedAt) {
		return
	}
	w.refusals++
	wait := min(time.Second<<min(w.refusals+1, 10), minute)
	if hint > 0 {
		wait = max(min(hint, longestHint)+margin, min(time.Second<<min(w.refusals-1, 10), minute))
	}
	w.closedAt, w.closedUntil = now, now.Add(wait)
}

// resetRefusals ends a series of refusals: a call sent after the window closed got an answer.
func (w *window) resetRefusals(sent time.Time) {
	if sent.After(w.closedAt) {
		w.refusals = 0
	}
}
