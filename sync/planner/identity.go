package planner

import (
	"strconv"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// identify finds out which live organization each desired one is: by its id, else by its name
// among those that live in the zone. The result is in the order of wanted; one without live is
// a create, unless it is settled already: by an error, or because what should be absent is.
//
// taken are, by place, those that other organizations are: a zone may have several names.
func (r *run) identify(z *zone, wanted []*spec.Organization, taken map[int64]string) []*organization {
	names := map[string][]*state.Organization{}
	ids := map[int64]*state.Organization{}
	for _, l := range z.here {
		ids[l.ID] = l
		names[state.NormalName(l.Name)] = append(names[state.NormalName(l.Name)], l)
	}
	missing := 0
	for _, want := range wanted {
		if want.ID != 0 && ids[want.ID] == nil || want.ID == 0 && len(names[state.NormalName(want.Name)]) == 0 {
			missing++
		}
	}
	z.known = knownOf(z, missing, r.pinned)
	identified := make([]*organization, len(wanted))
	for i, want := range wanted {
		o := &organization{run: r, zone: z, want: want, id: want.ID, name: want.Name, admins: plan.AdminsOf(nil)}
		o.Unmanaged = map[spec.Kind]int{}
		identified[i] = o
		if z.err != nil {
			o.markZoneUnread(z.err)
			continue
		}
		if want.ID != 0 {
			o.identifyByID(ids[want.ID])
		} else {
			o.identifyByName(names[state.NormalName(want.Name)])
		}
		o.claim(taken)
	}
	return identified
}

func (o *organization) identifyByID(l *state.Organization) {
	switch {
	case l != nil:
		o.setLive(l)
	case o.hints().livesElsewhere() != "":
		o.reject(
			"wrong-zone",
			"id",
			"organization "+strconv.FormatInt(o.want.ID, 10)+" is not in zone "+o.zone.name,
			o.hints().livesElsewhere(),
		)
	case o.deletes():
		o.countUnchanged() // gone already, as wanted
		o.settled = true
	default:
		o.reject(
			"no-such-organization",
			"id",
			"zone "+o.zone.name+" shows no organization with id "+strconv.FormatInt(o.want.ID, 10),
			"it was deleted, or the token's user "+o.zone.me.Name()+" is not a member of it; "+
				"without the id line it would be looked up by name"+o.hints().nearest(),
		)
	}
}

func (o *organization) identifyByName(found []*state.Organization) {
	switch len(found) {
	case 1:
		o.setLive(found[0])
	case 0:
		if o.deletes() {
			o.countUnchanged()
			o.settled = true
		}
	default:
		ids := make([]string, len(found))
		for i, l := range found {
			ids[i] = strconv.FormatInt(l.ID, 10)
		}
		o.reject(
			"ambiguous-organization",
			"name",
			text.Count(
				len(found),
				"organization",
				"organizations",
			)+" of zone "+o.zone.name+" have the name "+text.Quote(
				o.want.Name,
			)+": ids "+text.Commas(
				ids,
				10,
			),
			"write the id of the right one: `id: "+ids[0]+"`",
		)
	}
}

func (o *organization) setLive(l *state.Organization) {
	live := *l // the row may serve another organization's hints
	o.live, o.id, o.name, o.apiLimit = &live, l.ID, l.Name, l.License.APILimit()
}

// claim refuses a second organization of the documents for the same live one.
func (o *organization) claim(taken map[int64]string) {
	if o.live == nil {
		return
	}
	if other := taken[o.id]; other != "" {
		o.reject(
			"same-organization",
			"",
			o.want.Key+" and "+other+" are the same organization: "+text.Quote(
				o.name,
			)+" (id "+strconv.FormatInt(
				o.id,
				10,
			)+")",
			"keep one of the two",
		)
		return
	}
	taken[o.id] = o.want.Key
}

// reject adds an error about the organization as a whole: nothing below it is looked at.
func (o *organization) reject(rule, field, message, hint string) {
	o.settled, o.live = true, nil
	if !o.run.Scope.Reaches(o.want) {
		return
	}
	o.Problems = append(
		o.Problems,
		spec.Problem{
			Severity: spec.Error,
			Rule:     rule,
			Address:  spec.Address(o.want.Key),
			Message:  message,
			Hint:     hint,
			Source:   o.want.PositionOf(field),
		},
	)
}

// countUnchanged counts an organization that is gone already, as wanted.
func (o *organization) countUnchanged() {
	if o.run.Scope.Covers(o.address(spec.KindOrganization)) {
		o.Unchanged++
	}
}

// markZoneUnread notes that nothing of the organization could be read, since its zone could not.
func (o *organization) markZoneUnread(err error) {
	o.settled = true
	for _, kind := range spec.Kinds() {
		if o.wants(kind) {
			o.Unread = append(o.Unread, kind)
		}
	}
	o.Failures = append(o.Failures, err)
}

// hints say why the organization seems not to be there.
func (o *organization) hints() hints { return hints{o.zone, o.want} }
