package offline_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/offline"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/plantest"
)

func baselineOf(s *offline.Snapshot) map[string]planner.Baseline {
	return map[string]planner.Baseline{"eu1": s.Baseline()}
}

// changesOf are the steps and held changes of a plan, by address, with their origins.
func changesOf(p *plan.Plan) map[spec.Address]plan.Origin {
	all := map[spec.Address]plan.Origin{}
	for _, o := range p.Organizations {
		for _, s := range o.Steps {
			all[s.Address] = s.Origin
		}
		for _, h := range o.Held {
			all[h.Address] = h.Origin
		}
	}
	return all
}

var anything = []string{"create:organization@*", "delete:organization@*", "delete:variable@*", "delete:member@*", "update:member@*",
	"invite:member@*", "enforce:tfa@*", "transfer:owner@*"}

func allowAnything(t *rapid.T, r *planner.Request) {
	for _, rule := range anything {
		r.Allow = append(r.Allow, plantest.MustAllow(t, rule))
	}
}

// Against a snapshot of now, nobody but the documents changed anything.
func TestLawAgainstNowAllIsPending(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := plantest.DrawDocuments(t, plantest.DrawZone(t))
		now := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
		r.Since = baselineOf(snapshotFor(t, r, offline.NeededOf(r.Desired, "eu1"), now))
		for address, origin := range changesOf(plantest.Make(t, r)) {
			if origin != plan.OriginPending {
				t.Errorf("%s is %q", address, origin)
			}
		}
	})
}

// Where the zone was as the documents say, whatever they would change now is drift; an invitation
// that ran out is nobody's. What is written back is what stood there: nothing else is reverted.
func TestLawAfterApplyingAllIsDrift(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := plantest.DrawZone(t)
		r := plantest.DrawDocuments(t, zone)
		allowAnything(t, &r)
		zone.Apply(plantest.Make(t, r))
		settled := plantest.Make(t, r)
		now := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
		r.Since = baselineOf(snapshotFor(t, r, offline.NeededOf(r.Desired, "eu1"), now))
		others := plantest.DrawDocuments(t, zone)
		allowAnything(t, &others)
		zone.Apply(plantest.Make(t, others))

		waited := map[spec.Address]bool{}
		for _, o := range settled.Organizations {
			for _, w := range o.Waiting {
				waited[w.Address] = !w.Unanswered
			}
		}
		p := plantest.Make(t, r)
		for address, origin := range changesOf(p) {
			want := plan.OriginDrift
			if waited[address] { // the documents never agreed
				want = plan.OriginConflict
			}
			if origin != want && !(origin == plan.OriginPending && waited[address]) {
				t.Errorf("%s is %q, want %q\n%s", address, origin, want, strings.Join(plantest.Lines(p), "\n"))
			}
		}
		r.Desired.Guards.HoldDrift = true
		for _, o := range plantest.Make(t, r).Organizations {
			for _, s := range o.Steps {
				if s.Origin != plan.OriginPending {
					t.Errorf("%s runs though drift is held", s.Address)
				}
			}
		}
		r.Allow = append(r.Allow, plantest.MustAllow(t, "revert:drift@*"))
		for _, o := range plantest.Make(t, r).Organizations {
			for _, h := range o.Held {
				if h.Guard == "drift" {
					t.Errorf("%s is held though the rule lets it through", h.Address)
				}
			}
		}
	})
}

// Without a snapshot everything is unknown, and a rule that reverts drift lifts no other guard.
func TestLawWithoutASnapshotNothingIsKnown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := plantest.DrawDocuments(t, plantest.DrawZone(t))
		plain := plantest.Make(t, r)
		r.Since = map[string]planner.Baseline{}
		r.Desired.Guards.HoldDrift = true
		p := plantest.Make(t, r)
		for address, origin := range changesOf(p) {
			if origin != plan.OriginUnknown {
				t.Errorf("%s is %q", address, origin)
			}
		}
		if p.Summary.Create+p.Summary.Update+p.Summary.Delete+p.Summary.Invite+p.Summary.Transfer > 0 {
			t.Errorf("something runs: %v", p.Summary)
		}
		r.Allow = []plan.Allow{plantest.MustAllow(t, "revert:drift@*")}
		if lifted := plantest.Make(t, r); plan.DigestOf(lifted.Organizations) != plan.DigestOf(plain.Organizations) {
			t.Errorf("with the rule:\n%s\nwithout the guard:\n%s", strings.Join(plantest.Lines(lifted), "\n"),
				strings.Join(plantest.Lines(plain), "\n"))
		}
	})
}
