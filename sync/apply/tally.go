package apply

import (
	"context"
	"maps"
	"slices"
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
		for i := range w.list {
			r.Steps = append(r.Steps, w.result(ctx, &w.list[i]))
		}
	}
	r.Count()
	r.AddAccess(a.plan)
	r.Waiting += r.AwaitingPersons()
	if r.Shard != nil {
		r.Digests = plan.OrganizationDigests(a.plan.Organizations)
	}
	r.Problems = spec.ByKey(append(append(r.Problems, a.planProblems()...), a.problems(workers)...))
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

// planProblems are those of the plan. That a zone refuses the token is told by the run, which knows
// what else that has cost.
func (a *applier) planProblems() []spec.Problem {
	if !a.refused() {
		return a.plan.Problems
	}
	var refusals []string
	for _, port := range a.options.Zones {
		if err := port.refusal(); err != nil {
			refusals = append(refusals, state.UnreadProblem("", "", err).Message)
		}
	}
	return slices.DeleteFunc(slices.Clone(a.plan.Problems), func(p spec.Problem) bool {
		return slices.Contains(refusals, p.Message)
	})
}

// problems are the run's own, in the order of the organizations.
func (a *applier) problems(workers []*worker) []spec.Problem {
	var problems []spec.Problem
	for _, w := range workers {
		licence := report.LicenceProblem(w.address(), w.results)
		for _, p := range []*spec.Problem{w.twin, w.payment, w.unverified, licence} {
			if p != nil {
				problems = append(problems, *p)
			}
		}
	}
	for _, zone := range slices.Sorted(maps.Keys(a.options.Zones)) {
		problems = append(problems, refusedProblems(zone, a.options.Zones[zone].refusal(), workers)...)
	}
	if err := a.recorder.broken(); err != nil {
		problems = append(problems, spec.Problem{Severity: spec.Error, Rule: "journal",
			Message: text.OneLine(err.Error()),
			Hint:    "nothing is written without a journal; make room, or name another folder with --journal"})
	}
	return problems
}

// refusedProblems tell once that a zone has stopped accepting the token, and how much of the plan
// that has cost; none where it has cost nothing: the plan then says that nothing could be read.
func refusedProblems(zone string, err error, workers []*worker) []spec.Problem {
	skipped, written := 0, 0
	for _, w := range workers {
		if w.organization.Zone != zone {
			continue
		}
		written += len(w.written)
		for _, r := range w.results {
			if r.Reason.Code == report.ReasonTokenRefused {
				skipped++
			}
		}
	}
	if err == nil || skipped+written == 0 {
		return nil
	}
	return []spec.Problem{report.RefusedProblem(zone, err, skipped, written > 0)}
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
		journal: a.recorder.failedBeforeFirstWrite(), refused: a.refused()}
	if refused != nil {
		facts.refusal = refused.exit
	}
	for i := range r.Steps {
		facts.add(&r.Steps[i], a.options.Saved)
	}
	for _, w := range workers {
		facts.unread = facts.unread || w.unverified != nil
		facts.twin = facts.twin || w.twin != nil
	}
	for i := range a.plan.Organizations {
		facts.unread = facts.unread || len(a.plan.Organizations[i].NotRead) > 0
	}
	return facts.exit()
}
