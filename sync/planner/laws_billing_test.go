package planner_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/savedplan"
	"makesync/sync/zonetest"
)

// drawMoney is a zone, and documents that want other things to be paid than are.
func drawMoney(t *rapid.T) (z *zonetest.Zone, r planner.Request) {
	z = plantest.DrawZone(t)
	r = plantest.DrawDocuments(t, z)
	plantest.DrawBilling(t, z, &r)
	r.Salt = []byte("0123456789abcdef")
	return z, r
}

// allowMoney lets through whatever a plan holds that moves money.
func allowMoney(t *rapid.T, r *planner.Request) {
	for _, o := range plantest.Make(t, *r).Organizations {
		for _, h := range o.Held {
			if h.Kind.Bills() && h.Allow != "" {
				r.Allow = append(r.Allow, plantest.MustAllow(t, h.Allow))
			}
		}
	}
}

func movesMoney(p *plan.Plan) (steps []plan.Step) {
	for _, o := range p.Organizations {
		for _, s := range o.Steps {
			if s.MovesMoney() {
				steps = append(steps, s)
			}
		}
	}
	return steps
}

// TestMoneyIsHeldWithoutARule: whatever documents want, nothing moves money unless a rule names it; what a rule names
// costs no more than it says.
func TestMoneyIsHeldWithoutARule(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, r := drawMoney(t)
		if p := plantest.Make(t, r); len(movesMoney(p)) > 0 || p.Money != nil {
			t.Fatalf("%v cost %v", movesMoney(p), p.Money)
		}
		allowMoney(t, &r)
		p := plantest.Make(t, r)
		plantest.NoErrors(t, p)
		for _, s := range movesMoney(p) {
			covered := false
			for _, rule := range r.Allow {
				covered = covered || strings.HasSuffix(rule.String(), "@"+s.Address.Key()) && s.Money.Within(rule.Bound)
			}
			if !covered || s.Risk != plan.RiskIrreversible {
				t.Fatalf("%s %s is let through by none of %v, risk %s", s.Op, s.Address, r.Allow, s.Risk)
			}
		}
	})
}

// TestMoneyConverges: when all that may be done is done, nothing of it is planned again; only what nothing lets through
// stays held.
func TestMoneyConverges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone, r := drawMoney(t)
		for range 2 { // a method that was a default when it should go is removed once it is none
			allowMoney(t, &r)
			zone.Apply(plantest.Make(t, r))
		}
		p := plantest.Make(t, r)
		if again := movesMoney(p); len(again) > 0 {
			t.Fatalf("planned again: %s %s %v", again[0].Op, again[0].Address, again[0].Fields)
		}
		for _, o := range p.Organizations {
			for _, h := range o.Held {
				if h.Kind.Bills() && h.Allow != "" {
					t.Fatalf("held again: %s %s: %s", h.Op, h.Address, h.Reason)
				}
			}
		}
	})
}

// TestMoneySurvivesAFile: whatever is planned can be saved, and read back as no forgery.
func TestMoneySurvivesAFile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, r := drawMoney(t)
		allowMoney(t, &r)
		p := plantest.Make(t, r)
		data, problems := savedplan.Encode(p, spec.Value{})
		if len(problems) > 0 {
			t.Fatalf("%v", problems)
		}
		read, problems := savedplan.Decode(data, spec.Value{})
		if len(problems) > 0 || len(movesMoney(read)) != len(movesMoney(p)) {
			t.Fatalf("%d steps of %d: %v", len(movesMoney(read)), len(movesMoney(p)), problems)
		}
	})
}

// TestMonthlyBoundHolds: what is let through together never costs more a month than the bound.
func TestMonthlyBoundHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, r := drawMoney(t)
		allowMoney(t, &r)
		bound := rapid.SampledFrom([]string{"0", "10.59", "34.12", "60", "1000"}).Draw(t, "bound")
		r.Desired.Guards.MaxMonthly = map[string]string{"USD": bound}
		sum := spec.Amount(0)
		for _, s := range movesMoney(plantest.Make(t, r)) {
			sum = sum.Plus(s.Money.Monthly())
		}
		if spec.CompareDecimals(sum.String(), bound) > 0 {
			t.Fatalf("%s a month, and %s are allowed", sum, bound)
		}
	})
}

// TestOneOwnerOneFree: of the organizations that a plan lets end on Free, no two belong to the same Owner.
func TestOneOwnerOneFree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone, r := drawMoney(t)
		allowMoney(t, &r)
		leaves := map[int64]spec.Address{}
		for _, o := range plantest.Make(t, r).Organizations {
			for _, s := range o.Steps {
				if s.Kind != spec.KindSubscription || s.Arguments.PriceID > 0 {
					continue
				}
				owner := zone.Find(o.ID).OwnerID
				if other := leaves[owner]; other != "" {
					t.Fatalf("%s and %s end on Free, and belong to user %d", other, s.Address, owner)
				}
				leaves[owner] = s.Address
			}
		}
	})
}
