package planner

import (
	"context"
	"strings"

	"makesync/spec"
	"makesync/sync/diff"
	"makesync/sync/state"
)

// read reads what the documents declare of one organization. What is to be deleted is read to tell
// what goes with it.
func (o *organization) read(ctx context.Context, reader state.ObjectReader) {
	o.live.Key = o.want.Key
	wanted := state.Wanted{Detail: true, Kinds: []spec.Kind{spec.KindMember}, Await: true}
	if !o.deletes() {
		wanted.Detail, wanted.Kinds = o.lacksColumns(), nil
		for _, kind := range state.ReadKinds {
			if o.wants(kind) || kind == spec.KindMember && o.wants(spec.KindOwner) {
				wanted.Kinds = append(wanted.Kinds, kind)
			}
		}
	}
	o.detailErr = state.ReadOrganization(ctx, reader, o.live, wanted).DetailErr
}

// wants tells whether the documents declare the kind and the run may touch it.
func (o *organization) wants(kind spec.Kind) bool { return o.run.Scope.Wants(o.want, kind) }

// lacksColumns tells whether the list's row left out a field that the documents declare: columns
// are given as the zone likes, and an absent one is unknown, never false.
func (o *organization) lacksColumns() bool {
	return o.wants(spec.KindOrganization) && o.live.LacksAttributes(o.want) ||
		o.wants(spec.KindTFA) && o.live.TFAEnforced == nil
}

// prefetched are the lists of names that were read when the zone was opened.
func (o *organization) prefetched(ctx context.Context) map[diff.NameList]diff.NameEntries {
	names := map[diff.NameList]diff.NameEntries{}
	for _, list := range o.zone.prefetched {
		names[diff.NameList{List: list}] = o.zone.names(ctx, o.reader, list)
	}
	return names
}

func (o *organization) readNames(ctx context.Context, list diff.NameList) diff.NameEntries {
	if !list.Own {
		return o.zone.names(ctx, o.reader, list.List)
	}
	names, err := o.reader.Names(ctx, list.List, o.id)
	return diff.NameEntries{Names: names, Err: err}
}

// matchUnreadable finds declared people among the role rows without an e-mail: it asks the zone for
// each one who seems absent, and, where the zone does not know, the memory of earlier runs. It
// asks nothing when there are no such rows.
func (o *organization) matchUnreadable(ctx context.Context) {
	if o.deletes() || !o.wants(spec.KindMember) || o.live.Failed[spec.KindMember] != nil ||
		o.live.LackOf(spec.KindMember) != "" {
		return
	}
	for i := range o.want.Members {
		m := &o.want.Members[i]
		if len(o.live.Unreadable) == 0 {
			return
		}
		if state.FindMember(o.live.Members, m.Email) != nil ||
			!o.run.Scope.Covers(spec.NewAddress(o.want.Key, spec.KindMember, m.Email)) {
			continue
		}
		id, err := o.reader.FindUser(ctx, o.id, m.Email)
		if err != nil {
			state.NoteFailure(o.live, spec.KindMember, err)
			return
		}
		if id == 0 {
			id = o.fromJournals(m.Email)
		}
		o.live.NameUnreadable(id, m.Email)
	}
}

// fromJournals asks earlier runs which of the unreadable rows is somebody's; 0 when none knows.
func (o *organization) fromJournals(email string) int64 {
	if o.run.Memory == nil {
		return 0
	}
	for _, row := range o.live.Unreadable {
		if strings.EqualFold(o.run.Memory.EmailOf(o.zone.port.Endpoint.URL, o.id, row.UserID), email) {
			return row.UserID
		}
	}
	return 0
}
