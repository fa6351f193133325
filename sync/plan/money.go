package plan

import (
	"slices"
	"strings"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/state"
)

// MoneyOf adds up what the steps of organizations cost, by currency; nil when they cost nothing.
func MoneyOf(organizations []Organization) map[string]spec.Amount {
	sum := map[string]spec.Amount{}
	for i := range organizations {
		for _, s := range organizations[i].Steps {
			if s.Money != nil && s.Money.Amount > 0 {
				sum[s.Money.Currency] = sum[s.Money.Currency].Plus(s.Money.Amount)
			}
		}
	}
	if len(sum) == 0 {
		return nil
	}
	return sum
}

// MovesMoney tells whether a step of the organizations moves money.
func MovesMoney(organizations []Organization) bool {
	moves := func(s Step) bool { return s.MovesMoney() }
	return slices.ContainsFunc(organizations, func(o Organization) bool { return slices.ContainsFunc(o.Steps, moves) })
}

// PurchaseFor is the step that buys the licence for which another one of its organization was
// planned; nil for none.
func PurchaseFor(steps []Step, s *Step) *Step {
	for i := range steps {
		if steps[i].Purchases() && !s.MovesMoney() && slices.Contains(s.After, steps[i].N) {
			return &steps[i]
		}
	}
	return nil
}

// StandingOf is what a view shows to be subscribed.
func StandingOf(v state.View) billing.Standing {
	return billing.Standing{Plan: v["plan"].String(), Operations: v["operations"].String(),
		Period: v["period"].String(), NextBill: v["nextBill"].String()}
}

// What a purchase is sent with, and no zone shows: by which coupon, and for whom.
const (
	couponPath   = "coupon"
	customerPath = "customer."
)

// IsOfBuyer tells whether a field of a subscription is one that no zone shows.
func IsOfBuyer(path string) bool { return path == couponPath || strings.HasPrefix(path, customerPath) }

// BuyerFields show them, sorted by path; the country by the zone's name for its id.
func BuyerFields(coupon string, customer *spec.Customer, country string) (fields []Field) {
	if coupon != "" {
		fields = append(fields, Field{Path: couponPath, To: state.Text(coupon)})
	}
	if customer != nil {
		named := *customer
		named.Country, customer = country, &named
	}
	for _, told := range customer.Texts() {
		to := state.Text(told.Text)
		if told.Key == spec.BusinessKey {
			to = state.Bool(customer.IsBusiness)
		}
		fields = append(fields, Field{Path: customerPath + told.Key, To: to})
	}
	slices.SortFunc(fields, func(a, b Field) int { return strings.Compare(a.Path, b.Path) })
	return fields
}

// buyerPaths are the paths that they can have.
func buyerPaths() []string {
	paths := []string{couponPath}
	const some = "x"
	all := spec.Customer{Email: some, Name: some, Country: some, CompanyName: some, TaxID: some, City: some,
		Line1: some, Line2: some, PostalCode: some, State: some}
	for _, told := range all.Texts() {
		paths = append(paths, customerPath+told.Key)
	}
	return paths
}

// showsBuyer tells whether the step shows what it is sent with, no less and no more.
func showsBuyer(s *Step) bool {
	a := s.Arguments
	country := s.field(customerPath + spec.CountryKey)
	named := ""
	if country != nil {
		named = country.To.Value().Reveal()
	}
	if a.Customer != nil && (a.Customer.CountryID < 1 || named == "") {
		return false
	}
	want := BuyerFields(a.Coupon, a.Customer, named)
	shown := 0
	for i := range s.Fields {
		if f := &s.Fields[i]; IsOfBuyer(f.Path) {
			if shown++; !f.From.IsNone() {
				return false
			}
		}
	}
	differs := func(f Field) bool { return !s.shows(f.Path, &f.To) }
	return shown == len(want) && !slices.ContainsFunc(want, differs) && (len(want) == 0 || a.PriceID > 0)
}

// factsOf are what is checked of a step that moves money.
func factsOf(s *Step, late bool) billing.Facts {
	shown := map[string]string{}
	for _, f := range s.Fields {
		if !f.To.IsNone() {
			shown[f.Path] = f.To.String()
		}
	}
	a := s.Arguments
	return billing.Facts{Late: late, Name: s.Address.Name(), Begins: s.Op == OpCreate, Ends: s.Op == OpDelete,
		PriceID: a.PriceID, Offer: a.Offer, Coupon: a.Coupon, Method: a.PaymentMethod, Target: a.Target,
		Cost: s.Money, Shown: shown}
}

func invalidSubscription(s *Step, late bool) string {
	if why := factsOf(s, late).InvalidSubscription(); why != "" || showsBuyer(s) {
		return why
	}
	return "it does not show for whom, and with which coupon, it buys"
}

// invalidMethod: a step makes a method pay for its target, or removes one that pays for nothing,
// and shows by what people know it.
func invalidMethod(s *Step, late bool) string {
	if why := factsOf(s, late).InvalidMethod(); why != "" {
		return why
	}
	paths, to := s.Arguments.Target.Paths(), state.Bool(true)
	m := s.field("method")
	if m == nil || m.From.IsNone() || s.Op == OpUpdate && !s.shows("method", &m.From) {
		return "it does not show which payment method it is about"
	}
	if s.Op == OpDelete {
		paths, to = billing.ForBoth.Paths(), state.Scalar{}
	}
	for _, path := range paths {
		if f := s.field(path); f == nil || f.From != state.Bool(false) || f.To != to {
			return "it shows something else of " + path + " than it does"
		}
	}
	if len(s.Fields) != len(paths)+1 {
		return "it shows what it does not change"
	}
	return ""
}

// billedIn is the id of the customer's country; 0 for none.
func (a *Arguments) billedIn() int64 {
	if a.Customer == nil {
		return 0
	}
	return a.Customer.CountryID
}
