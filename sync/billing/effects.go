package billing

import (
	"fmt"
	"slices"
	"time"

	"makesync/spec/text"
)

// Up tells whether a price is more than another, by the month.
func Up(from, to Price) bool {
	return to.Money.Amount.Monthly(to.Period.Months()) > from.Money.Amount.Monthly(from.Period.Months())
}

// Buying says what a change to another price does.
func Buying(account *Account, from, to Price, fromKnown bool) []string {
	notes := []string{"charged at once, and a new cycle begins today"}
	switch {
	case !fromKnown:
		notes = append(notes, "what it costs now is not known, nor what becomes of unused credits")
	case Up(from, to):
		notes = append(notes, "an upgrade: unused credits are lost as credits, and lower this charge")
	default:
		notes = append(notes, "no upgrade: unused credits are carried over, and nothing is refunded")
	}
	notes = append(notes, "the charge may differ from the catalogue's price: tax, proration, a lost discount")
	return append(notes, lostDiscount(account, lossesOf(from, to))...)
}

// Beginning says what a new subscription does.
func Beginning() []string {
	return []string{
		"opens a checkout: a person has to pay on its page, and nothing is charged before",
		"the charge may differ from the catalogue's price: tax, a coupon",
	}
}

// Leaving says what a change to Free does.
func Leaving(account *Account) []string {
	notes := []string{"to Free at once: unused credits and the rest of what is paid for are lost, nothing is refunded"}
	return append(notes, lostDiscount(account, []string{"lost_on_cancel"})...)
}

// Cancelling says what a cancel does.
func Cancelling(account *Account) []string {
	notes := []string{"stays until " + endOf(account.Subscription) + ", then Free"}
	return append(notes, lostDiscount(account, []string{"lost_on_cancel"})...)
}

func endOf(s *Subscription) string {
	if s.NextBill.IsZero() {
		return "the end of what is paid for (the zone does not say when)"
	}
	return s.NextBill.UTC().Format(time.DateOnly)
}

// lossesOf are the rules of a discount (published) by which a change may lose it. Which of two
// products is the higher one nobody says; both rules of products count then.
func lossesOf(from, to Price) []string {
	var rules []string
	if !sameName(from.Product, to.Product) {
		rules = append(rules, "lost_on_product_downgrade", "lost_on_product_upgrade")
	}
	if from.Money.Amount == to.Money.Amount {
		return rules
	}
	if Up(from, to) {
		return append(rules, "lost_on_price_upgrade")
	}
	return append(rules, "lost_on_price_downgrade")
}

func lostDiscount(account *Account, rules []string) []string {
	switch d := account.Discount; {
	case account.DiscountErr != nil:
		return []string{"whether a discount is lost could not be read"}
	case d == nil || !d.Active:
		return nil
	case slices.ContainsFunc(rules, func(rule string) bool { return d.Rules[rule] }):
		return []string{fmt.Sprintf("loses the discount of %d %%", d.PercentOff)}
	default:
		return []string{fmt.Sprintf("keeps the discount of %d %%", d.PercentOff)}
	}
}

// MembersUntold is the note of a step after which nobody can tell whether all members stay.
const MembersUntold = "the zone's catalogue does not tell how many members the plan offers"

// Holding is what of an organization a plan may limit; nil is not known.
type Holding struct{ Teams, ActiveScenarios, Members *int }

// Beyond says what an organization has more of than a product offers, and what nobody can tell; the
// product is nil where the catalogue does not list it.
func (p *Product) Beyond(has Holding) (notes []string) {
	if p == nil {
		return []string{MembersUntold}
	}
	over := func(has, may *int, one, many string) {
		if has != nil && may != nil && *has > *may && *may >= 0 {
			notes = append(notes, fmt.Sprintf("has %s, and %s offers %d",
				text.Count(*has, one, many), text.OneLine(p.Name), *may))
		}
	}
	over(has.Teams, p.Teams, "team", "teams")
	over(has.ActiveScenarios, p.Scenarios, "active scenario", "active scenarios")
	over(has.Members, p.Members, "member", "members")
	switch {
	case p.Members == nil:
		notes = append(notes, MembersUntold)
	case has.Members == nil && *p.Members >= 0:
		const words = "%s offers %s, and how many there are was not read: no document declares them"
		notes = append(notes, fmt.Sprintf(words, text.OneLine(p.Name), text.Count(*p.Members, "member", "members")))
	}
	return notes
}
