package command

import (
	"context"

	"makesync/spec"
	"makesync/sync/apply"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/report"
)

// UndoPlan makes the plan that reverses a run: what Reverse wants back, planned like any other
// desired state, with its guards, order and preconditions. Request.Desired gives zones, guards and
// what is sensitive; its organizations are not looked at. What cannot be undone, and what has
// changed since, is listed in the plan's problems.
func UndoPlan(ctx context.Context, story *report.Run, r planner.Request) (*plan.Plan, error) {
	desired := spec.Desired{Guards: spec.DefaultGuards()}
	if r.Desired != nil {
		desired = *r.Desired
	}
	wanted, problems, held := apply.Reverse(
		ctx,
		story,
		apply.ReverseOptions{Zones: r.Zones, Allow: r.Allow, Now: r.Now},
	)
	desired.Organizations = wanted
	r.Desired = &desired
	r.Problems = append(append([]spec.Problem{}, r.Problems...), problems...)
	plan, err := planner.Make(ctx, r)
	if err != nil {
		return nil, err
	}
	plan.AddHeld(held)
	if r.ExitCode && len(held) > 0 {
		plan.Exit = exit.Worst(plan.Exit, exit.Held)
	}
	return plan, nil
}
