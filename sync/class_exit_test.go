package sync

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"makesync/spec"
)

// Every failure of a reading has one exit, whichever command it ends.
func TestExitOfFailure(t *testing.T) {
	for class, want := range map[Class]Exit{
		ClassRefused:     ExitRefused,
		ClassForbidden:   ExitRefused,
		ClassFreePlan:    ExitRefused,
		ClassLicence:     ExitRefused,
		ClassNotFound:    ExitRefused,
		ClassInvalid:     ExitRefused,
		ClassRateLimit:   ExitUnreachable,
		ClassServer:      ExitUnreachable,
		ClassUnreachable: ExitUnreachable,
		ClassBroken:      ExitUnreachable,
		ClassCancelled:   ExitOK,
		ClassInternal:    ExitInternal,
		"of tomorrow":    ExitInternal,
	} {
		if got := exitOfFailure(fmt.Errorf("read: %w", &CallError{Class: class})); got != want {
			t.Errorf("%s: %v, want %v", class, got, want)
		}
	}
	if len(Classes()) != 12 {
		t.Errorf("the classes have changed, and this table has not: %v", Classes())
	}
	if got := exitOfFailure(errors.New("no such host")); got != ExitUnreachable {
		t.Errorf("an error of no call: %v", got)
	}
	if got := exitOfFailure(context.DeadlineExceeded); got != ExitOK {
		t.Errorf("out of time: %v", got)
	}
}

// A zone of which nothing could be read ends with what its calls say; of which something could, partly visible.
func TestZoneStateExit(t *testing.T) {
	failing := func(classes ...Class) *Live {
		live := &Live{Failed: map[spec.Kind]error{}}
		for i, class := range classes {
			live.Failed[readKinds[i]] = &CallError{Class: class}
		}
		return live
	}
	read := failing(ClassServer)
	read.Members = []spec.Member{}
	for name, c := range map[string]struct {
		organizations []*Live
		want          Exit
	}{
		"nothing failed":              {[]*Live{failing()}, ExitOK},
		"some organization read":      {[]*Live{failing(), failing(ClassForbidden)}, ExitPartlyVisible},
		"some kind read":              {[]*Live{read}, ExitPartlyVisible},
		"refused goes first":          {[]*Live{failing(ClassServer, ClassNotFound)}, ExitRefused},
		"replies that cannot be read": {[]*Live{failing(ClassBroken)}, ExitUnreachable},
		"stopped before":              {[]*Live{failing(ClassCancelled)}, ExitPartlyVisible},
	} {
		if got := (&ZoneState{Organizations: c.organizations}).Exit(); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
