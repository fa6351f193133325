package makeapi

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// rateHeaders are the rate limit headers of a reply. None of them is documented; recorded replies
// carry x-ratelimit-limit, -remaining and -reset (unix seconds), so they are hints, and absent is
// fine.
type rateHeaders struct {
	limit     int           // 0: not said
	remaining int           // -1: not said
	reset     time.Duration // from now; 0: not said
	retry     time.Duration // Retry-After, from now; 0: not said
}

// hint is how long the zone asks to wait; 0 when it does not say.
func (h rateHeaders) hint() time.Duration {
	if h.retry > 0 {
		return h.retry
	}
	return h.reset
}

func readRateHeaders(header http.Header, now time.Time) rateHeaders {
	h := rateHeaders{remaining: -1}
	if text := headerValue(header, "X-Ratelimit-Limit"); text != "" {
		if n, err := strconv.Atoi(text); err == nil && n > 0 && n < 1e6 {
			h.limit = n
		}
	}
	if text := headerValue(header, "X-Ratelimit-Remaining"); text != "" {
		if n, err := strconv.Atoi(text); err == nil && n >= 0 {
			h.remaining = n
		}
	}
	if text := headerValue(header, "X-Ratelimit-Reset"); text != "" {
		h.reset = untilReset(text, serverTime(header, now))
	}
	if text := headerValue(header, "Retry-After"); text != "" {
		h.retry = untilRetry(text, serverTime(header, now))
	}
	return h
}

// headerValue avoids canonicalising the key, which is canonical already.
func headerValue(header http.Header, key string) string {
	if values := header[key]; len(values) > 0 {
		return strings.TrimSpace(values[0])
	}
	return ""
}

// serverTime is the zone's own clock, so that a skew between the machines does not
// matter; a Date that is days away is taken for no clock at all.
func serverTime(header http.Header, now time.Time) time.Time {
	date, err := http.ParseTime(headerValue(header, "Date"))
	if err != nil || date.Sub(now).Abs() > 24*time.Hour {
		return now
	}
	return date
}

// untilReset reads a reset as unix seconds or milliseconds, or as seconds from now.
func untilReset(text string, now time.Time) time.Duration {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n > 0 && n < 1e15) {
		return 0
	}
	switch {
	case n < 1e6:
		return time.Duration(n * float64(time.Second))
	case n > 1e11:
		return max(time.UnixMilli(int64(n)).Sub(now), 0)
	}
	return max(time.Unix(int64(n), 0).Sub(now), 0)
}

// untilRetry reads Retry-After as seconds or as a date (RFC 9110 §10.2.3).
func untilRetry(text string, now time.Time) time.Duration {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		if !(n > 0 && n < 1e6) {
			return 0
		}
		return time.Duration(n * float64(time.Second))
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}
