package compare

import (
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/billing"
	"makesync/sync/export"
	"makesync/sync/state"
)

// liveBilling is what a live organization pays for and by what; asked tells whether money is
// compared at all. What a document says of it is compared in any case, so that it is told where
// that could not be done.
func (s *FlatOrganization) liveBilling(live *state.Organization, asked bool, unread string) {
	s.Billing = asked
	for _, kind := range state.BillingKinds {
		switch err := live.Failed[kind]; {
		case err != nil:
			s.Unknown[kind] = "could not be read: " + state.WhyUnread(err)
		case !live.Read(kind):
			s.Unknown[kind] = unread
		case kind == spec.KindSubscription:
			s.subscription(export.SubscriptionOf(live))
		default:
			s.payingMethods(live.PaymentMethods)
		}
	}
}

// Why money is not compared.
const (
	billingNotAsked   = "what is paid for was not read; --billing reads it"
	billingNotInThere = "a snapshot holds nothing of what is paid for"
)

// subscription are its fields; customer and coupon stand in documents alone.
func (s *FlatOrganization) subscription(want *spec.Subscription) {
	if want == nil {
		s.Unknown[spec.KindSubscription] = "no document can hold the plan's name"
		return
	}
	field := func(path, text string) {
		if text != "" {
			s.set(spec.KindSubscription, "", path, ignoreCase(text))
		}
	}
	plan := want.Plan
	if want.State == spec.Absent || billing.IsFree(plan) {
		plan = spec.FreePlan
	}
	field("plan", plan)
	if want.Operations > 0 {
		s.set(spec.KindSubscription, "", "operations", FlatField{Side: state.Number(state.FormatID(want.Operations))})
	}
	field("period", string(want.Period))
	if want.Price != nil {
		field("price", want.Price.String())
	}
	field("coupon", want.Coupon)
	for _, told := range want.Customer.Texts() {
		path := "customer." + told.Key
		if told.Key == spec.BusinessKey {
			s.set(spec.KindSubscription, "", path, FlatField{Side: state.Bool(want.Customer.IsBusiness)})
			continue
		}
		field(path, told.Text)
	}
}

// payingMethods are those that pay, by brand and digits: their ids say nothing elsewhere. Documents
// may name them by id all the same.
func (s *FlatOrganization) payingMethods(methods []billing.PaymentMethod) {
	for path, pays := range map[string]func(*billing.PaymentMethod) bool{
		"subscription": func(m *billing.PaymentMethod) bool { return m.Default },
		"extras":       func(m *billing.PaymentMethod) bool { return m.DefaultForExtras },
	} {
		field := FlatField{Side: state.Text("none")}
		for i := range methods {
			if pays(&methods[i]) {
				field = methodField(&methods[i])
				break
			}
		}
		s.set(spec.KindPaymentMethods, "", path, field)
	}
}

func methodField(m *billing.PaymentMethod) FlatField {
	shown := m.Label()
	if shown == "" {
		shown = m.Type
	}
	return FlatField{Side: state.Text(text.OneLine(shown)), Equal: func(other FlatField) (bool, bool) {
		name := other.Side.Value().Reveal()
		return name == m.ID || spec.FoldName(name) == spec.FoldName(shown), true
	}}
}

// documentBilling is what documents say of money.
func (s *FlatOrganization) documentBilling(o *spec.Organization) {
	s.Billing = true
	s.Managed[spec.KindSubscription] = o.Subscription != nil
	s.Managed[spec.KindPaymentMethods] = o.PaymentMethods != nil
	if o.Subscription != nil {
		s.subscription(o.Subscription)
	}
	if m := o.PaymentMethods; m != nil {
		for path, text := range map[string]string{
			"subscription": m.Subscription, "extras": m.Extras, "remove": strings.Join(m.Remove, ", "),
		} {
			if text != "" { // what it means, a live side knows
				s.set(spec.KindPaymentMethods, "", path, FlatField{Side: state.Text(text)})
			}
		}
	}
}
