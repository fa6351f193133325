package offline

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// WithoutBilling are the documents without what they say of money: no snapshot and no documents
// hold what is paid for, nor what it costs. A warning tells of each organization that is not
// compared. Before are documents before a change; what has not changed since is no news. Nil: all
// of it is.
func WithoutBilling(desired, before *spec.Desired) (*spec.Desired, []spec.Problem) {
	was := map[string]*spec.Organization{}
	if before != nil {
		for i := range before.Organizations {
			was[before.Organizations[i].Key] = &before.Organizations[i]
		}
	}
	rest := *desired
	rest.Organizations = append([]spec.Organization(nil), desired.Organizations...)
	var problems []spec.Problem
	for i := range rest.Organizations {
		o := &rest.Organizations[i]
		if o.Subscription == nil && o.PaymentMethods == nil {
			continue
		}
		if old := was[o.Key]; before == nil || !sameBilling(old, o) {
			problems = append(problems, notPreviewed(o, old, before != nil))
		}
		o.Subscription, o.PaymentMethods = nil, nil
	}
	return &rest, problems
}

// sameBilling compares what is said, wherever it stands.
func sameBilling(a, b *spec.Organization) bool {
	if a == nil {
		return false
	}
	placeless := func(o *spec.Organization) (s spec.Subscription, m spec.PaymentMethods) {
		if o.Subscription != nil {
			s = *o.Subscription
			s.Source, s.PriceSource = spec.Source{}, spec.Source{}
		}
		if o.PaymentMethods != nil {
			m = *o.PaymentMethods
			m.Source = spec.Source{}
		}
		return s, m
	}
	s, m := placeless(a)
	t, n := placeless(b)
	return reflect.DeepEqual(s, t) && reflect.DeepEqual(m, n) &&
		(a.Subscription == nil) == (b.Subscription == nil) && (a.PaymentMethods == nil) == (b.PaymentMethods == nil)
}

// notPreviewed tells what money is to be moved for; old is the organization before the change, nil
// for none.
func notPreviewed(o, old *spec.Organization, changed bool) spec.Problem {
	var what []string
	if s := o.Subscription; s != nil {
		words := "plan " + text.Quote(s.Plan)
		if s.State == spec.Absent {
			words = "a cancel"
		}
		words = strings.Join(append([]string{words}, otherTexts(s, old)...), ", ")
		what = append(what, "its subscription ("+words+")")
	}
	verb := "is "
	if o.PaymentMethods != nil {
		what, verb = append(what, "its payment methods"), "are "
	}
	how := "not compared without its zone"
	if changed {
		how = "changed by these documents; what that costs, its zone alone knows"
	}
	p := spec.Problem{Severity: spec.Warning, Rule: "billing-not-previewed",
		Address: spec.NewAddress(o.Key, spec.KindSubscription, ""),
		Message: fmt.Sprintf("%s: %s %s", o.Key, strings.Join(what, " and "), verb+how),
		Hint:    "plan against the zone to see it", Source: o.PositionOf("subscription")}
	if o.Subscription == nil {
		p.Address, p.Source = spec.NewAddress(o.Key, spec.KindPaymentMethods, ""), o.PositionOf("paymentMethods")
	}
	return p
}

// otherTexts are what documents say of a subscription besides its plan, and other than before; all
// of it where nothing was said before. No zone shows for whom is bought, and with which coupon.
func otherTexts(s *spec.Subscription, old *spec.Organization) (words []string) {
	was := map[string]string{}
	if old != nil && old.Subscription != nil {
		for _, told := range saidOf(old.Subscription) {
			was[told.Key] = told.Text
		}
	}
	for _, told := range saidOf(s) {
		switch before := was[told.Key]; {
		case before == told.Text:
		case before == "":
			words = append(words, told.Key+" "+text.Quote(told.Text))
		default:
			words = append(words, told.Key+" "+text.Quote(before)+" → "+text.Quote(told.Text))
		}
		delete(was, told.Key)
	}
	for _, key := range slices.Sorted(maps.Keys(was)) {
		words = append(words, key+" "+text.Quote(was[key])+" → none")
	}
	return words
}

// saidOf is what documents say of a subscription besides its plan.
func saidOf(s *spec.Subscription) (said []spec.CustomerText) {
	if s.Operations > 0 {
		said = append(said, spec.CustomerText{Key: "operations", Text: strconv.FormatInt(s.Operations, 10)})
	}
	if s.Price != nil {
		said = append(said, spec.CustomerText{Key: "price", Text: s.Price.String()})
	}
	for _, t := range []spec.CustomerText{{Key: "period", Text: string(s.Period)}, {Key: "coupon", Text: s.Coupon}} {
		if t.Text != "" {
			said = append(said, t)
		}
	}
	for _, told := range s.Customer.Texts() {
		said = append(said, spec.CustomerText{Key: "customer." + told.Key, Text: told.Text})
	}
	return said
}
