package sandbox

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strings"
	"time"
)

// newBilling is the billing of a new organization: a card where the plan costs
// something, and a bank debit that is not immediate.
func newBilling(o *Organization) *Billing {
	if o.Plan == "Free" {
		return &Billing{}
	}
	card := newCard(fmt.Sprintf("pm_card_%d", o.ID), o.Created)
	debit := &PaymentMethod{ID: fmt.Sprintf("pm_debit_%d", o.ID), Type: "sepa_debit", Last4: "3000", Delayed: true}
	debit.Created = o.Created
	return &Billing{PaymentMethods: []*PaymentMethod{card, debit}}
}

// number makes a stable made-up number of six digits.
func number(parts ...any) int {
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, parts...)
	return 100000 + int(h.Sum32()%900000)
}

// subscribed says whether the organization pays for its plan.
func (o *Organization) subscribed() bool { return o.Plan != "Free" && !o.Billing.Over }

// getSubscription: GET /organizations/{organizationId}/subscription. What Free answers, and how a
// cancel shows that is not effective yet, are switches.
func getSubscription(c *call) (any, error) {
	if !c.org.subscribed() {
		switch {
		case c.is("free-subscription", "404"):
			return nil, notFound("Subscription")
		case c.is("free-subscription", "null") || c.org.Plan != "Free":
			return object{{"product", nil}}, nil
		case c.is("free-subscription", "empty"):
			return object{}, nil
		}
	}
	p, name := c.zone.priceOf(c.org), c.org.planName()
	if name == "Free" || c.is("plan-name", "capitals") {
		name = strings.ToUpper(name) // FREE in the published example
	}
	_, bill := c.zone.cycle(c.org, c.now)
	if c.org.Billing.Canceled && c.is("pending-cancel", "null") {
		bill = time.Time{}
	}
	price := object{{"id", p.ID}, {"price", amountForm(c, p.Amount, false)}, {"currencyCode", p.Currency},
		{"period", periodForm(c, p.Period, false)}}
	return object{{"product", object{{"id", productOf(p.Product).id}, {"name", name}, {"nextBill", bill},
		{"price", price}, {"coupon", couponForm(c, p)}}}}, nil
}

// couponForm is null unless there is one; it takes a tenth off for a year.
func couponForm(c *call, p *Price) any {
	if c.org.Billing.Coupon == "" {
		return nil
	}
	return object{{"validFrom", c.org.Created}, {"validTo", c.org.Created.AddDate(1, 0, 0)},
		{"price", amountForm(c, p.Amount/10, false)}, {"currencyCode", "usd"},
		{"productId", productOf(p.Product).id}, {"productName", c.org.Plan}}
}

type customerInput struct {
	Email     *string `json:"email"`
	Name      *string `json:"name"`
	Business  *bool   `json:"isBusiness"`
	CountryID *int    `json:"countryId"`
}

type subscriptionInput struct {
	PriceID    *int           `json:"priceId"`
	CouponCode string         `json:"couponCode"`
	Customer   *customerInput `json:"customer"`
}

// decodeSubscription reads the body, whose price has to be one of a plan that costs something.
func decodeSubscription(c *call) (in subscriptionInput, price *Price, err error) {
	if err := c.input(&in); err != nil {
		return in, nil, err
	}
	if err := missing("priceId", in.PriceID == nil); err != nil {
		return in, nil, err
	}
	if k := in.Customer; k != nil {
		if err := missing("customer.email", k.Email == nil, "customer.name", k.Name == nil,
			"customer.isBusiness", k.Business == nil, "customer.countryId", k.CountryID == nil); err != nil {
			return in, nil, err
		}
	}
	price = c.zone.price(*in.PriceID)
	if price == nil || price.Product == "Free" || productOf(price.Product).kind != "PLAN" {
		return in, nil, invalid("Price does not exist.")
	}
	return in, price, nil
}

// changeSubscription: PATCH /organizations/{organizationId}/subscription buys at once: a charge, a
// new cycle, and another plan with its licence (published by support, not in the contract). A
// cancel that is not effective yet is taken back. What a charge that fails answers is a switch.
func changeSubscription(c *call) (change, error) {
	in, price, err := decodeSubscription(c)
	if err != nil {
		return change{}, err
	}
	if !c.org.subscribed() {
		return change{}, notFound("Subscription")
	}
	method := c.org.paysWith()
	failed := !method.works(c.now)
	if err := failedCharge(c); failed && err != nil {
		return change{}, err
	}
	return change{"subscription", func() any {
		keepCustomer(c, in.Customer)
		b := purchase{c.zone, c.org, price, "change", method, c.now}
		if failed && c.is("failed-charge", "unchanged") {
			b.fail()
		} else {
			b.buy(!failed)
		}
		c.w.store.due.sooner(c.zone.due(c.org, c.now))
		return ok()
	}}, nil
}

// failedCharge is the refusal of a charge that fails, nil where Make answers 200 all the same.
func failedCharge(c *call) error {
	const message = "The payment failed."
	switch {
	case c.is("failed-charge", "402"):
		return &problem{status: http.StatusPaymentRequired, code: "SC402", message: message}
	case c.is("failed-charge", "409"):
		return &problem{status: http.StatusConflict, code: "SC409", message: message}
	case c.is("failed-charge", "400"):
		return invalid(message)
	}
	return nil
}

func keepCustomer(c *call, in *customerInput) {
	if in != nil {
		c.org.Billing.Customer = encode(nil, *in)
	}
}

// cancelSubscription: DELETE /organizations/{organizationId}/subscription; the plan
// lasts until the period that is paid for ends.
func cancelSubscription(c *call) (change, error) {
	if !c.org.subscribed() || c.org.Billing.Canceled {
		return change{}, notFound("Subscription")
	}
	return change{"subscription", func() any {
		b := c.org.Billing
		_, b.Ends = c.zone.cycle(c.org, c.now)
		b.Canceled = true
		b.lose("lost_on_cancel")
		c.w.store.due.sooner(c.zone.due(c.org, c.now))
		return ok()
	}}, nil
}

// freeSubscription: POST /organizations/{organizationId}/subscription-free sets the Free plan at
// once. Leaving a plan that costs something asks to be confirmed (inferred). Somebody who owns
// another Free organization cannot have a second one (told by the community): a switch.
func freeSubscription(c *call) (change, error) {
	switch {
	case c.org.Plan != "Free" && c.w.ownsAnotherFree(c.org):
		const message = "The owner has another Free organization."
		return change{}, &problem{status: http.StatusBadRequest, code: "IM011", message: message}
	case c.org.subscribed() && !c.flag("confirmed"):
		return change{}, unconfirmed("The present subscription ends.")
	}
	return change{"subscription", func() any {
		if c.org.Plan != "Free" {
			c.zone.becomeFree(c.org, c.now)
		}
		return object{
			{"customerId", number("customer", c.org.ID)},
			{"subscriptionId", number("subscription", c.org.ID)},
		}
	}}, nil
}

// ownsAnotherFree says whether the Owner has another organization on Free, and that matters.
func (l *ledger) ownsAnotherFree(o *Organization) bool {
	owner := o.owner()
	if owner == nil || l.switches.is("second-free", "allow") {
		return false
	}
	return slices.ContainsFunc(l.store.index.memberships(owner.UserID), func(h home) bool {
		m := h.org.owner()
		return h.org != o && h.org.Plan == "Free" && m != nil && m.UserID == owner.UserID
	})
}

// paysWith is the default method of the subscription, nil for none.
func (o *Organization) paysWith() *PaymentMethod {
	for _, m := range o.Billing.PaymentMethods {
		if m.DefaultForSubscription {
			return m
		}
	}
	return nil
}
