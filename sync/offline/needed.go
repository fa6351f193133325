package offline

import (
	"cmp"

	"makesync/spec"
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
}

// NeededOf finds out what the documents need of the zone.
func NeededOf(desired *spec.Desired, zone string) Needed {
	n := Needed{
		all:    len(desired.Organizations) == 0,
		byID:   map[int64]*spec.Organization{},
		byName: map[string]*spec.Organization{},
		byFold: map[string]*spec.Organization{},
	}
	for i := range desired.Organizations {
		switch o := &desired.Organizations[i]; {
		case o.Zone != zone:
		case o.ID != 0:
			n.byID[o.ID] = o
		default:
			n.byName[state.NormalName(o.Name)] = o
			n.byFold[state.FoldName(o.Name)] = o
		}
	}
	return n
}

// Of is the documents' organization that a live one is, as far as its id or name tells; nil for
// none.
func (n Needed) Of(live *state.Organization) *spec.Organization {
	return cmp.Or(n.byID[live.ID], n.byName[state.NormalName(live.Name)], n.byFold[state.FoldName(live.Name)])
}

// Needs tells whether documents speak of an organization, or need all.
func (n Needed) Needs(live *state.Organization) bool { return n.all || n.Of(live) != nil }

// Wanted is how much of an organization is read: what planning reads of it, or everything. It is
// made for state.ReadOptions.
func (n Needed) Wanted(live *state.Organization, _ string) state.Wanted {
	if o := n.Of(live); o != nil && !n.all {
		return state.WantedFor(live, o, spec.Scope{})
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

// Keys are the keys of the chosen organizations of a zone, by id.
func (n Needed) Keys(s *state.ZoneState) map[int64]string {
	keys := map[int64]string{}
	for _, live := range s.Organizations {
		keys[live.ID] = n.Key(live, s.Keys[live.ID])
	}
	return keys
}
