package command

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"makesync/spec"
	"makesync/sync/apply"
	"makesync/sync/commandline"
	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/report"
)

// resolveEarlier finds out, by reading, what became of the requests that earlier runs left open,
// before anything is planned, and waits for what they have just made. With --resume only that run
// counts as open, and it must be one.
func (a *applyRun) resolveEarlier(ctx context.Context) error {
	runs, err := a.unfinishedRuns()
	if err != nil {
		return err
	}
	for _, run := range runs {
		if err := a.resolveRun(ctx, run); err != nil {
			return err
		}
	}
	return a.awaitVisible(ctx)
}

const hiddenJournalHint = "what the journal hides could be a write; look into it, then move it away, " +
	"or run with --no-journal"

func (a *applyRun) unfinishedRuns() ([]*report.Run, error) {
	if a.noJournal {
		return nil, nil
	}
	if a.resume != "" {
		run, err := a.store.Read(a.resume)
		if err != nil {
			return nil, unreadRun("resume run "+a.resume, err)
		}
		if run.Status() == report.RunEmpty {
			return nil, failure{exit: exit.Invalid, hint: "apply without --resume",
				message: "nothing was sent in run " + a.resume + ", nothing to resume"}
		}
		if c := run.Command; c != nil && !c.Resumable() {
			return nil, failure{exit: exit.Invalid,
				message: "run " + a.resume + " did what no document says; nothing to resume",
				hint:    "go on with `" + resumeLine(c, a.resume, a.options.journal) + "`"}
		}
		a.resumed = run
		return openOnly(run), nil
	}
	runs, err := a.store.Unresolved(a.zones.places())
	if tooMuch := (*history.TooMuchError)(nil); errors.As(err, &tooMuch) {
		return nil, failure{exit: exit.Internal, message: err.Error(),
			hint: "go on with one at a time: `" + resumeLine(nil, tooMuch.Largest(), a.options.journal) +
				"` with the -f of that run; or look into it and move its journal away"}
	}
	if err != nil {
		return nil, failure{exit: exit.Internal, message: err.Error(), hint: hiddenJournalHint}
	}
	return runs, nil
}

// openOnly leaves out a run of which everything is known.
func openOnly(run *report.Run) []*report.Run {
	if !run.Unresolved() && len(run.Open()) == 0 {
		return nil
	}
	return []*report.Run{run}
}

// resolveRun adds to a killed run's journal what reading shows of its open requests.
func (a *applyRun) resolveRun(ctx context.Context, run *report.Run) (err error) {
	outcomes := apply.Resume(ctx, run, a.resumeOptions(run))
	journal, err := a.store.Append(run.Run)
	if err != nil {
		return failure{exit: exit.Internal, message: err.Error()}
	}
	defer func() { err = errors.Join(err, journal.Close()) }()
	for _, outcome := range outcomes {
		a.r.log.Info("resolved", "run", run.Run, "address", string(outcome.Address),
			"outcome", string(outcome.Outcome), "reason", outcome.Reason.String())
	}
	a.unfinished = append(a.unfinished, unfinishedRun(run, outcomes))
	known := !run.Resolved && ctx.Err() == nil && !apply.Unresolved(outcomes) // else a later run tries again
	if err := journal.AddResolved(run.News(outcomes), known); err != nil {
		return failure{exit: exit.Internal, message: err.Error()}
	}
	return nil
}

// resumeOptions have the zones under the names that the earlier run has for them: the documents may
// call a zone otherwise by now, or another zone so.
func (a *applyRun) resumeOptions(run *report.Run) apply.ResumeOptions {
	zones, own := readers{}, a.zones.readers()
	for theirs, name := range history.ZoneNames(run, a.zones.places()) {
		zones[theirs] = own[name]
	}
	return apply.ResumeOptions{Zones: zones, Clock: clock{now: a.r.Now}, Jitter: rand.Float64,
		Waiting: a.r.bar.settles}
}

// awaitVisible waits until the zones show what other runs have made in them just before this one.
func (a *applyRun) awaitVisible(ctx context.Context) error {
	if a.noJournal {
		return nil
	}
	verbs, within := apply.Awaited()
	runs, err := a.store.Recent(a.zones.places(), a.r.Now().Add(-within), verbs...)
	if err != nil {
		return failure{exit: exit.Internal, message: err.Error()}
	}
	for _, run := range runs {
		apply.AwaitVisible(ctx, run, a.resumeOptions(run))
	}
	return nil
}

// unfinishedRun tells that a run left something open, and what is known of it now.
func unfinishedRun(run *report.Run, outcomes []report.Outcome) spec.Problem {
	counts := map[report.StepOutcome]int{}
	for _, outcome := range outcomes {
		counts[outcome.Outcome]++
	}
	how := "was not finished"
	if run.Ended != nil {
		how = "ended with an unknown outcome"
	}
	return spec.Problem{
		Severity: spec.Warning, Rule: "unfinished-run",
		Message: fmt.Sprintf("run %s %s; of its open requests %d had happened, %d had not, %d are unknown%s",
			run.Run, how, counts[report.Succeeded], counts[report.Failed], counts[report.OutcomeUnknown],
			undecided(outcomes)),
		Hint: "this run plans from what is there; `makesync runs show " + run.Run + "` tells the story",
	}
}

// undecided says what is to be looked at by hand.
func undecided(outcomes []report.Outcome) (words string) {
	for _, outcome := range outcomes {
		if outcome.Outcome == report.OutcomeUnknown {
			words += fmt.Sprintf("; %s of %s is %s", outcome.Verb, outcome.Address, outcome.Reason)
		}
	}
	return words
}

// resumeScope keeps of the documents what the resumed run was about: the organizations of its plan,
// and of them what its own --target and --exclude left in, or the objects of the plan that it
// applied.
func (a *applyRun) resumeScope() error {
	if a.resume == "" {
		return nil
	}
	own, err := ownScope(a.resumed.Command)
	if err != nil {
		return err
	}
	scope := &a.options.scope
	scope.target, scope.exclude = own.Targets, append(scope.exclude, own.Excludes...)
	scope.only = a.resumed.Scope()
	if slices.ContainsFunc(a.desired.Organizations, func(o spec.Organization) bool {
		_, ofRun := scope.only[o.Key]
		return ofRun
	}) {
		return nil
	}
	return failure{
		exit:    exit.Invalid,
		message: "the documents hold none of the organizations of run " + a.resume,
		hint:    "give the same -f as that run",
	}
}

// resumedWords say which part of the documents a resumed run is about.
func resumedWords(run *report.Run) string {
	if run.Command != nil && run.Command.IsOfPlan() {
		return "the objects of the plan that run " + run.Run + " applied"
	}
	words := "the organizations of run " + run.Run
	if c := run.Command; c != nil && len(c.Target)+len(c.Exclude) > 0 {
		own := commandline.Command{Target: c.Target, Exclude: c.Exclude}
		words += ", with its " + commandline.Quoted(own.ScopeFlags())
	}
	return words
}

// ownScope is what the command line of a run says of its scope.
func ownScope(c *commandline.Command) (scope spec.Scope, err error) {
	if c == nil {
		return scope, nil
	}
	if scope.Targets, err = parseGlobs(c.Target); err == nil {
		scope.Excludes, err = parseGlobs(c.Exclude)
	}
	return scope, err
}

func parseGlobs(patterns []string) (globs []spec.Glob, err error) {
	for _, pattern := range patterns {
		glob, err := spec.ParseGlob(pattern)
		if err != nil {
			return nil, err
		}
		globs = append(globs, glob)
	}
	return globs, nil
}
