package sync

import (
	"context"
	"fmt"
	"strings"

	"makesync/spec"
)

// read reads what the documents declare of one organization, one call after another, since they
// share one rate limit. Every failure stays with its kind.
func (o *organization) read(ctx context.Context) {
	o.live.Key = o.want.Key
	if o.deletes() {
		o.readDetail(ctx)
		o.readKind(ctx, spec.KindMember)
	} else {
		if o.lacksColumns() {
			o.readDetail(ctx)
		}
		for _, kind := range []spec.Kind{spec.KindFeatureControl, spec.KindVariable, spec.KindMember} {
			if o.wants(kind) || kind == spec.KindMember && o.wants(spec.KindOwner) {
				o.readKind(ctx, kind)
			}
		}
	}
	normalise(o.live)
}

// wants tells whether the documents declare the kind and the run may touch it.
func (o *organization) wants(kind spec.Kind) bool { return o.run.Scope.Wants(o.want, kind) }

// lacksColumns tells whether the list's row left out a field that the documents declare: columns
// are given as the zone likes, and an absent one is unknown, never false.
func (o *organization) lacksColumns() bool {
	return o.wants(spec.KindOrganization) && o.live.LacksAttributes(o.want) || o.wants(spec.KindTFA) && o.live.TFAEnforced == nil
}

// LacksAttributes tells whether an attribute that the documents declare is not shown.
func (l *Live) LacksAttributes(want *spec.Organization) bool {
	return want.Country != "" && l.Country == "" || want.Timezone != "" && l.Timezone == ""
}

// readDetail fills in from the detail call what the row left out.
func (o *organization) readDetail(ctx context.Context) {
	detail, err := o.reader.Organization(ctx, o.live.ID, false)
	if o.waitForReplication(ctx, err) {
		detail, err = o.reader.Organization(ctx, o.live.ID, false)
	}
	if err != nil {
		o.detailErr = err
		return
	}
	o.live.fill(detail)
}

// fill takes over what is known of an organization from a fuller reply.
func (l *Live) fill(detail *Live) {
	fillText(&l.Country, detail.Country)
	fillText(&l.Timezone, detail.Timezone)
	if l.TFAEnforced == nil {
		l.TFAEnforced = detail.TFAEnforced
	}
	if l.License == nil {
		l.License = detail.License
	}
	if l.Teams == nil {
		l.Teams = detail.Teams
	}
	if l.Paused == nil {
		l.Paused = detail.Paused
	}
	l.ActiveScenarios = detail.ActiveScenarios
}

func fillText(text *string, from string) {
	if *text == "" {
		*text = from
	}
}

func (o *organization) readKind(ctx context.Context, kind spec.Kind) {
	if err := ctx.Err(); err != nil {
		noteFailure(o.live, kind, fmt.Errorf("read %s of %s: %w", kind, o.want.Key, err))
		return
	}
	err := o.reader.Read(ctx, o.live, kind)
	if o.waitForReplication(ctx, err) {
		delete(o.live.Failed, kind)
		err = o.reader.Read(ctx, o.live, kind)
	}
	noteFailure(o.live, kind, err)
}

// waitForReplication waits, once, for an organization that is in the list and that its zone does not know: one that was made a
// moment ago, by a run that was cut off. The central backend makes it, and wait=true ends when the zone has it (published).
func (o *organization) waitForReplication(ctx context.Context, err error) bool {
	if call := AsCallError(err); o.awaited || call == nil || call.Class != ClassNotFound {
		return false
	}
	o.awaited = true
	_, err = o.reader.Organization(ctx, o.live.ID, true)
	return err == nil
}

// prefetched are the lists of names that were read when the zone was opened.
func (o *organization) prefetched(ctx context.Context) map[NameList]NameEntries {
	names := map[NameList]NameEntries{}
	for _, list := range o.zone.prefetched {
		names[NameList{List: list}] = o.zone.names(ctx, o.reader, list)
	}
	return names
}

func (o *organization) readNames(ctx context.Context, list NameList) NameEntries {
	if !list.Own {
		return o.zone.names(ctx, o.reader, list.List)
	}
	names, err := o.reader.Names(ctx, list.List, o.id)
	return NameEntries{Names: names, Err: err}
}

// matchUnreadable finds declared people among the role rows without an e-mail: it asks the zone for
// each one who seems absent, and, where the zone does not know, the memory of earlier runs. It
// asks nothing when there are no such rows.
func (o *organization) matchUnreadable(ctx context.Context) {
	if o.deletes() || !o.wants(spec.KindMember) || o.live.Failed[spec.KindMember] != nil || o.live.LackOf(spec.KindMember) != "" {
		return
	}
	for i := range o.want.Members {
		m := &o.want.Members[i]
		if len(o.live.Unreadable) == 0 {
			return
		}
		if findMember(o.live.Members, m.Email) != nil || !o.run.Scope.Covers(spec.NewAddress(o.want.Key, spec.KindMember, m.Email)) {
			continue
		}
		id, err := o.reader.FindUser(ctx, o.id, m.Email)
		if err != nil {
			noteFailure(o.live, spec.KindMember, err)
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
