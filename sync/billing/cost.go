package billing

import "makesync/spec"

// Charged says when the zone charges for a step.
type Charged string

// The times. Next is when a person completes the checkout that the step opens.
const (
	ChargedNow  Charged = "now"
	ChargedNext Charged = "next"
	ChargedNone Charged = "none"
)

// Cost is what a step costs by the zone's catalogue, for one period.
type Cost struct {
	Amount   spec.Amount `json:"amount"`
	Currency string      `json:"currency"`
	Period   spec.Period `json:"period,omitempty"`
	Charged  Charged     `json:"charged"`
}

// Price is the amount with its currency.
func (c Cost) Price() spec.Money { return spec.Money{Amount: c.Amount, Currency: c.Currency} }

// Monthly is what the step costs a month from then on.
func (c *Cost) Monthly() spec.Amount {
	if c == nil {
		return 0
	}
	return c.Amount.Monthly(c.Period.Months())
}

// Invalid tells whether it is nothing that a step could cost that is charged so.
func (c *Cost) Invalid(charged Charged) bool {
	if c == nil {
		return false
	}
	currency, ok := spec.ParseCurrency(c.Currency)
	period, known := spec.ParsePeriod(string(c.Period))
	return !ok || currency != c.Currency || c.Amount < 0 || c.Charged != charged ||
		c.Period != "" && (!known || period != c.Period)
}

// Target is what a payment method becomes the default for (published).
type Target string

// The targets.
const (
	ForSubscription Target = "subscription"
	ForExtras       Target = "extras"
	ForBoth         Target = "both"
)

// Known tells whether it is one of the targets.
func (t Target) Known() bool { return t == ForSubscription || t == ForExtras || t == ForBoth }

// Paths are the fields of a payment method that a target stands for.
func (t Target) Paths() []string {
	return map[Target][]string{
		ForSubscription: {string(ForSubscription)}, ForExtras: {string(ForExtras)},
		ForBoth: {string(ForSubscription), string(ForExtras)},
	}[t]
}

// Pays tells for what a method with this target becomes the default.
func (t Target) Pays() (subscription, extras bool) { return t != ForExtras, t != ForSubscription }
