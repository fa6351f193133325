package sandbox

import (
	"encoding/json"
	"time"
)

// Billing is what an organization has to do with money. It is made up: no payment is ever made.
type Billing struct {
	PaymentMethods []*PaymentMethod `json:"paymentMethods,omitempty"`
	// PriceID is what the plan was bought at; 0 is the plan's first price.
	PriceID int `json:"priceId,omitempty"`
	// Operations a month that came with a price that was bought; 0: those of the plan.
	Operations int `json:"operations,omitempty"`
	// Since is when the present cycle began; zero: with the organization.
	Since time.Time `json:"since,omitzero"`
	// Kept are credits that a downgrade has carried over into the first month of the cycle.
	Kept   int    `json:"kept,omitempty"`
	Coupon string `json:"coupon,omitempty"`
	// Discount is the universal discount, active or dormant.
	Discount     *Discount `json:"discount,omitempty"`
	OfferClaimed bool      `json:"offerClaimed,omitempty"`
	Canceled     bool      `json:"canceled,omitempty"` // ends with the period that is paid for
	Ends         time.Time `json:"ends,omitzero"`      // when it ends; filled in for a seed that says canceled
	// Failing is for seeds: the last charge failed two days before the state is loaded.
	Failing bool `json:"failing,omitempty"`
	// Failed is when the last charge failed; the subscription ends after a grace of seven days.
	Failed time.Time `json:"failed,omitzero"`
	// Over says that the subscription has ended though the organization did not become a Free one.
	Over     bool            `json:"over,omitempty"`
	Customer json.RawMessage `json:"customer,omitempty"` // as it was sent last
	// Charges since the plan was first changed, oldest first; before, they follow from the dates.
	Charges   []Charge    `json:"charges,omitempty"`
	Checkouts []*Checkout `json:"checkoutSessions,omitempty"`
}

// PaymentMethod is a stored way to pay.
type PaymentMethod struct {
	ID                     string    `json:"id"`
	Type                   string    `json:"type"` // card, sepa_debit, ...
	Brand                  string    `json:"brand,omitempty"`
	Last4                  string    `json:"last4,omitempty"`
	Expires                string    `json:"expires,omitempty"`  // month, as 2027-03; default 2030-12
	Invalid                bool      `json:"invalid,omitempty"`  // the API shows valid: false
	Declines               bool      `json:"declines,omitempty"` // looks valid, but every charge fails
	Delayed                bool      `json:"delayed,omitempty"`  // not immediate: unfit for extras
	Created                time.Time `json:"created,omitzero"`
	DefaultForSubscription bool      `json:"defaultForSubscription,omitempty"`
	DefaultForExtras       bool      `json:"defaultForExtras,omitempty"`
}

// Charge is one payment that was tried.
type Charge struct {
	ID         string    `json:"id"`
	At         time.Time `json:"at"`
	Amount     Money     `json:"amount"`
	Currency   string    `json:"currency"`
	Product    string    `json:"product"`
	PriceID    int       `json:"priceId"`
	Operations int       `json:"operations"`
	Period     string    `json:"period"` // month or year
	Status     string    `json:"status"` // paid, failed
	// By is what caused it: change (PATCH subscription), checkout, or renewal (time).
	By     string `json:"by"`
	Method string `json:"method,omitempty"` // id of the payment method
}

// Checkout is a page on which a person pays for a new subscription.
type Checkout struct {
	Session        int       `json:"sessionId"`
	OrganizationID int       `json:"organizationId"`
	URL            string    `json:"url"`
	PriceID        int       `json:"priceId"`
	Coupon         string    `json:"coupon,omitempty"`
	Begun          time.Time `json:"begun"`
	Status         string    `json:"status"` // open, paid, declined, expired
}

// Discount is a universal discount.
type Discount struct {
	ID         int       `json:"id"`
	Type       string    `json:"type"`
	PercentOff int       `json:"percentOff"`
	ValidTo    time.Time `json:"validTo,omitzero"`
	// Rules are the names of those that hold, as lost_on_cancel; see discountRules.
	Rules       []string  `json:"rules,omitempty"`
	Active      bool      `json:"active,omitempty"` // else dormant
	Banner      string    `json:"banner,omitempty"`
	RedeemUntil time.Time `json:"redeemUntil,omitzero"`
	// Elsewhere says that it cannot be redeemed on the present plan.
	Elsewhere bool `json:"elsewhere,omitempty"`
}

// Price is what a product costs: a plan with a number of operations a month, for a month or a year.
type Price struct {
	ID         int    `json:"id"`
	Product    string `json:"product"`
	Operations int    `json:"operations"`
	Period     string `json:"period,omitempty"` // month (default) or year
	Amount     Money  `json:"amount"`
	Currency   string `json:"currency,omitempty"` // default USD
	Hidden     bool   `json:"hidden,omitempty"`   // invisible in the catalogue
}
