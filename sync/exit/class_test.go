package exit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// Every failure of a reading has one exit, whichever command it ends.
func TestExitOfFailure(t *testing.T) {
	for class, want := range map[exit.Class]exit.Code{
		exit.ClassRefused:     exit.Refused,
		exit.ClassForbidden:   exit.Refused,
		exit.ClassFreePlan:    exit.Refused,
		exit.ClassLicence:     exit.Refused,
		exit.ClassNotFound:    exit.Refused,
		exit.ClassInvalid:     exit.Refused,
		exit.ClassRateLimit:   exit.Unreachable,
		exit.ClassServer:      exit.Unreachable,
		exit.ClassUnreachable: exit.Unreachable,
		exit.ClassBroken:      exit.Unreachable,
		exit.ClassCancelled:   exit.OK,
		exit.ClassInternal:    exit.Internal,
		"of tomorrow":         exit.Internal,
	} {
		if got := state.ExitOfFailure(fmt.Errorf("read: %w", &state.CallError{Class: class})); got != want {
			t.Errorf("%s: %v, want %v", class, got, want)
		}
	}
	if len(exit.Classes()) != 12 {
		t.Errorf("the classes have changed, and this table has not: %v", exit.Classes())
	}
	if got := state.ExitOfFailure(errors.New("no such host")); got != exit.Unreachable {
		t.Errorf("an error of no call: %v", got)
	}
	if got := state.ExitOfFailure(context.DeadlineExceeded); got != exit.OK {
		t.Errorf("out of time: %v", got)
	}
}

// A zone of which nothing could be read ends with what its calls say; of which something could, partly visible.
func TestZoneStateExit(t *testing.T) {
	failing := func(classes ...exit.Class) *state.Organization {
		live := &state.Organization{Failed: map[spec.Kind]error{}}
		for i, class := range classes {
			live.Failed[state.ReadKinds[i]] = &state.CallError{Class: class}
		}
		return live
	}
	read := failing(exit.ClassServer)
	read.Members = []spec.Member{}
	for name, c := range map[string]struct {
		organizations []*state.Organization
		want          exit.Code
	}{
		"nothing failed":              {[]*state.Organization{failing()}, exit.OK},
		"some organization read":      {[]*state.Organization{failing(), failing(exit.ClassForbidden)}, exit.PartlyVisible},
		"some kind read":              {[]*state.Organization{read}, exit.PartlyVisible},
		"refused goes first":          {[]*state.Organization{failing(exit.ClassServer, exit.ClassNotFound)}, exit.Refused},
		"replies that cannot be read": {[]*state.Organization{failing(exit.ClassBroken)}, exit.Unreachable},
		"stopped before":              {[]*state.Organization{failing(exit.ClassCancelled)}, exit.PartlyVisible},
	} {
		if got := (&state.ZoneState{Organizations: c.organizations}).Exit(); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
