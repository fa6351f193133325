package document

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"makesync/spec"
	"makesync/spec/text"
)

// writtenSubscription is `subscription` of an organization. No profile can hold it: what sixty
// organizations pay shall not hang on one line.
type writtenSubscription struct {
	at
	set                                     bool
	plan, operations, period, coupon, state scalar
	price                                   writtenPrice
	customer                                writtenCustomer
}

type writtenPrice struct {
	at
	set              bool
	amount, currency scalar
}

// writtenCustomer keeps the texts by key.
type writtenCustomer struct {
	at
	set        bool
	texts      map[string]scalar
	isBusiness scalar
}

// writtenMethods is `paymentMethods` of an organization.
type writtenMethods struct {
	at
	set                  bool
	subscription, extras scalar
	remove               []scalar
}

var subscriptionFields = fields[writtenSubscription]{
	"plan":       requiredText(func(s *writtenSubscription) *scalar { return &s.plan }),
	"operations": readOperations,
	"period":     readPeriod,
	"price": func(d *decoder, s *writtenSubscription, n *yaml.Node, t *keyPath) {
		s.price.at = t.at
		s.price.set = decodeFields(d, n, t, priceFields, false, &s.price)
	},
	"coupon": requiredText(func(s *writtenSubscription) *scalar { return &s.coupon }),
	"customer": func(d *decoder, s *writtenSubscription, n *yaml.Node, t *keyPath) {
		s.customer.at = t.at
		s.customer.set = decodeFields(d, n, t, customerFields, false, &s.customer)
	},
	"state": func(d *decoder, s *writtenSubscription, n *yaml.Node, t *keyPath) {
		s.state, _ = d.choice(n, t, "absent", "present")
	},
}

var priceFields = fields[writtenPrice]{"amount": readAmount, "currency": readCurrency}

// customerTexts are the keys of a customer that are texts; the first ones the API demands.
var customerTexts = []string{"email", "name", "countryId",
	"companyName", "taxId", "city", "line1", "line2", "postalCode", "state"}

var customerFields = func() fields[writtenCustomer] {
	all := fields[writtenCustomer]{
		"isBusiness": func(d *decoder, c *writtenCustomer, n *yaml.Node, t *keyPath) {
			c.isBusiness, _ = d.typed(n, t, "a boolean", formBoolean)
		},
	}
	for _, key := range customerTexts {
		all[key] = func(d *decoder, c *writtenCustomer, n *yaml.Node, t *keyPath) {
			forms := []form{formText}
			if key == "countryId" {
				forms = append(forms, formNumber)
			}
			s, ok := d.typed(n, t, "a text", forms...)
			if ok && len(s.text) > longestCustomerText {
				d.report(ruleTooLong, follow(n), t, "the text is longer than 500 bytes", "")
				s = d.broken(n)
			}
			if c.texts == nil {
				c.texts = map[string]scalar{}
			}
			c.texts[key] = s
		}
	}
	return all
}()

const longestCustomerText = 500

var methodsFields = fields[writtenMethods]{
	"subscription": requiredText(func(m *writtenMethods) *scalar { return &m.subscription }),
	"extras":       requiredText(func(m *writtenMethods) *scalar { return &m.extras }),
	"remove": func(d *decoder, m *writtenMethods, n *yaml.Node, t *keyPath) {
		m.remove = d.texts(n, t)
	},
}

func readSubscription(d *decoder, l *layer, n *yaml.Node, t *keyPath) {
	l.subscription.at, l.subscription.set = t.at, true
	decodeFields(d, n, t, subscriptionFields, false, &l.subscription)
}

func readPaymentMethods(d *decoder, l *layer, n *yaml.Node, t *keyPath) {
	l.paymentMethods.at, l.paymentMethods.set = t.at, true
	decodeFields(d, n, t, methodsFields, false, &l.paymentMethods)
}

func readOperations(d *decoder, s *writtenSubscription, n *yaml.Node, t *keyPath) {
	out, ok := d.typed(n, t, "a number", formNumber)
	if !ok {
		s.operations = out
		return
	}
	whole, ok := spec.WholeNumber(out.text)
	if !ok || whole[0] == '-' || whole == "0" || len(whole) > maxIDDigits {
		d.report(ruleUnknownValue, follow(n), t, "`operations` is no whole number above zero",
			"write the credits a month, such as 40000")
		out = d.broken(n)
	}
	s.operations, s.operations.text = out, whole
}

func readPeriod(d *decoder, s *writtenSubscription, n *yaml.Node, t *keyPath) {
	out, ok := d.text(n, t)
	if _, known := spec.ParsePeriod(out.text); ok && !known {
		d.report(ruleBillingValue, follow(n), t, "`period` is "+text.Backquote(out.text)+", which it cannot be",
			"write month or year")
		out = d.broken(n)
	}
	s.period = out
}

func readAmount(d *decoder, p *writtenPrice, n *yaml.Node, t *keyPath) {
	out, ok := d.typed(n, t, "a text or a number", formText, formNumber)
	if _, err := spec.ParseAmount(out.text); ok && err != nil {
		d.report(ruleBillingValue, follow(n), t, err.Error(), `write it as "34.12"`)
		out = d.broken(n)
	}
	p.amount = out
}

func readCurrency(d *decoder, p *writtenPrice, n *yaml.Node, t *keyPath) {
	out, ok := d.text(n, t)
	if _, known := spec.ParseCurrency(out.text); ok && !known {
		d.report(ruleBillingValue, follow(n), t, text.Backquote(out.text)+" is no currency",
			"write three letters, such as USD")
		out = d.broken(n)
	}
	p.currency = out
}

// billingResolver resolves what one organization says of money, and checks it.
type billingResolver struct{ *findings }

func (r billingResolver) organization(l *layer, o *spec.Organization) {
	if !l.subscription.set && !l.paymentMethods.set {
		return
	}
	r.checkIdentity(l)
	if l.subscription.set {
		o.Subscription = r.subscription(l)
	}
	if l.paymentMethods.set {
		o.PaymentMethods = r.methods(l)
	}
}

// checkIdentity wants name and id: paying for the wrong organization is a known accident, and
// either alone can be wrong.
func (r billingResolver) checkIdentity(l *layer) {
	block, key := l.subscription.at, "subscription"
	if !l.subscription.set {
		block, key = l.paymentMethods.at, "paymentMethods"
	}
	if !l.name.isSet() || !l.id.isSet() {
		r.report(ruleBillingIdentity, block, spec.Address(l.key), key,
			"`"+key+"` needs both `name` and `id` of the organization "+text.Backquote(l.key),
			"write both, so that nobody pays for another organization")
	}
}

func (r billingResolver) subscription(l *layer) *spec.Subscription {
	w := &l.subscription
	address := spec.NewAddress(l.key, spec.KindSubscription, "")
	period, _ := spec.ParsePeriod(w.period.text)
	s := &spec.Subscription{Plan: w.plan.text, Operations: int64Of(w.operations.text), Period: period,
		Coupon: w.coupon.text, Source: w.source()}
	if isAbsent(w.state) {
		s.State = spec.Absent
		if w.plan.isSet() || w.operations.isSet() || w.period.isSet() || w.coupon.isSet() || w.price.set ||
			w.customer.set {
			r.report(ruleAbsentConflict, w.at, address, "subscription",
				"the subscription is to be cancelled and described all the same", "keep only `state: absent`")
		}
		return s
	}
	if !w.plan.isSet() {
		r.report(ruleRequired, w.at, address, "subscription", "the subscription has no plan",
			"write `plan`, such as Teams or Free; `state: absent` cancels it")
	}
	priced := w.operations.isSet() || w.period.isSet() || w.price.set || w.coupon.isSet() || w.customer.set
	if strings.EqualFold(s.Plan, spec.FreePlan) && priced {
		r.report(ruleBillingValue, w.at, address, "subscription",
			"the plan Free has no tier, period, price, coupon or customer", "keep only `plan: Free`")
	}
	s.Price, s.PriceSource = r.price(w, address)
	s.Customer = r.customer(w, address)
	return s
}

func (r billingResolver) price(w *writtenSubscription, address spec.Address) (*spec.Money, spec.Source) {
	p := &w.price
	if !p.set {
		return nil, spec.Source{}
	}
	if !p.amount.isSet() || !p.currency.isSet() {
		r.report(ruleRequired, p.at, address, "subscription.price", "a price is an amount and a currency",
			`write {amount: "34.12", currency: USD}`)
		return nil, p.source()
	}
	amount, _ := spec.ParseAmount(p.amount.text) // the decoder has checked it
	currency, _ := spec.ParseCurrency(p.currency.text)
	return &spec.Money{Amount: amount, Currency: currency}, p.source()
}

func (r billingResolver) customer(w *writtenSubscription, address spec.Address) *spec.Customer {
	c := &w.customer
	if !c.set {
		return nil
	}
	for _, key := range customerTexts[:3] {
		if !c.texts[key].isSet() {
			r.report(ruleRequired, c.at, address, "subscription.customer", "the customer has no `"+key+"`",
				"email, name, isBusiness and countryId are what Make demands of a customer")
		}
	}
	if !c.isBusiness.isSet() {
		r.report(ruleRequired, c.at, address, "subscription.customer", "the customer has no `isBusiness`",
			"write true or false")
	}
	if email := c.texts["email"]; email.form == formText && !spec.AcceptsEmail(email.text) {
		r.report(ruleEmail, email.at, address, "subscription.customer.email",
			text.Backquote(email.text)+" is no e-mail address", "")
	}
	is := func(key string) string { return c.texts[key].text }
	return &spec.Customer{
		Email: is("email"), Name: is("name"), IsBusiness: c.isBusiness.isTrue(), Country: is("countryId"),
		CompanyName: is("companyName"), TaxID: is("taxId"), City: is("city"), Line1: is("line1"), Line2: is("line2"),
		PostalCode: is("postalCode"), State: is("state"),
	}
}

func (r billingResolver) methods(l *layer) *spec.PaymentMethods {
	w := &l.paymentMethods
	m := &spec.PaymentMethods{Subscription: w.subscription.text, Extras: w.extras.text, Source: w.source()}
	for i, s := range w.remove {
		if s.text == m.Subscription || s.text == m.Extras || s.text == "" {
			r.report(ruleAbsentConflict, s.at, spec.Address(l.key), "paymentMethods.remove["+strconv.Itoa(i)+"]",
				"the payment method "+text.Backquote(s.text)+" is to be paid by and to be removed",
				"keep one of the two")
			continue
		}
		if !slices.Contains(m.Remove, s.text) {
			m.Remove = append(m.Remove, s.text)
		}
	}
	return m
}
