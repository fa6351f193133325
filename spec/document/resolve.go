package document

import (
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// ResolveOptions is what stands outside the documents.
type ResolveOptions struct {
	// LookupEnv gives what ${env:NAME} names; nil is an empty environment.
	LookupEnv func(string) (string, bool)
	// SkipReferences reads no environment and no file; such values are Unknown.
	SkipReferences bool
	// SkipUnset reads references as far as possible: one that is not set or cannot be read is
	// Unknown and no problem.
	SkipUnset bool
	// ReferenceRoots are further folders (--reference-root) below which ${file:…} may read.
	ReferenceRoots []string
	// Folders are the documents' folders, for Evaluate only (see Documents.Folders).
	Folders []string
	// ExpectOrganizations is how many organizations the documents have to declare at least.
	ExpectOrganizations int
	// Wanted tells by their keys which organizations the run looks at; nil: at all. Of the others
	// only the identity and what belongs to the rules is resolved (NamesOnly), and with
	// NamesOfOthers the names of all that they declare.
	Wanted        func(key string) bool
	NamesOfOthers bool
	// DefaultZone is --zone, else MAKE_ZONE: a name or a host.
	DefaultZone string
	// ZoneNames are the zones that --zone-url defines.
	ZoneNames []string
}

// Resolve makes the desired state: profiles laid over each other, references
// evaluated, every rule that needs no network checked. It gives the problems that
// it finds, sorted, and not those of Load again. Desired is never nil; when
// there are errors it holds what could be made, for no other use than to look at.
func (d *Documents) Resolve(o ResolveOptions) (*spec.Desired, []spec.Problem) {
	if d.resolved {
		panic("spec: Documents resolved twice")
	}
	d.resolved = true
	r := &resolver{findings: &findings{told: map[string]bool{}}, documents: d, options: o, merger: newMerger(),
		known: zonesKnownTo(d, o), guards: d.Guards(), sensitive: d.Sensitive()}
	if d.room == nil {
		d.room = &Room{} // of no documents
	}
	r.declared, r.matches, r.filled = d.room.declared, d.room.matches, d.room.filled
	r.files = newReferenced(&r.filled)
	r.checkLimit()
	if !o.SkipReferences {
		r.secrets = SecretsOf(d.zones, o.LookupEnv, o.ReferenceRoots, o.ZoneNames...)
	}
	desired := &spec.Desired{Zones: d.zones, Guards: r.guards, Sensitive: r.sensitive, Files: d.Files()}
	desired.Organizations = organizationsOf(r)
	d.room.declared, d.room.matches, d.room.filled = r.declared, r.matches, r.filled
	r.problems = append(r.problems, checkDefaultZone(o.DefaultZone, d.zones, r.known)...)
	r.checkZoneNames()
	r.checkDuplicates(desired.Organizations)
	r.checkTokens(desired.Organizations)
	desired.Settings = settingsOf(d, desired.Organizations)
	r.checkProfiles()
	r.reportMerged()
	if r.matches <= maxMatches {
		r.checkPatterns()
	}
	r.checkCount()
	return desired, foundProblems(r)
}

// CheckDefaultZone tells of a --zone or MAKE_ZONE that is no zone, for who does not resolve the
// documents by it.
func (d *Documents) CheckDefaultZone(o ResolveOptions) []spec.Problem {
	return checkDefaultZone(o.DefaultZone, d.zones, zonesKnownTo(d, o))
}

// organizationsOf resolves them one after the other, as many as there is room for.
func organizationsOf(r *resolver) []spec.Organization {
	list := make([]spec.Organization, 0, len(r.documents.organizations))
	others := &others{resolver: r, stacks: map[string]*layer{}}
	for _, l := range r.documents.organizations {
		if !hasRoom(r, l) {
			tooMuch(r, l)
			break
		}
		if others.has(l) {
			list = append(list, others.organization(l))
		} else {
			list = append(list, r.organization(l))
		}
		if r.filled.full() {
			tooMuch(r, l)
			break
		}
		l.dropContents()
	}
	return list
}

// foundProblems are what was found, with the lines of the documents that it is about.
func foundProblems(r *resolver) []spec.Problem {
	if r.dropped > 0 {
		r.problems = append(r.problems, spec.MoreProblems(r.dropped, spec.Error))
	}
	problems := spec.LimitProblems(r.problems)
	addExcerptsWithout(r.secrets, r.documents.files, problems)
	if r.documents.trusted != nil {
		addExcerptsWithout(r.secrets, r.documents.trusted.files, problems)
	}
	return problems
}

type resolver struct {
	*findings
	documents *Documents
	options   ResolveOptions
	merger    *merger
	known     map[string]bool
	guards    spec.Guards
	sensitive []spec.Glob
	limit     *referenceLimit
	files     *referenced
	secrets   OwnSecrets
}

// layersOf are the profiles of an organization and itself, in the order of merging.
func (r *resolver) layersOf(l *layer) []*layer {
	var layers []*layer
	for _, name := range l.profiles {
		profile := r.documents.profiles[name.text]
		if profile == nil {
			if r.full() {
				continue
			}
			r.report(ruleUnknownProfile, name.at, spec.Address(l.key), "profiles",
				"there is no profile "+text.Backquote(name.text),
				firstOf(nearestOf(name.text, r.documents.profiles),
					"declare it under `profiles`"))
			continue
		}
		layers = append(layers, fillProfile(r.findings, profile, l))
	}
	return append(layers, l)
}

func (r *resolver) organization(l *layer) spec.Organization {
	r.layers = []*layer{l}
	r.layers = r.layersOf(l)
	merged := r.merger.layers(r.layers)
	o := spec.Organization{Key: l.key, Name: merged.name.text, ID: int64Of(merged.id.text), Zone: r.zone(merged),
		At: positions(merged)}
	r.checkIdentity(merged)
	if isAbsent(merged.state) {
		o.State = spec.Absent
		r.checkAbsent(l)
		return o
	}
	o.Region, o.Country, o.Timezone, o.Owner = merged.region.text, merged.country.text, merged.timezone.text,
		merged.owner.text
	if merged.tfaEnforced.isSet() {
		on := merged.tfaEnforced.isTrue()
		o.TFAEnforced = &on
	}
	for _, p := range l.profiles {
		o.Profiles = append(o.Profiles, p.text)
	}
	r.checkControls(l.key, merged)
	o.FeatureControls = controls(merged)
	o.Variables = r.variablesOf(l.key).variables(merged)
	o.Members = r.members(merged)
	o.Purge = r.purge(merged)
	billingResolver{r.findings}.organization(merged, &o)
	r.checkOwner(merged)
	return o
}

func (r *resolver) variablesOf(key string) *variableResolver {
	return &variableResolver{findings: r.findings, key: key, sensitive: r.sensitive, options: r.options,
		limit: r.limit, files: r.files, secrets: r.secrets}
}

func positions(l *layer) map[string]spec.Source {
	all := map[string]spec.Source{"": l.source()}
	for _, f := range [...]struct {
		key string
		at  at
		set bool
	}{
		{"name", l.name.at, l.name.isSet()}, {"id", l.id.at, l.id.isSet()}, {"zone", l.zone.at, l.zone.isSet()},
		{"state", l.state.at, l.state.isSet()}, {"owner", l.owner.at, l.owner.isSet()},
		{"region", l.region.at, l.region.isSet()},
		{"country", l.country.at, l.country.isSet()}, {"timezone", l.timezone.at, l.timezone.isSet()},
		{"tfaEnforced", l.tfaEnforced.at, l.tfaEnforced.isSet()},
		{"featureControls", l.featureControls.at, l.featureControls.set},
		{"variables", l.variables.at, l.variables.set}, {"members", l.members.at, l.members.set},
		{"purge", l.purgeAt, l.purge != nil}, {"profiles", l.profilesAt, l.profiles != nil},
		{"subscription", l.subscription.at, l.subscription.set},
		{"paymentMethods", l.paymentMethods.at, l.paymentMethods.set},
	} {
		if f.set {
			all[f.key] = f.at.source()
		}
	}
	return all
}

// zone is the organization's own, else its document's, else the default.
func (r *resolver) zone(l *layer) string {
	zone := l.zone
	if !zone.isSet() {
		zone = l.zoneOfDoc
	}
	if zone.isBroken() {
		return ""
	}
	if !zone.isSet() {
		if r.options.DefaultZone == "" {
			r.report(ruleNoZone, l.at, spec.Address(l.key), "", "the organization "+text.Backquote(l.key)+
				" has no zone",
				"write `zone`, in it or at the top of the document, or give --zone or MAKE_ZONE")
			return ""
		}
		return r.defaultZone()
	}
	if !r.known[zone.text] {
		if r.full() {
			return ""
		}
		hint := zonesHint(zone.text, r.known)
		if name := spec.ZoneName(zone.text, r.documents.zones); name != zone.text {
			hint = "did you mean " + text.Backquote(name) + "?"
		}
		r.report(ruleUnknownZone, zone.at, "", "zone", "there is no zone "+text.Backquote(zone.text), hint)
		return ""
	}
	return zone.text
}

// defaultZone is the zone that --zone or MAKE_ZONE names, "" when there is none of that name.
func (r *resolver) defaultZone() string {
	if name := spec.ZoneName(r.options.DefaultZone, r.documents.zones); r.known[name] {
		return name
	}
	return ""
}

func controls(l *layer) []spec.FeatureControl {
	if !l.featureControls.set {
		return nil
	}
	out := make([]spec.FeatureControl, 0, len(l.featureControls.items))
	for _, c := range l.featureControls.items {
		out = append(out, spec.FeatureControl{Name: c.name, Enabled: c.value.isTrue(), Source: c.source()})
	}
	slices.SortFunc(out, func(a, b spec.FeatureControl) int { return strings.Compare(a.Name, b.Name) })
	return out
}
