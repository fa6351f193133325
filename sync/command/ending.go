package command

import (
	"context"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/makeapi"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// endingOptions say who is told how a run ended, besides the streams: a metrics file, a receiver of
// notifications.
type endingOptions struct {
	metricsFile string
	notify      *notifyOptions // nil: nobody
}

func endingFlags() []cli.Flag { return joined(metricsFlags(), notifyFlags()) }

// readEndingOptions reads them where the command has them: plan and apply, not undo.
func (r *runtimeEnv) readEndingOptions(c *cli.Context) (o endingOptions, err error) {
	if findFlag(c.Command.Flags, "metrics-file") == nil {
		return o, nil
	}
	if o.metricsFile, err = readMetricsFile(c); err != nil {
		return o, err
	}
	o.notify, err = r.readNotifyOptions(c)
	return o, err
}

// ending is how a run of plan or apply ended, good or bad.
type ending struct {
	command  string
	began    time.Time
	options  planOptions
	zones    *zones         // nil when it did not come to that
	plan     *plan.Plan     // nil when there is none
	report   *report.Report // of apply
	problems []spec.Problem
	exit     exit.Code
}

// conclude tells whoever wants to know how the run ended, and gives the warnings about those who
// could not be told; they change no exit. It comes before the result is printed, so that the result
// holds them.
func (r *runtimeEnv) conclude(ctx context.Context, e ending) []spec.Problem {
	var problems []spec.Problem
	if o := e.options.ending.notify; o != nil {
		if err := r.notify(ctx, o, e); err != nil {
			problems = append(
				problems,
				r.untold(
					"notify",
					"nobody was notified: "+o.place()+": "+err.Error(),
					"what could not be told is told by the next run",
				),
			)
		}
	}
	if file := e.options.ending.metricsFile; file != "" {
		e.problems = append(e.problems[:len(e.problems):len(e.problems)], problems...)
		if err := r.writeMetrics(e, file); err != nil {
			problems = append(
				problems,
				r.untold(
					"metrics",
					"the metrics were not written: "+err.Error(),
					"the file still holds those of an earlier run, if any",
				),
			)
		}
	}
	return problems
}

// untold logs that somebody could not be told, and makes a problem of it.
func (r *runtimeEnv) untold(rule, message, hint string) spec.Problem {
	r.log.Warn(message, "rule", rule)
	return spec.Problem{Severity: spec.Warning, Rule: rule, Message: message, Hint: hint}
}

// stats are the counters of the zones that were asked, by name.
func (e ending) stats() map[string]makeapi.Stats {
	stats := map[string]makeapi.Stats{}
	if e.zones != nil {
		for name, p := range e.zones.ports {
			if p.client != nil {
				stats[name] = p.client.Stats()
			}
		}
	}
	return stats
}

// conclude does so for an apply.
func (a *application) conclude(ctx context.Context, report *report.Report) []spec.Problem {
	return a.r.conclude(ctx, ending{command: "apply", began: a.began, options: a.o.plan,
		zones: a.zones, plan: a.plan, report: report, problems: report.Problems, exit: report.Exit})
}
