package export

import (
	"fmt"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// migrator writes the documents of one organization after another.
type migrator struct {
	*Migration
	out      *MigrationResult
	exporter Exporter
	// controls are the names of feature controls that some organization of the target shows; empty
	// when none could be seen.
	controls map[string]bool
	// hidden: the controls of some organization of the target could not be read, so that nothing
	// can be said to be missing.
	hidden bool
}

func controlsHidden(organizations []*state.Organization) bool {
	for _, live := range organizations {
		if live.Failed[spec.KindFeatureControl] != nil {
			return true
		}
	}
	return false
}

// controlNames collects the controls that are known to exist in a zone.
func controlNames(organizations []*state.Organization) map[string]bool {
	names := map[string]bool{}
	for _, live := range organizations {
		for _, control := range live.FeatureControls {
			names[spec.FoldName(control.Name)] = true
		}
	}
	return names
}

// write writes the three documents of an organization. Each repeats key, name and zone, so that it
// can be planned on its own.
func (m *migrator) write(move *migratedOrganization) {
	m.exporter.Sensitive = func(a spec.Address) bool {
		old := spec.NewAddress(move.oldKey, a.Kind(), a.Name())
		return m.Sensitive != nil && (m.Sensitive(a) || m.Sensitive(old))
	}
	source := m.exporter.Document(move.live, move.key)
	m.out.Secrets = append(m.out.Secrets, source.Secrets...)
	for _, secret := range source.Secrets {
		m.out.omit(move.live, "the value of "+secret.Address.Name(),
			"secret values are not written: supply it as "+secret.Variable)
	}
	m.organization(move, &source)
	m.settings(move, &source)
	m.people(move, &source)
	m.listOmissions(move, &source)
}

// start is a document that says only which organization it is.
func (m *migrator) start(move *migratedOrganization, partly bool) Document {
	d := Document{Organization: spec.Organization{Key: move.key, Zone: m.To.Endpoint.Name, Name: move.name},
		Partly: partly}
	if move.takenOverBy != nil {
		if d.Organization.ID = move.takenOverBy.ID; !spec.AcceptsName(move.name) {
			d.Organization.Name = "" // the id stands for it
		}
	}
	return d
}

func (m *migrator) add(stage int, d Document) {
	d.sortNotes()
	m.out.Stages[stage].Documents = append(m.out.Stages[stage].Documents, d)
}

// organization is the first stage: the organization itself, with what a create needs, and the plan
// to buy as a comment.
func (m *migrator) organization(move *migratedOrganization, source *Document) {
	d := m.start(move, false)
	d.note(spec.KindOrganization, "", "%s, id %d in %s", text.Quote(move.live.Name), move.live.ID, m.From.Endpoint.Name)
	o := &d.Organization
	o.Country = m.enum(&d, move, state.Countries, "country", move.live.Country, move.decided.Country)
	o.Timezone = m.enum(&d, move, state.Timezones, "timezone", move.live.Timezone, move.decided.Timezone)
	if move.takenOverBy == nil {
		o.Region = m.region(&d, move)
	}
	m.planToBuy(&d, move, source)
	m.add(0, d)
}

func (m *migrator) region(d *Document, move *migratedOrganization) string {
	_, read := m.To.Names[state.Regions]
	told := move.decided.Region
	found := state.MatchNames(m.To.Names[state.Regions], told)
	switch {
	case told != "" && !read:
		return told // planning looks it up
	case told != "" && len(found) == 1:
		return state.PreferredName(state.Regions, found[0])
	case told != "":
		d.omit(spec.KindOrganization, "", "region: %s is not one of the target's", text.Quote(told))
	case m.out.Region != "":
		return m.out.Region
	case !read:
		d.omit(spec.KindOrganization, "", "region: the list of regions of %s could not be read", m.To.Endpoint.Name)
		m.out.omit(move.live, "the region",
			"the list of regions of "+m.To.Endpoint.Name+" could not be read; run it again, or give --region")
		return ""
	}
	d.omit(spec.KindOrganization, "", "region: choose one of %s", text.Commas(m.out.Regions, 12))
	m.out.omit(move.live, "the region",
		"the target has several; write one into the map, or give --region: "+text.Commas(m.out.Regions, 12))
	return ""
}

// enum finds in the target what an id means in the source, unless the map decides.
func (m *migrator) enum(d *Document, move *migratedOrganization, list state.List, field, id, told string) string {
	if told == "" && (id == "" || id == "0") {
		d.omit(spec.KindOrganization, "", "%s: the source does not say it; a new organization needs one", field)
		m.out.omit(move.live, "its "+field, "the source does not say it; write it into the map")
		return ""
	}
	translated, ok := m.translate(list, 0, id, told)
	if !ok {
		what := told
		if what == "" {
			what = state.NameOf(list, m.From.Names[list], id)
		}
		why := m.unreadList(list)
		if why == "" {
			why = "the list of " + m.To.Endpoint.Name + " does not hold it; write another one into the map"
		}
		d.omit(spec.KindOrganization, "", "%s: %s is not written: %s", field, text.Quote(what), why)
		m.out.omit(move.live, "its "+field+" "+what, why)
	}
	return translated
}

// unreadList says which zone's list could not be read, so that nothing is known to be missing; ""
// when both were.
func (m *migrator) unreadList(list state.List) string {
	for _, state := range []*state.ZoneState{m.From, m.To} {
		if _, read := state.Names[list]; !read {
			return "the list of " + string(list) + " of " + state.Endpoint.Name + " could not be read; run it again"
		}
	}
	return ""
}

// translate names in the target what an id of the source means there: the entry of the same name,
// else of the same code.
func (m *migrator) translate(list state.List, organization int64, id, told string) (string, bool) {
	target := m.To.Names[list]
	words := []string{told}
	if told == "" {
		words = m.namesOf(list, organization, id)
	}
	for _, word := range words {
		if word == "" {
			continue
		}
		if found := state.MatchNames(target, word); len(found) == 1 {
			return textFor(list, target, state.FormatID(found[0].ID))
		}
	}
	return "", false
}

func (m *migrator) namesOf(list state.List, organization int64, id string) []string {
	names := m.From.Names[list]
	if own, ok := m.From.Roles[organization]; ok && list == state.Roles {
		names = own
	}
	for _, n := range names {
		if state.FormatID(n.ID) == id {
			return []string{n.Name, n.Code, n.Code2}
		}
	}
	return nil
}

// settings is the second stage: what can only be set once the plan is bought.
func (m *migrator) settings(move *migratedOrganization, source *Document) {
	d := m.start(move, source.Partly)
	if len(source.Organization.Variables) > 0 {
		d.Organization.Variables = source.Organization.Variables
		d.Secrets = source.Secrets
	}
	for _, control := range source.Organization.FeatureControls {
		m.control(&d, move, control)
	}
	omitted := false
	for _, note := range source.Notes {
		if note.Kind == spec.KindVariable || note.Kind == spec.KindFeatureControl {
			d.Notes = append(d.Notes, note)
			omitted = omitted || note.Omitted
		}
	}
	if d.Organization.Variables != nil || d.Organization.FeatureControls != nil || omitted {
		m.add(1, d)
	}
}

func (m *migrator) control(d *Document, move *migratedOrganization, control spec.FeatureControl) {
	for _, mapped := range m.Map.FeatureControls {
		if spec.FoldName(mapped.From) == spec.FoldName(control.Name) {
			control.Name = mapped.To
		}
	}
	switch {
	case len(m.controls) == 0:
		d.note(spec.KindFeatureControl, control.Name, "not checked: no organization of %s shows its feature controls",
			m.To.Endpoint.Name)
	case !m.controls[spec.FoldName(control.Name)] && m.hidden:
		d.note(spec.KindFeatureControl, control.Name, "not checked: the feature controls of %s could not all be read",
			m.To.Endpoint.Name)
	case !m.controls[spec.FoldName(control.Name)]:
		d.omit(spec.KindFeatureControl, control.Name, "%s not written: no organization of %s shows such a control",
			text.Quote(control.Name), m.To.Endpoint.Name)
		m.out.omit(move.live, "the feature control "+control.Name,
			"it does not exist in "+m.To.Endpoint.Name+"; if it has another name there, "+
				"write that into the map under featureControls")
		return
	}
	d.Organization.FeatureControls = append(d.Organization.FeatureControls, control)
}

// listOmissions lists what the documents of an organization do not say.
func (m *migrator) listOmissions(move *migratedOrganization, source *Document) {
	live := move.live
	if why := live.Lacks[spec.KindMember]; why != "" {
		m.out.omit(live, "its people, variables and feature controls", "they could not be read: "+text.OneLine(why))
	}
	for _, note := range source.Notes {
		if note.Omitted && note.Kind != spec.KindOrganization {
			m.out.omit(live, strings.TrimSpace(string(note.Kind)+" "+note.Name), note.Text)
		}
	}
	if live.Failed[spec.KindOrganization] != nil {
		m.out.omit(live, "active scenarios",
			"whether there are any could not be read: look, and switch them off in "+m.From.Endpoint.Name)
	}
	if live.ActiveScenarios != nil && *live.ActiveScenarios > 0 {
		m.out.omit(live, text.Count(*live.ActiveScenarios, "active scenario", "active scenarios"),
			"to move with Make's own helper, and to switch off in "+m.From.Endpoint.Name)
	}
	if missing := missingTeams(live.Teams, move.takenOverBy); len(missing) > 0 {
		m.out.omit(live, "teams "+text.Commas(missing, 10)+", and who is in them",
			"makesync does not manage teams: make them in the target by hand")
	}
	m.limits(move, source)
}

// firstTeam is in every new organization (mock, help pages).
const firstTeam = "My Team"

func missingTeams(teams []state.Name, adopted *state.Organization) []string {
	there := map[string]bool{spec.FoldName(firstTeam): adopted == nil}
	if adopted != nil {
		for _, team := range adopted.Teams {
			there[spec.FoldName(team.Name)] = true
		}
	}
	var missing []string
	for _, team := range teams {
		if !there[spec.FoldName(team.Name)] {
			missing = append(missing, text.Quote(team.Name))
		}
	}
	return missing
}

// limits says which plan the target organization needs for what the documents want.
func (m *migrator) limits(move *migratedOrganization, source *Document) {
	var needs []string
	if n := len(source.Organization.Variables); n > 0 {
		needs = append(needs, text.Count(n, "custom variable", "custom variables")+" (Pro, Teams or Enterprise)")
	}
	if tfa := source.Organization.TFAEnforced; tfa != nil && *tfa {
		needs = append(needs, "enforced two-factor authentication (Enterprise)")
	}
	if n := len(move.live.Teams); n > 1 {
		needs = append(needs, fmt.Sprintf("%d teams (Teams or Enterprise)", n))
	}
	if len(needs) > 0 && move.takenOverBy == nil {
		m.out.omit(move.live, "its plan", "a new organization is on Free; buy one that offers "+strings.Join(needs,
			", "))
	}
}
