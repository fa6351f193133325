package document

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"makesync/spec"
)

// settingsOf are the rules in force, as spec.CompareRules compares them: guards, patterns of
// secrets, policies, zones with where their tokens come from, and what organizations purge or take
// literally.
func settingsOf(d *Documents, organizations []spec.Organization) []spec.Setting {
	s := settings(d.GuardSettings())
	zoneSettings(d, &s)
	for i := range organizations {
		organizationSettings(&s, &organizations[i])
	}
	return s
}

type settings []spec.Setting

func (s *settings) add(path, value string, kind spec.SettingKind, source spec.Source) {
	*s = append(*s, spec.Setting{Path: path, Value: value, Kind: kind, Source: source})
}

// limitSettings are the limits in force, each with the position of who states it.
func limitSettings(d *Documents, s *settings) {
	for name, value := range d.limits() {
		if value == driftRevert {
			continue // it is the absence of a rule
		}
		var source spec.Source
		for _, lists := range d.lists() {
			if stated, ok := lists.limits[name]; ok && stated.text == value {
				source = stated.source()
			}
		}
		s.add("guards."+name, value, kindOfLimit(name), source)
	}
	slices.SortFunc(*s, func(a, b spec.Setting) int { return strings.Compare(a.Path, b.Path) })
}

// settings are the lists of people and patterns.
func (g *statedGuards) settings(s *settings) {
	for _, admin := range g.requiredAdmins {
		s.add("guards.requiredAdmins", admin.text, spec.SettingEntry, admin.source())
	}
	for _, p := range g.protect {
		s.add("guards.protect", p.glob.String(), spec.SettingEntry, p.source())
	}
	for _, list := range g.emails {
		var patterns []string
		for _, g := range list.globs {
			// Words between commas are compared; a class may hold a comma, an e-mail none.
			patterns = append(patterns, strings.ReplaceAll(g.String(), ", ", ","))
		}
		slices.Sort(patterns)
		value := strings.Join(slices.Compact(patterns), ", ")
		if value == "" {
			value = "[]"
		}
		s.add("guards.emails", value, spec.SettingList, list.source())
	}
}

// zoneSettings say how each declared zone is reached, and by which token.
func zoneSettings(d *Documents, s *settings) {
	for _, name := range sortedKeys(d.zones) {
		zone := d.zones[name]
		kind := spec.SettingChoice
		if zone.Sandbox != nil && spec.BuiltinHost(name) != "" {
			kind = spec.SettingPower
		}
		s.add("zones."+name, zoneWords(zone), kind, zone.Source)
		if zone.Token.IsZero() {
			continue
		}
		token := "a text in the document"
		if written := zone.Token.Reveal(); isReference(written) {
			token = written
		}
		s.add("zones."+name+".token", token, kindOfToken(zone), d.tokenAt[name].source())
	}
}

// kindOfToken: by another token, or by the first that a document gives, a run is another user.
func kindOfToken(zone spec.Zone) spec.SettingKind {
	if zone.Sandbox != nil {
		return spec.SettingChoice
	}
	return spec.SettingRights
}

// zoneWords are the same wherever the documents' folder lies.
func zoneWords(zone spec.Zone) string {
	switch {
	case zone.Sandbox != nil:
		words := "sandbox, state " + relativeTo(zone.Folder, zone.Sandbox.State)
		if zone.Sandbox.Seed != "" {
			words += ", seed " + relativeTo(zone.Folder, zone.Sandbox.Seed)
		}
		return words
	case zone.URL != "":
		return zone.URL
	case zone.Host != "":
		return zone.Host
	}
	return "declared"
}

func relativeTo(folder, path string) string {
	if relative, err := filepath.Rel(folder, path); err == nil {
		return filepath.ToSlash(relative)
	}
	return filepath.ToSlash(path)
}

// policyHash is how many bytes of a policy's hash are compared: who writes policies must not find
// two that have the same.
const policyHash = 20

// policySettings have one entry for each policy. Its text stands there as a hash, so that every
// change of a policy but for its tests, also of its exceptions, is one of the rules.
func policySettings(d *Documents, s *settings) {
	for _, list := range d.Policies() {
		for i, policy := range list.List {
			text, _ := json.Marshal(withoutTests(policy)) // plain values always can be
			sum := sha256.Sum256(text)
			s.add("policies", policyName(policy)+" ("+hex.EncodeToString(sum[:policyHash])+")", spec.SettingEntry,
				list.Position(spec.PathItem("policies", i), 0, 0))
		}
	}
}

func withoutTests(policy any) any {
	fields, ok := policy.(map[string]any)
	if !ok {
		return policy
	}
	fields = maps.Clone(fields)
	delete(fields, "tests")
	return fields
}

var policyID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

func policyName(policy any) string {
	fields, _ := policy.(map[string]any)
	if id, _ := fields["id"].(string); policyID.MatchString(id) {
		return id
	}
	return "policy"
}

// organizationSettings are what one organization lets a run do.
func organizationSettings(s *settings, o *spec.Organization) {
	path := spec.PathKey("organizations", "", o.Key)
	if len(o.Purge) > 0 {
		s.add(path+".purge", strings.Join(kindNames(o.Purge), ", "), spec.SettingPower, o.SourceOf("purge"))
	}
	for i := range o.Variables {
		if v := &o.Variables[i]; v.Literal {
			s.add(path+".variables."+v.Name+".literal", "true", spec.SettingPower, v.Source)
		}
	}
}
