package report

import (
	"cmp"
	"slices"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
)

// A shard that is tried again plans what is left then, so the report of its last attempt tells of
// that alone. What the attempts before it did stands in their reports, or, when they were killed,
// in their journals:
//
//	first attempt   A succeeded   B failed      C sent, killed
//	second          B succeeded   D succeeded
//	united          A succeeded   B succeeded   C unknown   D succeeded
//
// The last outcome of a step counts, and a step is its address and its op.

// Attempt is what one attempt of a shard did.
type Attempt struct {
	*Report
	// Killed: the attempt has left no report, and its steps are those for which something was sent.
	Killed bool
}

// AttemptOf reads an attempt from its journal.
func AttemptOf(run *Run) Attempt {
	if run.Report != nil {
		return Attempt{Report: run.Report}
	}
	r := &Report{Format: Format, Run: run.Run, Plan: run.Plan, Shard: run.Shard, Zones: run.Zones,
		Started: &run.Started}
	index := run.Index()
	for n, outcome := range sentSteps(run) {
		if step := index.Step(n); step != nil {
			sent := NewStepReport(step, outcome.Outcome, outcome.Reason)
			sent.Attempts, sent.Error = outcome.Attempt, outcome.Error
			r.Steps = append(r.Steps, sent)
		}
	}
	slices.SortFunc(r.Steps, func(a, b StepReport) int { return cmp.Compare(a.N, b.N) })
	return Attempt{Report: r, Killed: true}
}

// sentSteps are the last outcomes by the steps' numbers; unknown where no result follows.
func sentSteps(run *Run) map[int]Outcome {
	sent := map[int]Outcome{}
	for _, entry := range run.Entries {
		if entry.Intent != nil {
			sent[entry.Intent.Step] = Outcome{Outcome: OutcomeUnknown, Attempt: entry.Intent.Attempt}
		}
		if entry.Result != nil {
			sent[entry.Result.Step] = *entry.Result
		}
	}
	return sent
}

// stepKey is what makes steps of two attempts one.
type stepKey struct {
	address spec.Address
	op      plan.Op
}

// UniteAttempts makes one report out of the attempts of a shard, in any order. It is that of the
// last one which has left one, with what the others did besides; nil when all were killed.
func UniteAttempts(attempts []Attempt) *Report {
	attempts = slices.Clone(attempts)
	slices.SortStableFunc(attempts, func(a, b Attempt) int { return startedOf(a).Compare(startedOf(b)) })
	last := len(attempts) - 1
	for last >= 0 && attempts[last].Killed {
		last--
	}
	if last < 0 {
		return nil
	}
	united := *attempts[last].Report
	united.Steps = slices.Clone(united.Steps)
	at := map[stepKey]int{}
	for i, s := range united.Steps {
		at[stepKey{s.Address, s.Op}] = i
	}
	for i := len(attempts) - 1; i >= 0; i-- {
		if i != last {
			united.addAttempt(attempts[i], at, i > last)
		}
	}
	return &united
}

// startedOf is when an attempt began; one that was refused before it began has no time.
func startedOf(a Attempt) time.Time {
	if a.Started == nil {
		return time.Time{}
	}
	return *a.Started
}

// addAttempt adds what another attempt did. A later one's outcomes count in the place of those that
// are there; what an earlier one left out is nothing that it did.
func (r *Report) addAttempt(a Attempt, at map[stepKey]int, later bool) {
	r.mergeStarted(a.Report)
	r.Calls.Add(a.Calls)
	r.Seconds += a.Seconds
	for _, s := range a.Steps {
		i, has := at[stepKey{s.Address, s.Op}]
		switch {
		case has && !later, s.Outcome == Skipped:
			continue
		case has:
			r.count(r.Steps[i].Outcome, -1)
			r.Steps[i] = s
		default:
			at[stepKey{s.Address, s.Op}] = len(r.Steps)
			r.Steps = append(r.Steps, s)
			r.Planned++
		}
		r.count(s.Outcome, 1)
		if s.Outcome != Succeeded {
			r.Exit = exit.Worst(r.Exit, exit.Partial)
		}
	}
	if later { // it was killed, and nobody knows what else it would have done
		r.Exit = exit.Worst(r.Exit, exit.Partial)
	}
}

// count adds to the number of steps that ended so.
func (r *Report) count(outcome StepOutcome, n int) {
	switch outcome {
	case Succeeded:
		r.Succeeded += n
	case Failed:
		r.Failed += n
	case Skipped:
		r.Skipped += n
	case OutcomeUnknown:
		r.Unknown += n
	}
}
