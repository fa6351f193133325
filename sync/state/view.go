package state

import (
	"maps"
	"strconv"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/billing"
)

// View is the flat form of one object's state: path → canonical text. It is what the diff compares,
// what a precondition fingerprints, what the journal keeps as before-image (secrets fingerprinted),
// what a read-back checks. A nil View is an object that is not there.
type View map[string]Scalar

// ViewOf is the flat form of one live object; nil when it is not there. Name is the plain name:
// a variable's, a control's, an e-mail; empty for organization, tfa and owner. Secrets in it are
// masked scalars that still know their text, as the live state does.
//
//	organization    name, country, timezone (ids)
//	subscription    plan (Free without one), operations, period, price, nextBill, discount
//	paymentMethods  subscription, extras: whether it pays for them; method: which it is
//	featureControl  enabled
//	variable        type, value
//	member          role (id), invitation ("" for an accepted member)
//	tfa             tfaEnforced
//	owner           owner (e-mail, or "user 17" when nobody can read it)
func ViewOf(live *Organization, kind spec.Kind, name string) View {
	if live == nil {
		return nil
	}
	return liveKinds[kind].view(live, name)
}

// ViewOrganization is the view of an organization's own attributes; see ViewOf.
func ViewOrganization(live *Organization, _ string) View {
	view := View{"name": Text(NormalName(live.Name))}
	if live.Country != "" {
		view["country"] = IDScalar(live.Country)
	}
	if live.Timezone != "" {
		view["timezone"] = IDScalar(live.Timezone)
	}
	return view
}

// viewSubscription is nil only where the subscription was not read: without one the plan is Free.
func viewSubscription(live *Organization, _ string) View {
	if live.Account == nil {
		return nil
	}
	s := live.Account.Subscription
	if s == nil {
		return View{"plan": Text(spec.FreePlan)}
	}
	view := View{"plan": Text(text.OneLine(s.Plan)), "nextBill": Text(BillDay(s.NextBill))}
	if s.Operations > 0 {
		view["operations"] = Number(FormatID(s.Operations))
	}
	if price, ok := s.Price(); ok {
		view["period"], view["price"] = Text(string(price.Period)), Text(price.Money.String())
	}
	if d := live.Account.Discount; d != nil && d.Active {
		view["discount"] = Number(FormatID(int64(d.PercentOff)))
	}
	return view
}

// PriceView is the view of a subscription that was just bought.
func PriceView(p billing.Price) View {
	return View{"plan": Text(text.OneLine(p.Product)), "operations": Number(FormatID(p.Operations)),
		"period": Text(string(p.Period)), "price": Text(p.Money.String())}
}

// BillDay is the day of a bill as views have it; "" for none.
func BillDay(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.DateOnly)
}

func viewPaymentMethod(live *Organization, id string) View {
	m := billing.FindMethod(live.PaymentMethods, id)
	if m == nil {
		return nil
	}
	return View{"subscription": Bool(m.Default), "extras": Bool(m.DefaultForExtras),
		"method": Text(text.OneLine(billing.MethodWords(live.PaymentMethods, id)))}
}

// Unpaid is the view of a payment method once another one is the default for a target.
func (v View) Unpaid(target billing.Target) View {
	lost := maps.Clone(v)
	for _, path := range target.Paths() {
		lost[path] = Bool(false)
	}
	return lost
}

func viewControl(live *Organization, name string) View {
	if c := FindControl(live.FeatureControls, name); c != nil {
		return View{"enabled": Bool(c.Enabled)}
	}
	return nil
}

func viewVariable(live *Organization, name string) View {
	if v := FindVariable(live.Variables, name); v != nil {
		return VariableView(v)
	}
	return nil
}

// VariableView is the view of a variable, live or desired.
func VariableView(v *spec.Variable) View {
	return View{"type": Text(v.Type.String()), "value": VariableScalar(v)}
}

// VariableScalar is the value as a field's side; one from a reference carries the reference along.
func VariableScalar(v *spec.Variable) Scalar {
	if v.Unseen {
		return Unseen()
	}
	s := OfType(v.Type, v.Value)
	s.Reference = v.Reference
	return s
}

func viewMember(live *Organization, email string) View {
	if m := FindMember(live.Members, email); m != nil {
		return View{"role": IDScalar(m.Role), "invitation": Text(m.Invitation)}
	}
	return nil
}

// ViewTFA is the view of the enforcement of two-factor authentication; nil where the zone does not
// show it.
func ViewTFA(live *Organization, _ string) View {
	if live.TFAEnforced == nil {
		return nil
	}
	return View{"tfaEnforced": Bool(*live.TFAEnforced)}
}

// ViewOwner is the view of who owns the organization; nil where the role rows were not read.
func ViewOwner(live *Organization, _ string) View {
	if live.OwnerID == 0 {
		return nil
	}
	return View{"owner": Text(OwnerName(live))}
}

// OwnerName is the live Owner's e-mail, or "user 17" when no row of the user list matches.
func OwnerName(live *Organization) string {
	if m := FindUser(live.Members, live.OwnerID); m != nil {
		return m.Email
	}
	return "user " + strconv.FormatInt(live.OwnerID, 10)
}

// IDScalar is an id in decimal text as a number; any other text stays text.
func IDScalar(text string) Scalar {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return Number(text)
	}
	return Text(text)
}
