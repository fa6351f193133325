package apply

import (
	"context"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// report counts what became of every step of the plan, in the order of the plan.
func (a *applier) report(ctx context.Context, workers []*worker, refused *refusal, started time.Time) *report.Report {
	r := &report.Report{Format: report.Format, Run: a.options.Run, Plan: a.plan.Digest, Shard: a.plan.Shard,
		Started: &started, Zones: a.plan.Zones, Steps: []report.StepReport{}, Problems: []spec.Problem{},
		Waiting: a.plan.Summary.Waiting, Held: a.plan.Summary.Held}
	for _, w := range workers {
		for i := range w.steps {
			r.Steps = append(r.Steps, w.result(ctx, &w.steps[i]))
		}
	}
	r.Count()
	if r.Shard != nil {
		r.Digests = plan.OrganizationDigests(a.plan.Organizations)
	}
	r.Problems = plan.ByKey(append(append(r.Problems, a.plan.Problems...), a.problems(workers)...))
	r.Calls = a.calls()
	r.Seconds = a.options.Clock.Now().Sub(started).Seconds()
	r.Exit = a.exit(ctx, r, workers, refused)
	if err := a.recorder.end(r); err != nil {
		r.Problems = append(r.Problems, spec.Problem{Severity: spec.Warning, Rule: "journal",
			Message: text.OneLine(err.Error()),
			Hint: "the journal lacks its last line only: the next apply takes this run for unfinished, " +
				"and finds nothing open"})
	}
	return r
}

// result is what became of a step; one that a stop kept from being looked at is skipped.
func (w *worker) result(ctx context.Context, s *plan.Step) report.StepReport {
	if r := w.results[s.N]; r != nil {
		return *r
	}
	return report.NewStepReport(s, report.Skipped, stopReason(ctx))
}

// problems are the run's own, in the order of the organizations.
func (a *applier) problems(workers []*worker) []spec.Problem {
	var problems []spec.Problem
	for _, w := range workers {
		for _, p := range []*spec.Problem{w.unverified, report.LicenceProblem(w.address(), w.results)} {
			if p != nil {
				problems = append(problems, *p)
			}
		}
	}
	if err := a.recorder.broken(); err != nil {
		problems = append(problems, spec.Problem{Severity: spec.Error, Rule: "journal",
			Message: text.OneLine(err.Error()),
			Hint:    "nothing is written without a journal; make room, or name another folder with --journal"})
	}
	return problems
}

// calls counts over all zones.
func (a *applier) calls() state.Calls {
	var sum state.Calls
	for _, port := range a.options.Zones {
		if port.Calls != nil {
			made := port.Calls()
			sum.Read += made.Read
			sum.Write += made.Write
		}
	}
	return sum
}

func (a *applier) exit(ctx context.Context, r *report.Report, workers []*worker, refused *refusal) exit.Code {
	facts := applyFacts{stop: exit.StopExit(ctx), plan: a.plan.Exit, steps: a.steps, held: r.Held > 0,
		journal: a.recorder.failedBeforeFirstWrite()}
	if refused != nil {
		facts.refusal = refused.exit
	}
	for i := range r.Steps {
		facts.add(&r.Steps[i], a.options.Saved)
	}
	for _, w := range workers {
		facts.unread = facts.unread || w.unverified != nil
	}
	for i := range a.plan.Organizations {
		facts.unread = facts.unread || len(a.plan.Organizations[i].NotRead) > 0
	}
	return facts.exit()
}
