package command

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/sync/exit"
	"makesync/sync/fleet"
	"makesync/sync/makeapi"
	"makesync/sync/offline"
	"makesync/sync/state"
)

// zonesFlag names the zones of commands that look at several.
func zonesFlag() cli.Flag {
	return &cli.StringSliceFlag{
		Name:  "zone",
		Usage: "`NAME` a zone to look at; repeatable (default: the zones of -f, else MAKE_ZONE)",
	}
}

// fleetZones are the zones that are looked at: those of --zone, else those of the documents, else
// MAKE_ZONE and those of --zone-url. Named are those that are named outside of documents, to whose
// hosts a token may go.
func fleetZones(env Env, given []string, urls map[string]string, desired *spec.Desired) (names, named []string) {
	named = slices.Clone(given)
	if zone := env.lookup(zoneVariable); zone != "" {
		named = append(named, zone)
	}
	names = slices.Clone(given)
	if len(names) == 0 {
		names = zonesOf(desired, "")
	}
	if len(names) == 0 {
		names = slices.Collect(maps.Keys(desired.Zones))
	}
	if len(names) == 0 {
		names = append(zoneURLNames(urls), named...)
	}
	for i, name := range names {
		names[i] = spec.ZoneName(name, desired.Zones)
	}
	slices.Sort(names)
	return slices.Compact(names), named
}

// onlyZone is the zone of organizations that name none, where one zone is given.
func onlyZone(given []string) string {
	if len(given) == 1 {
		return given[0]
	}
	return ""
}

// openFleet connects the zones that are looked at, read-only, with what documents say about them.
func openFleet(r *runtimeEnv, o sourceOptions, given []string, desired *spec.Desired) (*sources, error) {
	s := &sources{r: r, o: o, desired: desired}
	if o.limits.maxRuntime > 0 {
		s.deadline = time.Now().Add(o.limits.maxRuntime)
	}
	if err := r.files.readsNamed(desired); err != nil {
		return nil, err
	}
	names, named := fleetZones(r.Env, given, o.zones.urls, desired)
	endpoints, problems := document.Endpoints(desired.Zones, names, document.EndpointOptions{
		LookupEnv: r.LookupEnv, ZoneURLs: o.zones.urls, Named: named, ReferenceRoots: o.referenceRoots,
		Sandboxes: o.zones.sandboxes,
	})
	if spec.HasErrors(problems) {
		return nil, invalid(problems)
	}
	var err error
	s.zones, err = openZonesOf(r, desired, o.referenceRoots, endpoints, o.zones, readOnly)
	return s, err
}

// untilDeadline is the context of a run that --max-runtime ends.
func untilDeadline(ctx context.Context, s *sources) (context.Context, context.CancelFunc) {
	if s.deadline.IsZero() {
		return context.WithCancel(ctx)
	}
	return context.WithDeadlineCause(ctx, s.deadline, exit.ErrOutOfTime)
}

// fleetSource is a zone as it is looked over. One that cannot even be asked says why.
func fleetSource(p port) fleet.Source {
	source := fleet.Source{Endpoint: p.endpoint, Me: p.port().Reader.Me}
	if p.client != nil {
		source.Reader = makeapi.NewFleetReader(p.client)
	}
	return source
}

// fleetKey gives organizations the keys of documents, which call them by id, else by name.
func fleetKey(n offline.Needed) func(*state.Organization) string {
	return func(live *state.Organization) string { return n.Key(live, "") }
}
