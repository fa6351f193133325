package sandbox

import (
	"fmt"
	"strings"
	"time"
)

// purchase is a plan that an organization buys.
type purchase struct {
	zone   *Zone
	org    *Organization
	price  *Price
	by     string
	method *PaymentMethod // nil: none
	now    time.Time
}

// buy charges the price, or tries to, and begins a new cycle on the plan. Going up, the credits
// that are left pay a part; going down, they are carried over. A charge that fails begins the
// grace.
func (p purchase) buy(paid bool) {
	o, b, old := p.org, p.org.Billing, p.zone.priceOf(p.org)
	credits, was := meter{o}.unused(p.now).operations, o.subscribed()
	b.Charges = p.zone.charges(o, p.now)
	if was {
		b.lose(lossOf(old, p.price)...)
	}
	amount, kept := b.reduced(p.price.Amount), 0
	switch {
	case was && p.price.Amount > old.Amount:
		amount = max(0, amount-old.Amount*Money(credits)/Money(max(old.Operations, 1)))
	case was:
		kept = credits
	}
	p.record(amount, paid)
	o.HourlyMost = meter{o}.mostInAnHour()
	p.zone.setPlan(o, p.price.Product)
	b.PriceID, b.Operations, b.Since, b.Kept = p.price.ID, p.price.Operations, p.now.UTC(), kept
	b.Canceled, b.Ends, b.Over = false, time.Time{}, false
	if b.Failed = (time.Time{}); !paid {
		b.Failed = b.Since
	}
}

// fail tries the charge, and leaves all else as it is.
func (p purchase) fail() {
	b := p.org.Billing
	b.Charges = p.zone.charges(p.org, p.now)
	if b.Since.IsZero() {
		b.Since, _ = p.zone.cycle(p.org, p.now) // what came before is recorded now
	}
	p.record(p.price.Amount, false)
}

func (p purchase) record(amount Money, paid bool) {
	charge := chargeOf(p.org, p.price, p.now)
	charge.ID += fmt.Sprint("_", len(p.org.Billing.Charges))
	charge.Amount, charge.By = amount, p.by
	if !paid {
		charge.Status = "failed"
	}
	if p.method != nil {
		charge.Method = p.method.ID
	}
	p.org.Billing.Charges = append(p.org.Billing.Charges, charge)
}

func chargeOf(o *Organization, p *Price, at time.Time) Charge {
	id := fmt.Sprintf("in_%d", number("payment", o.ID, at.Unix()))
	return Charge{ID: id, At: at.UTC(), Amount: p.Amount, Currency: p.Currency, Product: p.Product, PriceID: p.ID,
		Operations: p.Operations, Period: p.Period, Status: "paid", By: "renewal"}
}

// setPlan gives the organization a plan and what comes and goes with it: a Free organization has no
// feature controls (recorded), and only some plans enforce TFA.
func (z *Zone) setPlan(o *Organization, plan string) {
	if o.Plan == plan {
		return
	}
	o.Plan, o.PlanName = plan, ""
	if plan == "Free" {
		o.FeatureControls = nil
	} else if len(o.FeatureControls) == 0 {
		o.FeatureControls = z.controlsOfNew()
	}
	o.TFAEnforced = o.TFAEnforced && o.enforcesTFA()
}

// becomeFree ends the subscription, if there is one, and leaves a Free organization.
func (z *Zone) becomeFree(o *Organization, now time.Time) {
	b := o.Billing
	o.HourlyMost = meter{o}.mostInAnHour()
	b.Charges = z.charges(o, now)
	b.lose("lost_on_cancel")
	z.setPlan(o, "Free")
	b.PriceID, b.Operations, b.Since, b.Kept = 0, 0, now.UTC(), 0
	b.Canceled, b.Ends, b.Failed, b.Over = false, time.Time{}, time.Time{}, false
}

// cycle is the period in which now lies and that is paid for: since when, and until the next bill.
func (z *Zone) cycle(o *Organization, now time.Time) (from, to time.Time) {
	months := 1
	if z.priceOf(o).Period == "year" {
		months = 12
	}
	return anniversaries(meter{o}.anchor(now), now, months)
}

// charges are all payments so far, oldest first: those on record and the renewals since.
func (z *Zone) charges(o *Organization, now time.Time) []Charge {
	b := o.Billing
	list := b.Charges[:len(b.Charges):len(b.Charges)]
	if !o.subscribed() {
		return list
	}
	p, months := z.priceOf(o), 1
	if p.Period == "year" {
		months = 12
	}
	at, n := o.Created, 0
	if !b.Since.IsZero() {
		at, n = b.Since, months // that one is on record
	}
	for anchor := at; !anchor.AddDate(0, n, 0).After(now); n += months {
		charge := chargeOf(o, p, anchor.AddDate(0, n, 0))
		if charge.At.Equal(b.Failed) {
			charge.Status = "failed"
		}
		list = append(list, charge)
	}
	if !b.Failed.IsZero() && !lastFailure(list).Equal(b.Failed) {
		failed := chargeOf(o, p, b.Failed)
		failed.Status = "failed"
		list = append(list, failed)
	}
	return list
}

// lastFailure is when a charge failed last.
func lastFailure(list []Charge) time.Time {
	var at time.Time
	for _, c := range list {
		if c.Status == "failed" {
			at = c.At
		}
	}
	return at
}

// listPayments: GET /organizations/{organizationId}/payments, the last one first. The request
// takes pg, the reply has none (published).
func listPayments(c *call) (any, error) {
	p, err := pageOf(c, maxLimit, "created")
	if err != nil {
		return nil, err
	}
	charges, rows := c.zone.charges(c.org, c.now), []object{}
	for i := len(charges) - 1; i >= 0; i-- {
		rows = append(rows, paymentRow(c, charges[i]))
	}
	return object{{"payments", cut(p, rows)}}, nil
}

// paymentRow is a row; the schema has numbers and dates where the example has texts and instants: a
// switch.
func paymentRow(c *call, charge Charge) object {
	n := strings.TrimPrefix(charge.ID, "in_")
	signed := "?X-Amz-Expires=600&X-Amz-Signature=" + uuid("invoice", c.org.ID, charge.ID)
	months := 1
	if charge.Period == "year" {
		months = 12
	}
	var invoice any = strings.ToUpper(uuid("invoices of", c.org.ID)[:8]) + "-" + n
	var amount any = amountForm(c, charge.Amount, false)
	var from, to any = charge.At, charge.At.AddDate(0, months, 0)
	if c.is("payment-form", "schema") {
		invoice, amount = number("invoice", charge.ID), amountForm(c, charge.Amount, true)
		from, to = charge.At.Format(time.DateOnly), charge.At.AddDate(0, months, 0).Format(time.DateOnly)
	}
	status := strings.ToUpper(charge.Status[:1]) + charge.Status[1:]
	return object{
		{"id", charge.ID}, {"invoice_number", invoice}, {"created", charge.At}, {"type_name", "Invoice"},
		{"status_name", status}, {"product_name", object{{"cs", charge.Product}, {"en", charge.Product}}},
		{"payment_method", object{{"type", "card"}, {"card", cardOf(c, charge)}}},
		{"amount_total", amount}, {"currency_code", strings.ToLower(charge.Currency)},
		{"invoice_url", "https://files.invoices.example/" + n + ".pdf" + signed},
		{"hosted_invoice_url", "https://invoices.example/i/" + uuid("hosted", c.org.ID, charge.ID)},
		{"period_from", from}, {"period_to", to},
	}
}

// due is when time changes something about the organization; zero: never.
func (z *Zone) due(o *Organization, now time.Time) time.Time {
	b := o.Billing
	switch {
	case !o.subscribed():
		return time.Time{}
	case !b.Failed.IsZero():
		return b.Failed.Add(grace)
	case b.Canceled:
		return b.Ends
	case !o.paysWith().works(now):
		_, next := z.cycle(o, now)
		return next
	}
	return time.Time{}
}
