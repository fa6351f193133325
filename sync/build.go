package sync

import (
	"context"
	"errors"
)

// MakePlan reads the live state and makes the plan that leads from it to the desired state.
func MakePlan(ctx context.Context, r Request) (*Plan, error) {
	return nil, errors.New("plan: the planner is being written")
}
