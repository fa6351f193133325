package observe

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// catalogue is the reader of prices; an error where the zone is none that sells.
func catalogueOf(o *Observer) (state.CatalogueReader, error) {
	reader, able := o.reader.(state.CatalogueReader)
	if !able {
		return nil, errors.New("the zone tells no prices")
	}
	return reader, nil
}

// OtherPrice says what a step's price costs by now, where that is not what the step says; ""
// where it is, and for a step that buys nothing.
func OtherPrice(ctx context.Context, o *Observer, s *plan.Step) (string, error) {
	if !s.MovesMoney() || s.Arguments.PriceID == 0 || s.Money == nil {
		return "", nil
	}
	reader, err := catalogueOf(o)
	if err != nil {
		return "", err
	}
	now, err := reader.Price(ctx, o.live.ID, s.Arguments.PriceID)
	if err != nil || now.Money == s.Money.Price() && now.Period == s.Money.Period {
		return "", err
	}
	return fmt.Sprintf("the plan says %s a %s, and the catalogue now says %s a %s", s.Money.Price(), s.Money.Period,
		now.Money, now.Period), nil
}

// UnpaidPurchase warns of a purchase whose payment has failed though the zone has taken it; nil for
// any other step.
func UnpaidPurchase(ctx context.Context, o *Observer, s *plan.Step) *spec.Problem {
	reader, err := catalogueOf(o)
	if err != nil || !s.Purchases() {
		return nil
	}
	payments, err := reader.Payments(ctx, o.live.ID)
	if err != nil || len(payments) == 0 || !strings.EqualFold(payments[0].Status, "failed") {
		return nil
	}
	return &spec.Problem{Severity: spec.Warning, Rule: "payment-failed", Address: s.Address,
		Message: "the last payment failed: the subscription ends after a grace of seven days",
		Hint:    "look at the payment method in Make"}
}

// afterBilling is the view of what is paid for, or by what, once the step is done. What a cancel
// and a checkout lead to shows later, so that they leave everything as it was.
func afterBilling(before state.View, s *plan.Step) state.View {
	after := maps.Clone(before)
	switch {
	case s.Kind == spec.KindPaymentMethods && s.Op == plan.OpDelete:
		return nil
	case s.Kind == spec.KindPaymentMethods:
		if after == nil {
			after = state.View{}
		}
		subscription, extras := s.Arguments.Target.Pays()
		if subscription {
			after["subscription"] = state.Bool(true)
		}
		if extras {
			after["extras"] = state.Bool(true)
		}
		return after
	case s.Op != plan.OpUpdate || s.Arguments.Offer:
		return after
	}
	after = state.View{}
	for path, side := range before {
		if path != "nextBill" && path != "discount" {
			after[path] = side
		}
	}
	for _, f := range s.Fields {
		if f.To.IsNone() {
			delete(after, f.Path)
		} else {
			after[f.Path] = f.To
		}
	}
	return after
}

// judgeBilling tells what an organization's account says about a write of which it shows too
// little; false for a write that shows as any other does.
func judgeBilling(w Write, now state.View) (Evidence, bool) {
	free := now != nil && billing.IsFree(now["plan"].String())
	switch w.Verb {
	case plan.CancelSubscription:
		if free {
			return Evidence{State: Applied}, true
		}
		return Evidence{State: Conflicting, Why: "no zone shows whether a cancel is pending"}, true
	case plan.BeginSubscription:
		if now != nil && !free {
			return Evidence{State: Applied}, true
		}
		return Evidence{State: Conflicting, Why: "no zone shows whether a checkout is open"}, true
	case plan.ClaimOffer:
		if _, had := w.Images.Before["discount"]; !had && hasDiscount(now) {
			return Evidence{State: Applied}, true
		}
		return Evidence{State: Conflicting, Why: "it shows no new discount"}, true
	}
	return Evidence{}, false
}

func hasDiscount(v state.View) bool {
	_, has := v["discount"]
	return has
}
