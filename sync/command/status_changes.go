package command

import (
	"context"
	"slices"

	"makesync/spec"
	"makesync/sync/fleet"
	"makesync/sync/planner"
)

// addChanges plans the documents as `plan` does, and counts what there is for each organization.
// Nothing is remembered: a look is no run.
func addChanges(ctx context.Context, r *runtimeEnv, src *sources, status *fleet.Status) error {
	salt, err := newSalt(r.Env)
	if err != nil {
		return err
	}
	store, err := openStore(r.Env, "")
	if err != nil {
		return err
	}
	planned, err := planner.Make(ctx, planner.Request{
		Desired: shownOf(src.desired, status), Zones: src.zones.readers(), Concurrency: src.o.zones.concurrency,
		Now: r.Now().UTC(), Salt: salt, Tool: r.Build.Version, Memory: store.Memory(),
	})
	if err != nil {
		return err
	}
	status.AddChanges(planned)
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
