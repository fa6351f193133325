package apply

import (
	"context"
	"strings"
	"testing"
	"time"

	"makesync/sync/exit"
	"makesync/sync/plantest"
	"makesync/sync/state"
)

// The lists of a new organization may be behind its details, and answer for a while as if it were
// not there.
func TestListsOfANewOrganizationAreBehind(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status, times int
		fails         bool
	}{
		"403":            {403, 3, false},
		"404":            {404, 3, false},
		"404 for good":   {404, 1000, true},
		"something else": {400, 1, true},
	} {
		z, r := world()
		p := plantest.Make(t, r)
		begun := len(z.Orgs)
		times := test.times
		z.onRead = func(call string) error {
			if len(z.Orgs) <= begun-1 || times == 0 || !strings.HasPrefix(call, "featureControl ") ||
				strings.HasSuffix(call, " 11") {
				return nil
			}
			times--
			return refused(test.status, "SC404")
		}
		clock := newJumpClock()
		o := z.options()
		o.Clock = clock
		report := Run(context.Background(), p, o)
		if got := outcomes(report); test.fails != strings.Contains(got, "nova/featureControl") {
			t.Errorf("%s: %d left\n%s", name, times, got)
		}
		if waited := clock.Now().Sub(planned); waited > time.Minute {
			t.Errorf("%s: %v", name, waited)
		}
	}
}

// A plan that lets no token in does so for good: nothing is waited for.
func TestANewOrganizationThatShutsTokensOut(t *testing.T) {
	t.Parallel()
	z, r := world()
	p := plantest.Make(t, r)
	reads := 0
	z.onRead = func(call string) error {
		id, detail := strings.CutPrefix(call, "detail ")
		if !detail || id == "11" || id == "12" {
			return nil
		}
		reads++
		return &state.CallError{Doing: "read", Status: 403, Code: "SC403", Class: exit.ClassFreePlan}
	}
	report := Run(context.Background(), p, z.options())
	if got := outcomes(report); strings.Count(got, "skipped (licence: the Free plan") != 3 || reads > 4 {
		t.Errorf("%d reads\n%s", reads, got)
	}
}
