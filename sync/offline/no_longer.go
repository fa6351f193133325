package offline

import (
	"makesync/spec"
	"makesync/sync/lookup"
)

// NoLongerManaged warns of what base looks after and head does not speak of any more: it stays as
// it is in the zone, and whoever changes it there is not noticed. former are the keys that
// organizations of head had in base (see spec.FormerKeys).
func NoLongerManaged(base, head *spec.Desired, former map[string]string) []spec.Problem {
	heads := map[string]*spec.Organization{}
	for i := range head.Organizations {
		o := &head.Organizations[i]
		heads[o.Key] = o
		if before := former[o.Key]; before != "" { // the same one under another key
			heads[before] = o
		}
	}
	var left leftAlone
	for i := range base.Organizations {
		o := &base.Organizations[i]
		now := heads[o.Key]
		switch {
		case now == nil:
			left.add(spec.Address(o.Key), "the organization")
		case o.State != spec.Absent && now.State != spec.Absent && now.Zone == o.Zone:
			left.within(o, now)
		}
	}
	return left
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

func (l *leftAlone) within(o, now *spec.Organization) {
	controls, variables := lookup.Controls(now.FeatureControls), lookup.Variables(now.Variables)
	members := lookup.Members(now.Members)
	for _, c := range o.FeatureControls {
		if controls(c.Name) == nil {
			l.add(spec.NewAddress(o.Key, spec.KindFeatureControl, c.Name), "the feature control")
		}
	}
	for i := range o.Variables {
		v := &o.Variables[i]
		gone := variables(v.Name) == nil && !now.Purges(spec.KindVariable)
		if v.State != spec.Absent && gone {
			l.add(spec.NewAddress(o.Key, spec.KindVariable, v.Name), "the variable")
		}
	}
	for i := range o.Members {
		m := &o.Members[i]
		address, still := spec.NewAddress(o.Key, spec.KindMember, m.Email), members(m.Email)
		switch {
		case m.State == spec.Absent:
		case still == nil && !now.Purges(spec.KindMember):
			l.add(address, "the member")
		case still != nil && still.State != spec.Absent && m.Role != "" && still.Role == "" && now.Owner != m.Email:
			l.value(address, "the role of the member")
		}
	}
	if o.TFAEnforced != nil && now.TFAEnforced == nil {
		l.value(spec.NewAddress(o.Key, spec.KindTFA, ""), "tfaEnforced")
	}
	if o.Owner != "" && now.Owner == "" {
		l.value(spec.NewAddress(o.Key, spec.KindOwner, ""), "the owner")
	}
}
