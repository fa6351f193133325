package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// newCard is a card that is the default for everything.
func newCard(id string, created time.Time) *PaymentMethod {
	return &PaymentMethod{ID: id, Type: "card", Brand: "visa", Last4: "4242", Created: created,
		DefaultForSubscription: true, DefaultForExtras: true}
}

// valid is what the API says of a method.
func (m *PaymentMethod) valid(now time.Time) bool {
	year, month := m.expires()
	return !m.Invalid && (now.Year() < year || now.Year() == year && int(now.Month()) <= month)
}

// works says whether a charge goes through; one that declines looks valid.
func (m *PaymentMethod) works(now time.Time) bool { return m != nil && m.valid(now) && !m.Declines }

// expires is the last month of a card.
func (m *PaymentMethod) expires() (year, month int) {
	y, mo, _ := strings.Cut(cmp.Or(m.Expires, "2030-12"), "-")
	year, _ = strconv.Atoi(y)
	month, _ = strconv.Atoi(mo)
	return year, month
}

// cardOf is the card by which a charge was paid, as payments show it.
func cardOf(c *call, charge Charge) object {
	m := &PaymentMethod{Brand: "visa", Last4: "4242"}
	for _, x := range c.org.Billing.PaymentMethods {
		if x.ID == charge.Method || charge.Method == "" && x.DefaultForSubscription {
			m = x
		}
	}
	year, month := m.expires()
	brand := cmp.Or(m.Brand, "visa")
	return object{{"brand", brand}, {"last4", m.Last4}, {"country", "CZ"}, {"network", brand},
		{"exp_year", year}, {"exp_month", month}, {"fingerprint", uuid("card", c.org.ID, m.ID)[:8]}}
}

// listPaymentMethodTypes: GET /organizations/{organizationId}/subscription/payment-method-types.
func listPaymentMethodTypes(*call) (any, error) {
	row := func(value, label string, extras bool) object {
		return object{{"value", value}, {"label", label}, {"canBeDefaultForSubscription", true},
			{"canBeDefaultForExtras", extras}}
	}
	types := []object{
		row("card", "Card", true),
		row("us_bank_account", "US bank account", false),
		row("sepa_debit", "SEPA Direct Debit", false),
	}
	return object{{"paymentMethodTypes", types}}, nil
}

// listPaymentMethods: GET /organizations/{organizationId}/subscription/payment-methods.
func listPaymentMethods(c *call) (any, error) {
	p, err := pageOf(c, maxLimit, "created")
	if err != nil {
		return nil, err
	}
	rows := []object{}
	for _, m := range cut(p, c.org.Billing.PaymentMethods) {
		details := object{{"brand", m.Brand}, {"display_brand", m.Brand}, {"last4", m.Last4}}
		rows = append(rows, object{{"id", m.ID}, {"type", m.Type}, {"valid", m.valid(c.now)},
			{"customerDefaultMethod", m.DefaultForSubscription}, {"customerDefaultExtrasMethod", m.DefaultForExtras},
			{"isImmediate", !m.Delayed}, {"created", m.Created}, {"methodDetails", details}})
	}
	return object{{"paymentMethods", rows}, {"pg", p.echo(len(rows))}}, nil
}

func paymentMethodOfPath(c *call) (*PaymentMethod, error) {
	for _, m := range c.org.Billing.PaymentMethods {
		if m.ID == c.param("paymentMethodId") {
			return m, nil
		}
	}
	return nil, notFound("Payment method")
}

// deletePaymentMethod: DELETE
// /organizations/{organizationId}/subscription/payment-methods/{paymentMethodId} takes a default
// one away, too: nothing says that it does not.
func deletePaymentMethod(c *call) (change, error) {
	m, err := paymentMethodOfPath(c)
	if err != nil {
		return change{}, err
	}
	return change{"paymentMethod/" + m.ID, func() any {
		b := c.org.Billing
		b.PaymentMethods = slices.DeleteFunc(b.PaymentMethods, func(p *PaymentMethod) bool { return p == m })
		c.w.store.due.sooner(c.zone.due(c.org, c.now))
		return ok()
	}}, nil
}

// preferPaymentMethod: PATCH .../payment-methods/{paymentMethodId}/default for the
// subscription, for extras or (left out) for both; the last two want a method
// that is immediate (published).
func preferPaymentMethod(c *call) (change, error) {
	in := struct {
		Target string `json:"target"`
	}{"both"}
	if err := c.input(&in); err != nil {
		return change{}, err
	}
	m, err := paymentMethodOfPath(c)
	if err != nil {
		return change{}, err
	}
	if !slices.Contains([]string{"extras", "both", "subscription"}, in.Target) {
		return change{}, invalid("Invalid value of parameter 'target'.")
	}
	extras, subscription := in.Target != "subscription", in.Target != "extras"
	if extras && m.Delayed {
		return change{}, &problem{
			status:  http.StatusBadRequest,
			code:    "SC400",
			message: "Payment method is not immediate",
		}
	}
	return change{"paymentMethod/" + m.ID, func() any {
		for _, p := range c.org.Billing.PaymentMethods {
			if subscription {
				p.DefaultForSubscription = p == m
			}
			if extras {
				p.DefaultForExtras = p == m
			}
		}
		c.w.store.due.sooner(c.zone.due(c.org, c.now))
		return object{{"paymentMethodId", m.ID}, {"paymentMethodType", m.Type},
			{"isDefaultForSubscription", m.DefaultForSubscription}, {"isDefaultForExtras", m.DefaultForExtras}}
	}}, nil
}
