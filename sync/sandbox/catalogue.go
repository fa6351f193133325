package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// product is what prices are for. Ids are made up but for Free's and Teams' (published examples).
type product struct {
	id     int
	name   string
	kind   string // PLAN or EXTRA
	hidden bool
}

var products = []product{
	{1, "Free", "PLAN", false},
	{2, "Core", "PLAN", false},
	{3, "Pro", "PLAN", false},
	{4, "Teams", "PLAN", false},
	{5, "Enterprise", "PLAN", true},
	{6, "Extra Operations", "EXTRA", false},
}

// builtinPrices are the catalogue of a zone that brings none. The amounts for 10,000 operations
// are the published ones of 2026, the others and the ids are made up. The first price of a product
// is its default.
var builtinPrices = []*Price{
	{1, "Free", 1000, "month", 0, "USD", false},
	{21, "Core", 10000, "month", 1059, "USD", false},
	{22, "Core", 20000, "month", 1882, "USD", false},
	{23, "Core", 40000, "month", 3412, "USD", false},
	{24, "Core", 10000, "year", 10800, "USD", false},
	{25, "Core", 40000, "year", 34800, "USD", false},
	{31, "Pro", 10000, "month", 1882, "USD", false},
	{32, "Pro", 20000, "month", 3412, "USD", false},
	{33, "Pro", 40000, "month", 6353, "USD", false},
	{34, "Pro", 10000, "year", 19200, "USD", false},
	{35, "Pro", 40000, "year", 64800, "USD", false},
	{41, "Teams", 10000, "month", 3412, "USD", false},
	{42, "Teams", 20000, "month", 6353, "USD", false},
	{43, "Teams", 40000, "month", 11647, "USD", false},
	{44, "Teams", 10000, "year", 34800, "USD", false},
	{45, "Teams", 40000, "year", 118800, "USD", false},
	{51, "Enterprise", 10000, "month", 50000, "USD", true},
	{61, "Extra Operations", 10000, "month", 1324, "USD", false},
}

func (z *Zone) prices() []*Price {
	if z.Prices == nil {
		return builtinPrices
	}
	return z.Prices
}

// price finds a price, nil for none.
func (z *Zone) price(id int) *Price {
	for _, p := range z.prices() {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// priceOf is what the organization pays: what it was bought at, or the plan's first price.
func (z *Zone) priceOf(o *Organization) *Price {
	if p := z.price(o.Billing.PriceID); p != nil && p.Product == o.Plan {
		return p
	}
	for _, p := range z.prices() {
		if p.Product == o.Plan {
			return p
		}
	}
	return &Price{Product: o.Plan, Period: "month", Currency: "USD"}
}

func productOf(name string) product {
	i := slices.IndexFunc(products, func(p product) bool { return p.name == name })
	if i < 0 {
		return product{name: name, kind: "PLAN"}
	}
	return products[i]
}

// completePrices fills defaults in and refuses what is for no product.
func completePrices(prices []*Price) error {
	seen := map[int]bool{}
	for _, p := range prices {
		p.Period, p.Currency = cmp.Or(p.Period, "month"), cmp.Or(p.Currency, "USD")
		if p.ID < 1 || seen[p.ID] || productOf(p.Product).id == 0 || p.Period != "month" && p.Period != "year" {
			return fmt.Errorf(
				"price %d of %q: it needs an id of its own, a product and the period month or year",
				p.ID,
				p.Product,
			)
		}
		seen[p.ID] = true
	}
	return nil
}

// mayReadCatalogue: whether ordinary tokens may read it, and without an organization, is not
// published.
func mayReadCatalogue(c *call) error {
	id := c.query().Get("organizationId")
	if c.is("cashier", "forbid") || c.is("cashier", "organization") && id == "" && c.op.path == productsPath {
		return forbiddenAnswer(c)
	}
	if id == "" {
		return nil
	}
	n, err := positive("organizationId", id)
	if err == nil && !c.w.index.belongs(c.user.ID, n) {
		err = answerForeign(c)
	}
	return err
}

const productsPath = "/cashier/products"

// listProducts: GET /cashier/products, without pages. relatedPriceId has no published meaning and
// is ignored. A zone that brings its own prices sells whatever they are visible for.
func listProducts(c *call) (any, error) {
	if err := mayReadCatalogue(c); err != nil {
		return nil, err
	}
	kind, all := c.query().Get("type"), c.flag("includeInvisible")
	if !slices.Contains([]string{"", "PLAN", "EXTRA"}, kind) {
		return nil, invalid("Parameter 'type' must be PLAN or EXTRA.")
	}
	rows := []object{}
	for _, p := range products {
		if (kind == "" || kind == p.kind) && (all || !p.hidden || c.zone.Prices != nil) {
			if row := productRow(c, p, all); row != nil {
				rows = append(rows, row)
			}
		}
	}
	return object{{"products", rows}}, nil
}

// productRow is nil for a product that the zone sells at no price.
func productRow(c *call, p product, all bool) object {
	prices := []object{}
	for _, price := range c.zone.prices() {
		if price.Product == p.name && (all || !price.Hidden) {
			prices = append(prices, priceInList(c, price, len(prices)))
		}
	}
	if len(prices) == 0 {
		return nil
	}
	text := func(s string) object { return object{{"cs", s}, {"en", s}} }
	info := object{{"cs", []string{p.name}}, {"en", []string{p.name}}}
	return object{
		{"id", p.id}, {"name", text(p.name)}, {"description", text("About " + p.name)}, {"descriptionHover", text("")},
		{"additionalInfo", info}, {"priority", p.id}, {"visible", !p.hidden || c.zone.Prices != nil},
		{"config", productConfig(c, p)},
		{"type", p.kind}, {"comparisonId", p.id}, {"prices", prices},
	}
}

var productKeys = []string{"teams", "fslimit", "apiLimit", "fulltext", "interval", "priority", "retention",
	"scenarios", "gracePeriod", "executionTime", "creatingTemplates", "installPublicApps", "productManagement"}

// productConfig is the part of the licence that comes with the product. apiLimit of Free is 0 as in
// the published example, though the licence has 30: the catalogue is no source of it.
func productConfig(c *call, p product) object {
	if p.kind != "PLAN" {
		return object{}
	}
	var o object
	for _, key := range productKeys {
		if key == "apiLimit" && p.name == "Free" {
			o = append(o, field{key, 0})
			continue
		}
		o = append(o, field{key, plans[p.name][key]})
	}
	if users, told := plans[p.name]["users"]; told && c.is("product-users", "licence") {
		o = append(o, field{"users", users})
	}
	return o
}

func priceInList(c *call, p *Price, position int) object {
	return object{{"id", p.ID}, {"price", amountForm(c, p.Amount, true)}, {"config", priceConfig(p)},
		{"period", periodForm(c, p.Period, true)}, {"default", position == 0}, {"visible", !p.Hidden},
		{"priority", position + 1}, {"currencyCode", p.Currency}}
}

func priceConfig(p *Price) object {
	licence := plans[p.Product]
	if licence == nil {
		return object{{"operations", p.Operations}}
	}
	var o object
	for _, key := range []string{"dslimit", "iolimit", "dsslimit", "transfer", "dlqStorage"} {
		o = append(o, field{key, licence[key]})
	}
	return append(o, field{"operations", p.Operations}, field{"restartPeriod", "1 month"})
}

// getPrice: GET /cashier/prices/{priceId} is the bare object, without an envelope (published).
func getPrice(c *call) (any, error) {
	if err := mayReadCatalogue(c); err != nil {
		return nil, err
	}
	id, err := strconv.Atoi(c.param("priceId"))
	p := c.zone.price(id)
	if err != nil || p == nil {
		return nil, notFound("Price")
	}
	siblings := slices.DeleteFunc(slices.Clone(c.zone.prices()), func(x *Price) bool { return x.Product != p.Product })
	position := slices.Index(siblings, p)
	return object{{"id", p.ID}, {"productId", productOf(p.Product).id}, {"price", amountForm(c, p.Amount, false)},
		{"currencyCode", p.Currency}, {"period", periodForm(c, p.Period, true)}, {"priority", position + 1},
		{"visible", !p.Hidden}, {"default", position == 0}, {"config", priceConfig(p)}}, nil
}
