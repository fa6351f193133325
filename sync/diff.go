package sync

import (
	"context"

	"makesync/spec"
)

// compare reads one organization, compares it kind by kind, and lets go of the live values.
func (d *draft) compare(ctx context.Context) {
	if d.settled {
		return
	}
	if d.creates() && !d.canCreate() {
		d.settled = true
		return
	}
	if !d.creates() {
		d.fetch(ctx)
		d.admins = adminsOf(d.live)
		d.membersRead = d.live.Members != nil && d.live.Failed[spec.KindMember] == nil
		d.people = peopleOf(d.live)
		defer d.zone.catalogue.forget(d.id)
	}
	tried, failed := 0, 0
	for _, kind := range spec.Kinds() {
		if !d.wants(kind) || d.deletes() && kind != spec.KindOrganization {
			continue
		}
		ok := d.compareKind(ctx, kind)
		if kindTable[kind].reads != "" {
			tried++
		}
		if !ok {
			failed++
		}
	}
	d.read = failed == 0 || failed < tried
	d.live = nil
}

// compareKind compares one kind, unless it could not be read or is not to be had.
func (d *draft) compareKind(ctx context.Context, kind spec.Kind) bool {
	row := kindTable[kind]
	if d.live != nil {
		if err := d.unreadable(kind); err != nil {
			d.miss(kind, err)
			return false
		}
		if row.lacks != nil {
			if why := row.lacks(d); why != "" {
				row.wait(d, why)
				return true
			}
		}
	}
	row.diff(ctx, d)
	if d.live != nil && row.reads == spec.KindMember && d.live.Failed[spec.KindMember] != nil {
		d.abandonMembers(d.live.Failed[spec.KindMember])
		return false
	}
	return true
}

// unreadable is why a kind could not be read. Without the detail call, the columns that the list
// left out are unknown.
func (d *draft) unreadable(kind spec.Kind) error {
	row := kindTable[kind]
	if row.reads != "" {
		return d.live.Failed[row.reads]
	}
	if d.detailErr == nil {
		return nil
	}
	if kind == spec.KindTFA && d.live.TFAEnforced == nil {
		return d.detailErr
	}
	w, l := d.want, d.live
	if kind == spec.KindOrganization && (w.Country != "" && l.Country == "" || w.Timezone != "" && l.Timezone == "") {
		return d.detailErr
	}
	return nil
}

// abandonMembers forgets what was proposed about people, when asking for one of them failed on the
// way: a listing that is not complete leads to no change.
func (d *draft) abandonMembers(err error) {
	kept := d.proposals[:0]
	for _, p := range d.proposals {
		if p.Kind != spec.KindMember {
			kept = append(kept, p)
		}
	}
	d.proposals = kept
	var waiting []Waiting
	for _, w := range d.waiting {
		if w.Address.Kind() != spec.KindMember {
			waiting = append(waiting, w)
		}
	}
	d.waiting = waiting
	d.miss(spec.KindMember, err)
}

// canCreate: an organization whose creation is out of the run's scope makes everything below it wait.
func (d *draft) canCreate() bool {
	a := d.address(spec.KindOrganization, "")
	if d.run.Scope.Covers(a) {
		return true
	}
	for _, kind := range spec.Kinds() {
		for _, below := range declared(d.want, kind) {
			d.wait(below, "zone "+d.zone.name+" has no organization "+quote(d.want.Name)+" yet, and --target or --exclude leaves out "+string(a))
		}
	}
	return false
}

// unreadZone notes that nothing of the organization could be read, since its zone could not.
func (d *draft) unreadZone(err error) {
	d.settled = true
	for _, kind := range spec.Kinds() {
		if d.wants(kind) {
			d.notRead = append(d.notRead, kind)
		}
	}
	d.failures = append(d.failures, err)
}

// peopleOf maps user ids to e-mails.
func peopleOf(live *Live) map[int64]string {
	people := map[int64]string{}
	for i := range live.Members {
		if live.Members[i].Accepted() {
			people[live.Members[i].UserID] = live.Members[i].Email
		}
	}
	return people
}
