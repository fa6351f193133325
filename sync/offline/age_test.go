package offline_test

import (
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/offline"
)

// How old a snapshot is decides whether it may be planned from: one from the future, as clocks that
// differ make it, is of an age that nobody knows and refused with and without a limit.
func TestAgeOfASnapshot(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		age, limit time.Duration
		want       string // severity, "" for no problem
	}{
		{time.Minute, time.Hour, ""},
		{time.Hour + time.Second, time.Hour, "error"},
		{25 * time.Hour, 0, "warning"},
		{25 * time.Hour, 48 * time.Hour, ""},
		{-4 * time.Minute, time.Hour, ""},
		{-6 * time.Minute, time.Hour, "error"},
		{-6 * time.Minute, 0, "error"},
		{-3 * 365 * 24 * time.Hour, 0, "error"},
	} {
		snapshot := &offline.Snapshot{Zone: "eu1", Taken: now.Add(-c.age)}
		got := ""
		for _, p := range offline.Check([]*offline.Snapshot{snapshot}, &spec.Desired{}, spec.Scope{}, now, c.limit) {
			got = string(p.Severity)
		}
		if got != c.want {
			t.Errorf("taken %s ago, limit %s: %q, want %q", c.age, c.limit, got, c.want)
		}
	}
}
