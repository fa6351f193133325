package observe

import (
	"context"
	"testing"
	"time"

	"makesync/sync/exit"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// An organization that the list does not show is gone, but not one that this run has made: lists may lag behind.
func TestConfirmGone(t *testing.T) {
	t.Parallel()
	z := zonetest.New(zonetest.Organization(11, "Acme"))
	notFound := &state.CallError{Status: 404, Class: exit.ClassNotFound}
	for _, c := range []struct {
		name    string
		id      int64
		created bool
		err     *state.CallError
		gone    bool
	}{
		{"not listed", 99, false, notFound, true},
		{"listed", 11, false, notFound, false},
		{"made by this run", 99, true, notFound, false},
		{"another error", 99, false, &state.CallError{Status: 500, Class: exit.ClassServer}, false},
	} {
		o := New(Options{Port: state.Port{Reader: z}, Clock: stillClock{}, Key: "acme", Zone: "eu1", ID: c.id})
		if c.created {
			o.Created(c.id)
		}
		if err := o.confirmGone(context.Background(), c.err); (err == nil) != c.gone || o.gone != c.gone {
			t.Errorf("%s: gone %v, error %v", c.name, o.gone, err)
		}
	}
}

// stillClock stands still, and its waits take no time.
type stillClock struct{}

func (stillClock) Now() time.Time { return time.Date(2026, 11, 22, 3, 15, 0, 0, time.UTC) }

func (stillClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }
