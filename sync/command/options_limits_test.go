package command

import (
	"testing"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// TestMaxCalls: exactly as many calls as --max-calls says may be made, those to write by what the steps are and not
// by what a plan file says of them.
func TestMaxCalls(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Calls: state.Calls{Read: 4}, Organizations: []plan.Organization{{Key: "acme", Steps: []plan.Step{
		{N: 1, Address: "acme/variable/A", Kind: spec.KindVariable, Op: plan.OpCreate},
		{N: 2, Address: "acme/variable/B", Kind: spec.KindVariable, Op: plan.OpDelete},
	}}}}
	for most, want := range map[int]bool{0: false, 1: true, 5: true, 6: false, 7: false} {
		if problem := (limitOptions{maxCalls: most}).exceeded(p); (problem != nil) != want {
			t.Errorf("--max-calls %d: %v", most, problem)
		}
	}
	p.Shard = &spec.Shard{Index: 1, Count: 2}
	for most, want := range map[int]bool{10: true, 12: false} {
		if problem := (limitOptions{maxCalls: most}).exceeded(p); (problem != nil) != want {
			t.Errorf("--max-calls %d of two shards: %v", most, problem)
		}
	}
}
