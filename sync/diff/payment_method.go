package diff

import (
	"maps"
	"slices"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/billing"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// diffPaymentMethods compares by which stored methods the organization pays. There is no step that
// stores one: only a person can do that, in Make.
func diffPaymentMethods(c *comparison) {
	want := c.Want.PaymentMethods
	if isOther(c, want.Source) {
		return
	}
	subscription, ok := findMethod(c, want.Subscription)
	extras, also := findMethod(c, want.Extras)
	if !ok || !also || removesPayer(c, subscription) || removesPayer(c, extras) {
		return
	}
	if extras != nil && !extras.DefaultForExtras && extras.Immediate != nil && !*extras.Immediate {
		methodProblem(c, extras.ID, "the payment method "+text.OneLine(extras.Describe())+
			" is not immediate, so it cannot pay for extras", "name another one for `extras`")
		return
	}
	if unfit(c, subscription, billing.ForSubscription) || unfit(c, extras, billing.ForExtras) {
		return
	}
	preferMethods(c, subscription, extras)
	for _, id := range want.Remove {
		removeMethod(c, id)
	}
	for i := range c.Live.PaymentMethods {
		if m := &c.Live.PaymentMethods[i]; m != subscription && m != extras {
			c.countUnmanaged(spec.KindPaymentMethods, m.ID)
		}
	}
}

// removesPayer refuses to remove what shall pay: only the zone shows that two names are of one
// method.
func removesPayer(c *comparison, m *billing.PaymentMethod) bool {
	if m == nil || !slices.Contains(c.Want.PaymentMethods.Remove, m.ID) {
		return false
	}
	methodProblem(c, m.ID, "the payment method "+text.OneLine(m.Describe())+" is to be paid by and to be removed",
		"keep one of the two")
	return true
}

// unfit refuses what the types of payment methods rule out.
func unfit(c *comparison, m *billing.PaymentMethod, target billing.Target) bool {
	switch {
	case m == nil, !m.Unfit(c.MethodTypes, target):
		return false
	case target == billing.ForSubscription && m.Default, target == billing.ForExtras && m.DefaultForExtras:
		return false // it pays already
	}
	methodProblem(c, m.ID, "the payment method "+text.OneLine(m.Describe())+" is of the type "+text.Quote(m.Type)+
		", which cannot pay for "+string(target), "name another one for `"+string(target)+"`")
	return true
}

func methodProblem(c *comparison, id, message, hint string) {
	a := c.address(spec.KindPaymentMethods, id)
	c.addProblem(plan.RulePaymentMethod, a, c.Want.PaymentMethods.Source, message, hint)
}

// findMethod is the method that documents call so; nil for none wanted. Several, or none, are a
// problem.
func findMethod(c *comparison, name string) (m *billing.PaymentMethod, ok bool) {
	if name == "" {
		return nil, true
	}
	found := billing.FindMethods(c.Live.PaymentMethods, name)
	if len(found) == 1 {
		return billing.FindMethod(c.Live.PaymentMethods, found[0].ID), true
	}
	message := "the organization has no payment method " + text.Quote(name)
	hint := "it has " + describeMethods(c.Live.PaymentMethods) + "; a person can add one in Make"
	if len(found) > 1 {
		message = text.Count(len(found), "payment method", "payment methods") + " go by " + text.Quote(name)
		hint = "write the id of the one that is meant: " + describeMethods(found)
	}
	methodProblem(c, name, message, hint)
	return nil, false
}

func describeMethods(methods []billing.PaymentMethod) string {
	words := make([]string, len(methods))
	for i, m := range methods {
		words[i] = text.OneLine(m.Describe())
	}
	if len(words) == 0 {
		return "none"
	}
	return text.Commas(words, 8)
}

// preferMethods makes methods the default of what they shall pay for, with one step for each.
func preferMethods(c *comparison, subscription, extras *billing.PaymentMethod) {
	forSubscription := subscription != nil && !subscription.Default
	forExtras := extras != nil && !extras.DefaultForExtras
	for i, m := range []*billing.PaymentMethod{subscription, extras} {
		first := i == 0
		switch {
		case m == nil:
		case first && !forSubscription, !first && !forExtras:
			if first || m != subscription {
				c.countUnchanged(c.address(spec.KindPaymentMethods, m.ID))
			}
		case m == subscription && m == extras && forSubscription && forExtras:
			if first {
				preferMethod(c, m, billing.ForBoth)
			}
		case first:
			preferMethod(c, m, billing.ForSubscription)
		default:
			preferMethod(c, m, billing.ForExtras)
		}
	}
}

func preferMethod(c *comparison, m *billing.PaymentMethod, target billing.Target) {
	arguments := plan.Arguments{PaymentMethod: m.ID, Target: target}
	subscription, extras := target.Pays()
	before := state.ViewOf(c.Live, spec.KindPaymentMethods, m.ID)
	after := maps.Clone(before)
	after["subscription"] = state.Bool(m.Default || subscription)
	after["extras"] = state.Bool(m.DefaultForExtras || extras)
	method := plan.Field{Path: "method", From: before["method"], To: before["method"]}
	fields := append(changedFields(before, after), method)
	sortFields(fields)
	notes := []string{text.OneLine(m.Describe()) + " pays from the next charge on"}
	if m.Valid != nil && !*m.Valid {
		notes = append(notes, "the zone calls this payment method invalid: the next charge may fail")
	}
	if c.TypesErr != nil {
		notes = append(notes, "whether a method of its type can pay for that could not be read")
	}
	c.addChange(plan.PhasePreferMethod, plan.Step{
		Address: c.address(spec.KindPaymentMethods, m.ID), Op: plan.OpUpdate,
		Source: c.Want.PaymentMethods.Source.Position(),
		Fields: fields, Arguments: arguments, Before: before, Notes: notes,
	})
}

// removeMethod takes a method away, never one that is a default: what is paid by it would fail.
func removeMethod(c *comparison, id string) {
	a := c.address(spec.KindPaymentMethods, id)
	m := billing.FindMethod(c.Live.PaymentMethods, id)
	found := billing.FindMethods(c.Live.PaymentMethods, id)
	switch {
	case m == nil && len(found) > 0: // by brand and digits, which the next card may have, too
		methodProblem(c, id, "a payment method to be removed is named by its id, and "+text.Quote(id)+" is none",
			"write the id: "+describeMethods(found))
		return
	case m == nil:
		c.countUnchanged(a)
		return
	case m.Default || m.DefaultForExtras:
		c.addWaiting(a, "it is what the organization pays by; it is removed once another one is the default")
		return
	}
	before := state.ViewOf(c.Live, spec.KindPaymentMethods, id)
	c.addChange(plan.PhaseRemoveMethod, plan.Step{
		Address: a, Op: plan.OpDelete, Source: c.Want.PaymentMethods.Source.Position(),
		Fields:    allFields(before, nil),
		Arguments: plan.Arguments{PaymentMethod: id}, Before: before,
		Notes: []string{text.OneLine(m.Describe()) + " has to be added again by a person to be used again"},
	})
}
