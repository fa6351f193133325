package observe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"makesync/spec"
	"makesync/spec/text"
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

// otherPrice says what a step's price is by now, where that is not what the step says; "" where it
// is, and for a step that buys nothing. The id alone says nothing: a file may name that of another
// plan that costs the same. What the step does not show stays as the zone shows it.
func otherPrice(ctx context.Context, o *Observer, s *plan.Step) (string, error) {
	if !s.MovesMoney() || s.Arguments.PriceID == 0 || s.Money == nil {
		return "", nil
	}
	reader, err := catalogueOf(o)
	if err != nil {
		return "", err
	}
	now, err := reader.Price(ctx, o.live.ID, s.Arguments.PriceID)
	if call := state.AsCallError(err); call != nil && call.Status == 404 {
		return notSold, nil
	}
	if err != nil {
		return "", err
	}
	if now.Money != s.Money.Price() || now.Period != s.Money.Period {
		return fmt.Sprintf("the plan says %s a %s, and the catalogue now says %s a %s", s.Money.Price(),
			s.Money.Period, now.Money, now.Period), nil
	}
	catalogue, err := reader.Catalogue(ctx, o.live.ID)
	if err != nil {
		return "", err
	}
	listed, sold := catalogue.PriceOf(now.ID)
	switch {
	case !sold:
		return notSold, nil
	case listed.Money != now.Money || listed.Period != now.Period:
		return fmt.Sprintf("the catalogue says two things of its price: %s a %s, and %s a %s", now.Money, now.Period,
			listed.Money, listed.Period), nil
	}
	now.Product, now.Operations = listed.Product, cmp.Or(now.Operations, listed.Operations)
	if path := otherThan(shownBy(o.View(s), s), state.PriceView(now)); path != "" {
		return "it shows another " + path + " than the catalogue has for its price: " + now.Full(), nil
	}
	return "", nil
}

const notSold = "the catalogue does not list its price any more"

// shownBy is what a step shows of what it buys, with what it leaves as it is.
func shownBy(before state.View, s *plan.Step) state.View {
	shown := state.View{}
	maps.Copy(shown, before)
	for _, f := range s.Fields {
		shown[f.Path] = f.To
	}
	return shown
}

// otherThan is the first path in which a price is not what is shown; "" for none.
func otherThan(shown, price state.View) string {
	for _, path := range slices.Sorted(maps.Keys(price)) {
		if !strings.EqualFold(shown[path].String(), price[path].String()) {
			return path
		}
	}
	return ""
}

// StaleMoney says why a step that moves money must not be done any more: the same was sent since it
// was planned, it costs something else by now, or there is another Free organization; "" where
// nothing is in its way.
func StaleMoney(ctx context.Context, o *Observer, s *plan.Step, memory state.BillingMemory) (string, error) {
	if why := sentBefore(o, s, memory); why != "" {
		return why, nil
	}
	if why := secondFree(ctx, o, s); why != "" {
		return why, nil
	}
	return otherPrice(ctx, o, s)
}

// secondFree says why a step must not let the organization end on Free any more: by now its Owner
// has another one there, and can have one only. "" for other steps, and where that cannot be read:
// it costs nothing, and a plan is made without knowing it, too.
func secondFree(ctx context.Context, o *Observer, s *plan.Step) string {
	reader, err := catalogueOf(o)
	if err != nil || !s.EndsOnFree() || o.read(ctx, spec.KindMember) != nil || o.live.OwnerID == 0 {
		return ""
	}
	owned, err := reader.Owned(ctx, o.live.OwnerID)
	if err != nil || len(owned) < 2 {
		return ""
	}
	rows, err := o.reader.Organizations(ctx)
	if err != nil {
		return ""
	}
	var free []string
	for _, row := range rows {
		if row.ID != o.live.ID && slices.Contains(owned, row.ID) && billing.IsFree(row.Plan) {
			free = append(free, text.OneLine(row.Name))
		}
	}
	if len(free) == 0 {
		return ""
	}
	slices.Sort(free)
	return "not to Free: the Owner has another Free organization by now, " + text.Commas(free, 3) +
		", and can have one only"
}

// sentBefore says why what a zone may not show must not be sent again: a cancel that is pending, a
// checkout that is open, a change or a claim of which nothing shows. A saved plan may be older than
// the run that sent it. "" for other steps, and where nothing was sent.
func sentBefore(o *Observer, s *plan.Step, memory state.BillingMemory) string {
	if s.Kind != spec.KindSubscription {
		return ""
	}
	cancels := s.Op == plan.OpDelete
	if memory == nil {
		return "nobody knows what earlier runs have sent"
	}
	switch runs, err := memory.Known(); {
	case err != nil:
		return "what earlier runs have sent could not be read: " + text.OneLine(err.Error())
	case cancels && runs == 0:
		return "cannot see whether a cancel is pending: the state folder holds no run yet"
	}
	switch sent := memory.Sent(o.Creation.endpoint.URL, o.live.ID); {
	case s.Arguments.Offer:
		return sent.Claimed.Claims(billOf(o.live))
	case s.Op == plan.OpUpdate:
		return sent.Changed.Unsettled(plan.StandingOf(o.View(s)))
	case !cancels && sent.Begun.Opens(o.clock.Now()):
		return "a run has opened a checkout at " + sent.Begun.At.UTC().Format(time.RFC3339) +
			", which may be open still"
	case cancels && sent.Cancelled.Pends(billOf(o.live)):
		return "a run has sent a cancel at " + sent.Cancelled.At.UTC().Format(time.RFC3339) + ", which is not over"
	}
	return ""
}

func billOf(live *state.Organization) string {
	if live.Account == nil || live.Account.Subscription == nil {
		return ""
	}
	return state.BillDay(live.Account.Subscription.NextBill)
}

// AwaitLicence waits until an organization can be read, and says why its licence does not offer a
// kind. Where the run has bought another plan it is read again for as long as a zone may not show
// yet what was bought.
func AwaitLicence(ctx context.Context, o *Observer, kind spec.Kind, timeout time.Duration) (lack string, err error) {
	if err := o.WaitUntilReadable(ctx, timeout); err != nil {
		return "", err
	}
	lack = state.LacksKind(o.live.License, kind)
	until := o.boughtAt.Add(ConsistencyDelay(plan.ChangeSubscription))
	read := func() error {
		delete(o.readAt, spec.KindOrganization)
		err := o.WaitUntilReadable(ctx, 0)
		lack = state.LacksKind(o.live.License, kind)
		return err
	}
	if lack != "" && o.readAt[spec.KindOrganization].Before(until) { // of then, whenever it is asked for
		err = read()
	}
	if err == nil {
		err = o.WaitForLag(ctx, until, func() bool { return lack != "" }, read)
	}
	return lack, err
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
		for _, path := range s.Arguments.Target.Paths() {
			after[path] = state.Bool(true)
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
		switch {
		case plan.IsOfBuyer(f.Path):
		case f.To.IsNone():
			delete(after, f.Path)
		default:
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
