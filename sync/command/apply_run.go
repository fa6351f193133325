package command

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/apply"
	"makesync/sync/commandline"
	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/makeapi"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/render"
	"makesync/sync/report"
)

// applyRun is an apply under way: a planned run with its journal and its locks.
type applyRun struct {
	*plannedRun
	applyOptions
	run     string // its name, as in the journal
	store   *history.Store
	lock    *history.Lock
	resumed *report.Run // that of --resume RUN
	found   approvalsFound
	made    plan.Plan // a saved plan as it was made, without what is held now
	trusted bool      // files of guards judge the saved plan again
	// unfinished tells of the earlier runs that were found so; no plan carries these warnings.
	unfinished []spec.Problem
}

// verbOf is the command of a run as its last line names it.
func verbOf(a *applyRun) string {
	if a.claim != "" {
		return commandline.ClaimOffer
	}
	return a.command
}

// do goes through the run: plan, ask, change.
func (a *applyRun) do(ctx context.Context) (*report.Report, error) {
	if err := a.begin(ctx); err != nil {
		return nil, err
	}
	if a.file == "" && plan.StopsRun(a.plan.Problems) {
		a.problems = a.plan.Problems
		return nil, errInvalid
	}
	if err := a.show(); err != nil {
		return nil, err
	}
	if a.plan.Policies.HasErrors() {
		a.problems = append(a.problems, report.PolicyProblems(a.plan, true)...)
		return nil, errForbidden
	}
	if err := checkApprovals(a); err != nil {
		return nil, err
	}
	if problem := a.options.limits.exceeded(a.plan); problem != nil {
		a.problems = append(a.problems, *problem)
		return nil, errHeld
	}
	if err := checkMoney(a); err != nil {
		return nil, err
	}
	if stepCount(a.plan) > 0 {
		if err := a.r.confirm(ctx, a.questionFor(a.plan), a.yes); err != nil {
			return nil, err
		}
		if err := recheck(ctx, a); err != nil {
			return nil, err
		}
	}
	return a.apply(ctx)
}

// begin names the run, reads the documents, takes the locks, and plans.
func (a *applyRun) begin(ctx context.Context) (err error) {
	if a.run, err = history.NewRun(a.r.Now(), a.r.Random); err != nil {
		return err
	}
	if err := a.options.result.checkPlace(); err != nil {
		return err
	}
	if a.store, err = openStore(a.r.Env, a.options.journal); err != nil {
		return err
	}
	if a.file != "" {
		return a.beginSaved(ctx)
	}
	if err := a.connect(ctx, readWrite); err != nil {
		return err
	}
	if err := prepareNext(a); err != nil {
		return err
	}
	if err := onlyOffer(a); err != nil {
		return err
	}
	if err := a.takeLocks(ctx); err != nil {
		return err
	}
	if err := a.resolveEarlier(ctx); err != nil {
		return err
	}
	if err := a.resumeScope(); err != nil {
		return err
	}
	if err := a.make(ctx, planner.Make); err != nil {
		return err
	}
	if a.options.history {
		addLastChanges(ctx, a.plan, a.zones, a.options.zones.concurrency)
	}
	a.plan.Calls.Read += warnOfScopes(ctx, a.plan, a.zones)
	return nil
}

// beginSaved does the same for a saved plan, which is not made but checked.
func (a *applyRun) beginSaved(ctx context.Context) error {
	if err := a.connectSaved(); err != nil {
		return err
	}
	a.options.shard = a.plan.Shard
	if err := a.takeLocks(ctx); err != nil {
		return err
	}
	if err := a.verify(ctx); err != nil {
		return err
	}
	if err := a.judge(ctx); err != nil {
		return err
	}
	warnOfScopes(ctx, a.plan, a.zones)
	return a.resolveEarlier(ctx)
}

// takeLocks keeps other runs on this machine away from the zones.
func (a *applyRun) takeLocks(ctx context.Context) (err error) {
	a.lock, err = a.store.Lock(ctx, history.LockRequest{
		Zones: slices.Collect(maps.Values(a.zones.places())),
		Shard: a.options.shard,
		Run:   a.run,
		Wait:  a.lockTimeout,
	})
	return lockFailure(ctx, err)
}

// warnings are those that no plan carries: what earlier runs left, and which runs beside this one
// could not be kept away.
func (a *applyRun) warnings() []spec.Problem {
	warnings := slices.Concat(a.unfinished, a.found.warnings)
	if a.lock == nil {
		return warnings
	}
	for _, missing := range a.lock.Warnings {
		warnings = append(warnings, spec.Problem{Severity: spec.Warning, Rule: "machine-lock", Message: missing,
			Hint: "the lock of the state folder is held; let one user run makesync on this machine"})
	}
	return warnings
}

const lockHint = "nothing was changed; runs lock their zones below $XDG_STATE_HOME/makesync, " +
	"so set XDG_STATE_HOME to a folder that can be written"

// lockFailure says who holds the lock; an interrupt while waiting for it is that, and nothing else.
func lockFailure(ctx context.Context, err error) error {
	var held *history.HeldError
	switch {
	case err == nil:
		return nil
	case exit.StopExit(ctx) != exit.OK:
		return failure{exit: exit.StopExit(ctx), message: "stopped while waiting for the lock; nothing was changed"}
	case errors.As(err, &held):
		return failure{exit: exit.Unreachable, message: err.Error()}
	}
	return failure{exit: exit.Internal, message: err.Error(), hint: lockHint}
}

// words is how the plan is shown: of one from a file with who vouches for it.
func (a *applyRun) words(verb string) render.Options {
	o := a.plannedRun.words(verb)
	if a.file != "" {
		o.File = trustOf(a.plan, a.r.Env)
	}
	if a.resume != "" {
		o.Narrowed = resumedWords(a.resumed)
	}
	return o
}

// show prints the plan before the question. It is part of the result where that is a text. Whoever
// is to answer sees it on a terminal: on stderr, when stdout is JSON, a file or another program
// (`| tail`).
func (a *applyRun) show() error {
	silent := render.Uneventful(a.plan) && (!a.r.Terminal.Stdout || a.plan.Summary.Waiting == 0)
	words := a.words("plan")
	switch {
	case silent:
		return nil
	case a.options.result.format == formatText:
		var text bytes.Buffer
		if err := (planResult{Plan: a.plan}).text(&text, words); err != nil {
			return err
		}
		how := a.options.result
		how.pager = how.pager && !a.yes && a.r.canAsk() // who is not asked does not wait
		if err := writeLong(a.r, text.Bytes(), how); err != nil || a.r.Terminal.Stdout {
			return err
		}
	}
	if a.yes || !a.r.canAsk() || stepCount(a.plan) == 0 {
		return nil
	}
	words.Color, words.Width = words.Color && a.r.Terminal.Stderr, a.r.Terminal.ErrorWidth
	return planResult{Plan: a.plan}.text(a.r.Stderr, words)
}

const journalHint = "nothing was changed; --journal DIR keeps journals elsewhere, --no-journal keeps none"

// apply does the steps.
func (a *applyRun) apply(ctx context.Context) (_ *report.Report, err error) {
	options := apply.Options{
		Run: a.run, Zones: a.zones.writers(), Clock: clock{now: a.r.Now}, Jitter: rand.Float64,
		Concurrency: a.options.zones.concurrency, Timeout: a.options.zones.timeout,
		Fetched: a.fetched, Saved: a.file != "", AllowPartial: a.allowPartial,
		Progress: a.r.bar.applied,
	}
	memory := a.store.Billing()
	if options.Billing = memory; plan.MovesMoney(a.plan.Organizations) {
		_, _ = memory.Known() // before this run's own journal is one of them; the apply tells of the error
	}
	if steps := stepCount(a.plan); !a.noJournal && steps > 0 {
		if steps > history.MostSteps {
			return nil, tooManySteps(steps)
		}
		journal, err := a.store.Begin(a.run, a.zones.places(), journalled(a))
		if err != nil {
			return nil, failure{exit: exit.Internal, message: err.Error(), hint: journalHint}
		}
		defer journal.Close()
		options.Journal = journal
	}
	if options.ShowCheckout, err = checkouts(a); err != nil {
		return nil, err
	}
	if options.Saved {
		options.BeforeWriting = func() error {
			if err := a.store.Use(a.plan, a.run); err != nil {
				return err // what was signed for it may serve the run that has it
			}
			return a.store.UseApprovals(a.found.uses, a.run)
		}
	}
	applied := apply.Run(ctx, a.plan, options)
	a.r.bar.Done()
	applied.ApprovedBy = a.found.people
	applied.Problems = slices.Concat(report.PolicyProblems(a.plan, true), applied.Problems,
		a.warnings(), a.learn(applied), saveNext(ctx, a, applied))
	return applied, nil
}

func tooManySteps(steps int) error {
	return failure{exit: exit.Invalid, hint: "divide the run with --shard I/N, or narrow it with --target GLOB",
		message: "the plan has " + text.Number(steps) + " steps, and the journal of a run holds at most " +
			text.Number(history.MostSteps)}
}

// learn remembers what plans of Make refused, so that it is not tried again every night.
func (a *applyRun) learn(applied *report.Report) []spec.Problem {
	refusals, err := a.store.Refusals(a.zones.places())
	if err == nil {
		err = refusals.Learn(a.plan, applied)
	}
	if err == nil {
		return nil
	}
	return []spec.Problem{warnNotReported(a.r, "licence",
		"what the run met of licences was not remembered: "+err.Error(),
		"the next run tries again what a plan of Make refused, once for each kind")}
}

// release lets go of zones and locks.
func (a *applyRun) release() {
	a.close()
	if a.lock == nil {
		return
	}
	if err := a.lock.Release(); err != nil {
		a.r.log.Warn("release the locks", "error", err)
	}
}

// failApply ends a run that has no report of its own.
func (a *applyRun) failApply(ctx context.Context, err error) error {
	problems, code := withError(ctx, err, slices.Concat(a.warnings(), a.problems))
	if code == exit.PartlyVisible {
		code = exit.Partial // what is left of an apply is not done
	}
	failed := &report.Report{Format: report.Format, Run: a.run, Shard: a.options.shard}
	if a.plan != nil {
		failed = report.Unstarted(a.run, a.plan, err.Error())
	}
	failed.Problems, failed.Exit = problems, code
	if a.zones != nil {
		failed.Calls.Read = a.zones.reads()
	}
	failed.Problems = append(problems, a.end(failed, problems, code).report(ctx, a.r)...)
	res := reportResult{Report: failed}
	if err := a.r.emitFailed(res, failed.Problems, code, a.options.result, verbOf(a)); err != nil {
		return err
	}
	return end(code)
}

// clock is time for the apply loop, as the runtime tells it.
type clock struct {
	makeapi.SystemClock
	now func() time.Time
}

func (c clock) Now() time.Time { return c.now() }
