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
// The last outcome of a step counts, and a step is its address and its op. What an attempt could
// not know, and a later run has found out, stands in its journal behind its end.

// Attempt is what one attempt of a shard did.
type Attempt struct {
	*Report
	// Killed: the attempt has left no report, and its steps are those for which something was sent.
	Killed bool
}

// AttemptOf reads an attempt from its journal.
func AttemptOf(run *Run) Attempt {
	if run.Report != nil {
		return Attempt{Report: run.Report.Settled(run)}
	}
	r := &Report{Format: Format, Run: run.Run, Plan: run.Plan, Shard: run.Shard, Zones: run.Zones,
		Started: &run.Started}
	for _, sent := range sentSteps(run) {
		s := NewStepReport(sent.step, sent.Outcome.Outcome, sent.Reason)
		s.Attempts, s.Error = sent.Attempt, sent.Error
		r.Steps = append(r.Steps, s)
	}
	slices.SortFunc(r.Steps, func(a, b StepReport) int { return cmp.Compare(a.N, b.N) })
	return Attempt{Report: r, Killed: true}
}

// Settled is the report with what the run's journal has learnt since of the steps that it does not
// know about.
func (r *Report) Settled(run *Run) *Report {
	settled, sent := *r, sentSteps(run)
	settled.Steps = slices.Clone(r.Steps)
	for i := range settled.Steps {
		s := &settled.Steps[i]
		found := sent[s.N]
		if s.Outcome != OutcomeUnknown || found.step == nil || found.step.Address != s.Address {
			continue
		}
		settled.count(s.Outcome, -1)
		s.Outcome, s.Reason, s.Error = found.Outcome.Outcome, found.Reason, found.Error
		settled.count(s.Outcome, 1)
	}
	return &settled
}

// sentStep is a step for which something was sent, and its last outcome.
type sentStep struct {
	step *plan.Step
	Outcome
}

// sentSteps are those of a run by their numbers; unknown where no result follows, and half done
// where the writes ended before the last one of the step.
func sentSteps(run *Run) map[int]sentStep {
	index := run.Index()
	sent := map[int]sentStep{}
	for _, entry := range run.Entries {
		var outcome Outcome
		switch {
		case entry.Intent != nil:
			outcome = Outcome{Step: entry.Intent.Step, Verb: entry.Intent.Verb, Outcome: OutcomeUnknown,
				Attempt: entry.Intent.Attempt}
		case entry.Result != nil:
			outcome = *entry.Result
		}
		if step := index.Step(outcome.Step); step != nil {
			sent[outcome.Step] = sentStep{step, outcome}
		}
	}
	for n, s := range sent {
		verbs := s.step.Verbs()
		if s.Outcome.Outcome == Succeeded && len(verbs) > 0 && s.Verb != verbs[len(verbs)-1] {
			s.Outcome.Outcome = Failed
			s.Reason = Reason{ReasonHalfDone, "the run was killed before the second write"}
			sent[n] = s
		}
	}
	return sent
}

// stepKey is what makes steps of two attempts one. Whoever was revoked and not invited again is
// invited by the next attempt, and whoever has accepted an invitation meanwhile is removed.
type stepKey struct {
	address spec.Address
	op      plan.Op
}

func keyOf(s StepReport) stepKey { return stepKey{s.Address, s.Op.Counted()} }

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
		at[keyOf(s)] = i
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
		i, has := at[keyOf(s)]
		switch {
		case has && !later, s.Outcome == Skipped:
			continue
		case has:
			r.count(r.Steps[i].Outcome, -1)
			r.Steps[i] = s
		default:
			at[keyOf(s)] = len(r.Steps)
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
