package observe

import (
	"context"
	"testing"
	"time"

	"makesync/sync/exit"
	"makesync/sync/plan"
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

// A stop while the memberships are asked says nothing of a creation, as one while the list is read.
func TestAStopConfirmsNothing(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	z := stoppedZone{zonetest.New(), stop}
	o := New(Options{Port: state.Port{Reader: z}, Clock: stillClock{}, Key: "acme", Zone: "eu1"})
	write := Write{Write: plan.Write{Verb: plan.CreateOrganization}}
	write.Arguments.Name = "Acme"
	found := Evidence{State: NotApplied}
	if got := o.Creation.Confirm(ctx, write, found); got.State != Unknown {
		t.Errorf("stopped: %+v", got)
	}
}

// TestAnOutageConfirmsNothing: a creation whose answer was lost is repeated only when the second
// witness says that there is none, or when the zone has no such witness.
func TestAnOutageConfirmsNothing(t *testing.T) {
	t.Parallel()
	for class, want := range map[exit.Class]WriteState{
		exit.ClassServer: Conflicting, exit.ClassUnreachable: Conflicting, exit.ClassRateLimit: Conflicting,
		exit.ClassBroken: Conflicting, exit.ClassForbidden: NotApplied, exit.ClassNotFound: NotApplied,
		exit.ClassInvalid: NotApplied, "": NotApplied,
	} {
		z := silentZone{zonetest.New(), nil}
		if class != "" {
			z.err = &state.CallError{Class: class, Doing: "read the organizations of ops", Status: 500}
		}
		o := New(Options{Port: state.Port{Reader: z}, Clock: stillClock{}, Key: "acme", Zone: "eu1"})
		write := Write{Write: plan.Write{Verb: plan.CreateOrganization}}
		write.Arguments.Name = "Acme"
		if got := o.Creation.Confirm(t.Context(), write, Evidence{State: NotApplied}); got.State != want {
			t.Errorf("%s: %+v", class, got)
		}
	}
}

// silentZone is one that does not tell the memberships.
type silentZone struct {
	*zonetest.Zone
	err error
}

func (z silentZone) Memberships(context.Context) ([]int64, error) { return nil, z.err }

// stoppedZone is one whose reader is stopped when it asks for the memberships.
type stoppedZone struct {
	*zonetest.Zone
	stop func()
}

func (z stoppedZone) Memberships(ctx context.Context) ([]int64, error) {
	z.stop()
	return nil, ctx.Err()
}
