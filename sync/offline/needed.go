package offline

import (
	"cmp"
	"strings"

	"makesync/spec"
	"makesync/sync/lookup"
	"makesync/sync/state"
)

// Needed is what documents need of a zone, so that a snapshot holds all that planning them reads,
// and no more. Documents without organizations, which only declare zones, need everything.
type Needed struct {
	all    bool
	byID   map[int64]*spec.Organization
	byName map[string]*spec.Organization
	// byFold serves what is nearly of a name: reading too much, or taking a value for a secret that
	// is none, costs nothing.
	byFold map[string]*spec.Organization
	guards spec.Guards
	emails map[string]bool // that the documents name anywhere, in lower case
}

// NeededOf finds out what the documents need of the zone.
func NeededOf(desired *spec.Desired, zone string) Needed {
	n := Needed{
		all:    len(desired.Organizations) == 0,
		byID:   map[int64]*spec.Organization{},
		byName: map[string]*spec.Organization{},
		byFold: map[string]*spec.Organization{},
		guards: desired.Guards,
		emails: map[string]bool{},
	}
	for _, email := range emailsOf(desired, zone) {
		n.emails[email] = true
	}
	for i := range desired.Organizations {
		switch o := &desired.Organizations[i]; {
		case o.Zone != zone:
		case o.ID != 0:
			n.byID[o.ID] = o
		default:
			n.byName[state.NormalName(o.Name)] = o
			n.byFold[spec.FoldName(o.Name)] = o
		}
	}
	return n
}

// Of is the documents' organization that a live one is, as far as its id or name tells; nil for
// none.
func (n Needed) Of(live *state.Organization) *spec.Organization {
	return cmp.Or(n.byID[live.ID], n.byName[state.NormalName(live.Name)], n.byFold[spec.FoldName(live.Name)])
}

// Needs tells whether documents speak of an organization, or need all.
func (n Needed) Needs(live *state.Organization) bool { return n.all || n.Of(live) != nil }

// Wanted is how much of an organization is read: what planning reads of it, or everything. It is
// made for state.ReadOptions.
func (n Needed) Wanted(live *state.Organization, _ string) state.Wanted {
	if o := n.Of(live); o != nil && !n.all {
		held := *o // nothing of what is paid for is kept
		held.Subscription, held.PaymentMethods = nil, nil
		return state.WantedFor(live, &held, spec.Scope{})
	}
	return state.Everything(live, true)
}

// Key is the documents' key of a live organization, else the derived one.
func (n Needed) Key(live *state.Organization, derived string) string {
	if o := n.Of(live); o != nil {
		return o.Key
	}
	return derived
}

// declaring tells of an organization's live variables whether their values are the documents'
// business: they declare the variable, or purge what they do not declare and so show it where it
// goes.
func (n Needed) declaring(live *state.Organization) func(*spec.Variable) bool {
	o := n.Of(live)
	if o == nil {
		return func(*spec.Variable) bool { return false }
	}
	find := lookup.Variables(o.Variables)
	return func(v *spec.Variable) bool {
		if v.System {
			return false
		}
		if declared := find(v.Name); declared != nil {
			return !declared.IgnoreValue || declared.State == spec.Absent
		}
		return o.Purges(spec.KindVariable) &&
			!n.guards.Protects(spec.NewAddress(o.Key, spec.KindVariable, v.Name), live.ID)
	}
}

// names tells whether the documents name an e-mail.
func (n Needed) names(email string) bool { return n.emails[strings.ToLower(email)] }

// speaksOf tells whether the documents make a person of an organization their business without
// naming her: as somebody whom they remove, with the organization or from it, or as the Owner whom
// they replace.
func (n Needed) speaksOf(live *state.Organization, user int64) bool {
	o := n.Of(live)
	return o != nil && (o.State == spec.Absent || o.Purges(spec.KindMember) ||
		o.Owner != "" && user == live.OwnerID)
}
