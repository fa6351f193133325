package fleet

import (
	"context"
	"slices"

	"makesync/spec"
	"makesync/sync/slots"
	"makesync/sync/state"
)

// PlanReader is a zone to plan from, what it sells included.
type PlanReader interface {
	state.Reader
	state.CatalogueReader
	state.SlotClient
}

// known is a zone of which a part has been read: a plan made from it asks for the rest alone.
type known struct {
	PlanReader
	zone    *Zone
	members map[int64]*state.Organization // with the members that were read, by id
}

// Known is a reader that gives what a zone's reading holds, its list and the members that were
// read, without asking again. What could not be read is asked for again.
func (z *Zone) Known(reader PlanReader) state.Reader {
	k := known{PlanReader: reader, zone: z, members: map[int64]*state.Organization{}}
	for i := range z.Readings {
		if r := &z.Readings[i]; r.Read[PartMembers] {
			k.members[r.ID()] = r.Organization
		}
	}
	return &k
}

// Organizations is the list that was read.
func (k *known) Organizations(context.Context) ([]*state.Organization, error) {
	return k.zone.Listed, nil
}

// Read reads a kind, unless it was read.
func (k *known) Read(ctx context.Context, live *state.Organization, kind spec.Kind) error {
	if from := k.members[live.ID]; from != nil && (kind == spec.KindMember || kind == spec.KindOwner) {
		live.Members, live.Unreadable = slices.Clone(from.Members), slices.Clone(from.Unreadable)
		live.OwnerID, live.AdminRoles = from.OwnerID, from.AdminRoles
		return nil
	}
	return k.PlanReader.Read(ctx, live, kind)
}

// WithSlot is the same reader, for whoever holds the slot.
func (k *known) WithSlot(slot slots.Slot) state.Reader {
	bound := *k
	if reader, able := k.PlanReader.WithSlot(slot).(PlanReader); able {
		bound.PlanReader = reader
	}
	return &bound
}
