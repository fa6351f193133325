package sync

import (
	"context"
	"slices"
	"strconv"

	"makesync/spec"
)

// diffOrganization compares name, country and time zone, or proposes to create or delete the organization.
func diffOrganization(ctx context.Context, d *draft) {
	switch {
	case d.creates():
		d.createOrganization(ctx)
	case d.deletes():
		d.deleteOrganization()
	default:
		d.updateOrganization(ctx)
	}
}

// attributes are the fields of an organization that name an entry of a list.
var attributes = []struct {
	path, what string
	list       List
	wanted     func(*spec.Organization) string
	argument   func(*Arguments) *int64
}{
	{"region", "region", Regions, func(o *spec.Organization) string { return o.Region }, func(a *Arguments) *int64 { return &a.RegionID }},
	{"country", "country", Countries, func(o *spec.Organization) string { return o.Country }, func(a *Arguments) *int64 { return &a.CountryID }},
	{"timezone", "time zone", Timezones, func(o *spec.Organization) string { return o.Timezone }, func(a *Arguments) *int64 { return &a.TimezoneID }},
}

// createOrganization needs the three fields that the API demands. One that the documents do not
// give is an error only when no guard holds the creation (refuseIncomplete): an organization that
// was renamed in the zone should be told as that, not as a new one that lacks a region.
func (d *draft) createOrganization(ctx context.Context) {
	a := d.address(spec.KindOrganization, "")
	s := Step{Address: a, Op: OpCreate, Source: position(d.at("")), Arguments: Arguments{Name: normalName(d.want.Name)}, Fields: []Field{{Path: "name", To: Text(normalName(d.want.Name))}}}
	resolved := true
	for _, row := range attributes {
		text := row.wanted(d.want)
		if text == "" {
			d.lacking = append(d.lacking, row.path)
			continue
		}
		entry, err := d.bindName(ctx, row.what, row.list, text)
		if err != nil {
			resolved = false
			d.unresolved(a, d.at(row.path), err)
			continue
		}
		*row.argument(&s.Arguments) = entry.ID
		s.Fields = append(s.Fields, Field{Path: row.path, To: Text(preferredName(row.list, entry))})
	}
	if resolved {
		sortFields(s.Fields)
		d.propose(phaseCreate, s)
	}
}

// refuseIncomplete makes an error of a creation that no guard holds and that the documents do not
// say enough for.
func (d *draft) refuseIncomplete() {
	creation := slices.IndexFunc(d.proposals, func(p proposal) bool { return p.phase == phaseCreate })
	if creation < 0 || len(d.lacking) == 0 {
		return
	}
	a := d.proposals[creation].Address
	d.fail("create-incomplete", a, d.at(""), d.want.Key+" is not in zone "+d.zone.name+", and creating it needs "+joinWords(d.lacking), d.createHint())
	d.proposals = slices.Delete(d.proposals, creation, creation+1)
}

// createHint lists the usual reasons why an organization seems not to be there, with the nearest live names.
func (d *draft) createHint() string {
	hint := "if it exists: it was renamed (write its id), it lives in another zone, or the token's user " + d.zone.me.Email + " is no member of it"
	if where := d.livesElsewhere(); where != "" {
		hint += "; " + where
	}
	return hint + d.suggest()
}

func (d *draft) bindName(ctx context.Context, what string, list List, text string) (Name, error) {
	names, err := d.zone.catalogue.names(ctx, d.reader, list, 0)
	if err != nil {
		return Name{}, err
	}
	return bind(what, list, names, text)
}

// updateOrganization compares the managed attributes; the region never comes back from the API.
func (d *draft) updateOrganization(ctx context.Context) {
	a := d.address(spec.KindOrganization, "")
	s := Step{Address: a, Op: OpUpdate, Source: position(d.at("")), Before: viewOrganization(d.live, "")}
	if want := normalName(d.want.Name); want != "" && want != d.live.Name {
		s.Arguments.Name = want
		s.Fields = append(s.Fields, Field{Path: "name", From: Text(d.live.Name), To: Text(want)})
		s.Source = position(d.at("name"))
	}
	for _, row := range attributes[1:] {
		text := row.wanted(d.want)
		live, shown := s.Before[row.path]
		if text == "" || text == live.String() {
			continue
		}
		if !shown { // neither by the list nor by the detail call
			d.unknownField(row.what)
			continue
		}
		entry, err := d.bindName(ctx, row.what, row.list, text)
		if err != nil {
			d.unresolved(a, d.at(row.path), err)
			continue
		}
		if fields := changedFields(s.Before, View{row.path: Number(strconv.FormatInt(entry.ID, 10))}); len(fields) > 0 {
			*row.argument(&s.Arguments) = entry.ID
			s.Fields = append(s.Fields, d.nameSides(ctx, row.list, fields[0]))
			s.Source = position(d.at(row.path))
		}
	}
	if len(s.Fields) == 0 {
		if len(d.notRead) == 0 && len(d.problems) == 0 {
			d.same(a)
		}
		return
	}
	sortFields(s.Fields)
	d.propose(phaseAttributes, s)
}

// unknownField tells that an attribute stays unmanaged: what the API does not show is unknown, and
// writing it on a guess would be a change in every run.
func (d *draft) unknownField(what string) {
	if a := d.address(spec.KindOrganization, ""); d.inScope(a) {
		d.problems = append(d.problems, spec.Problem{Severity: spec.Warning, Rule: "unknown-field", Address: a,
			Message: "the zone does not show the " + what + " of " + d.want.Key + ", so it is left as it is"})
	}
}

// nameSides turns the ids of a field into names, for people.
func (d *draft) nameSides(ctx context.Context, list List, f Field) Field {
	names := d.zone.catalogue.loaded(ctx, list)
	for _, side := range []*Scalar{&f.From, &f.To} {
		if !side.IsNone() {
			*side = Text(nameOf(list, names, side.String()))
		}
	}
	return f
}

// deleteOrganization stands alone. It is confirmed to the API only when the plan can show what
// goes with it: active scenarios, teams and members.
func (d *draft) deleteOrganization() {
	a := d.address(spec.KindOrganization, "")
	switch err := d.live.Failed[spec.KindMember]; {
	case d.detailErr != nil:
		d.miss(spec.KindOrganization, d.detailErr)
		return
	case err != nil:
		d.miss(spec.KindOrganization, err)
		return
	case d.live.OwnerID != 0 && d.live.OwnerID != d.zone.me.ID:
		d.wait(a, "only the Owner, "+ownerName(d.live)+", can delete the organization; the token is "+d.zone.me.Email+"'s")
		return
	}
	view := viewOrganization(d.live, "")
	shown := d.live.ActiveScenarios != nil && d.live.Teams != nil && d.live.Members != nil
	d.propose(phaseDelete, Step{
		Address: a, Op: OpDelete, Source: position(d.at("state")), Before: view, Fields: []Field{{Path: "name", From: Text(d.live.Name)}},
		Arguments: Arguments{Name: d.live.Name, Confirmed: shown}, Notes: d.goesAlong(),
	})
}

// goesAlong tells what a deletion takes with it.
func (d *draft) goesAlong() []string {
	notes := []string{"active scenarios: not known", "teams: not known", "members: not known"}
	if n := d.live.ActiveScenarios; n != nil {
		notes[0] = plural(*n, "active scenario", "active scenarios")
	}
	var teams, people []string
	for _, t := range d.live.Teams {
		teams = append(teams, clean(t.Name))
	}
	for i := range d.live.Members {
		people = append(people, d.live.Members[i].Email)
	}
	if d.live.Teams != nil {
		notes[1] = counted(len(teams), "team", "teams", teams)
	}
	if d.live.Members != nil {
		notes[2] = counted(len(people)+len(d.live.Unreadable), "member", "members", people)
	} else if why := d.live.Lacks[spec.KindMember]; why != "" {
		notes[2] += ", " + clean(why)
	}
	return notes
}

// counted names the first of those that are counted: "2 teams: Ops, Sales".
func counted(n int, one, many string, names []string) string {
	if len(names) == 0 {
		return plural(n, one, many)
	}
	return plural(n, one, many) + ": " + joinSome(names, 8)
}
