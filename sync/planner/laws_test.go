package planner_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/state"
)

func TestLawAfterApplyingNothingIsLeft(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := plantest.DrawZone(t)
		r := plantest.DrawDocuments(t, zone)
		if rapid.Bool().Draw(t, "allow creating") {
			r.Allow = []plan.Allow{plantest.MustAllow(t, "create:organization@*"), plantest.MustAllow(t, "delete:organization@*")}
		}
		p := plantest.Make(t, r)
		plantest.NoErrors(t, p)
		zone.Apply(p)
		again := plantest.Make(t, r)
		for _, o := range again.Organizations {
			if len(o.Steps) > 0 {
				t.Fatalf("first:\n%s\nthen:\n%s", strings.Join(plantest.Lines(p), "\n"), strings.Join(plantest.Lines(again), "\n"))
			}
		}
	})
}

func TestLawLiveAgainstItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := plantest.DrawZone(t)
		var orgs []spec.Organization
		for _, live := range zone.Orgs {
			o := spec.Organization{Key: fmt.Sprint("org-", live.ID), ID: live.ID, Name: live.Name, Timezone: live.Timezone, Country: live.Country,
				TFAEnforced: live.TFAEnforced, FeatureControls: live.FeatureControls, Variables: []spec.Variable{}, Owner: state.OwnerName(live)}
			for _, v := range live.Variables {
				if !v.System {
					o.Variables = append(o.Variables, v)
				}
			}
			for _, m := range live.Members {
				o.Members = append(o.Members, spec.Member{Email: m.Email, Role: strings.Replace(m.Role, "11", "", 1)})
			}
			slices.SortFunc(o.Variables, func(a, b spec.Variable) int { return strings.Compare(a.Name, b.Name) })
			orgs = append(orgs, o)
		}
		p := plantest.Make(t, plantest.Request(zone, orgs...))
		plantest.NoErrors(t, p)
		if s := p.Summary; s.Create+s.Update+s.Delete+s.Invite+s.Transfer+s.Held > 0 {
			t.Fatalf("%s", strings.Join(plantest.Lines(p), "\n"))
		}
	})
}

func TestLawThePrintedRuleSuffices(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := plantest.DrawZone(t)
		r := plantest.DrawDocuments(t, zone)
		p := plantest.Make(t, r)
		var all []plan.Held
		for _, o := range p.Organizations {
			all = append(all, o.Held...)
		}
		if len(all) == 0 {
			return
		}
		chosen := rapid.SampledFrom(all).Draw(t, "held")
		r.Allow = []plan.Allow{plantest.MustAllow(t, chosen.Allow)}
		for _, o := range plantest.Make(t, r).Organizations {
			for _, h := range o.Held {
				if h.Address == chosen.Address {
					t.Fatalf("%s does not let %s %s through: %s", chosen.Allow, h.Op, h.Address, h.Reason)
				}
			}
		}
	})
}

func TestLawOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := plantest.DrawZone(t)
		p := plantest.Make(t, plantest.DrawDocuments(t, zone))
		n := 0
		for _, o := range p.Organizations {
			if at, why := plan.Misplaced(o.Steps); why != "" {
				t.Fatalf("step %d: %s", o.Steps[at].N, why)
			}
			var promotions []int
			for i := range o.Steps {
				s := &o.Steps[i]
				if n++; s.N != n {
					t.Fatalf("step %d has the number %d", n, s.N)
				}
				for _, a := range s.After {
					if a >= s.N || a < o.Steps[0].N {
						t.Fatalf("step %d comes after %d", s.N, a)
					}
				}
				if s.Kind != spec.KindMember || o.ID == 0 {
					continue
				}
				if s.Op == plan.OpUpdate && s.Arguments.RoleID == state.AdminRole {
					promotions = append(promotions, s.N)
				}
				if plan.AdminsOf(zone.Find(o.ID)).Lowers(s) {
					for _, promotion := range promotions {
						if !slices.Contains(s.After, promotion) {
							t.Fatalf("step %d lowers an Admin and does not wait for %d", s.N, promotion)
						}
					}
				} else if s.Op == plan.OpDelete && len(promotions) > 0 && s.N < promotions[len(promotions)-1] {
					t.Fatalf("a promotion comes after removal %d", s.N)
				}
			}
		}
	})
}

// A plan's own steps never make it stale: its preconditions hold as a whole before the first
// write, and one by one as the steps are done. Somebody else's change makes it stale.
func TestLawPreconditions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := plantest.DrawZone(t)
		r := plantest.DrawDocuments(t, zone)
		p := plantest.Make(t, r)
		for _, o := range p.Organizations {
			live := zone.Find(o.ID)
			if live == nil {
				continue
			}
			for i := range o.Steps {
				if got := plan.Precondition(plantest.SnapshotOf(live), &o.Steps[i], o.Steps[:i], spec.NewFingerprints(r.Salt)); got != o.Steps[i].Precondition {
					t.Fatalf("%s does not hold before the run", o.Steps[i].Address)
				}
			}
			for i := range o.Steps {
				s := &o.Steps[i]
				if got := plan.Precondition(plantest.SnapshotOf(live), s, nil, spec.NewFingerprints(r.Salt)); got != s.Precondition {
					t.Fatalf("%s does not hold when its turn comes", s.Address)
				}
				live = zone.ApplyStep(live, s)
				if live != nil && s.Op != plan.OpTransfer && plan.Precondition(plantest.SnapshotOf(live), s, nil, spec.NewFingerprints(r.Salt)) == s.Precondition {
					t.Fatalf("%s still holds after it is done", s.Address)
				}
			}
		}
	})
}

func TestLawShards(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfDistinct(rapid.StringMatching(`[a-z0-9-]{1,12}`), rapid.ID).Draw(t, "keys")
		count := rapid.IntRange(1, 9).Draw(t, "count")
		for _, key := range keys {
			n := 0
			for i := 1; i <= count; i++ {
				if (&spec.Shard{Index: i, Count: count}).Has(key) {
					n++
				}
			}
			if n != 1 {
				t.Fatalf("%s is in %d of %d shards", key, n, count)
			}
		}
	})
	sizes := [4]int{}
	for i := range 1000 {
		for s := range sizes {
			if (&spec.Shard{Index: s + 1, Count: 4}).Has(fmt.Sprintf("client-%04d", i)) {
				sizes[s]++
			}
		}
	}
	if slices.Min(sizes[:]) < 200 || slices.Max(sizes[:]) > 300 {
		t.Errorf("shards of %v", sizes)
	}
}
