package billing

import (
	"strings"

	"makesync/spec"
)

// Facts are what a step that moves money says of itself. A plan file that makesync did not write
// may say anything; what contradicts itself is refused.
type Facts struct {
	// Late: the organization is yet to be made.
	Late bool
	Name string // of the address
	// Begins a subscription, or ends it or a payment method; neither: changes it.
	Begins, Ends   bool
	PriceID        int64
	Offer          bool
	Coupon, Method string
	Target         Target
	Cost           *Cost
	// Shown is what the step's fields lead to, by path.
	Shown map[string]string
}

// InvalidSubscription is what is wrong with a step about a subscription, as the end of a sentence;
// "" for nothing.
func (f Facts) InvalidSubscription() string {
	buys, costs := f.PriceID > 0, f.Cost != nil && f.Cost.Amount > 0
	changes := !f.Begins && !f.Ends
	price, shows := f.Shown["price"]
	period, timed := f.Shown["period"]
	_, discounted := f.Shown["discount"]
	switch {
	case f.Late:
		return "its organization is not there yet"
	case f.Name != "":
		return "it has a name"
	case f.PriceID < 0 || f.Begins && !buys:
		return "it buys nothing"
	case f.Ends && (buys || f.Offer), f.Offer && (buys || !changes):
		return "it does two things at once"
	case f.Coupon != "" && !f.Begins:
		return "a coupon is for a new subscription only"
	case buys != costs:
		return "what it buys and what it costs do not belong together"
	case discounted != f.Offer:
		return "it shows another discount than it claims"
	case buys && price != f.Cost.Price().String(), buys != shows:
		return "it costs something else than it shows"
	case buys && (timed && period != string(f.Cost.Period) || f.Shown["plan"] == ""):
		return "it buys something else than it shows"
	case changes && !buys && !f.Offer && f.Shown["plan"] != spec.FreePlan:
		return "it does not show that it ends on Free"
	case f.Cost.Invalid(f.charged()):
		return "what it costs is no amount of money"
	}
	return ""
}

// charged is when such a step is charged.
func (f Facts) charged() Charged {
	switch {
	case f.PriceID == 0:
		return ChargedNone
	case f.Begins:
		return ChargedNext
	}
	return ChargedNow
}

// InvalidMethod is the same of a step about a payment method.
func (f Facts) InvalidMethod() string {
	switch {
	case f.Late:
		return "its organization is not there yet"
	case f.Method == "" || f.Method != f.Name:
		return "it names another payment method"
	case f.Ends == f.Target.Known():
		return "it does not say what the payment method shall pay for"
	case f.Cost != nil:
		return "it costs something"
	}
	return ""
}

// Within tells whether a bound covers what a step costs; nothing needs none, but the bound has to
// be stated.
func (c *Cost) Within(bound *spec.Money) bool {
	return bound != nil && (c == nil || c.Amount == 0 || c.Currency == bound.Currency && c.Amount <= bound.Amount)
}

// Bound is the least one that covers it, as rules write it: 34.12USD.
func (c *Cost) Bound() string {
	if c == nil {
		return "0USD"
	}
	return strings.TrimSuffix(c.Amount.String(), ".00") + c.Currency
}
