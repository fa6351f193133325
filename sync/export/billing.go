package export

import (
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/billing"
	"makesync/sync/state"
)

// BillingForm is how what an organization pays for, and by what, stands in its document.
type BillingForm int

// The forms. A comment says what is there without making it something that a run could change.
const (
	NoBilling BillingForm = iota
	BillingAsComments
	BillingAsSettings
)

// WithBilling is all that an export reads, and what the organization pays for and by what.
func WithBilling(live *state.Organization, _ string) state.Wanted {
	wanted := state.Everything(live, false)
	wanted.Kinds = slices.Concat(wanted.Kinds, state.BillingKinds)
	return wanted
}

// SetAside takes what could not be read of money out of the failures of organizations, where it
// would have been shown in comments alone: then nothing of the documents is missing.
func (e *Exporter) SetAside(organizations []*state.Organization) {
	if e.Billing != BillingAsComments {
		return
	}
	e.aside = map[int64]map[spec.Kind]error{}
	for _, live := range organizations {
		e.aside[live.ID] = map[spec.Kind]error{}
		for _, kind := range state.BillingKinds {
			if err := live.Failed[kind]; err != nil {
				e.aside[live.ID][kind] = err
				delete(live.Failed, kind)
			}
		}
	}
}

// billing writes the subscription and the methods that it is paid by.
func (e *Exporter) billing(d *Document, live *state.Organization) {
	d.BillingAsComments = e.Billing == BillingAsComments
	for _, kind := range state.BillingKinds {
		switch {
		case e.Billing == NoBilling || e.unread(d, live, kind) || !live.Read(kind):
		case d.Organization.Name == "":
			d.omit(kind, "", "not written: it needs the name beside the id, and no document can hold this name")
		case kind == spec.KindSubscription:
			if d.Organization.Subscription = SubscriptionOf(live); d.Organization.Subscription == nil {
				d.omit(kind, "", "not written: no document can hold the plan's name, %s",
					text.Quote(live.Account.Subscription.Plan))
			}
		default:
			d.methods(live)
		}
	}
	if d.BillingAsComments && (d.Organization.Subscription != nil || d.Organization.PaymentMethods != nil) {
		d.note(spec.KindSubscription, "", "what it pays for now, to be seen only (export --with-billing: as settings)")
	}
}

// unread notes why a kind could not be read, if so.
func (e *Exporter) unread(d *Document, live *state.Organization, kind spec.Kind) bool {
	if err := e.aside[live.ID][kind]; err != nil {
		d.note(kind, "", "not shown, since it could not be read: %s", state.WhyUnread(err))
		return true
	}
	if err := live.Failed[kind]; err != nil {
		d.omit(kind, "", "not written, since it could not be read: %s", state.WhyUnread(err))
		d.Partly = true
		return true
	}
	return false
}

// SubscriptionOf is what documents say of what an organization pays for; nil where no document can
// hold the plan's name.
func SubscriptionOf(live *state.Organization) *spec.Subscription {
	s := live.Account.Subscription
	if s == nil {
		return &spec.Subscription{Plan: spec.FreePlan}
	}
	if !sayable(s.Plan) {
		return nil
	}
	want := &spec.Subscription{Plan: s.Plan, Operations: max(live.Account.Tier(live.License.Operations()), 0)}
	price, known := s.Price()
	if _, period := spec.ParsePeriod(s.Period); period {
		want.Period = price.Period
	}
	if _, currency := spec.ParseCurrency(price.Money.Currency); known && currency {
		want.Price = &price.Money
	}
	return want
}

// methods are those that pay, each by the shortest name that means it alone.
func (d *Document) methods(live *state.Organization) {
	want := spec.PaymentMethods{}
	for i := range live.PaymentMethods {
		m := &live.PaymentMethods[i]
		if !m.Default && !m.DefaultForExtras {
			continue
		}
		name := methodName(live.PaymentMethods, m)
		if name == "" {
			d.omit(spec.KindPaymentMethods, m.ID, "%s not written: no document can hold a name of it",
				text.Quote(m.Describe()))
			continue
		}
		if m.Default && want.Subscription == "" {
			want.Subscription = name
		}
		if m.DefaultForExtras && want.Extras == "" {
			want.Extras = name
		}
	}
	if want.Subscription != "" || want.Extras != "" {
		d.Organization.PaymentMethods = &want
	}
}

// sayable tells whether a document can hold a text where no reference may stand.
func sayable(text string) bool { return writable(text) && !strings.Contains(text, "${") }

func methodName(methods []billing.PaymentMethod, m *billing.PaymentMethod) string {
	for _, name := range []string{m.Label(), m.ID} {
		found := billing.FindMethods(methods, name)
		if sayable(name) && len(found) == 1 && found[0].ID == m.ID {
			return name
		}
	}
	return ""
}

// planToBuy names the plan that the organization pays for in the source, in the form in which
// documents buy it, as a comment: a migration never moves money, and what it costs in the target
// the target alone knows.
func (m *migrator) planToBuy(d *Document, move *migratedOrganization, source *Document) {
	for _, note := range source.Notes {
		if note.Kind == spec.KindSubscription && source.Organization.Subscription == nil {
			d.Notes = append(d.Notes, note)
		}
	}
	pays := source.Organization.Subscription
	if pays == nil || billing.IsFree(pays.Plan) {
		return
	}
	buy, costs := *pays, ""
	if buy.Price != nil {
		costs = " for " + buy.Price.String() + " a " + string(buy.Period)
		buy.Price = nil
	}
	d.BillingAsComments, d.Organization.Subscription = true, &buy
	const words = "in %s it has %s%s; to buy it here: apply this wave, write the `id` that it prints, " +
		"take this # away, and plan again (makesync help billing)"
	d.note(spec.KindSubscription, "", words, m.From.Endpoint.Name, text.OneLine(pays.Plan), costs)
}
