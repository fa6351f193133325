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
func (r *run) identify(z *zone, wanted []*spec.Organization) []*organization {
	names := map[string][]*state.Organization{}
	ids := map[int64]*state.Organization{}
	for _, l := range z.here {
		ids[l.ID] = l
		names[state.NormalName(l.Name)] = append(names[state.NormalName(l.Name)], l)
	}
	taken := map[int64]string{}
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
	case o.livesElsewhere() != "":
		o.reject(
			"wrong-zone",
			"id",
			"organization "+strconv.FormatInt(o.want.ID, 10)+" is not in zone "+o.zone.name,
			o.livesElsewhere(),
		)
	case o.deletes():
		o.countUnchanged() // gone already, as wanted
		o.settled = true
	default:
		o.reject(
			"no-such-organization",
			"id",
			"zone "+o.zone.name+" shows no organization with id "+strconv.FormatInt(o.want.ID, 10),
			"it was deleted, or the token's user "+o.zone.me.Email+" is not a member of it; without the id line it would be looked up by name"+o.suggest(),
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
	live := *l // the row may serve another draft's hints
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

// creationHint lists the usual reasons why an organization seems not to be there, with the nearest
// live names.
func (o *organization) creationHint() string {
	hint := "if it exists: it was renamed (write its id), it lives in another zone, or the token's user " + o.zone.me.Email +
		" is no member of it"
	if where := o.livesElsewhere(); where != "" {
		hint += "; " + where
	}
	return hint + o.suggest()
}

// livesElsewhere says in which zone the organization is, if the list shows it: "Acme (id 11) lives
// in us1.make.com".
func (o *organization) livesElsewhere() string {
	for _, l := range o.zone.elsewhere {
		same := o.want.ID == l.ID && l.ID != 0
		if o.want.ID == 0 {
			same = state.NormalName(l.Name) == state.NormalName(o.want.Name)
		}
		if same && l.Host != "" {
			return text.OneLine(l.Name) + " (id " + strconv.FormatInt(l.ID, 10) + ") lives in " + text.OneLine(l.Host)
		}
	}
	return ""
}

// suggest lists the live names most like the wanted one that no document speaks of by id.
func (o *organization) suggest() string {
	if o.want.Name == "" || len(o.zone.here) == 0 {
		return ""
	}
	byName := map[string]*state.Organization{}
	var names []string
	for _, l := range o.zone.here {
		if !o.run.pinned[l.ID] {
			names = append(names, l.Name)
			byName[l.Name] = l
		}
	}
	var near []string
	for _, name := range text.Nearest(o.want.Name, names, 3) {
		words := text.Quote(name)
		if id := byName[name].ID; !state.IsSynthetic(id) {
			words += " (id " + strconv.FormatInt(id, 10) + ")"
		}
		near = append(near, words)
	}
	if len(near) == 0 {
		return ""
	}
	return "; nearest in the zone: " + text.Commas(near, 3)
}
