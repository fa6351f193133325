package apply

import (
	"context"
	"testing"

	"makesync/sync/exit"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// An organization that the list does not show is gone, but not one that this run has made: lists may lag behind.
func TestConfirmGone(t *testing.T) {
	t.Parallel()
	z := newWrittenZone(zonetest.Organization(11, "Acme"))
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
		o := newObserver(z.port().Port, fixedClock(planned), nil, "acme", "eu1", c.id)
		if c.created {
			o.created(c.id)
		}
		if err := o.confirmGone(context.Background(), c.err); (err == nil) != c.gone || o.gone != c.gone {
			t.Errorf("%s: gone %v, error %v", c.name, o.gone, err)
		}
	}
}
