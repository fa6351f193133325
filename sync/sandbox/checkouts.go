package sandbox

import (
	"fmt"
	"slices"
	"time"
)

// checkoutLifetime is how long a checkout page stays open (derived from the payment provider's).
const checkoutLifetime = 24 * time.Hour

// createSubscription: POST /organizations/{organizationId}/subscription opens a checkout and
// answers its URL. Nothing is bought by the call alone; whoever plays the person completes it over
// the control path or with [World.CompleteCheckout]. Nothing stops a second one while one is open.
func createSubscription(c *call) (change, error) {
	in, price, err := decodeSubscription(c)
	if err != nil {
		return change{}, err
	}
	if c.org.subscribed() {
		return change{}, duplicate("The organization has an active subscription.")
	}
	return change{"subscription", func() any {
		keepCustomer(c, in.Customer)
		b := c.org.Billing
		n := number("session", c.org.ID, len(b.Checkouts)+1)
		for c.w.checkout(n) != nil {
			n++
		}
		k := &Checkout{Session: n, OrganizationID: c.org.ID, PriceID: price.ID, Coupon: in.CouponCode, Status: "open"}
		k.URL, k.Begun = fmt.Sprintf("https://checkout.example/c/pay/%d#%s", n, uuid("checkout", n)), c.now.UTC()
		b.Checkouts = append(b.Checkouts, k)
		return object{{"sessionId", n}, {"url", k.URL}, {"subscriptionId", number("subscription", c.org.ID)}}
	}}, nil
}

// status of a checkout now: one that nobody completes expires.
func (k *Checkout) status(now time.Time) string {
	if k.Status == "open" && now.Sub(k.Begun) >= checkoutLifetime {
		return "expired"
	}
	return k.Status
}

// checkout finds one by its session; the caller has the lock of the world.
func (l *ledger) checkout(session int) *Checkout {
	for _, h := range l.store.index.orgs {
		for _, k := range h.org.Billing.Checkouts {
			if k.Session == session {
				return k
			}
		}
	}
	return nil
}

// checkoutOutcomes are what a person can make of a checkout.
var checkoutOutcomes = []string{"pay", "decline", "expire"}

// CompleteCheckout does what a person does on the page of a checkout: pay, which charges and gives
// the organization its plan and the card as payment method; decline, which leaves the page open
// after a charge that failed; expire.
func (l *ledger) CompleteCheckout(session int, outcome string) (Checkout, error) {
	var done Checkout
	err := l.store.alter(func(*State) error {
		k := l.checkout(session)
		switch {
		case !slices.Contains(checkoutOutcomes, outcome):
			return fmt.Errorf("no outcome %q of a checkout; there are pay, decline and expire", outcome)
		case k == nil:
			return fmt.Errorf("no checkout %d", session)
		case k.status(l.store.Now()) != "open":
			return fmt.Errorf("the checkout %d is %s, no longer open", session, k.status(l.store.Now()))
		}
		l.complete(k, outcome)
		done = *k
		return nil
	})
	return done, err
}

func (l *ledger) complete(k *Checkout, outcome string) {
	h, now := l.store.index.organization(k.OrganizationID), l.store.Now()
	b := h.org.Billing
	p := purchase{h.zone, h.org, h.zone.price(k.PriceID), "checkout", nil, now}
	switch outcome {
	case "expire":
		k.Status = "expired"
	case "decline":
		p.fail()
	case "pay":
		k.Status, b.Coupon = "paid", k.Coupon
		p.method = b.payingCard(h.org.ID, now)
		p.buy(true)
		h.org.Paused = false
	}
}

// payingCard is the card that a person types in on the page; it becomes the default.
func (b *Billing) payingCard(org int, now time.Time) *PaymentMethod {
	for _, m := range b.PaymentMethods {
		m.DefaultForSubscription, m.DefaultForExtras = false, false
	}
	card := newCard(fmt.Sprintf("pm_card_%d_%d", org, len(b.PaymentMethods)+1), now.UTC())
	b.PaymentMethods = append(b.PaymentMethods, card)
	return card
}

// Checkouts returns every checkout that was begun, by the time of that, with its status as of now.
func (l *ledger) Checkouts() []Checkout {
	list := []Checkout{}
	for _, row := range l.Audit().Organizations {
		list = append(list, row.Checkouts...)
	}
	slices.SortStableFunc(list, func(a, b Checkout) int { return a.Begun.Compare(b.Begun) })
	return list
}
