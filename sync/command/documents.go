package command

import (
	"context"
	"maps"
	"os"
	"slices"

	"makesync/spec"
	"makesync/spec/document"
)

// loaded is what the documents of a run say.
type loaded struct {
	desired *spec.Desired
	// endpoints are the zones that organizations of the run live in, by name.
	endpoints map[string]spec.Endpoint
	policies  *policies
	// problems are all that loading found, sorted. With an error among them the run is over.
	problems []spec.Problem
}

// resolveDocuments reads documents and puts the trusted files over them, then resolves them. It
// gives their policies too.
func resolveDocuments(
	ctx context.Context, env Env, o documentOptions, files []string, resolve document.ResolveOptions,
) (*spec.Desired, []document.Policies, []spec.Problem) {
	defer collectEarlierUntil()()
	trusted, problems := loadTrusted(env, o)
	read := document.LoadOptions{Paths: files, Stdin: env.piped, Room: o.room}
	if !resolve.NamesOfOthers {
		read.Wanted = resolve.Wanted
	}
	documents, more := document.LoadContext(ctx, read)
	problems = append(append(problems, more...), documents.Tighten(trusted)...)
	resolve.LookupEnv, resolve.ReferenceRoots = env.LookupEnv, o.referenceRoots
	resolve.DefaultZone, resolve.ExpectOrganizations = o.defaultZone(env), o.expect
	desired, more := documents.Resolve(resolve)
	return desired, documents.Policies(), spec.LimitProblems(append(problems, more...))
}

// load reads the documents and says how their zones are reached. Nothing but files and
// the environment is touched.
func load(ctx context.Context, env Env, o documentOptions, reach zoneOptions, use use) loaded {
	desired, lists, problems := resolveDocuments(ctx, env, o, o.files, document.ResolveOptions{
		SkipReferences: o.skipReferences, SkipUnset: o.skipUnset, ZoneNames: slices.Sorted(maps.Keys(reach.urls)),
		Wanted: o.part.wanted, NamesOfOthers: o.part.names,
	})
	l := loaded{desired: desired}
	var wrong []spec.Problem
	l.policies, wrong = compilePolicies(lists)
	problems = append(problems, wrong...)
	if desired != nil {
		var more []spec.Problem
		l.endpoints, more = document.Endpoints(
			use.zones(desired.Zones, o),
			zonesOf(desired, o.only(desired.Zones)),
			document.EndpointOptions{
				LookupEnv: env.LookupEnv, ZoneURLs: reach.urls, Known: zonesOf(desired, ""), Named: o.namedZones(env),
				ReferenceRoots: o.referenceRoots, Sandboxes: reach.sandboxes,
			},
		)
		problems = append(problems, more...)
	}
	l.problems = spec.LimitProblems(problems)
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

// zoneDocuments loads the documents of -f for their zones. Without -f there need not be any: the
// zones may all be built in.
func zoneDocuments(env Env, o documentOptions) (*document.Documents, []spec.Problem, error) {
	if _, err := os.Stat(defaultDocument); err != nil && !o.given {
		return &document.Documents{}, nil, nil
	}
	documents, problems := document.Load(document.LoadOptions{Paths: o.files, Stdin: env.piped})
	if spec.HasErrors(problems) {
		return nil, problems, errInvalid
	}
	return documents, problems, nil
}
