package makeapi

import (
	"slices"
	"time"
)

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
//
// The limit is shared with everything else that calls for the organization, so a part of it is left
// alone: the client takes no more than its share of the limit in any minute, and stops earlier when
// the zone grants no more than what others may still need:
//
//	limit 60, share 0.8   ████████████ours 48████████████|·others 12·|
//	others used 30        ██others 30██|█ours 18█|·others 12·|
//	and 45 last time      ██others 30██|█ours 15█|·others 15·|
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
	share    float64 // of the limit that the client may take; 0: all of it
	licensed int     // license.apiLimit; 0: unknown, or no limit
	stated   int     // x-ratelimit-limit, where it is lower
	inFlight int
	ended    []time.Time // of the calls of the last minute, oldest first
	// remaining is what the zone said it still grants until resetAt; other programs use it too.
	remaining int
	resetAt   time.Time
	// counted are the client's own calls that the zone may have counted in the minute that ends at
	// resetAt; others what others used of it at the least, and othersBefore of the minute before.
	counted, others, othersBefore int
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

// quota is how many calls of the limit are ours in any minute, at least one.
func (w *window) quota() int {
	if w.share <= 0 || w.share >= 1 {
		return w.limit()
	}
	const rounding = 1e-9 // 0.29 × 100 is 28.999…
	return min(max(int(w.share*float64(w.limit())+rounding), 1), w.limit())
}

// reserved is how many of the calls that the zone still grants are left to others: what is not
// ours, or what they used in the minute before and have not used yet in this one.
func (w *window) reserved() int {
	if w.quota() == w.limit() {
		return 0
	}
	return max(w.limit()-w.quota(), w.othersBefore-w.others)
}

// reserve reserves a place, or tells how long to wait before asking again.
func (w *window) reserve(now time.Time) (wait time.Duration) {
	w.prune(now)
	if wait := w.closedUntil.Sub(now); wait > 0 {
		return wait
	}
	// A reply to a call of ours has told when the minute ends: we have had one at least.
	if w.remaining <= w.reserved() && now.Before(w.resetAt) {
		return w.resetAt.Sub(now)
	}
	if wait := w.untilFree(now); wait > 0 {
		return wait
	}
	w.inFlight++
	w.counted++
	w.remaining--
	return 0
}

// untilFree is the time until the limit lets one more call go. A call in flight
// frees its place no earlier than a minute from now.
func (w *window) untilFree(now time.Time) time.Duration {
	over := len(w.ended) + w.inFlight - w.quota()
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
		w.counted = max(w.counted-1, 0)
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
	if !w.resetAt.IsZero() && !now.Before(w.resetAt) {
		w.nextMinute(time.Time{})
	}
}

// nextMinute begins the zone's next minute, which ends at resetAt; zero: nobody has said when.
func (w *window) nextMinute(resetAt time.Time) {
	if !w.resetAt.IsZero() {
		w.othersBefore, w.others = w.others, 0
	}
	w.resetAt = resetAt
}

// sameMinute is how far two statements about one reset are apart: the zone rounds to seconds.
const sameMinute = 2 * time.Second

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
	if until.Sub(w.resetAt).Abs() < sameMinute {
		remaining = min(remaining, w.remaining)
	} else {
		w.nextMinute(until)
		w.counted = w.inFlight + w.endedSince(until.Add(-minute-sameMinute))
	}
	w.remaining, w.resetAt = remaining, until
	w.others = max(w.others, h.limit-h.remaining-w.counted)
}

// endedSince counts the calls that ended at or after a time.
func (w *window) endedSince(start time.Time) int {
	first, _ := slices.BinarySearchFunc(w.ended, start, time.Time.Compare)
	return len(w.ended) - first
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
