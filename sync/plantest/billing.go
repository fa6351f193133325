package plantest

import (
	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/planner"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// DrawBilling lets the zone's organizations pay something, and the documents want something of it.
// The rules that let all of it through are those of the plan without any.
func DrawBilling(t *rapid.T, zone *zonetest.Zone, r *planner.Request) {
	for _, live := range zone.Orgs {
		product := rapid.SampledFrom(zonetest.Sold.Products).Draw(t, "live plan")
		zonetest.Subscribe(live, rapid.SampledFrom(product.Prices).Draw(t, "live price"))
		methods := rapid.SampledFrom([]string{"card_4242", "card_5555", "debit_3000"})
		zonetest.PayingBy(live, rapid.SliceOfNDistinct(methods, 0, 3, rapid.ID).Draw(t, "methods")...)
	}
	for i := range r.Desired.Organizations {
		o := &r.Desired.Organizations[i]
		live := zone.Find(o.ID)
		if live == nil || o.State == spec.Absent {
			continue
		}
		o.Name = live.Name
		o.Subscription, o.PaymentMethods = drawSubscription(t), drawMethods(t, live)
	}
	r.Billing = NothingSent{}
}

func drawSubscription(t *rapid.T) *spec.Subscription {
	switch rapid.IntRange(0, 4).Draw(t, "subscription") {
	case 0:
		return nil
	case 1:
		return &spec.Subscription{State: spec.Absent}
	}
	product := rapid.SampledFrom(zonetest.Sold.Products).Draw(t, "wanted plan")
	price := rapid.SampledFrom(product.Prices).Draw(t, "wanted price")
	if billing.IsFree(product.Name) {
		return &spec.Subscription{Plan: rapid.SampledFrom([]string{"Free", "FREE"}).Draw(t, "word")}
	}
	want := &spec.Subscription{Plan: product.Name, Operations: price.Operations, Period: price.Period}
	if rapid.Bool().Draw(t, "seen") {
		want.Price = &price.Money
	}
	return want
}

// drawMethods wants methods that are there, and for extras cards.
func drawMethods(t *rapid.T, live *state.Organization) *spec.PaymentMethods {
	if len(live.PaymentMethods) == 0 || rapid.Bool().Draw(t, "no wanted methods") {
		return nil
	}
	m := rapid.SampledFrom(live.PaymentMethods).Draw(t, "pays")
	want := &spec.PaymentMethods{Subscription: m.ID}
	if card := rapid.SampledFrom(live.PaymentMethods).Draw(t, "pays extras"); card.Type == "card" {
		want.Extras = card.Label()
	}
	gone := rapid.SampledFrom(live.PaymentMethods).Draw(t, "removed")
	if gone.ID != m.ID && gone.Label() != want.Extras {
		want.Remove = []string{gone.ID}
	}
	return want
}

// NothingSent is the memory of a machine that has journals, none of which knows of money.
type NothingSent struct{}

// Sent is nothing.
func (NothingSent) Sent(string, int64) billing.SentBefore { return billing.SentBefore{} }

// Known is one run.
func (NothingSent) Known() (int, error) { return 1, nil }
