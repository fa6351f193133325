package makeapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/billing"
	"makesync/sync/state"
)

// subscriptionReply is published; only its status was seen. On Free it may be a product, null, {}
// or a 404.
type subscriptionReply struct {
	Product *struct {
		Name     looseText `json:"name"`
		NextBill moment    `json:"nextBill"`
		Coupon   *struct{} `json:"coupon"`
		Price    struct {
			ID       integer   `json:"id"`
			Price    money     `json:"price"`
			Currency looseText `json:"currencyCode"`
			Period   looseText `json:"period"`
		} `json:"price"`
	} `json:"product"`
}

func readSubscription(ctx context.Context, c caller, organization int64) (*billing.Subscription, error) {
	var reply subscriptionReply
	k := readOf(organization, "/subscription", "read the subscription of")
	k.decode = decodeJSON(&reply)
	err := c.do(ctx, k)
	if call := state.AsCallError(err); call != nil && call.Status == http.StatusNotFound {
		return nil, nil
	}
	if err != nil || reply.Product == nil {
		return nil, err
	}
	p := reply.Product
	return &billing.Subscription{
		Plan: label(p.Name), NextBill: p.NextBill.Time,
		Amount: string(p.Price.Price), Currency: currency(p.Price.Currency), Period: period(p.Price.Period),
		PriceID: p.Price.ID.n, Coupon: p.Coupon != nil,
	}, nil
}

// readAccount reads what is subscribed, the tier behind its price, and the discount that a change
// may lose. On Free there is no subscription, whatever the zone answers.
func readAccount(ctx context.Context, c caller, organization int64) (*billing.Account, error) {
	s, err := readSubscription(ctx, c, organization)
	if err != nil {
		return nil, err
	}
	if s == nil || billing.IsFree(s.Plan) || s.Plan == "" {
		return &billing.Account{}, nil
	}
	s.Operations = tierOf(ctx, c, organization, s.PriceID)
	account := &billing.Account{Subscription: s}
	account.Discount, account.DiscountErr = readDiscount(ctx, c, organization)
	return account, nil
}

// readDiscount is nil where there is none (GET /organizations/{id}/universal-discount).
func readDiscount(ctx context.Context, c caller, organization int64) (*billing.Discount, error) {
	var reply struct {
		Discount *struct {
			PercentOff integer         `json:"percentOff"`
			Active     flag            `json:"isActive"`
			Rules      map[string]flag `json:"rules"`
		} `json:"universalDiscount"`
	}
	k := readOf(organization, "/universal-discount", "read the discount of")
	k.decode = decodeJSON(&reply)
	err := c.do(ctx, k)
	if call := state.AsCallError(err); call != nil && call.Status == http.StatusNotFound {
		return nil, nil
	}
	if err != nil || reply.Discount == nil {
		return nil, err
	}
	d := &billing.Discount{PercentOff: int(reply.Discount.PercentOff.n), Active: reply.Discount.Active.on,
		Rules: map[string]bool{}}
	for name, holds := range reply.Discount.Rules {
		d.Rules[name] = holds.on
	}
	return d, nil
}

// longestLabel is what a name of the zone's may take in a table.
const longestLabel = 60

func label[T looseText | longText](t T) string {
	return text.ShortLine(strings.TrimSpace(string(t)), longestLabel)
}

// currency is USD and usd in the examples.
func currency(t looseText) string { return strings.ToUpper(label(t)) }

// period is month in the catalogue and "1 month" in a subscription (published in examples).
func period(t looseText) string { return strings.TrimPrefix(label(t), "1 ") }

// methodRow is a payment method (published without an example).
type methodRow struct {
	ID      looseText `json:"id"`
	Type    looseText `json:"type"`
	Valid   flag      `json:"valid"`
	Default flag      `json:"customerDefaultMethod"`
	Extras  flag      `json:"customerDefaultExtrasMethod"`
	// Immediate methods alone can pay extras (published).
	Immediate flag `json:"isImmediate"`
	Details   struct {
		Brand looseText `json:"brand"`
		Last4 looseText `json:"last4"`
	} `json:"methodDetails"`
}

func readPaymentMethods(ctx context.Context, c caller, organization int64) ([]billing.PaymentMethod, error) {
	k := readOf(organization, "/subscription/payment-methods", "read the payment methods of")
	rows, err := readUnpaged[methodRow](ctx, c, *k, "paymentMethods")
	if err != nil {
		return nil, err
	}
	var methods []billing.PaymentMethod
	for _, row := range rows {
		methods = append(methods, billing.NewPaymentMethod(billing.PaymentMethod{
			ID: label(row.ID), Type: label(row.Type), Brand: label(row.Details.Brand),
			Valid: row.Valid.pointer(), Default: row.Default.on, DefaultForExtras: row.Extras.on,
			Immediate: row.Immediate.pointer(),
		}, row.Details.Last4.trimmed()))
	}
	return methods, err
}

// readMethodTypes asks what methods of a type can be the default for (GET
// /organizations/{id}/subscription/payment-method-types).
func readMethodTypes(ctx context.Context, c caller, organization int64) (types []billing.MethodType, err error) {
	type row struct {
		Value        looseText `json:"value"`
		Subscription flag      `json:"canBeDefaultForSubscription"`
		Extras       flag      `json:"canBeDefaultForExtras"`
	}
	k := readOf(organization, "/subscription/payment-method-types", "read the types of payment methods of")
	rows, err := readUnpaged[row](ctx, c, *k, "paymentMethodTypes")
	for _, r := range rows {
		types = append(types, billing.MethodType{
			Type: label(r.Value), Subscription: r.Subscription.pointer(), Extras: r.Extras.pointer(),
		})
	}
	return types, err
}

// paymentRow is a charge. Both links are signed: whoever has one opens the invoice.
type paymentRow struct {
	Created  moment    `json:"created"`
	Status   looseText `json:"status_name"`
	Amount   money     `json:"amount_total"`
	Currency looseText `json:"currency_code"`
	Invoice  longText  `json:"invoice_url"`
	Hosted   longText  `json:"hosted_invoice_url"`
	Method   struct {
		Card struct {
			Brand looseText `json:"brand"`
			Last4 looseText `json:"last4"`
			Year  integer   `json:"exp_year"`
			Month integer   `json:"exp_month"`
		} `json:"card"`
	} `json:"payment_method"`
}

// latestPayments are read; the newest alone is shown, the others tell when cards expire.
const latestPayments = "50"

// readPayments asks for the newest first, and sorts by itself: that the zone does is published by
// the parameter's name alone.
func readPayments(ctx context.Context, c caller, organization int64) ([]billing.Payment, error) {
	newest := url.Values{"pg[sortBy]": {"created"}, "pg[sortDir]": {"desc"}, "pg[limit]": {latestPayments}}
	k := readOf(organization, "/payments", "read the payments of")
	k.longest = listReply
	var rows []paymentRow
	err := c.columns("/payments by time", []url.Values{newest, nil}, func(query url.Values) (err error) {
		k.query = query
		rows, err = readUnpaged[paymentRow](ctx, c, *k, "payments")
		return err
	})
	payments := make([]billing.Payment, 0, len(rows))
	for _, row := range rows {
		payments = append(payments, row.payment())
	}
	slices.SortStableFunc(payments, func(a, b billing.Payment) int { return b.At.Compare(a.At) })
	return payments, err
}

func (r *paymentRow) payment() billing.Payment {
	expires, card := "", r.Method.Card
	if card.Year.known && card.Month.known && card.Month.n >= 1 && card.Month.n <= 12 {
		expires = fmt.Sprintf("%04d-%02d", card.Year.n, card.Month.n)
	}
	return billing.Payment{
		At: r.Created.Time, Status: label(r.Status), Amount: string(r.Amount), Currency: currency(r.Currency),
		Invoice: spec.Sensitive(r.Invoice.trimmed()), HostedInvoice: spec.Sensitive(r.Hosted.trimmed()),
	}.PaidBy(label(card.Brand), card.Last4.trimmed(), expires)
}
