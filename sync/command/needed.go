package command

import (
	"makesync/spec"
	"makesync/sync/offline"
	"makesync/sync/state"
)

// needed is what documents need of a zone.
type needed struct {
	all    bool
	byID   map[int64]*spec.Organization
	byName map[string]*spec.Organization
}

// neededOf restricts a snapshot to what documents need. Documents that only declare zones need
// everything.
func neededOf(desired *spec.Desired, zone string) needed {
	n := needed{
		all:    len(desired.Organizations) == 0,
		byID:   map[int64]*spec.Organization{},
		byName: map[string]*spec.Organization{},
	}
	for i := range desired.Organizations {
		switch o := &desired.Organizations[i]; {
		case o.Zone != zone:
		case o.ID != 0:
			n.byID[o.ID] = o
		default:
			n.byName[state.FoldName(o.Name)] = o
		}
	}
	return n
}

func (n needed) of(live *state.Organization) *spec.Organization {
	if o := n.byID[live.ID]; o != nil {
		return o
	}
	return n.byName[state.FoldName(live.Name)]
}

func (n needed) wants(live *state.Organization) bool { return n.all || n.of(live) != nil }

func (n needed) kinds(live *state.Organization, _ string) []spec.Kind {
	all := []spec.Kind{spec.KindFeatureControl, spec.KindVariable, spec.KindMember}
	if o := n.of(live); !n.all && o != nil {
		return offline.NeededKinds(o, spec.Scope{})
	}
	return all
}

// key is the documents' key of a live organization, else the derived one.
func (n needed) key(live *state.Organization, derived string) string {
	if o := n.of(live); o != nil {
		return o.Key
	}
	return derived
}

func (n needed) keys(state *state.ZoneState) map[int64]string {
	keys := map[int64]string{}
	for _, live := range state.Organizations {
		keys[live.ID] = n.key(live, state.Keys[live.ID])
	}
	return keys
}
