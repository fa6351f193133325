package command

import (
	"context"
	"slices"

	"makesync/spec"
	"makesync/sync/fleet"
	"makesync/sync/planner"
)

// addChanges plans the documents as `plan` does, and counts what there is for each organization.
// What was read of the zones is not asked for again, and nothing is remembered: a look is no run.
func addChanges(
	ctx context.Context, r *runtimeEnv, src *sources, o statusOptions, status *fleet.Status,
	read map[string]*fleet.Zone,
) error {
	store, err := openStore(r.Env, "")
	if err != nil {
		return err
	}
	request := planner.Request{
		Desired: shownOf(src.desired, status), Zones: src.zones.readers(), ZoneURLs: src.o.zones.urls,
		Concurrency: src.o.zones.concurrency,
		Now:         r.Now().UTC(), Tool: r.Build.Version, Billing: store.Billing(),
	}
	if _, err := addMemory(&request, store, src.zones); err != nil {
		return err
	}
	if o.since.set() {
		before, _, err := o.since.read(src.zones.names(), src.zones)
		if err != nil {
			return err
		}
		request.Since = before.planned()
	}
	for name, zone := range read {
		port := request.Zones[name]
		port.Reader = zone.Known(src.zones.ports[name].client)
		request.Zones[name] = port
	}
	planned, err := planner.Make(ctx, request)
	if err != nil {
		return err
	}
	status.AddChanges(planned, o.since.set())
	status.Calls.Read = src.zones.reads()
	return nil
}

// shownOf are the documents without organizations that are not shown: nothing of those is read.
func shownOf(desired *spec.Desired, status *fleet.Status) *spec.Desired {
	shown := map[string]bool{}
	for i := range status.Organizations {
		shown[status.Organizations[i].Key] = true
	}
	part := *desired
	part.Organizations = slices.DeleteFunc(slices.Clone(desired.Organizations), func(o spec.Organization) bool {
		return !shown[o.Key]
	})
	return &part
}
