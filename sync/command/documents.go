package command

import (
	"maps"
	"slices"

	"makesync/spec"
	"makesync/spec/document"
)

// loaded is what the documents of a run say.
type loaded struct {
	desired *spec.Desired
	// endpoints are the zones that organizations of the run live in, by name.
	endpoints map[string]spec.Endpoint
	// problems are all that loading found, sorted. With an error among them the run is over.
	problems []spec.Problem
}

// load reads the documents and says how their zones are reached. Nothing but files and
// the environment is touched.
func (r *runtimeEnv) load(o documentOptions, urls map[string]string, use use) loaded {
	documents, problems := document.Load(document.LoadOptions{Paths: o.files})
	desired, more := documents.Resolve(document.ResolveOptions{
		LookupEnv: r.LookupEnv, SkipReferences: o.skipReferences,
		ReferenceRoots: o.referenceRoots, DefaultZone: r.defaultZone(o),
		ZoneNames: slices.Sorted(maps.Keys(urls)),
	})
	problems = append(problems, more...)
	l := loaded{desired: desired}
	if desired != nil {
		l.endpoints, more = document.Endpoints(
			use.zones(desired.Zones, o),
			zonesOf(desired, o.only(desired.Zones)),
			document.EndpointOptions{
				LookupEnv: r.LookupEnv, ZoneURLs: urls, Named: r.namedZones(o), ReferenceRoots: o.referenceRoots,
			},
		)
		problems = append(problems, more...)
	}
	l.problems = spec.SortProblems(problems)
	return l
}

// use is what documents are loaded for.
type use bool

const (
	offlineMode use = false // to look at: no zone is called
	online      use = true
)

// zones are the zones as far as they are needed. A check without references needs no token
// either: whoever checks a pull request from a fork has none.
func (u use) zones(all map[string]spec.Zone, o documentOptions) map[string]spec.Zone {
	if u == online || !o.skipReferences {
		return all
	}
	bare := maps.Clone(all)
	for name, zone := range bare {
		zone.Token = spec.Value{}
		bare[name] = zone
	}
	return bare
}

// defaultZone is the zone of organizations that name none: --zone, else MAKE_ZONE.
func (r *runtimeEnv) defaultZone(o documentOptions) string {
	if o.zone != "" {
		return o.zone
	}
	return r.lookup("MAKE_ZONE")
}

// only is the zone that --zone restricts the run to, by its name; "" without --zone.
func (o documentOptions) only(zones map[string]spec.Zone) string {
	if o.zone == "" {
		return ""
	}
	return spec.ZoneName(o.zone, zones)
}

// scopeOf is what a run may look at.
func (o planOptions) scopeOf(desired *spec.Desired) spec.Scope {
	return spec.Scope{Zone: o.documents.only(desired.Zones), Targets: o.scope.target, Excludes: o.scope.exclude}
}

// namedZones are the zones that are named outside the documents, besides --zone-url.
func (r *runtimeEnv) namedZones(o documentOptions) []string {
	var names []string
	for _, name := range []string{o.zone, r.lookup("MAKE_ZONE")} {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// zonesOf lists the zones that the organizations of a run live in, sorted; only restricts them to
// one.
func zonesOf(desired *spec.Desired, only string) []string {
	var names []string
	for i := range desired.Organizations {
		if zone := desired.Organizations[i].Zone; zone != "" && (only == "" || zone == only) {
			names = append(names, zone)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
