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
		keyOfStep := func(s plan.Step) stepKey { return stepKey{s.Address, s.Op.Counted()} }
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
					last[keyOfStep(s)] = outcome
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
			if want := last[keyOf(s)]; s.Outcome != want {
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
		Entries: []Entry{{Intent: &Intent{Step: 1}},
			{Result: &Outcome{Step: 1, Verb: plan.CreateVariable, Outcome: Succeeded, Attempt: 1}},
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

// TestAnAttemptIsSettled: what a later run finds out of an attempt that left a report counts.
func TestAnAttemptIsSettled(t *testing.T) {
	t.Parallel()
	step := plan.Step{N: 1, Address: "acme/variable/V", Kind: spec.KindVariable, Op: plan.OpCreate}
	sent := Intent{Step: 1, Address: step.Address, Verb: plan.CreateVariable, Attempt: 1}
	for _, found := range []StepOutcome{Succeeded, Failed, OutcomeUnknown} {
		result := func(outcome StepOutcome) Entry {
			return Entry{Result: &Outcome{Step: 1, Address: step.Address, Verb: sent.Verb, Attempt: 1, Outcome: outcome}}
		}
		began := time.Unix(1, 0)
		left := &Report{Run: "R1", Started: &began, Exit: exit.Terminated,
			Steps: []StepReport{NewStepReport(&step, OutcomeUnknown, Reason{})}}
		left.Count()
		run := &Run{Run: "R1", Report: left, Organizations: []RunOrganization{{Key: "acme", Steps: []plan.Step{step}}},
			Entries: []Entry{{Intent: &sent}, result(OutcomeUnknown), result(found)}}
		later := time.Unix(2, 0)
		united := UniteAttempts([]Attempt{{Report: left.Settled(run)}, {Report: &Report{Run: "R2", Started: &later, Exit: exit.OK}}})
		counted := *united
		counted.Count()
		if united.Steps[0].Outcome != found || counted.Unknown != united.Unknown || counted.Succeeded != united.Succeeded ||
			(united.Exit == exit.OK) != (found == Succeeded) {
			t.Errorf("%s: %+v", found, united)
		}
		if left.Steps[0].Outcome != OutcomeUnknown || AttemptOf(run).Steps[0].Outcome != found {
			t.Errorf("%s: from the journal alone %+v", found, AttemptOf(run).Steps)
		}
	}
}

// TestHalfAReinvitation: whoever was killed between revoking and inviting has not invited; the next
// attempt invites, and both are one step.
func TestHalfAReinvitation(t *testing.T) {
	t.Parallel()
	step := plan.Step{N: 1, Address: "acme/member/a@acme.example", Kind: spec.KindMember, Op: plan.OpReinvite}
	run := &Run{Run: "R1", Organizations: []RunOrganization{{Key: "acme", Steps: []plan.Step{step}}},
		Entries: []Entry{{Intent: &Intent{Step: 1, Verb: plan.RemoveMember, Attempt: 1}},
			{Result: &Outcome{Step: 1, Verb: plan.RemoveMember, Attempt: 1, Outcome: Succeeded}}}}
	half := AttemptOf(run)
	if s := half.Steps[0]; s.Outcome != Failed || s.Reason.Code != ReasonHalfDone {
		t.Fatalf("%+v", s)
	}
	later := time.Unix(2, 0)
	invited := step
	invited.Op = plan.OpInvite
	done := &Report{Started: &later, Exit: exit.OK, Steps: []StepReport{NewStepReport(&invited, Succeeded, Reason{})}}
	done.Count()
	if r := UniteAttempts([]Attempt{half, {Report: done}}); r.Planned != 1 || r.Succeeded != 1 || r.Exit != exit.OK {
		t.Errorf("%+v", r)
	}
}
