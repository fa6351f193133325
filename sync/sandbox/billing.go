package sandbox

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"time"
)

// newBilling is the billing of a new organization: a card where the plan costs
// something, and a bank debit that is not immediate.
func newBilling(o *Organization) *Billing {
	if plans[o.Plan].price == 0 {
		return &Billing{}
	}
	return &Billing{PaymentMethods: []*PaymentMethod{
		{ID: fmt.Sprintf("pm_card_%d", o.ID), Type: "card", Brand: "visa", Last4: "4242", Created: o.Created, DefaultForSubscription: true, DefaultForExtras: true},
		{ID: fmt.Sprintf("pm_debit_%d", o.ID), Type: "sepa_debit", Last4: "3000", Delayed: true, Created: o.Created},
	}}
}

// planOfPrice finds the name of the plan that a priceId buys.
func planOfPrice(id int) (string, bool) {
	for name, p := range plans {
		if p.priceID == id && id != 0 {
			return name, true
		}
	}
	return "", false
}

// number makes a stable made-up number of six digits.
func number(parts ...any) int {
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, parts...)
	return 100000 + int(h.Sum32()%900000)
}

// getSubscription: GET /organizations/{organizationId}/subscription. What Free
// answers is a switch.
func getSubscription(c *call) (any, error) {
	p := plans[c.org.Plan]
	if p.price == 0 {
		switch {
		case c.is("free-subscription", "404"):
			return nil, notFound("Subscription")
		case c.is("free-subscription", "null"):
			return object{{"product", nil}}, nil
		case c.is("free-subscription", "empty"):
			return object{}, nil
		}
	}
	bill := nextMonth(c.org.lastReset(c.now))
	if c.org.Billing.Canceled {
		bill = time.Time{}
	}
	price := object{{"id", p.priceID}, {"price", p.price}, {"currencyCode", "USD"}, {"period", "month"}}
	return object{{"product", object{{"id", p.productID}, {"name", c.org.Plan}, {"nextBill", bill},
		{"price", price}, {"coupon", c.org.coupon()}}}}, nil
}

// coupon is null unless there is one; it takes a tenth off for a year.
func (o *Organization) coupon() any {
	if o.Billing.Coupon == "" && !o.Billing.OfferClaimed {
		return nil
	}
	p := plans[o.Plan]
	return object{{"validFrom", o.Created}, {"validTo", o.Created.AddDate(1, 0, 0)}, {"price", p.price / 10},
		{"currencyCode", "USD"}, {"productId", p.productID}, {"productName", o.Plan}}
}

type subscriptionInput struct {
	PriceID    *int   `json:"priceId"`
	CouponCode string `json:"couponCode"`
	Customer   *struct {
		Email      *string `json:"email"`
		Name       *string `json:"name"`
		IsBusiness *bool   `json:"isBusiness"`
		CountryID  *int    `json:"countryId"`
	} `json:"customer"`
}

func (c *call) subscriptionInput() (in subscriptionInput, plan string, err error) {
	if err := c.input(&in); err != nil {
		return in, "", err
	}
	if err := missing("priceId", in.PriceID == nil); err != nil {
		return in, "", err
	}
	if k := in.Customer; k != nil {
		if err := missing("customer.email", k.Email == nil, "customer.name", k.Name == nil,
			"customer.isBusiness", k.IsBusiness == nil, "customer.countryId", k.CountryID == nil); err != nil {
			return in, "", err
		}
	}
	plan, ok := planOfPrice(*in.PriceID)
	if !ok {
		return in, "", invalid("Price does not exist.")
	}
	return in, plan, nil
}

// createSubscription: POST /organizations/{organizationId}/subscription opens a
// checkout and answers its URL. Nothing is bought by the call alone, so the plan
// stays; the control path can complete it by changing the plan.
func createSubscription(c *call) (change, error) {
	in, _, err := c.subscriptionInput()
	if err != nil {
		return change{}, err
	}
	if plans[c.org.Plan].price != 0 {
		return change{}, duplicate("The organization has an active subscription.")
	}
	return change{"subscription", func() any {
		c.org.Billing.Checkouts++
		if in.CouponCode != "" {
			c.org.Billing.Coupon = in.CouponCode
		}
		session := number("session", c.org.ID, c.org.Billing.Checkouts)
		return object{{"sessionId", session}, {"url", fmt.Sprintf("https://checkout.example/session/%d", session)},
			{"subscriptionId", number("subscription", c.org.ID)}}
	}}, nil
}

// changeSubscription: PATCH /organizations/{organizationId}/subscription changes the
// plan, and with it the licence, at once.
func changeSubscription(c *call) (change, error) {
	_, plan, err := c.subscriptionInput()
	if err != nil {
		return change{}, err
	}
	if plans[c.org.Plan].price == 0 {
		return change{}, notFound("Subscription")
	}
	return change{"subscription", func() any {
		c.org.Plan, c.org.Billing.Canceled = plan, false
		return ok()
	}}, nil
}

// cancelSubscription: DELETE /organizations/{organizationId}/subscription; the plan
// lasts until the period that is paid for ends.
func cancelSubscription(c *call) (change, error) {
	if plans[c.org.Plan].price == 0 || c.org.Billing.Canceled {
		return change{}, notFound("Subscription")
	}
	return change{"subscription", func() any {
		c.org.Billing.Canceled = true
		return ok()
	}}, nil
}

// freeSubscription: POST /organizations/{organizationId}/subscription-free sets the
// Free plan. Leaving a plan that costs something asks to be confirmed (inferred).
func freeSubscription(c *call) (change, error) {
	if plans[c.org.Plan].price != 0 && !c.flag("confirmed") {
		return change{}, unconfirmed("The present subscription ends.")
	}
	return change{"subscription", func() any {
		c.org.Plan, c.org.Billing.Canceled = "Free", false
		return object{{"customerId", number("customer", c.org.ID)}, {"subscriptionId", number("subscription", c.org.ID)}}
	}}, nil
}

// claimOffer: POST /organizations/{organizationId}/universal-discount/claim-cancellation-offer,
// once, and not beside a coupon (published).
func claimOffer(c *call) (change, error) {
	if b := c.org.Billing; b.OfferClaimed || b.Coupon != "" || plans[c.org.Plan].price == 0 {
		return change{}, invalid("The organization is not eligible for the offer.")
	}
	return change{"subscription", func() any {
		c.org.Billing.OfferClaimed = true
		return ok()
	}}, nil
}

// listPaymentMethodTypes: GET /organizations/{organizationId}/subscription/payment-method-types.
func listPaymentMethodTypes(*call) (any, error) {
	row := func(value, label string, extras bool) object {
		return object{{"value", value}, {"label", label}, {"canBeDefaultForSubscription", true}, {"canBeDefaultForExtras", extras}}
	}
	return object{{"paymentMethodTypes", []object{row("card", "Card", true), row("sepa_debit", "SEPA Direct Debit", false)}}}, nil
}

// listPaymentMethods: GET /organizations/{organizationId}/subscription/payment-methods.
func listPaymentMethods(c *call) (any, error) {
	p, err := c.page(maxLimit, "created")
	if err != nil {
		return nil, err
	}
	rows := []object{}
	for _, m := range cut(p, c.org.Billing.PaymentMethods) {
		details := object{{"brand", m.Brand}, {"display_brand", m.Brand}, {"last4", m.Last4}}
		rows = append(rows, object{{"id", m.ID}, {"type", m.Type}, {"valid", true}, {"customerDefaultMethod", m.DefaultForSubscription},
			{"customerDefaultExtrasMethod", m.DefaultForExtras}, {"isImmediate", !m.Delayed}, {"created", m.Created}, {"methodDetails", details}})
	}
	return object{{"paymentMethods", rows}, {"pg", p.echo(len(rows))}}, nil
}

func (c *call) paymentMethod() (*PaymentMethod, error) {
	for _, m := range c.org.Billing.PaymentMethods {
		if m.ID == c.param("paymentMethodId") {
			return m, nil
		}
	}
	return nil, notFound("Payment method")
}

// deletePaymentMethod: DELETE /organizations/{organizationId}/subscription/payment-methods/{paymentMethodId}.
func deletePaymentMethod(c *call) (change, error) {
	m, err := c.paymentMethod()
	if err != nil {
		return change{}, err
	}
	return change{"paymentMethod/" + m.ID, func() any {
		c.org.Billing.PaymentMethods = slices.DeleteFunc(c.org.Billing.PaymentMethods, func(p *PaymentMethod) bool { return p == m })
		return ok()
	}}, nil
}

// setDefaultPaymentMethod: PATCH .../payment-methods/{paymentMethodId}/default for the
// subscription, for extras or (left out) for both; the last two want a method
// that is immediate (published).
func setDefaultPaymentMethod(c *call) (change, error) {
	in := struct {
		Target string `json:"target"`
	}{"both"}
	if err := c.input(&in); err != nil {
		return change{}, err
	}
	m, err := c.paymentMethod()
	if err != nil {
		return change{}, err
	}
	if !slices.Contains([]string{"extras", "both", "subscription"}, in.Target) {
		return change{}, invalid("Invalid value of parameter 'target'.")
	}
	extras, subscription := in.Target != "subscription", in.Target != "extras"
	if extras && m.Delayed {
		return change{}, &problem{status: http.StatusBadRequest, code: "SC400", message: "Payment method is not immediate"}
	}
	return change{"paymentMethod/" + m.ID, func() any {
		for _, p := range c.org.Billing.PaymentMethods {
			p.DefaultForSubscription = p.DefaultForSubscription && !subscription || p == m && (subscription || p.DefaultForSubscription)
			p.DefaultForExtras = p.DefaultForExtras && !extras || p == m && (extras || p.DefaultForExtras)
		}
		return object{{"paymentMethodId", m.ID}, {"paymentMethodType", m.Type},
			{"isDefaultForSubscription", m.DefaultForSubscription}, {"isDefaultForExtras", m.DefaultForExtras}}
	}}, nil
}

// listPayments: GET /organizations/{organizationId}/payments has one payment for each
// month on a plan that costs something, the last one first. The request takes pg,
// the reply has none (published).
func listPayments(c *call) (any, error) {
	p, err := c.page(maxLimit, "created")
	if err != nil {
		return nil, err
	}
	rows := []object{}
	for from := c.org.lastReset(c.now); plans[c.org.Plan].price > 0 && !from.Before(c.org.Created); from = from.AddDate(0, -1, 0) {
		rows = append(rows, c.payment(from))
	}
	return object{{"payments", cut(p, rows)}}, nil
}

func (c *call) payment(from time.Time) object {
	n := number("payment", c.org.ID, from.Unix())
	card := object{{"brand", "visa"}, {"last4", "4242"}, {"country", "CZ"}, {"network", "visa"},
		{"exp_year", 2030}, {"exp_month", 12}, {"fingerprint", uuid("card", c.org.ID)[:8]}}
	return object{
		{"id", fmt.Sprintf("in_%d", n)}, {"invoice_number", n}, {"created", from}, {"type_name", "subscription"},
		{"status_name", "paid"}, {"product_name", object{{"en", c.org.Plan}}},
		{"payment_method", object{{"type", "card"}, {"card", card}}},
		{"amount_total", plans[c.org.Plan].price}, {"currency_code", "USD"},
		{"invoice_url", fmt.Sprintf("https://invoices.example/%d.pdf", n)},
		{"hosted_invoice_url", fmt.Sprintf("https://invoices.example/%d", n)},
		{"period_from", from.Format(time.DateOnly)}, {"period_to", nextMonth(from).Format(time.DateOnly)},
	}
}
