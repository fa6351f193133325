package makeapi

import (
	"net/http"
	"time"

	"makesync/sync/exit"
)

// What becomes of an attempt that failed. Only the rows marked * depend on the method:
//
//	                         GET               POST, PATCH, DELETE
//	429, 418                 wait, again       wait, again          the zone refused to look at it
//	no connection            again             again                nothing was sent
//	408, 5xx                 again           * give up: unknown
//	reset, hang, cut off     again           * give up: unknown
//	2xx, unreadable          again           * give up: unknown
//	other 4xx, cut off       again           * give up              its words say what it means
//	3xx, other 4xx           give up           give up
//	certificate, wrong TLS   give up           give up              it will not get better
//
// 418 is there because an older client of the same API had to wait on it like on a 429.
type decision uint8

const (
	giveUp decision = iota
	retryAfterWait
	retryInWindow
)

// decide applies the table.
func decide(method string, o outcome) decision {
	switch {
	case o.err == nil || o.permanent:
		return giveUp
	case o.err.Status == http.StatusTooManyRequests || o.err.Status == http.StatusTeapot:
		return retryInWindow
	case !o.sent:
		return retryAfterWait
	case method != http.MethodGet:
		return giveUp
	case o.err.Status == http.StatusRequestTimeout || o.err.Status >= 500:
		return retryAfterWait
	case o.err.Status == 0 || o.err.Class == exit.ClassBroken || o.cut:
		return retryAfterWait
	}
	return giveUp
}

// retryPolicy is how long and how often a client tries.
type retryPolicy struct {
	timeout     time.Duration // for a call, without waits for a rate window
	attempt     time.Duration // without progress, for a read
	attempts    int
	longestWait time.Duration // between two attempts
}

// shortestWait is the first wait before a repetition; it doubles up to retryPolicy.longestWait.
const shortestWait = 250 * time.Millisecond

// newRetryPolicy scales the waits with the timeout: of 2 minutes come 10 attempts
// over half a minute, so that a zone that is down is not waited for call after call.
func newRetryPolicy(o Options) retryPolicy {
	p := retryPolicy{timeout: o.Timeout, attempt: o.AttemptTimeout, attempts: o.Attempts}
	if p.timeout <= 0 {
		p.timeout = DefaultTimeout
	}
	if p.attempt <= 0 {
		p.attempt = min(p.timeout/2, longestAttempt)
	}
	if p.attempts <= 0 {
		p.attempts = 10
	}
	p.longestWait = min(max(p.timeout/24, time.Second), 30*time.Second)
	return p
}

// backOff is the wait before attempt n+1: exponential, spread by jitter (0–1) over half to one and
// a half.
func (p retryPolicy) backOff(n int, jitter float64, hint time.Duration) time.Duration {
	wait := min(shortestWait<<min(n-1, 20), p.longestWait)
	wait = time.Duration(float64(wait) * (0.5 + jitter))
	return max(wait, min(hint, minute))
}

// exhaustedAttempts is how often a read is sent where the last call was given up: an organization
// that answers 500 to everything costs half a minute once, not for each of its kinds.
const exhaustedAttempts = 2

func (p retryPolicy) attemptsIn(exhausted bool) int {
	if exhausted {
		return min(exhaustedAttempts, p.attempts)
	}
	return p.attempts
}

// rateLimitTimeout is how long a call goes on after its first 429: a whole window costs
// nothing, then the timeout runs. Whoever is refused still is told so.
func (p retryPolicy) rateLimitTimeout() time.Duration { return minute + p.timeout }
