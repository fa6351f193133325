package zonetest

import (
	"context"
	"fmt"
	"strings"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Sold is what the zone sells: two plans with two tiers a month, and one of them for a year.
var Sold = billing.Catalogue{Products: []billing.Product{
	{Name: "Free", Prices: []billing.Price{price(1, "Free", 1000, 0, spec.Month)}},
	{Name: "Core", Prices: []billing.Price{price(21, "Core", 10000, 10_590_000, spec.Month),
		price(22, "Core", 20000, 18_820_000, spec.Month)}},
	{Name: "Teams", Prices: []billing.Price{price(41, "Teams", 10000, 34_120_000, spec.Month),
		price(44, "Teams", 10000, 348_000_000, spec.Year)}},
}}

func price(id int64, product string, operations int64, amount spec.Amount, period spec.Period) billing.Price {
	return billing.Price{ID: id, Product: product, Operations: operations, Period: period,
		Money: spec.Money{Amount: amount, Currency: "USD"}}
}

// Subscribe lets an organization pay a price; a free one ends what it pays.
func Subscribe(l *state.Organization, p billing.Price) {
	l.Plan = p.Product
	if billing.IsFree(p.Product) {
		l.Account = &billing.Account{}
		return
	}
	l.Account = &billing.Account{Subscription: &billing.Subscription{Plan: p.Product, Amount: p.Money.Amount.String(),
		Currency: p.Money.Currency, Period: string(p.Period), PriceID: p.ID, Operations: p.Operations}}
}

// Catalogue is what is sold.
func (z *Zone) Catalogue(_ context.Context, organization int64) (billing.Catalogue, error) {
	return Sold, z.called(fmt.Sprintf("catalogue %d", organization))
}

// Price is one price.
func (z *Zone) Price(_ context.Context, _, id int64) (billing.Price, error) {
	p, sold := Sold.PriceOf(id)
	if !sold {
		return p, &state.CallError{Status: 404}
	}
	return p, z.called(fmt.Sprintf("price %d", id))
}

// Owned are the organizations that a user owns.
func (z *Zone) Owned(_ context.Context, user int64) (owned []int64, err error) {
	for _, l := range z.Orgs {
		if l.OwnerID == user {
			owned = append(owned, l.ID)
		}
	}
	return owned, z.called(fmt.Sprintf("owned %d", user))
}

// Payments are none.
func (z *Zone) Payments(_ context.Context, organization int64) ([]billing.Payment, error) {
	return nil, z.called(fmt.Sprintf("payments %d", organization))
}

// MethodTypes are a card and a debit, which cannot pay for extras.
func (z *Zone) MethodTypes(_ context.Context, organization int64) ([]billing.MethodType, error) {
	yes, no := true, false
	return []billing.MethodType{
		{Type: "card", Subscription: &yes, Extras: &yes}, {Type: "debit", Subscription: &yes, Extras: &no},
	}, z.called(fmt.Sprintf("method types %d", organization))
}

// ApplyBilling is ApplyStep for what moves money. Here a person pays at once on every checkout
// page, and what is cancelled is over at once.
func (z *Zone) ApplyBilling(l *state.Organization, s *plan.Step) {
	a := s.Arguments
	switch {
	case s.Kind == spec.KindPaymentMethods && s.Op == plan.OpDelete:
		gone := func(m billing.PaymentMethod) bool { return m.ID == a.PaymentMethod }
		l.PaymentMethods = Without(l.PaymentMethods, gone)
	case s.Kind == spec.KindPaymentMethods:
		for i := range l.PaymentMethods {
			m := &l.PaymentMethods[i]
			for _, path := range a.Target.Paths() {
				if is := m.ID == a.PaymentMethod; path == string(billing.ForExtras) {
					m.DefaultForExtras = is
				} else {
					m.Default = is
				}
			}
		}
	case a.PriceID > 0:
		p, _ := Sold.PriceOf(a.PriceID)
		Subscribe(l, p)
	case !a.Offer:
		Subscribe(l, Sold.Products[0].Prices[0])
	}
}

// PayingBy gives an organization payment methods by their ids: card_N, the first of which pays, or
// debit_N.
func PayingBy(l *state.Organization, ids ...string) {
	l.PaymentMethods = []billing.PaymentMethod{}
	for i, id := range ids {
		kind, last4, _ := strings.Cut(id, "_")
		m := billing.PaymentMethod{ID: id, Type: kind, Default: i == 0, DefaultForExtras: i == 0 && kind == "card"}
		if kind == "card" {
			m.Brand = "visa"
		}
		l.PaymentMethods = append(l.PaymentMethods, billing.NewPaymentMethod(m, last4))
	}
}
