package sync

import (
	"strconv"

	"makesync/spec"
)

// identify finds out which live organization each desired one is: by its id, else by its name
// among those that live in the zone. The result is in the order of wanted; a draft without live is
// a create, unless it is settled already: by an error, or because what should be absent is.
func (run *planRun) identify(z *zoneRun, wanted []*spec.Organization) []*draft {
	names := map[string][]*Live{}
	ids := map[int64]*Live{}
	for _, l := range z.here {
		ids[l.ID] = l
		names[normalName(l.Name)] = append(names[normalName(l.Name)], l)
	}
	taken := map[int64]string{}
	drafts := make([]*draft, len(wanted))
	for i, o := range wanted {
		d := run.newDraft(z, o)
		drafts[i] = d
		if z.err != nil {
			d.unreadZone(z.err)
			continue
		}
		if o.ID != 0 {
			d.identifyByID(ids[o.ID])
		} else {
			d.identifyByName(names[normalName(o.Name)])
		}
		d.claim(taken)
	}
	return drafts
}

func (d *draft) identifyByID(l *Live) {
	switch {
	case l != nil:
		d.found(l)
	case d.livesElsewhere() != "":
		d.mistake("wrong-zone", "id", "organization "+strconv.FormatInt(d.want.ID, 10)+" is not in zone "+d.zone.name, d.livesElsewhere())
	case d.deletes():
		d.same(d.address(spec.KindOrganization, "")) // gone already, as wanted
		d.settled = true
	default:
		d.mistake("no-such-organization", "id", "zone "+d.zone.name+" shows no organization with id "+strconv.FormatInt(d.want.ID, 10),
			"it was deleted, or the token's user "+d.zone.me.Email+" is not a member of it; without the id line it would be looked up by name"+d.suggest())
	}
}

func (d *draft) identifyByName(found []*Live) {
	switch len(found) {
	case 1:
		d.found(found[0])
	case 0:
		if d.deletes() {
			d.same(d.address(spec.KindOrganization, ""))
			d.settled = true
		}
	default:
		ids := make([]string, len(found))
		for i, l := range found {
			ids[i] = strconv.FormatInt(l.ID, 10)
		}
		d.mistake("ambiguous-organization", "name", plural(len(found), "organization", "organizations")+" of zone "+d.zone.name+" have the name "+quote(d.want.Name)+": ids "+joinSome(ids, 10),
			"write the id of the right one: `id: "+ids[0]+"`")
	}
}

func (d *draft) found(l *Live) {
	live := *l // the row may serve another draft's hints
	d.live, d.id, d.name, d.apiLimit = &live, l.ID, l.Name, l.License.apiLimit()
}

// claim refuses a second organization of the documents for the same live one.
func (d *draft) claim(taken map[int64]string) {
	if d.live == nil {
		return
	}
	if other := taken[d.id]; other != "" {
		d.mistake("same-organization", "", d.want.Key+" and "+other+" are the same organization: "+quote(d.name)+" (id "+strconv.FormatInt(d.id, 10)+")", "keep one of the two")
		return
	}
	taken[d.id] = d.want.Key
}

// mistake is an error about the organization as a whole: nothing below it is looked at.
func (d *draft) mistake(rule, field, message, hint string) {
	d.settled, d.live = true, nil
	if !d.run.Scope.reaches(d.want) {
		return
	}
	d.problems = append(d.problems, spec.Problem{Severity: spec.Error, Rule: rule, Address: spec.Address(d.want.Key), Message: message, Hint: hint, Source: position(d.at(field))})
}

// livesElsewhere says in which zone the organization is, if the list shows it: "Acme (id 11) lives in us1.make.com".
func (d *draft) livesElsewhere() string {
	for _, l := range d.zone.elsewhere {
		same := d.want.ID == l.ID && l.ID != 0
		if d.want.ID == 0 {
			same = normalName(l.Name) == normalName(d.want.Name)
		}
		if same && l.Host != "" {
			return clean(l.Name) + " (id " + strconv.FormatInt(l.ID, 10) + ") lives in " + clean(l.Host)
		}
	}
	return ""
}

// suggest lists the live names most like the wanted one that no document speaks of by id.
func (d *draft) suggest() string {
	if d.want.Name == "" || len(d.zone.here) == 0 {
		return ""
	}
	byName := map[string]*Live{}
	var names []string
	for _, l := range d.zone.here {
		if d.run.pinned[l.ID] == "" {
			names = append(names, l.Name)
			byName[l.Name] = l
		}
	}
	var near []string
	for _, name := range nearest(d.want.Name, names, 3) {
		words := quote(name)
		if id := byName[name].ID; !IsSynthetic(id) {
			words += " (id " + strconv.FormatInt(id, 10) + ")"
		}
		near = append(near, words)
	}
	if len(near) == 0 {
		return ""
	}
	return "; nearest in the zone: " + joinSome(near, 3)
}
