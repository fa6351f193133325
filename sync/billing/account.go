package billing

import (
	"cmp"
	"strings"
	"time"

	"makesync/spec"
)

// Account is what an organization has subscribed to, as it was read.
type Account struct {
	// Subscription is nil where nothing is subscribed, as on Free.
	Subscription *Subscription
	// Discount is nil where there is none, or nobody could read it (see DiscountErr).
	Discount    *Discount
	DiscountErr error
}

// Tier are the credits a month that are paid for: those of the price, and where the zone does not
// tell it, those of the licence; 0: unknown.
func (a *Account) Tier(licence int64) int64 {
	if a.Subscription != nil && a.Subscription.Operations > 0 {
		return a.Subscription.Operations
	}
	return licence
}

// Subscription is what an organization pays for.
type Subscription struct {
	Plan     string
	NextBill time.Time // zero: not told
	// Amount is a decimal number such as 34.12, never a float; "" where the zone does not say.
	Amount, Currency, Period string
	// PriceID is the price of the catalogue by which it was bought; 0: not told.
	PriceID int64 `json:",omitempty"`
	// Operations are the credits a month of that price; 0: not known.
	Operations int64 `json:",omitempty"`
	// Coupon tells whether a coupon lowers the price.
	Coupon bool `json:",omitempty"`
}

// Price is the subscription as a price; ok is false where its amount is not known.
func (s *Subscription) Price() (p Price, ok bool) {
	amount, err := spec.ParseAmount(s.Amount)
	period, known := spec.ParsePeriod(s.Period)
	return Price{
		ID: s.PriceID, Product: s.Plan, Operations: s.Operations, Period: period,
		Money: spec.Money{Amount: amount, Currency: strings.ToUpper(s.Currency)},
	}, err == nil && known
}

// PaymentMethod is a stored way to pay. Its number is nowhere kept.
type PaymentMethod struct {
	ID, Type, Brand string
	last4           string
	Valid           *bool
	// Default: the subscription is paid by it. DefaultForExtras: extra credits are.
	Default          bool
	DefaultForExtras bool `json:",omitempty"`
	// Immediate methods alone can pay extras; nil: not told.
	Immediate *bool `json:",omitempty"`
	// Expires is the last month of a card, 2027-03; "" where no payment tells it.
	Expires string
}

// NewPaymentMethod makes a method whose card ends with these digits.
func NewPaymentMethod(m PaymentMethod, last4 string) PaymentMethod {
	m.last4 = last4
	return m
}

// Label is how documents may call the method: visa-4242; "" where brand or digits are not told.
func (m PaymentMethod) Label() string {
	if m.Brand == "" || m.last4 == "" {
		return ""
	}
	return strings.ToLower(m.Brand) + "-" + m.last4
}

// Describe is the method for people: visa-4242 (pm_1).
func (m PaymentMethod) Describe() string {
	if m.Label() == "" {
		return m.ID
	}
	return m.Label() + " (" + m.ID + ")"
}

// FindMethods are the methods that a document calls so: the one with this id, else all of this
// brand and these digits.
func FindMethods(methods []PaymentMethod, name string) (found []PaymentMethod) {
	for _, m := range methods {
		if m.ID == name {
			return []PaymentMethod{m}
		}
		if label := m.Label(); label != "" && strings.EqualFold(label, name) {
			found = append(found, m)
		}
	}
	return found
}

// FindMethod is the method with an id; nil when there is none.
func FindMethod(methods []PaymentMethod, id string) *PaymentMethod {
	for i := range methods {
		if methods[i].ID == id {
			return &methods[i]
		}
	}
	return nil
}

// MethodWords are what the zone tells of the method with an id, by which people know it: an id says
// to nobody which card it is.
func MethodWords(methods []PaymentMethod, id string) string {
	words, found := "", 0
	for _, m := range methods {
		if m.ID != id {
			continue
		}
		if found++; found > 1 {
			return "several of this id"
		}
		words = cmp.Or(m.Label(), m.Type, "of no type")
		if m.Valid != nil && !*m.Valid {
			words += ", invalid"
		}
		if m.Immediate != nil && !*m.Immediate {
			words += ", not immediate"
		}
	}
	return words
}

// MethodType is a type of payment methods, with what one of it can be the default for; nil: not
// told.
type MethodType struct {
	Type                 string
	Subscription, Extras *bool
}

// Unfit tells whether a method's type cannot be the default for a target, as far as is told.
func (m PaymentMethod) Unfit(types []MethodType, target Target) bool {
	for _, t := range types {
		may := t.Subscription
		if target == ForExtras {
			may = t.Extras
		}
		if strings.EqualFold(t.Type, m.Type) && may != nil && !*may {
			return true
		}
	}
	return false
}

// Prefers tells whether a method that a document means would have to become a default.
func Prefers(methods []PaymentMethod, subscription, extras string) bool {
	pays, more := FindMethods(methods, subscription), FindMethods(methods, extras)
	return len(pays) == 1 && !pays[0].Default || len(more) == 1 && !more[0].DefaultForExtras
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
		same := m.last4 != "" && strings.EqualFold(p.card.brand, m.Brand) && p.card.last4 == m.last4
		if same && p.card.expires != "" && !p.At.Before(latest) {
			m.Expires, latest = p.card.expires, p.At
		}
	}
	return m
}

// Discount is a universal discount of an organization.
type Discount struct {
	PercentOff int
	Active     bool
	// Rules are the names of those that hold, such as lost_on_cancel (published).
	Rules map[string]bool
}

// SentBefore are the last writes of each kind that no zone has refused, as far as the journals
// know; nil for none.
type SentBefore struct {
	// Cancelled and Begun are a cancel and a checkout. Changed is a change of plan, also to Free;
	// Claimed a claim of the cancellation offer.
	Cancelled, Begun, Changed, Claimed *Sent
}

// Sent is a write that the journals know and a zone may not show: a cancel that is not effective
// yet, a checkout on which nobody has paid, a change of plan that was lost or comes late.
type Sent struct {
	At time.Time
	// Run is the run that has sent it.
	Run string
	// Standing is that of when it was sent.
	Standing
	// Unclear: nobody knows whether it arrived.
	Unclear bool
}

// Standing is what is subscribed, as views have it; "" is not known. The price is none of it: a
// discount that ends changes that, too.
type Standing struct{ Plan, Operations, Period, NextBill string }

// Differs tells whether the zone shows something else by now. What is not known on both sides shows
// nothing.
func (s Standing) Differs(now Standing) bool {
	other := func(a, b string) bool { return a != "" && b != "" && !strings.EqualFold(a, b) }
	return other(s.Plan, now.Plan) || other(s.Operations, now.Operations) || other(s.Period, now.Period) ||
		other(s.NextBill, now.NextBill)
}

// Unsettled is why a change must not be sent once more: the zone shows what it showed before this
// one. "" where it shows something else by now, and for nil.
func (s *Sent) Unsettled(now Standing) string {
	if s == nil || s.Differs(now) {
		return ""
	}
	return s.once("a change of the subscription", "it shows neither another plan nor another bill since")
}

// Claims is why an offer must not be claimed once more in the cycle that ends with the bill of a
// day; "" where it may.
func (s *Sent) Claims(bill string) string {
	if !s.Pends(bill) {
		return ""
	}
	return s.once("a claim of the offer", "it shows no discount since")
}

// once says of what was sent that it is not sent again, and what a person can do.
func (s *Sent) once(what, shown string) string {
	words := what + " was sent at " + s.At.UTC().Format(time.RFC3339)
	if s.Unclear {
		words += ", and nobody knows whether it arrived"
	} else {
		words += ", the zone has taken it, and " + shown
	}
	return words + ": it is not sent again; look in Make whether it was done, and if it was not, " +
		"move the journal of run " + s.Run + " away"
}

// Pends tells whether it is a cancel of the cycle that ends with the bill of a day; nil is none.
// Without a bill nobody can tell cycles apart, and it counts as pending.
func (s *Sent) Pends(bill string) bool {
	return s != nil && (bill == "" || s.NextBill == "" || s.NextBill == bill)
}

// Opens tells whether it is a checkout that may be open still; nil is none.
func (s *Sent) Opens(now time.Time) bool { return s != nil && now.Sub(s.At) < CheckoutLifetime }

// CheckoutLifetime is how long a checkout page stays open (derived from the payment provider's).
const CheckoutLifetime = 24 * time.Hour
