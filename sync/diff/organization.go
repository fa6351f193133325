package diff

import (
	"strconv"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// attributeRow is a field of an organization that names an entry of a list.
type attributeRow struct {
	path, what, example string

	list     state.List
	wanted   func(*spec.Organization) string
	argument func(*plan.Arguments) *int64
}

var (
	regionRow = attributeRow{"region", "region", "EU or US", state.Regions,
		func(o *spec.Organization) string { return o.Region }, func(a *plan.Arguments) *int64 { return &a.RegionID }}
	countryRow = attributeRow{"country", "country", "such as CZ", state.Countries,
		func(o *spec.Organization) string { return o.Country }, func(a *plan.Arguments) *int64 { return &a.CountryID }}
	timezoneRow = attributeRow{"timezone", "time zone", "such as Europe/Prague", state.Timezones,
		func(o *spec.Organization) string { return o.Timezone },
		func(a *plan.Arguments) *int64 { return &a.TimezoneID }}
)

// diffAttributes compares name, country and time zone, or adds the creation or deletion of the
// organization.
func diffAttributes(c *comparison) {
	switch {
	case c.creates():
		createOrganization(c)
	case c.deletes():
		deleteOrganization(c)
	default:
		updateOrganization(c)
	}
}

// createOrganization needs the three fields that the API demands. Those that the documents do not
// give are left to the guards (Lacking): an organization that was renamed in the zone should be
// told as that, not as a new one that lacks a region.
func createOrganization(c *comparison) {
	a, name := c.address(spec.KindOrganization, ""), state.NormalName(c.Want.Name)
	s := plan.Step{Address: a, Op: plan.OpCreate, Source: c.Want.PositionOf(""),
		Arguments: plan.Arguments{Name: name}, Fields: []plan.Field{{Path: "name", To: state.Text(name)}}}
	resolved := true
	for _, row := range []attributeRow{regionRow, countryRow, timezoneRow} {
		text := row.wanted(c.Want)
		if text == "" {
			c.Lacking = append(c.Lacking, row.path+" ("+row.example+")")
			continue
		}
		entry, err := c.bind(row.what, row.list, text)
		if err != nil {
			resolved = false
			c.unresolved(a, c.Want.SourceOf(row.path), err)
			continue
		}
		*row.argument(&s.Arguments) = entry.ID
		s.Fields = append(s.Fields, plan.Field{Path: row.path, To: state.Text(state.PreferredName(row.list, entry))})
	}
	if resolved {
		sortFields(s.Fields)
		c.addChange(plan.PhaseCreate, s)
	}
}

// updateOrganization compares the managed attributes; the region never comes back from the API.
func updateOrganization(c *comparison) {
	a, before := c.address(spec.KindOrganization, ""), len(c.Unread)+len(c.Problems)
	s := plan.Step{
		Address: a,
		Op:      plan.OpUpdate,
		Source:  c.Want.PositionOf(""),
		Before:  state.ViewOrganization(c.Live, ""),
	}
	if want := state.NormalName(c.Want.Name); want != "" && want != c.Live.Name {
		s.Arguments.Name = want
		s.Fields = append(s.Fields, plan.Field{Path: "name", From: state.Text(c.Live.Name), To: state.Text(want)})
		s.Source = c.Want.PositionOf("name")
	}
	for _, row := range []attributeRow{countryRow, timezoneRow} {
		updateAttribute(c, row, &s)
	}
	if len(s.Fields) == 0 {
		if len(c.Unread)+len(c.Problems) == before {
			c.countUnchanged(a)
		}
		return
	}
	sortFields(s.Fields)
	if c.waitForRefused(&s); len(s.Fields) > 0 {
		c.addChange(plan.PhaseAttributes, s)
	}
}

// waitForRefused takes out of a step the attributes that the organization's plan of Make has
// refused to an earlier run, and lets them wait, so that the others are still written. Where there
// are no others, and the run buys another plan, they follow it.
func (c *comparison) waitForRefused(s *plan.Step) {
	var kept []plan.Field
	var refused []string
	var first *state.Refusal
	for _, f := range s.Fields {
		refusal := c.Live.Refusal(state.Feature{Kind: spec.KindOrganization, Name: f.Path})
		if refusal == nil {
			kept = append(kept, f)
			continue
		}
		refused = append(refused, f.Path)
		if first == nil {
			first = refusal
		}
	}
	if first == nil || len(kept) == 0 && c.comesWithPurchase(spec.KindOrganization) {
		return
	}
	s.Fields = kept
	for _, path := range refused {
		attributeArguments[path](&s.Arguments)
	}
	c.addWaiting(s.Address, first.Reason()+": "+text.And(refused))
}

// attributeArguments take out of a step's arguments what an attribute's path stands for.
var attributeArguments = map[string]func(*plan.Arguments){
	"name":           func(a *plan.Arguments) { a.Name = "" },
	countryRow.path:  func(a *plan.Arguments) { a.CountryID = 0 },
	timezoneRow.path: func(a *plan.Arguments) { a.TimezoneID = 0 },
}

func updateAttribute(c *comparison, row attributeRow, s *plan.Step) {
	text := row.wanted(c.Want)
	live, shown := s.Before[row.path]
	if text == "" || text == live.String() {
		return
	}
	if !shown { // neither by the list nor by the detail call
		unknownField(c, row.what)
		return
	}
	entry, err := c.bind(row.what, row.list, text)
	if err != nil {
		c.unresolved(s.Address, c.Want.SourceOf(row.path), err)
		return
	}
	fields := changedFields(s.Before, state.View{row.path: state.Number(strconv.FormatInt(entry.ID, 10))})
	if len(fields) == 0 {
		return
	}
	*row.argument(&s.Arguments) = entry.ID
	s.Fields = append(s.Fields, c.nameSides(row.list, fields[0]))
	s.Source = c.Want.PositionOf(row.path)
}

// unknownField tells that an attribute stays unmanaged: what the API does not show is unknown, and
// writing it on a guess would be a change in every run.
func unknownField(c *comparison, what string) {
	if a := c.address(spec.KindOrganization, ""); c.inScope(a) {
		c.Problems = append(c.Problems, spec.Problem{Severity: spec.Warning, Rule: "unknown-field", Address: a,
			Message: "the zone does not show the " + what + " of " + c.Want.Key + ", so it is left as it is"})
	}
}

// deleteOrganization stands alone. It is confirmed to the API only when the plan can show what
// goes with it: active scenarios, teams and members.
func deleteOrganization(c *comparison) {
	a := c.address(spec.KindOrganization, "")
	switch err := c.Live.Failed[spec.KindMember]; {
	case c.Live.DetailErr != nil:
		c.markUnread(spec.KindOrganization, c.Live.DetailErr)
		return
	case err != nil:
		c.markUnread(spec.KindOrganization, err)
		return
	case c.Live.OwnerID != 0 && c.Live.OwnerID != c.Me.ID:
		c.addWaiting(
			a,
			"only the Owner, "+state.OwnerName(c.Live)+", can delete the organization; the token is "+c.Me.Name()+"'s",
		)
		return
	}
	shown := c.Live.ActiveScenarios != nil && c.Live.Teams != nil && c.Live.Members != nil
	c.addChange(plan.PhaseDelete, plan.Step{
		Address: a, Op: plan.OpDelete, Source: c.Want.PositionOf("state"), Before: state.ViewOrganization(c.Live, ""),
		Fields:    []plan.Field{{Path: "name", From: state.Text(c.Live.Name)}},
		Arguments: plan.Arguments{Name: c.Live.Name, Confirmed: shown}, Notes: deletionNotes(c.Live),
	})
}

// deletionNotes tell what the deletion of an organization takes with it.
func deletionNotes(live *state.Organization) []string {
	var notes []string
	for _, what := range plan.TakenAlong {
		notes = append(notes, plan.NoteNotKnown(what))
	}
	if n := live.ActiveScenarios; n != nil {
		notes[0] = text.Count(*n, "active scenario", "active scenarios")
	}
	var teams, people []string
	for _, t := range live.Teams {
		teams = append(teams, text.OneLine(t.Name))
	}
	for i := range live.Members {
		people = append(people, live.Members[i].Email)
	}
	if live.Teams != nil {
		notes[1] = counted(len(teams), "team", "teams", teams)
	}
	if live.Members != nil {
		notes[2] = counted(len(people)+len(live.Unreadable), "member", "members", people)
	} else if why := live.Lacks[spec.KindMember]; why != "" {
		notes[2] += ", " + text.OneLine(why)
	}
	return notes
}

// counted names the first of those that are counted: "2 teams: Ops, Sales".
func counted(n int, one, many string, names []string) string {
	if len(names) == 0 {
		return text.Count(n, one, many)
	}
	return text.Count(n, one, many) + ": " + text.Commas(names, 8)
}
