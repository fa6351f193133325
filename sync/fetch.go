package sync

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"makesync/spec"
)

// zoneRun is one zone in one planning run: what it says about itself, and which of its organizations is which.
type zoneRun struct {
	name      string
	port      ZonePort
	me        User
	catalogue *catalogue
	// here are the organizations that live in the zone, elsewhere the other rows of its list.
	here, elsewhere []*Live
	// managed counts the rows of here of which a document speaks.
	managed int
	// err is why nothing of the zone could be read.
	err error
}

// openZone reads the token's user, the list of organizations and the lists of names that the
// documents will ask for, side by side.
func openZone(ctx context.Context, r *Request, name string, wanted []*spec.Organization) *zoneRun {
	port, ok := r.Zones[name]
	z := &zoneRun{name: name, port: port}
	if !ok || port.Reader == nil {
		z.err = &CallError{Doing: "read zone " + name, Class: ClassRefused, Message: "there is no way to reach it"}
		return z
	}
	z.catalogue = newCatalogue(port.Reader)
	var rows []*Live
	var meErr, rowsErr error
	var group spec.Group
	group.Go(func() error { z.me, meErr = port.Reader.Me(ctx); return nil })
	group.Go(func() error { rows, rowsErr = port.Reader.Organizations(ctx); return nil })
	for _, list := range neededLists(wanted, r.Scope) {
		// A list that fails hurts only the organizations that need it: they find the failure again.
		group.Go(func() error { _, _ = z.catalogue.names(ctx, list, 0); return nil })
	}
	_ = group.Wait() // the errors are kept apart, so that which one is told does not depend on which comes first
	z.err = cmp.Or(meErr, rowsErr)
	z.me.Email = strings.ToLower(z.me.Email)
	if z.err == nil {
		z.here, z.elsewhere = Candidates(port.Endpoint, rows, OtherHosts(port.Endpoint, r.Desired.Zones, r.Zones)...)
	}
	return z
}

// fetch reads what the documents declare of one organization, one call after another, since they
// share one rate limit. Every failure stays with its kind.
func (d *draft) fetch(ctx context.Context) {
	d.live.Key = d.want.Key
	if d.deletes() {
		d.fetchDetail(ctx)
		d.fetchKind(ctx, spec.KindMember)
	} else {
		if d.lacksColumns() {
			d.fetchDetail(ctx)
		}
		for _, kind := range []spec.Kind{spec.KindFeatureControl, spec.KindVariable, spec.KindMember} {
			if d.wants(kind) || kind == spec.KindMember && d.wants(spec.KindOwner) {
				d.fetchKind(ctx, kind)
			}
		}
	}
	normalise(d.live)
}

// wants tells whether the documents declare the kind and the run may touch it.
func (d *draft) wants(kind spec.Kind) bool {
	return declares(d.want, kind) && d.run.Scope.touches(d.want, kind)
}

// declares tells whether a kind is managed.
func declares(o *spec.Organization, kind spec.Kind) bool {
	switch kind {
	case spec.KindFeatureControl:
		return o.FeatureControls != nil
	case spec.KindVariable:
		return o.Variables != nil
	case spec.KindMember:
		return o.Members != nil
	case spec.KindTFA:
		return o.TFAEnforced != nil
	case spec.KindOwner:
		return o.Owner != ""
	}
	return true
}

// lacksColumns tells whether the list's row left out a field that the documents declare: columns
// are given as the zone likes, and an absent one is unknown, never false.
func (d *draft) lacksColumns() bool {
	w, l := d.want, d.live
	attributes := d.wants(spec.KindOrganization)
	return attributes && (w.Country != "" && l.Country == "" || w.Timezone != "" && l.Timezone == "") ||
		d.wants(spec.KindTFA) && l.TFAEnforced == nil
}

// fetchDetail fills in from the detail call what the row left out.
func (d *draft) fetchDetail(ctx context.Context) {
	detail, err := d.zone.port.Reader.Organization(ctx, d.live.ID, false)
	if d.arrives(ctx, err) {
		detail, err = d.zone.port.Reader.Organization(ctx, d.live.ID, false)
	}
	if err != nil {
		d.detailErr = err
		return
	}
	d.live.fill(detail)
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

func (d *draft) fetchKind(ctx context.Context, kind spec.Kind) {
	if err := ctx.Err(); err != nil {
		noteFailure(d.live, kind, fmt.Errorf("read %s of %s: %w", kind, d.want.Key, err))
		return
	}
	err := d.zone.port.Reader.Read(ctx, d.live, kind)
	if d.arrives(ctx, err) {
		delete(d.live.Failed, kind)
		err = d.zone.port.Reader.Read(ctx, d.live, kind)
	}
	noteFailure(d.live, kind, err)
}

// arrives waits, once, for an organization that is in the list and that its zone does not know: one that was made a
// moment ago, by a run that was cut off. The central backend makes it, and wait=true ends when the zone has it (published).
func (d *draft) arrives(ctx context.Context, err error) bool {
	if call := AsCallError(err); d.awaited || call == nil || call.Class != ClassNotFound {
		return false
	}
	d.awaited = true
	_, err = d.zone.port.Reader.Organization(ctx, d.live.ID, true)
	return err == nil
}
