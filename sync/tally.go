package sync

import (
	"context"
	"strings"
	"time"

	"makesync/spec"
	"makesync/spec/text"
)

// report counts what became of every step of the plan, in the order of the plan.
func (a *applier) report(ctx context.Context, workers []*worker, started time.Time) *Report {
	r := &Report{Format: ReportFormat, Run: a.o.Run, Plan: a.plan.Digest, Shard: a.plan.Shard,
		Started: &started, Zones: a.plan.Zones, Steps: []StepReport{}, Problems: []spec.Problem{},
		Waiting: a.plan.Summary.Waiting, Held: a.plan.Summary.Held}
	for _, w := range workers {
		for i := range w.steps {
			r.Steps = append(r.Steps, w.reportOn(ctx, &w.steps[i]))
		}
	}
	r.count()
	if r.Shard != nil {
		r.Digests = organizationDigests(a.plan.Organizations)
	}
	r.Problems = byKey(append(append(r.Problems, a.plan.Problems...), a.sortedProblems(workers)...))
	r.Calls = a.calls()
	r.Seconds = a.o.Clock.Now().Sub(started).Seconds()
	r.Exit = a.exitOf(ctx, r)
	if err := a.gate.end(r); err != nil {
		r.Problems = append(r.Problems, spec.Problem{Severity: spec.Warning, Rule: "journal", Message: text.OneLine(err.Error()),
			Hint: "the journal lacks its last line only: the next apply takes this run for unfinished, and finds nothing open"})
	}
	return r
}

// reportOn is the outcome of a step; one that a stop kept from being looked at is skipped.
func (w *worker) reportOn(ctx context.Context, s *Step) StepReport {
	if r := w.reports[s.N]; r != nil {
		return *r
	}
	return reportOf(s, *skip(stopReason(ctx)))
}

// sortedProblems are the run's own, in the order of the organizations.
func (a *applier) sortedProblems(workers []*worker) []spec.Problem {
	var problems []spec.Problem
	for _, w := range workers {
		for _, p := range a.problems {
			if p.Address == w.address() {
				problems = append(problems, p)
			}
		}
		if p := w.toBuy(); p != nil {
			problems = append(problems, *p)
		}
	}
	if err := a.gate.broken(); err != nil {
		problems = append(problems, spec.Problem{Severity: spec.Error, Rule: "journal",
			Message: text.OneLine(err.Error()), Hint: "nothing is written without a journal; make room, or name another folder with --journal"})
	}
	return problems
}

// licenceWord begins the reason of a step that the organization's plan does not offer.
const licenceWord = "licence:"

// offers says which of Make's plans has a kind (help pages on plans).
var offers = map[spec.Kind]string{
	spec.KindVariable:       "custom variables: Pro, Teams or Enterprise",
	spec.KindFeatureControl: "feature controls: a plan that offers them",
	spec.KindTFA:            "enforcing two-factor authentication: Enterprise",
	spec.KindMember:         "members through the API: a paid plan",
	spec.KindOwner:          "ownership through the API: a paid plan",
	spec.KindOrganization:   "settings through the API: a paid plan",
}

// toBuy says which plan an organization needs for what was skipped.
func (w *worker) toBuy() *spec.Problem {
	lacking := map[spec.Kind]bool{}
	n := 0
	for _, r := range w.reports {
		if r.Outcome == Skipped && strings.HasPrefix(r.Reason, licenceWord) {
			lacking[r.Kind] = true
			n++
		}
	}
	if n == 0 {
		return nil
	}
	var buy []string
	for _, kind := range spec.Kinds() {
		if lacking[kind] {
			buy = append(buy, offers[kind])
		}
	}
	return &spec.Problem{Severity: spec.Warning, Rule: "licence", Address: w.address(),
		Message: text.Count(n, "step was", "steps were") + " skipped, since the organization's plan lacks the feature",
		Hint:    "buy " + strings.Join(buy, "; ") + "; then apply again"}
}

// calls counts over all zones.
func (a *applier) calls() Calls {
	var sum Calls
	for _, port := range a.o.Zones {
		if port.Calls != nil {
			made := port.Calls()
			sum.Read += made.Read
			sum.Write += made.Write
		}
	}
	return sum
}

func (a *applier) exitOf(ctx context.Context, r *Report) Exit {
	facts := applyFacts{stop: StopExit(ctx), refusal: a.exit, plan: a.plan.Exit, held: r.Held > 0,
		journal: a.gate.silent(), unread: len(a.problems) > 0}
	for i := range r.Steps {
		facts.add(&r.Steps[i], a.o.Saved)
	}
	for i := range a.plan.Organizations {
		facts.unread = facts.unread || len(a.plan.Organizations[i].NotRead) > 0
	}
	return facts.exit()
}
