package export

import (
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// Exporter writes live organizations as documents. One Exporter
// serves all organizations of an export, since the names of references are unique over them.
type Exporter struct {
	Zone string
	// Names are the zone's lists: Roles, Countries, Timezones.
	Names map[state.List][]state.Name
	// OrganizationRoles are an organization's own roles where they differ from the zone's, by its
	// id.
	OrganizationRoles map[int64][]state.Name
	// Sensitive tells whether a variable's value must not be written.
	Sensitive  func(spec.Address) bool
	References ReferenceNames
	// Billing is how money stands in documents; for other forms than none it has to be read.
	Billing BillingForm
	// aside is why money could not be read where that matters to nobody.
	aside map[int64]map[spec.Kind]error
}

// Document is the organization as a document with this key says it: the id pinned,
// names for roles and enums, everybody who is there without an invite. What has no valid document
// form is a note that says why; a plan of the document against the same live state has no steps.
func (e *Exporter) Document(live *state.Organization, key string) Document {
	d := Document{Organization: spec.Organization{Key: key, Zone: e.Zone, ID: live.ID}}
	e.attributes(&d, live)
	e.billing(&d, live)
	for _, kind := range []spec.Kind{spec.KindFeatureControl, spec.KindVariable, spec.KindMember} {
		if d.missing(live, kind) {
			continue
		}
		switch kind {
		case spec.KindFeatureControl:
			exportControls(&d, live)
		case spec.KindVariable:
			e.variables(&d, live)
		case spec.KindMember:
			e.members(&d, live)
		}
	}
	d.sortNotes()
	return d
}

// missing notes why a kind is not written at all, if so.
func (d *Document) missing(live *state.Organization, kind spec.Kind) bool {
	if err := live.Failed[kind]; err != nil {
		d.omit(kind, "", "not written, since they could not be read completely: %s", state.WhyUnread(err))
		d.Partly = true
		return true
	}
	if why, lacks := live.Lacks[kind]; lacks {
		d.note(kind, "", "not there: %s", text.OneLine(why))
		return !live.Has(kind)
	}
	return false
}

func (e *Exporter) attributes(d *Document, live *state.Organization) {
	o := &d.Organization
	if spec.AcceptsName(live.Name) {
		o.Name = live.Name
	} else {
		d.omit(spec.KindOrganization, "",
			"its name, %q, is one that Make refuses today: not written, the id stands for it", live.Name)
	}
	o.Country = e.enum(d, state.Countries, "country", live.Country)
	o.Timezone = e.enum(d, state.Timezones, "timezone", live.Timezone)
	if live.TFAEnforced != nil {
		enforced := *live.TFAEnforced
		o.TFAEnforced = &enforced
	}
}

// enum is the text for an id of one of the zone's lists, or a note when the list does not hold it.
func (e *Exporter) enum(d *Document, list state.List, field, id string) string {
	if id == "" || id == "0" {
		return ""
	}
	text, ok := textFor(list, e.Names[list], id)
	switch _, read := e.Names[list]; {
	case !read:
		d.Partly = true
		d.omit(spec.KindOrganization, "", "%s: its id %s is not written, since the list of %s could not be read", field,
			id, list)
	case !ok:
		d.omit(spec.KindOrganization, "", "%s: its id %s is not in the zone's list, so it is not written", field, id)
	}
	return text
}

func exportControls(d *Document, live *state.Organization) {
	d.Organization.FeatureControls = []spec.FeatureControl{}
	count := map[string]int{}
	for _, control := range live.FeatureControls {
		count[spec.FoldName(control.Name)]++
	}
	for _, control := range live.FeatureControls {
		switch {
		case count[spec.FoldName(control.Name)] > 1:
			d.omit(spec.KindFeatureControl, control.Name, "%q (id %d) not written: several controls have this name",
				control.Name, control.ID)
		case !writable(control.Name) || ignored(control.Name):
			d.omit(spec.KindFeatureControl, control.Name, "%q (id %d) not written: a document cannot hold this name",
				control.Name, control.ID)
		default:
			d.Organization.FeatureControls = append(d.Organization.FeatureControls,
				spec.FeatureControl{Name: control.Name, Enabled: control.Enabled})
		}
	}
}

// ignored tells whether a document ignores a key: x-… may stand anywhere.
func ignored(name string) bool { return strings.HasPrefix(name, "x-") }
