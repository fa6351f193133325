package billing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// Price is a product in one tier of credits, for one period (documented: GET /cashier/products).
type Price struct {
	ID         int64
	Product    string
	Operations int64 // credits a month
	Money      spec.Money
	Period     spec.Period
}

// Describe is the price in words: 40,000 credits a month for 116.47 USD a month.
func (p Price) Describe() string {
	return credits(p.Operations) + " for " + p.Money.String() + " a " + text.OneLine(string(p.Period))
}

// Full is the price with its product: Teams with 40,000 credits a month for 116.47 USD a month.
func (p Price) Full() string { return text.OneLine(p.Product) + " with " + p.Describe() }

// Move is a change from a price to another; from is not known where the zone does not tell all of
// it.
func Move(from, to Price, known bool) string {
	if !known {
		return text.OneLine(from.Product) + " → " + to.Full()
	}
	return from.Full() + " → " + to.Full()
}

func credits(n int64) string {
	if n == 0 {
		return "an unknown number of credits"
	}
	return text.Number(int(n)) + " credits a month"
}

// Same tells whether two prices cost the same for the same.
func (p Price) Same(q Price) bool {
	return p.ID == q.ID && p.Money == q.Money && p.Period == q.Period && p.Operations == q.Operations
}

// Product is what a zone sells, with what its licence allows; nil is not told. Members are told by
// licences of organizations, and not by the published example of the catalogue.
type Product struct {
	Name                      string
	Teams, Scenarios, Members *int
	Prices                    []Price
}

// Catalogue is what a zone sells.
type Catalogue struct{ Products []Product }

// Product finds a product by its name, in any case; nil when there is none.
func (c *Catalogue) Product(name string) *Product {
	for i := range c.Products {
		if sameName(c.Products[i].Name, name) {
			return &c.Products[i]
		}
	}
	return nil
}

// named counts the products of a name, in any case.
func (c *Catalogue) named(name string) (n int) {
	for i := range c.Products {
		if sameName(c.Products[i].Name, name) {
			n++
		}
	}
	return n
}

// PriceOf finds a price by its id; ok is false when the catalogue does not list it.
func (c *Catalogue) PriceOf(id int64) (p Price, ok bool) {
	for i := range c.Products {
		for _, p := range c.Products[i].Prices {
			if p.ID == id && id > 0 {
				return p, true
			}
		}
	}
	return Price{}, false
}

func sameName(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }

// IsFree tells whether a plan's name is that of the plan without a price; FREE in a published
// example.
func IsFree(plan string) bool { return sameName(plan, spec.FreePlan) }

// ChoiceError says why not exactly one price fits, with the choices.
type ChoiceError struct{ Message, Hint string }

// Error is the message with the hint.
func (e *ChoiceError) Error() string { return e.Message + "; " + e.Hint }

// Choose picks the one price that a document means.
func (c *Catalogue) Choose(want *spec.Subscription) (Price, error) {
	product := c.Product(want.Plan)
	if product == nil {
		var names []string
		for _, p := range c.Products {
			names = append(names, text.OneLine(p.Name))
		}
		return Price{}, &ChoiceError{"the zone's catalogue has no plan " + text.Quote(want.Plan),
			"it has " + text.Commas(names, 10)}
	}
	if n := c.named(want.Plan); n > 1 {
		return Price{}, &ChoiceError{
			fmt.Sprintf("%d plans of the zone's catalogue are named %s", n, text.Quote(want.Plan)),
			"nobody can tell which is meant; change the plan in Make",
		}
	}
	fits := slices.Clone(product.Prices)
	fits = slices.DeleteFunc(fits, func(p Price) bool {
		return want.Operations != 0 && p.Operations != want.Operations ||
			want.Period != "" && p.Period != want.Period ||
			want.Price != nil && p.Money.Currency != want.Price.Currency
	})
	if len(fits) == 1 {
		return fits[0], nil
	}
	what := text.OneLine(product.Name) + wished(want)
	if len(fits) == 0 {
		return Price{}, &ChoiceError{"the zone's catalogue has no price for " + what,
			"it has " + listed(product.Prices)}
	}
	return Price{}, &ChoiceError{
		fmt.Sprintf("%d prices of the zone's catalogue fit %s", len(fits), what),
		"write operations and period of the one that is meant: " + listed(fits),
	}
}

// wished are the words of a document that choose among the prices of a plan.
func wished(want *spec.Subscription) string {
	words := ""
	if want.Operations != 0 {
		words += ", operations " + strconv.FormatInt(want.Operations, 10)
	}
	if want.Period != "" {
		words += ", period " + string(want.Period)
	}
	if want.Price != nil {
		words += ", in " + want.Price.Currency
	}
	return words
}

func listed(prices []Price) string {
	words := make([]string, len(prices))
	for i, p := range prices {
		words[i] = p.Describe()
	}
	if len(words) == 0 {
		return "none"
	}
	return text.Commas(words, 12)
}
