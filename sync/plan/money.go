package plan

import (
	"slices"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/state"
)

// MoneyOf adds up what the steps of organizations cost, by currency; nil when they cost nothing.
func MoneyOf(organizations []Organization) map[string]spec.Amount {
	sum := map[string]spec.Amount{}
	for i := range organizations {
		for _, s := range organizations[i].Steps {
			if s.Money != nil && s.Money.Amount > 0 {
				sum[s.Money.Currency] = sum[s.Money.Currency].Plus(s.Money.Amount)
			}
		}
	}
	if len(sum) == 0 {
		return nil
	}
	return sum
}

// MovesMoney tells whether a step of the organizations moves money.
func MovesMoney(organizations []Organization) bool {
	moves := func(s Step) bool { return s.MovesMoney() }
	return slices.ContainsFunc(organizations, func(o Organization) bool { return slices.ContainsFunc(o.Steps, moves) })
}

// PurchaseFor is the step that buys the licence for which another one of its organization was
// planned; nil for none.
func PurchaseFor(steps []Step, s *Step) *Step {
	for i := range steps {
		if steps[i].Purchases() && !s.MovesMoney() && slices.Contains(s.After, steps[i].N) {
			return &steps[i]
		}
	}
	return nil
}

// StandingOf is what a view shows to be subscribed.
func StandingOf(v state.View) billing.Standing {
	return billing.Standing{Plan: v["plan"].String(), Operations: v["operations"].String(),
		Period: v["period"].String(), NextBill: v["nextBill"].String()}
}

// factsOf are what is checked of a step that moves money.
func factsOf(s *Step, late bool) billing.Facts {
	shown := map[string]string{}
	for _, f := range s.Fields {
		if !f.To.IsNone() {
			shown[f.Path] = f.To.String()
		}
	}
	a := s.Arguments
	return billing.Facts{Late: late, Name: s.Address.Name(), Begins: s.Op == OpCreate, Ends: s.Op == OpDelete,
		PriceID: a.PriceID, Offer: a.Offer, Coupon: a.Coupon, Method: a.PaymentMethod, Target: a.Target,
		Cost: s.Money, Shown: shown}
}

func invalidSubscription(s *Step, late bool) string { return factsOf(s, late).InvalidSubscription() }

// invalidMethod: a step makes a method pay for its target, or removes one that pays for nothing.
func invalidMethod(s *Step, late bool) string {
	if why := factsOf(s, late).InvalidMethod(); why != "" {
		return why
	}
	paths, to := s.Arguments.Target.Paths(), state.Bool(true)
	if s.Op == OpDelete {
		paths, to = methodFields, state.Scalar{}
	}
	for _, path := range paths {
		if f := s.field(path); f == nil || f.From != state.Bool(false) || f.To != to {
			return "it shows something else of " + path + " than it does"
		}
	}
	if len(s.Fields) != len(paths) {
		return "it shows what it does not change"
	}
	return ""
}
