package state

import (
	"time"

	"makesync/spec"
)

// Account is an organization with what no document declares: its plan.
type Account struct {
	Organization *Organization
	Plan         string // the product's name; "" where the zone does not say
}

// Balance are an organization's credits in the present cycle. What is nil or zero was not told.
type Balance struct {
	Used, Left *float64 // credits; 1 credit is 100 centicredits
	Reset      time.Time
	// AutoPurchase tells whether more credits are bought when they run out.
	AutoPurchase *bool
}

// UsageDay is what an organization consumed on one day. What is nil was not told.
type UsageDay struct {
	Date         string // 2026-11-20, in the time zone of the token's user
	Operations   *float64
	Credits      *float64
	DataTransfer *float64 // bytes
}

// Person is what a list of people tells beside e-mail and name.
type Person struct {
	// TwoFactor tells whether the person signs in with a second factor or through somebody else
	// (published: tfaStatus 1 and 2); nil where the zone does not say.
	TwoFactor *bool
	Teams     []int64 // ids; nil where the zone does not say
}

// Subscription is what an organization pays for.
type Subscription struct {
	Plan     string
	NextBill time.Time // zero: not told
	// Amount is a decimal number such as 34.12, never a float; "" where the zone does not say.
	Amount, Currency, Period string
}

// PaymentMethod is a stored way to pay. Its number is nowhere kept.
type PaymentMethod struct {
	ID, Type, Brand string
	last4           string // only to find the card's expiry among the payments
	Valid           *bool
	// Default: the subscription is paid by it.
	Default bool
	// Expires is the last month of a card, 2027-03; "" where no payment tells it.
	Expires string
}

// NewPaymentMethod makes a method whose card ends with these digits.
func NewPaymentMethod(m PaymentMethod, last4 string) PaymentMethod {
	m.last4 = last4
	return m
}

// Payment is one charge.
type Payment struct {
	At               time.Time // zero: not told
	Status           string    // as the zone words it: Paid, Pending, …
	Amount, Currency string
	// Invoice and HostedInvoice are signed links that anybody can open: secrets.
	Invoice, HostedInvoice spec.Value
	card                   card
}

type card struct{ brand, last4, expires string }

// PaidBy is the payment, made with a card that lasts until the month expires (2027-03).
func (p Payment) PaidBy(brand, last4, expires string) Payment {
	p.card = card{brand, last4, expires}
	return p
}

// WithExpiry fills in when the card of a method expires, which only payments made with it tell.
func (m PaymentMethod) WithExpiry(payments []Payment) PaymentMethod {
	var latest time.Time
	for _, p := range payments {
		same := m.last4 != "" && FoldName(p.card.brand) == FoldName(m.Brand) && p.card.last4 == m.last4
		if same && p.card.expires != "" && !p.At.Before(latest) {
			m.Expires, latest = p.card.expires, p.At
		}
	}
	return m
}
