package diff

import (
	"slices"
	"strconv"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/billing"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// BillingInput is what the comparison of what is paid for, and by what, looks at besides its two
// sides.
type BillingInput struct {
	// Catalogue is the zone's; CatalogueErr why it could not be read.
	Catalogue    billing.Catalogue
	CatalogueErr error
	// Remembers: there are journals. Without them nobody knows what was sent and no zone shows.
	Remembers bool
	// ForgetErr is why one of them cannot be read.
	ForgetErr error
	// Blank: they hold no run yet, so that only this machine's future is known.
	Blank bool
	// SentBefore is what was sent last. A checkout that must be over by now is none.
	billing.SentBefore
	// OtherFree are other organizations of the Owner on Free, in words; OwnedErr is why it is not
	// known which she has.
	OtherFree []string
	OwnedErr  error
	// MethodTypes are read where a payment method is to become a default; TypesErr is why they
	// could not be.
	MethodTypes []billing.MethodType
	TypesErr    error
}

// diffSubscription compares what is paid for:
//
//	documents  zone        gives
//	plan P     P           nothing
//	plan P     Q           a change, charged at once
//	plan P     Free        a checkout, on which a person has to pay; waiting while one is open
//	Free       Free        nothing
//	Free       Q           to Free, at once
//	absent     Free        nothing
//	absent     Q           a cancel; waiting for the end of what is paid for, once it was sent
//
// A zone shows neither a cancel that is to come nor an open checkout: the journals do. They know,
// too, of a change that was sent while the zone still shows what was there before: it is held.
func diffSubscription(c *comparison) {
	if isOther(c, c.Want.Subscription.Source) {
		return
	}
	s := subscriptionDiff{comparison: c, want: c.Want.Subscription, live: c.Live.Account.Subscription}
	s.a, s.before = c.address(spec.KindSubscription, ""), state.ViewOf(c.Live, spec.KindSubscription, "")
	switch {
	case s.want.Offer:
		s.claim()
	case s.want.State == spec.Absent:
		s.cancel()
	case billing.IsFree(s.want.Plan):
		s.leave()
	default:
		s.buy()
	}
}

// isOther refuses to move money for an organization whose id and name do not belong together: that
// one of them is wrong is a known accident, and a rename is a run of its own.
func isOther(c *comparison, at spec.Source) bool {
	name := state.NormalName(c.Want.Name)
	if name == c.Live.Name {
		return false
	}
	c.addProblem(plan.RuleOtherName, c.address(spec.KindOrganization, ""), at,
		"organization "+strconv.FormatInt(c.Live.ID, 10)+" is named "+text.Quote(c.Live.Name)+" in the zone, and "+
			text.Quote(c.Want.Name)+" in the documents: no money is moved for it",
		"correct id or name; where it is to be renamed, do that first, without subscription and paymentMethods")
	return true
}

// subscriptionDiff is the comparison of one subscription.
type subscriptionDiff struct {
	*comparison
	a      spec.Address
	want   *spec.Subscription
	live   *billing.Subscription // nil: none, as on Free
	before state.View
}

// addStep adds the step.
func (s *subscriptionDiff) addStep(phase plan.Phase, step plan.Step, forbidden string) {
	step.Address, step.Before, step.Source = s.a, s.before, s.want.Source.Position()
	s.addForbidden(phase, step, forbidden)
}

// buy compares with a plan that costs something.
func (s *subscriptionDiff) buy() {
	if s.live != nil && s.reached() {
		s.countUnchanged(s.a)
		s.warnReached()
		return
	}
	if s.CatalogueErr != nil {
		s.markUnread(spec.KindSubscription, s.CatalogueErr)
		return
	}
	price, ok := s.choose()
	if !ok {
		return
	}
	buyer, ok := s.customer()
	if !ok {
		return
	}
	if s.live == nil {
		s.begin(price, buyer)
		return
	}
	s.change(price, buyer)
}

// reached: what the documents do not say may be anything.
func (s *subscriptionDiff) reached() bool {
	price, _ := s.live.Price()
	return spec.FoldName(s.live.Plan) == spec.FoldName(s.want.Plan) &&
		(s.want.Operations == 0 || s.want.Operations == s.Live.Account.Tier(s.Live.License.Operations())) &&
		(s.want.Period == "" || s.want.Period == price.Period)
}

// warnReached tells of what is not as the documents say though nothing is to be changed.
func (s *subscriptionDiff) warnReached() {
	price, known := s.live.Price()
	if want := s.want.Price; want != nil && known && price.Money != *want {
		s.addWarning(plan.RulePrice, "the subscription of "+s.Want.Key+" is paid with "+price.Money.String()+
			", and the documents say "+want.String(), "correct `price` in the documents")
	}
	if sent := s.pendingCancel(); sent != nil {
		s.addWarning("subscription-cancelled", "the subscription of "+s.Want.Key+" was cancelled by a run on "+
			sent.At.UTC().Format(time.DateOnly)+" and ends on "+s.end()+", though the documents want it",
			"take the cancel back in Make; nothing in the API says whether it still stands")
	}
}

func (s *subscriptionDiff) addWarning(rule, message, hint string) {
	if s.inScope(s.a) {
		s.Problems = append(s.Problems, spec.Problem{Severity: spec.Warning, Rule: rule, Address: s.a,
			Message: message, Hint: hint, Source: s.want.Source.Position()})
	}
}

// choose finds the one price of the catalogue that the documents mean. Another price than the
// reviewer saw is a problem, not a change.
func (s *subscriptionDiff) choose() (billing.Price, bool) {
	price, err := s.Catalogue.Choose(s.want)
	if choice, is := err.(*billing.ChoiceError); is {
		s.addProblem(plan.RulePrice, s.a, s.want.Source, choice.Message, choice.Hint)
		return price, false
	}
	if want := s.want.Price; want != nil && *want != price.Money {
		s.addProblem(plan.RulePrice, s.a, s.want.PriceSource,
			"the documents say "+want.String()+", and the zone's catalogue has "+price.Full(),
			"correct `price` once somebody has agreed to it")
		return price, false
	}
	return price, true
}

// buyer is for whom a purchase is made, and what of it is shown.
type buyer struct {
	customer *spec.Customer
	country  string
}

// customer binds the customer's country, as the API wants an id.
func (s *subscriptionDiff) customer() (buyer, bool) {
	if s.want.Customer == nil {
		return buyer{}, true
	}
	country, err := s.bind("country", state.Countries, s.want.Customer.Country)
	if err != nil {
		s.unresolved(s.a, s.want.Source, err)
		return buyer{}, false
	}
	customer := *s.want.Customer
	customer.CountryID, customer.Country = country.ID, ""
	return buyer{&customer, state.PreferredName(state.Countries, country)}, true
}

// begin opens a checkout, unless one may be open.
func (s *subscriptionDiff) begin(price billing.Price, buyer buyer) {
	if sent := s.Begun; sent != nil {
		s.addWaiting(s.a, openCheckout(sent))
		return
	}
	s.addStep(plan.PhasePurchase, plan.Step{
		Op: plan.OpCreate, Fields: purchaseFields(s.before, price, s.want.Coupon, buyer),
		Notes:     slices.Concat([]string{"Free → " + price.Full()}, billing.Beginning(), s.blank(checkoutOpen)),
		Arguments: plan.Arguments{PriceID: price.ID, Coupon: s.want.Coupon, Customer: buyer.customer},
		Money:     moneyOf(price, billing.ChargedNext),
	}, s.forgetful(checkoutOpen))
}

func openCheckout(sent *billing.Sent) string {
	until := sent.At.Add(billing.CheckoutLifetime).UTC().Format(time.RFC3339)
	if sent.Unclear {
		return "a checkout may have been opened at " + sent.At.UTC().Format(time.RFC3339) +
			", nobody knows; another one is opened only after " + until
	}
	return "a person has to pay on the checkout page, which was opened at " + sent.At.UTC().Format(time.RFC3339) +
		"; another one is opened only after " + until
}

// What no zone shows.
const (
	cancelPending = "a cancel is pending"
	checkoutOpen  = "a checkout is open"
)

// blank says the same where a rule lets it through all the same: nobody pays without a person.
func (s *subscriptionDiff) blank(what string) []string {
	if !s.Blank {
		return nil
	}
	return []string{"cannot see whether " + what + ": the state folder holds no run yet"}
}

// change buys another price at once.
func (s *subscriptionDiff) change(price billing.Price, buyer buyer) {
	from, known := s.live.Price()
	from.Operations = s.Live.Account.Tier(s.Live.License.Operations())
	notes := append([]string{billing.Move(from, price, known)}, billing.Buying(s.Live.Account, from, price, known)...)
	if s.want.Coupon != "" {
		notes = append(notes, "the coupon is not used: it is for a new subscription only")
	}
	if s.pendingCancel() != nil {
		notes = append(notes, "a cancel is pending; whether a change takes it back is not published")
	}
	notes = append(notes, s.beyond(price.Product)...)
	phase := plan.PhasePurchase
	if known && !billing.Up(from, price) {
		phase = plan.PhaseLeavePaid
	} else {
		s.purchase = &price
	}
	s.addStep(phase, plan.Step{
		Op: plan.OpUpdate, Fields: purchaseFields(s.before, price, "", buyer), Notes: notes,
		Arguments: plan.Arguments{PriceID: price.ID, Customer: buyer.customer},
		Money:     moneyOf(price, billing.ChargedNow),
	}, s.unsettled())
}

// nothing is what a step costs that buys nothing.
func (s *subscriptionDiff) nothing() *billing.Cost {
	currency := "USD"
	if price, ok := s.live.Price(); ok {
		currency, _ = spec.ParseCurrency(price.Money.Currency)
	}
	return &billing.Cost{Currency: currency, Charged: billing.ChargedNone}
}

// beyond says what the organization has, and its documents declare, that another plan does not
// offer.
func (s *subscriptionDiff) beyond(product string) []string {
	if spec.FoldName(product) == spec.FoldName(s.live.Plan) {
		return nil
	}
	notes := s.Catalogue.Product(product).Beyond(s.holding())
	for _, kind := range spec.Kinds() {
		if kind == spec.KindOrganization || !state.Offers(s.live.Plan, kind) || state.Offers(product, kind) {
			continue
		}
		switch {
		case len(spec.Declared(s.Want, kind)) > 0:
			notes = append(notes, "the documents declare "+string(kind)+", which "+text.OneLine(product)+
				" does not offer")
		case kind == spec.KindVariable && state.HasCustom(s.Live.Variables):
			notes = append(notes, "has custom variables, which "+text.OneLine(product)+" does not offer")
		}
	}
	return notes
}

// holding is what of the organization was read.
func (s *subscriptionDiff) holding() (h billing.Holding) {
	count := func(n int) *int { return &n }
	if s.Live.Teams != nil {
		h.Teams = count(len(s.Live.Teams))
	}
	if s.Live.Read(spec.KindMember) {
		members := 0
		for i := range s.Live.Members {
			if s.Live.Members[i].Accepted() {
				members++
			}
		}
		h.Members = count(members)
	}
	h.ActiveScenarios = s.Live.ActiveScenarios
	return h
}

func moneyOf(price billing.Price, charged billing.Charged) *billing.Cost {
	return &billing.Cost{Amount: price.Money.Amount, Currency: price.Money.Currency, Period: price.Period,
		Charged: charged}
}

// purchaseFields show the plan and the price in any case, of the rest what changes, and for whom
// and with which coupon is bought.
func purchaseFields(before state.View, price billing.Price, coupon string, by buyer) []plan.Field {
	fields := plan.BuyerFields(coupon, by.customer, by.country)
	for _, f := range allFields(withoutBill(before), state.PriceView(price)) {
		if f.Path == "plan" || f.Path == "price" || f.From.Canonical() != f.To.Canonical() {
			fields = append(fields, f)
		}
	}
	sortFields(fields)
	return fields
}

// withoutBill leaves out what is no part of what is subscribed.
func withoutBill(view state.View) state.View {
	out := state.View{}
	for path, side := range view {
		if path != "nextBill" && path != "discount" {
			out[path] = side
		}
	}
	return out
}
