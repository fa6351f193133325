package offline

import (
	"makesync/spec"
	"makesync/sync/lookup"
)

// NoLongerManaged warns of what base looks after and head does not speak of any more: it stays as
// it is in the zone, and whoever changes it there is not noticed. former are the keys that
// organizations of head had in base (see spec.FormerKeys).
func NoLongerManaged(base, head *spec.Desired, former map[string]string) []spec.Problem {
	heads := byFormerKey(head, former)
	var left leftAlone
	for i := range base.Organizations {
		o := &base.Organizations[i]
		now := heads[o.Key]
		switch {
		case now == nil:
			left.add(spec.Address(o.Key), "the organization")
		case o.State == spec.Absent && now.State != spec.Absent && now.Zone == o.Zone:
			left.withdrawn(spec.Address(now.Key), "the deletion of the organization")
		case o.State != spec.Absent && now.State != spec.Absent && now.Zone == o.Zone:
			left.within(o, now)
		}
	}
	return left
}

// byFormerKey are the organizations of head by the keys that they had in base.
func byFormerKey(head *spec.Desired, former map[string]string) map[string]*spec.Organization {
	heads := map[string]*spec.Organization{}
	for i := range head.Organizations {
		o := &head.Organizations[i]
		heads[o.Key] = o
		if before := former[o.Key]; before != "" { // the same one under another key
			heads[before] = o
		}
	}
	return heads
}

// leftAlone are the warnings.
type leftAlone []spec.Problem

func (l *leftAlone) add(address spec.Address, what string) {
	*l = append(*l, spec.Problem{Severity: spec.Warning, Rule: "no-longer-managed", Address: address,
		Message: what + " is no longer in the documents: it stays as it is in the zone, and nobody looks after it",
		Hint:    "write `state: absent` where it shall go"})
}

// value adds a setting that an organization has once, and that cannot be absent.
func (l *leftAlone) value(address spec.Address, what string) {
	l.add(address, what)
	(*l)[len(*l)-1].Hint = "write it again where it shall stay so"
}

// withdrawn adds something that was to go and may be there still.
func (l *leftAlone) withdrawn(address spec.Address, what string) {
	*l = append(*l, spec.Problem{Severity: spec.Warning, Rule: "no-longer-managed", Address: address,
		Message: what + " is no longer in the documents: where it has not been done yet, nobody does it any more",
		Hint:    "write `state: absent` again where it shall go"})
}

// uninvited adds a member whom nobody invites any more. Whoever is there already stays, and so does
// an invitation that is sent.
func (l *leftAlone) uninvited(address spec.Address) {
	*l = append(*l, spec.Problem{Severity: spec.Warning, Rule: "no-longer-managed", Address: address,
		Message: "the invitation of the member is no longer in the documents: " +
			"who is not there will not be invited any more",
		Hint: "write `invite` again where somebody who is not there shall be invited"})
}

func (l *leftAlone) within(o, now *spec.Organization) {
	l.fields(o, now)
	controls, variables := lookup.Controls(now.FeatureControls), lookup.Variables(now.Variables)
	members := lookup.Members(now.Members)
	for _, c := range o.FeatureControls {
		if controls(c.Name) == nil {
			l.add(spec.NewAddress(o.Key, spec.KindFeatureControl, c.Name), "the feature control")
		}
	}
	for i := range o.Variables {
		v := &o.Variables[i]
		address := spec.NewAddress(o.Key, spec.KindVariable, v.Name)
		switch gone := variables(v.Name) == nil && !now.Purges(spec.KindVariable); {
		case gone && v.State == spec.Absent:
			l.withdrawn(address, "the deletion of the variable")
		case gone:
			l.add(address, "the variable")
		}
	}
	for i := range o.Members {
		m := &o.Members[i]
		address, still := spec.NewAddress(o.Key, spec.KindMember, m.Email), members(m.Email)
		gone := still == nil && !now.Purges(spec.KindMember)
		switch {
		case gone && m.State == spec.Absent:
			l.withdrawn(address, "the removal of the member")
		case gone:
			l.add(address, "the member")
		case still == nil || m.State == spec.Absent || still.State == spec.Absent:
		case m.Role != "" && still.Role == "" && now.Owner != m.Email:
			l.value(address, "the role of the member")
		case m.Invite != nil && still.Invite == nil:
			l.uninvited(address)
		}
	}
	if o.TFAEnforced != nil && now.TFAEnforced == nil {
		l.value(spec.NewAddress(o.Key, spec.KindTFA, ""), "tfaEnforced")
	}
	if o.Owner != "" && now.Owner == "" {
		l.value(spec.NewAddress(o.Key, spec.KindOwner, ""), "the owner")
	}
}

// fields are those of the organization itself, and what it pays for.
func (l *leftAlone) fields(o, now *spec.Organization) {
	address := spec.NewAddress(o.Key, spec.KindOrganization, "")
	for _, field := range []struct{ what, before, now string }{
		{"the name", o.Name, now.Name},
		{"the country", o.Country, now.Country},
		{"the time zone", o.Timezone, now.Timezone},
	} {
		if field.before != "" && field.now == "" {
			l.value(address, field.what)
		}
	}
	if o.Subscription != nil && now.Subscription == nil {
		l.value(spec.NewAddress(o.Key, spec.KindSubscription, ""), "the subscription")
	}
	if o.PaymentMethods != nil && now.PaymentMethods == nil {
		l.value(spec.NewAddress(o.Key, spec.KindPaymentMethods, ""), "the choice of payment methods")
	}
}
