package report

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
)

// TestAttemptsAddUp: however the steps of a shard are divided over attempts, killed or not, each
// counts once with its last outcome, and planned is the sum of the outcomes.
func TestAttemptsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		steps := planOf(drawOrganizations(t), nil)
		left := slices.Concat(stepsOf(steps)...)
		last := map[stepKey]StepOutcome{}
		var attempts []Attempt
		n := rapid.IntRange(1, 4).Draw(t, "attempts")
		for i := range n {
			started := time.Unix(int64(i), 0)
			r := &Report{Started: &started, Calls: steps.Calls}
			killed := i < n-1 && rapid.Bool().Draw(t, "killed")
			var next []plan.Step
			for _, s := range left {
				outcome := rapid.SampledFrom([]StepOutcome{Succeeded, Succeeded, Failed, Skipped}).Draw(t, "outcome")
				if outcome != Succeeded {
					next = append(next, s)
				}
				if killed && outcome == Skipped {
					continue // nothing was sent
				}
				r.Steps = append(r.Steps, StepReport{Address: s.Address, Op: s.Op, Outcome: outcome})
				if i == n-1 || outcome != Skipped {
					last[stepKey{s.Address, s.Op}] = outcome
				}
			}
			r.Count()
			attempts, left = append(attempts, Attempt{r, killed}), next
		}
		united := UniteAttempts(rapid.Permutation(attempts).Draw(t, "order"))
		if united.Planned != united.Succeeded+united.Failed+united.Skipped+united.Unknown ||
			united.Planned != len(united.Steps) || united.Planned != len(last) {
			t.Fatalf("%d planned, %d succeeded, %d failed, %d skipped, %d steps; want %d", united.Planned, united.Succeeded,
				united.Failed, united.Skipped, len(united.Steps), len(last))
		}
		for _, s := range united.Steps {
			if want := last[stepKey{s.Address, s.Op}]; s.Outcome != want {
				t.Fatalf("%s is %s, want %s", s.Address, s.Outcome, want)
			}
		}
	})
}

func stepsOf(p *plan.Plan) (steps [][]plan.Step) {
	for _, o := range p.Organizations {
		steps = append(steps, o.Steps)
	}
	return steps
}

// TestAttemptOfAKilledRun: what was sent counts, and nobody knows what became of the last request.
func TestAttemptOfAKilledRun(t *testing.T) {
	t.Parallel()
	step := func(n int) plan.Step {
		return plan.Step{N: n, Address: spec.Address("acme/variable/V" + string(rune('0'+n))), Kind: spec.KindVariable, Op: plan.OpCreate}
	}
	run := &Run{Run: "R1", Shard: &spec.Shard{Index: 2, Count: 3},
		Organizations: []RunOrganization{{Key: "acme", Steps: []plan.Step{step(1), step(2), step(3)}}},
		Entries: []Entry{{Intent: &Intent{Step: 1}}, {Result: &Outcome{Step: 1, Outcome: Succeeded, Attempt: 1}},
			{Intent: &Intent{Step: 2}}}}
	killed := AttemptOf(run)
	if !killed.Killed || len(killed.Steps) != 2 || killed.Steps[0].Outcome != Succeeded ||
		killed.Steps[1].Outcome != OutcomeUnknown {
		t.Fatalf("%+v", killed.Steps)
	}
	if UniteAttempts([]Attempt{killed}) != nil {
		t.Error("a shard without any report has one")
	}
	later := time.Unix(9, 0)
	done := &Report{Started: &later, Steps: []StepReport{{Address: step(3).Address, Op: plan.OpCreate, Outcome: Succeeded}},
		Planned: 1, Succeeded: 1}
	if r := UniteAttempts([]Attempt{{Report: done}, killed}); r.Planned != 3 || r.Succeeded != 2 || r.Unknown != 1 || r.Exit != exit.Partial {
		t.Errorf("%+v", r)
	}
}
