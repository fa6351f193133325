package sync

import (
	"context"

	"makesync/spec"
)

// UndoPlan makes the plan that reverses a run: what Reverse wants back, planned like any other
// desired state, with its guards, order and preconditions. Request.Desired gives zones, guards and
// what is sensitive; its organizations are not looked at. What cannot be undone, and what has
// changed since, is listed in the plan's problems.
func UndoPlan(ctx context.Context, story *Run, r Request) (*Plan, error) {
	desired := spec.Desired{Guards: spec.DefaultGuards()}
	if r.Desired != nil {
		desired = *r.Desired
	}
	wanted, problems, held := Reverse(ctx, story, ReverseOptions{Zones: r.Zones, Allow: r.Allow, Now: r.Now})
	desired.Organizations = wanted
	r.Desired = &desired
	r.Problems = append(append([]spec.Problem{}, r.Problems...), problems...)
	plan, err := MakePlan(ctx, r)
	if err != nil {
		return nil, err
	}
	addHeld(plan, held)
	if r.ExitCode && len(held) > 0 {
		plan.Exit = Worst(plan.Exit, ExitHeld)
	}
	return plan, nil
}

// addHeld adds what was held back to the plan.
func addHeld(plan *Plan, held []Held) {
	for i := range plan.Organizations {
		o := &plan.Organizations[i]
		for _, h := range held {
			if h.Address.Key() == o.Key {
				o.Held = append(o.Held, h)
				plan.Summary.Held++
			}
		}
	}
}
