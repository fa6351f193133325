package document

import (
	"slices"
	"strconv"

	"golang.org/x/text/unicode/norm"

	"makesync/spec"
	"makesync/spec/text"
)

func int64Of(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64) // the decoder has checked it
	return n
}

// checkIdentity wants a name or an id, a name that Make takes, and an id to delete.
func (r *resolver) checkIdentity(l *layer) {
	address := spec.Address(l.key)
	if why := spec.RefusedName(l.name.text); l.name.form == formText && why != "" {
		r.report(ruleOrganizationName, l.name.at, address, "name", "Make refuses the name "+text.Backquote(l.name.text)+
			": "+why, nameHint)
	}
	if r.secrets.GivenAway(l.name.text) {
		r.report(ruleTokenAsValue, l.name.at, address, "name", "the name holds a token, key or password of this run",
			"every member reads it; take it out, and replace that secret")
	}
	switch {
	case isAbsent(l.state) && !l.id.isSet():
		r.report(ruleDeleteWithoutID, l.state.at, address, "state", "the organization "+text.Backquote(l.key)+
			" is to be deleted and has no id",
			"write `id`, so that no other organization of that name is deleted")
	case !l.name.isSet() && !l.id.isSet():
		r.report(ruleRequired, l.at, address, "", "the organization "+text.Backquote(l.key)+" has neither name nor id",
			"write `name`, or `id`, or both")
	}
}

// checkControls finds names that mean one feature control, wherever they stand: each would be
// switched as the one says, and back as the other does.
func (r *resolver) checkControls(key string, l *layer) {
	if len(l.featureControls.items) < 2 {
		return
	}
	first := make(map[string]*writtenControl, len(l.featureControls.items))
	for i := range l.featureControls.items {
		c := &l.featureControls.items[i]
		folded := spec.FoldName(c.name)
		if other := first[folded]; other != nil {
			r.report(ruleKeyCase, c.at, spec.NewAddress(key, spec.KindFeatureControl, c.name),
				"featureControls."+c.name, text.Backquote(other.name)+" and "+text.Backquote(c.name)+
					" are one feature control", "remove one of them, or write the name as the profile does")
			continue
		}
		first[folded] = c
	}
}

// checkAbsent refuses, beside `state: absent`, what only makes sense for an organization that
// stays.
func (r *resolver) checkAbsent(l *layer) {
	for _, f := range [...]struct {
		key string
		at  at
		set bool
	}{
		{"region", l.region.at, l.region.isSet()}, {"country", l.country.at, l.country.isSet()},
		{"timezone", l.timezone.at, l.timezone.isSet()}, {"tfaEnforced", l.tfaEnforced.at, l.tfaEnforced.isSet()},
		{"owner", l.owner.at, l.owner.isSet()},
		{"featureControls", l.featureControls.at, l.featureControls.set && !l.featureControls.null},
		{"variables", l.variables.at, l.variables.set && !l.variables.null},
		{"members", l.members.at, l.members.set && !l.members.null},
		{"purge", l.purgeAt, l.purge != nil},
		{"subscription", l.subscription.at, l.subscription.set},
		{"paymentMethods", l.paymentMethods.at, l.paymentMethods.set},
	} {
		if f.set {
			r.report(ruleAbsentConflict, f.at, spec.Address(l.key), f.key,
				"`"+f.key+"` stands in an organization that is to be deleted",
				"keep only name, id and zone beside `state: absent`")
		}
	}
}

// checkDuplicates finds two entries for one organization, also where they call its zone by two
// names.
func (r *resolver) checkDuplicates(organizations []spec.Organization) {
	ids, names := map[string]*spec.Organization{}, map[string]*spec.Organization{}
	places := map[string]string{}
	for i := range organizations {
		o := &organizations[i]
		if o.Zone == "" {
			continue
		}
		if places[o.Zone] == "" {
			places[o.Zone] = spec.ZonePlace(o.Zone, r.documents.zones)
		}
		place := places[o.Zone] + "\x00"
		if o.ID != 0 {
			id := place + strconv.FormatInt(o.ID, 10)
			if first := ids[id]; first != nil {
				r.duplicate(ruleSameID, first, o, "id", "the organizations "+text.Backquote(first.Key)+" and "+
					text.Backquote(o.Key)+" have the same id"+sameZoneWords(first, o))
				continue
			}
			ids[id] = o
		}
		if o.Name == "" {
			continue
		}
		name := place + norm.NFC.String(o.Name)
		first := names[name]
		if first != nil && (first.ID == 0 || o.ID == 0) {
			r.duplicate(ruleSameName, first, o, "name", "the organizations "+text.Backquote(first.Key)+" and "+
				text.Backquote(o.Key)+" have the same name and not both an id"+sameZoneWords(first, o))
		}
		if first == nil || first.ID != 0 {
			names[name] = o
		}
	}
}

// sameZoneWords say that two organizations call one zone by two names.
func sameZoneWords(a, b *spec.Organization) string {
	if a.Zone == b.Zone {
		return ""
	}
	return ", and " + text.Backquote(a.Zone) + " and " + text.Backquote(b.Zone) + " are one zone"
}

// checkZoneNames wants the zones to be told apart, as people read them and as MAKE_API_KEY_<ZONE>
// names them: EU1 is no zone beside eu1, nor celonis_eu1 beside celonis-eu1.
func (r *resolver) checkZoneNames() {
	names := map[string]string{}
	for _, name := range spec.BuiltinZoneNames() {
		names[TokenVariable(name)] = name
	}
	for _, name := range sortedKeys(r.documents.zones) {
		variable := TokenVariable(name)
		other, taken := names[variable]
		if !taken {
			names[variable] = name
			continue
		}
		if other == name {
			continue
		}
		r.problems = append(r.problems, spec.Problem{
			Severity: severities[ruleZoneName], Rule: ruleZoneName, Path: "zones." + text.Clean(name),
			Source: r.documents.zones[name].Source.Position(),
			Message: "the zone " + text.Backquote(name) + " could be taken for " + text.Backquote(other) +
				", whose token " + variable + " would be its own too",
			Hint: zoneNameHint(other)})
	}
}

func zoneNameHint(other string) string {
	if spec.BuiltinHost(other) != "" {
		return "did you mean " + text.Backquote(other) + "? Else give it a name that differs in letters or digits"
	}
	return "give it a name that differs in letters or digits"
}

// checkTokens wants the tokens of the zones in use to be readable.
func (r *resolver) checkTokens(organizations []spec.Organization) {
	if r.options.SkipReferences {
		return
	}
	var used []string
	for i := range organizations {
		used = append(used, organizations[i].Zone)
	}
	slices.Sort(used)
	files := newReferenced(&filling{})
	for _, name := range slices.Compact(used) {
		zone := r.documents.zones[name]
		pos, ok := r.documents.tokenAt[name]
		if !ok || zone.Token.IsZero() || zone.Broken {
			continue
		}
		e := evaluator{env: r.options.LookupEnv, roots: r.options.ReferenceRoots, folder: zone.Folder, files: files,
			token: true}
		if _, err := e.evaluate(zone.Token.Reveal()); err != nil {
			p := newProblem(ruleReference, pos, nil, "the token of the zone "+text.Backquote(name)+" cannot be read: "+
				err.Error(), "set what it refers to, or use --skip-references")
			p.Path = "zones." + name + ".token"
			r.problems = append(r.problems, p)
		}
	}
}

// checkProfiles merges every profile by itself, so that one which nobody uses is checked too.
func (r *resolver) checkProfiles() {
	for _, key := range sortedKeys(r.documents.profiles) {
		r.merger.layers([]*layer{r.documents.profiles[key]})
	}
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// reportMerged tells what only shows once all organizations are merged.
func (r *resolver) reportMerged() {
	r.layers = append([]*layer(nil), r.documents.organizations...)
	for _, key := range sortedKeys(r.documents.profiles) {
		r.layers = append(r.layers, r.documents.profiles[key])
	}
	for pos, note := range r.merger.nulls {
		if !note.cancels {
			r.report(ruleNull, pos, "", note.path, "`"+text.Clean(note.path)+
				"` is empty (null): that cancels what a profile declares, and none declares this",
				"write {} for none, or remove the line")
		}
	}
	for pos, note := range r.merger.contradictions {
		r.report(ruleAbsentConflict, pos, "", note.path, note.object+" is absent and described all the same",
			"keep only `state: absent`")
	}
	for pos, note := range r.merger.kept {
		before := len(r.problems)
		r.report(ruleAbsentKept, pos, "", note.path, note.object+" stays here, and a profile wants it gone",
			"take this line out where it shall go too")
		if len(r.problems) > before {
			r.problems[before].Related = note.profile.pointer()
		}
	}
}
