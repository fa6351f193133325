package command

import (
	"context"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/fleet"
	"makesync/sync/metrics"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// runEnd is how a run of plan, undo, apply or status ended, good or bad.
type runEnd struct {
	command  string
	began    time.Time
	options  planOptions
	zones    *zones         // nil when it did not come to that
	plan     *plan.Plan     // nil when there is none
	applied  *report.Report // of apply
	status   *fleet.Status  // of status
	problems []spec.Problem
	exit     exit.Code
	job      []string // what else makes it the same job every night
	// heldOnly: the apply went through, and something is held.
	heldOnly bool
}

// report tells whoever wants to know how the run ended, and gives the warnings about those who
// could not be told; they change no exit. It comes before the result is printed, so that the result
// holds them.
func (e runEnd) report(ctx context.Context, r *runtimeEnv) []spec.Problem {
	var problems []spec.Problem
	if o := e.options.end.notify; o != nil {
		if err := notifyReceiver(ctx, r, o, e); err != nil {
			problems = append(problems, warnNotReported(r, "notify",
				"nobody was notified: "+o.place()+": "+err.Error(),
				"what could not be told is told by the next run"))
		}
	}
	if file := e.options.end.metricsFile; file != "" {
		e.problems = append(e.problems[:len(e.problems):len(e.problems)], problems...)
		if err := writeMetrics(r, e, file); err != nil {
			problems = append(problems, warnNotReported(r, "metrics",
				"the metrics were not written: "+err.Error(),
				"the file still holds those of an earlier run, if any"))
		}
	}
	return problems
}

// warnNotReported logs that somebody could not be told, and makes a problem of it.
func warnNotReported(r *runtimeEnv, rule, message, hint string) spec.Problem {
	r.log.Warn(message, "rule", rule)
	return spec.Problem{Severity: spec.Warning, Rule: rule, Message: message, Hint: hint}
}

// calls counts what was sent to the zones that were asked, by name.
func (e runEnd) calls() map[string]metrics.Calls {
	calls := map[string]metrics.Calls{}
	if e.zones == nil {
		return calls
	}
	for name, p := range e.zones.ports {
		if p.client == nil {
			continue
		}
		s := p.client.Stats()
		calls[name] = metrics.Calls{
			Sent: s.Calls, Repeated: s.Repeated, Failed: s.Failed, RateWaits: s.RateWaits, RateWaited: s.RateWaited,
		}
	}
	return calls
}
