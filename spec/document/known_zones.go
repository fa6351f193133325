package document

import (
	"maps"
	"slices"

	"makesync/spec"
	"makesync/spec/text"
)

// knownZones are those that are built in, declared, or given by --zone-url.
func knownZones(declared map[string]spec.Zone, given []string) map[string]bool {
	known := map[string]bool{}
	for name := range spec.BuiltinZones() {
		known[name] = true
	}
	for name := range declared {
		known[name] = true
	}
	for _, name := range given {
		known[name] = true
	}
	return known
}

// zonesKnownTo are those, and one that the options name by its host.
func zonesKnownTo(d *Documents, o ResolveOptions) map[string]bool {
	known := knownZones(d.zones, o.ZoneNames)
	if isHostText(o.DefaultZone) {
		known[spec.ZoneName(o.DefaultZone, d.zones)] = true
	}
	return known
}

// checkDefaultZone tells of a --zone or MAKE_ZONE that is no zone.
func checkDefaultZone(zone string, declared map[string]spec.Zone, known map[string]bool) []spec.Problem {
	name := spec.ZoneName(zone, declared)
	if name == "" || known[name] {
		return nil
	}
	return []spec.Problem{newProblem(ruleUnknownZone, at{}, nil,
		"--zone or MAKE_ZONE: there is no zone "+text.Backquote(name), zonesHint(name, known))}
}

// mostZones is how many zones a hint names.
const mostZones = 12

// zonesHint names the zone that was meant, or those that there are.
func zonesHint(name string, known map[string]bool) string {
	if near := nearestOf(name, known); near != "" {
		return near
	}
	names := slices.Sorted(maps.Keys(known))
	return "known are " + text.Commas(names, mostZones) + "; others are declared under `zones` in documents (-f), or " +
		"given by --zone-url"
}
