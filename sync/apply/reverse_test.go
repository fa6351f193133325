package apply

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/report"
	"makesync/sync/state"
	"makesync/sync/undo"
)

// neverUndone are the steps that no undo takes back.
var neverUndone = []plan.StepType{
	{Kind: spec.KindOrganization, Op: plan.OpDelete}, {Kind: spec.KindOwner, Op: plan.OpTransfer},
	{Kind: spec.KindMember, Op: plan.OpReinvite}, {Kind: spec.KindMember, Op: plan.OpRevoke},
	{Kind: spec.KindMember, Op: plan.OpDelete},
}

// What a run has done in a zone that cannot be reached is not undone, and nothing is asked.
func TestReverseWithoutTheZone(t *testing.T) {
	t.Parallel()
	_, _, story := appliedWorld(t)
	back := undo.Wanted(context.Background(), story, undo.Options{Now: time.Now()})
	if len(back.Organizations) != 0 || len(back.Held) != 0 || len(back.Problems) == 0 {
		t.Fatalf("%d organizations, %d held, %d problems", len(back.Organizations), len(back.Held), len(back.Problems))
	}
	for _, p := range back.Problems {
		unreachable := strings.Contains(p.Message, "is none of this run")
		never := slices.Contains(neverUndone, stepAt(story, p.Address).Type())
		secret := strings.Contains(p.Message, "a secret, which the journal does not keep")
		if p.Rule != "not-undone" || !unreachable && !never && !secret {
			t.Errorf("%+v", p)
		}
	}
}

// An accepted invitation is given back as a removal only where a rule allows that, and is held elsewhere.
func TestReverseOfAnAcceptedInvitation(t *testing.T) {
	t.Parallel()
	z, _, story := appliedWorld(t)
	for i := range z.Find(11).Members {
		if m := &z.Find(11).Members[i]; m.Email == "new@x.example" {
			m.Invitation = ""
		}
	}
	zones := map[string]state.Port{"eu1": z.port().Port}
	for _, allow := range [][]plan.Allow{nil, {plantest.MustAllow(t, "delete:member@acme")}} {
		back := undo.Wanted(context.Background(), story, undo.Options{Zones: zones, Allow: allow, Now: planned})
		removed := false
		for _, m := range back.Organizations[0].Members {
			removed = removed || m.Email == "new@x.example" && m.State == spec.Absent
		}
		if removed != (allow != nil) || len(back.Held) == 1 == removed {
			t.Errorf("allow %v: removed %v, held %v", allow, removed, back.Held)
		}
	}
}

// stepAt is the run's step on an address.
func stepAt(s *report.Run, a spec.Address) *plan.Step {
	for i := range s.Organizations {
		for j := range s.Organizations[i].Steps {
			if step := &s.Organizations[i].Steps[j]; step.Address == a {
				return step
			}
		}
	}
	return nil
}
