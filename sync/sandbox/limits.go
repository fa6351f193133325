package sandbox

import (
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// userLimit is the number of calls per minute that are about no organization
// (recorded in the headers of GET /organizations; perhaps not Make's own).
const userLimit = 10000

// windowLength is how long a window lasts, from the first call in it.
const windowLength = time.Minute

// limiter counts the calls of each organization in fixed windows. It is kept in
// memory only: a world that is opened anew starts with a full budget.
type limiter struct {
	mu      sync.Mutex
	windows map[budget]*window
}

// budget names what is limited: an organization, or a user for the other calls.
type budget struct {
	of string
	id int
}

// window is one minute of one budget.
type window struct {
	limit int
	spent int
	ends  time.Time
	over  bool
}

// spend counts one call and returns a copy of the window after it.
func (l *limiter) spend(b budget, limit int, now time.Time) *window {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.windows == nil {
		l.windows = map[budget]*window{}
	}
	w := l.windows[b]
	if w == nil || !now.Before(w.ends) {
		w = &window{ends: now.Add(windowLength)}
		l.windows[b] = w
	}
	w.limit = limit
	if w.over = w.spent >= limit; !w.over {
		w.spent++
	}
	snapshot := *w
	return &snapshot
}

// spend counts the call against a budget, if the switch rate-limit is at one of
// these values, and refuses it when the budget is spent. A limit of 0 means that
// the API is switched off for the organization (White Label).
func (c *call) spend(of string, id, limit int, when ...string) error {
	if !c.is("rate-limit", when...) {
		return nil
	}
	if limit == 0 {
		return forbiddenBecause(tokenForbidden)
	}
	if c.rate = c.w.limits.spend(budget{of, id}, limit, c.now); !c.rate.over {
		return nil
	}
	const sentence = "Requests limit for organization exceeded, please try again later."
	if c.is("rate-body", "json") {
		return &problem{status: http.StatusTooManyRequests, code: "SC429", message: sentence}
	}
	return &problem{status: http.StatusTooManyRequests, text: sentence}
}

// rated adds the headers of the rate limit: x-ratelimit-* on every reply (recorded on good ones
// only, whence another switch; reset in Unix seconds), Retry-After on refusals, or none. The reset
// is told by the real clock, which is that of clients, wherever the world's stands.
func (c *call) rated(rep reply) reply {
	if c.rate == nil || c.is("rate-headers", "none") || rep.status >= 400 && c.is("rate-headers", "success") {
		return rep
	}
	if c.is("rate-headers", "retry-after") {
		if rep.status == http.StatusTooManyRequests {
			rep.header = maps.Clone(rep.header)
			rep.header["Retry-After"] = []string{
				strconv.Itoa(int((c.rate.ends.Sub(c.now) + time.Second - 1) / time.Second)),
			}
		}
		return rep
	}
	rep.header = maps.Clone(rep.header)
	rep.header["X-Ratelimit-Limit"] = []string{strconv.Itoa(c.rate.limit)}
	rep.header["X-Ratelimit-Remaining"] = []string{strconv.Itoa(c.rate.limit - c.rate.spent)}
	rep.header["X-Ratelimit-Reset"] = []string{strconv.FormatInt(c.w.now().Add(c.rate.ends.Sub(c.now)).Unix(), 10)}
	return rep
}
