package planner

import (
	"context"
	"slices"

	"makesync/spec"
	"makesync/sync/diff"
	"makesync/sync/state"
)

// read reads what the documents declare of one organization.
func (o *organization) read(ctx context.Context, reader state.ObjectReader) {
	o.live.Key = o.want.Key
	wanted := state.WantedFor(o.live, o.want, o.run.Scope)
	if o.run.wantsMembers() && !slices.Contains(wanted.Kinds, spec.KindMember) {
		wanted.Kinds = append(wanted.Kinds, spec.KindMember)
	}
	if o.run.Memory != nil {
		url, id := o.zone.port.Endpoint.URL, o.id
		wanted.Remembered = func(user int64) string { return o.run.Memory.EmailOf(url, id, user) }
	}
	state.ReadOrganization(ctx, reader, o.live, wanted)
}

// wants tells whether the documents declare the kind and the run may touch it.
func (o *organization) wants(kind spec.Kind) bool { return o.run.Scope.Wants(o.want, kind) }

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
