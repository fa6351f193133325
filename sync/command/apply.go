package command

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/sync/apply"
	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/plan"
	"makesync/sync/render"
	"makesync/sync/report"
)

// applyOptions are the options of apply.
type applyOptions struct {
	plan         planOptions
	file         string // a saved plan; "" plans by itself
	resume       string
	yes          bool
	noJournal    bool
	allowPartial bool
	lockTimeout  time.Duration
}

func applyCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:      "apply",
		Usage:     "plan, confirm, change; or apply a saved plan",
		ArgsUsage: "[PLAN]",
		Description: "Without PLAN: makes the plan, shows it, asks, and applies it. With PLAN, a file of `makesync plan -o`: applies exactly that, " +
			"after reading again what it touches; zones and tokens come from -f, flags and environment as for plan. " +
			"A plan that deletes or transfers asks for the organization's name, or for how many there are. Without a terminal nothing is asked and nothing is done unless --yes is given.",
		UsageText: "makesync apply -f clients/ --yes\nmakesync apply -f clients/ plan.json",
		Flags: joined(planningFlags(), []cli.Flag{
			&cli.BoolFlag{Name: "yes", Usage: "answer every question with yes, also the typed one"},
			&cli.StringFlag{
				Name:  "resume",
				Usage: "find out what became of the unfinished `RUN`, then plan its organizations only",
			},
			&cli.BoolFlag{
				Name:  "allow-partial",
				Usage: "with PLAN: apply the steps that still fit when others have become stale",
			},
			&cli.BoolFlag{Name: "no-journal", Usage: "keep no journal: the run can then be neither resumed nor undone"},
			&cli.DurationFlag{Name: "lock-timeout", Usage: "wait up to `D` for another run on the zone to end"},
		}, resultFlags(formatText, formatJSON), logFlags()),
		Action: r.action(arity{0, 1, "PLAN"}, func(c *cli.Context) error {
			o, err := r.readApplyOptions(c)
			if err != nil {
				return err
			}
			return r.runApply(c.Context, o)
		}),
	}
}

// planOnly are flags that decide what goes into a plan, and so mean nothing beside a saved one.
var planOnly = []string{"allow", "target", "exclude", "shard", "skip-references", "resume"}

func (r *runtimeEnv) readApplyOptions(c *cli.Context) (o applyOptions, err error) {
	if o.plan, err = r.readPlanOptions(c); err != nil {
		return o, err
	}
	o.file, o.resume, o.yes = c.Args().First(), c.String("resume"), c.Bool("yes")
	o.noJournal, o.allowPartial, o.lockTimeout = c.Bool(
		"no-journal",
	), c.Bool(
		"allow-partial",
	), c.Duration(
		"lock-timeout",
	)
	if o.file != "" {
		for _, name := range planOnly {
			if c.IsSet(name) {
				return o, badUsage(c, "--%s does not go with a saved plan: its steps are decided", name)
			}
		}
	}
	switch {
	case o.allowPartial && o.file == "":
		return o, badUsage(c, "--allow-partial goes with a saved plan")
	case o.lockTimeout < 0:
		return o, badUsage(c, "--lock-timeout %s: must not be below 0", o.lockTimeout)
	case c.IsSet("resume") && o.resume == "":
		return o, badUsage(c, "--resume needs the name of a run; makesync runs list shows them")
	case o.resume != "" && c.IsSet("target"):
		return o, badUsage(c, "--target does not go with --resume, which plans all organizations of the run")
	case o.noJournal && o.resume != "":
		return o, badUsage(c, "--no-journal does not go with --resume, which writes to the journal of the run")
	}
	return o, nil
}

// application is an apply under way.
type application struct {
	r *runtimeEnv
	o applyOptions
	made
	began   time.Time
	store   *history.Store
	run     string
	lock    *history.Lock
	resumed []string // keys of the organizations of --resume RUN
	// settled tells of the earlier runs that were found unfinished; no plan carries these warnings.
	settled []spec.Problem
}

// runApply applies and prints the report.
func (r *runtimeEnv) runApply(ctx context.Context, o applyOptions) error {
	ctx, stop := o.plan.limits.bound(ctx)
	defer stop()
	a := &application{r: r, o: o, began: r.Now()}
	report, err := a.do(ctx)
	a.release()
	if err != nil {
		return r.failApply(ctx, err, a)
	}
	report.Problems = append(report.Problems, a.conclude(ctx, report)...)
	if err := r.emit(reportResult{Report: report}, o.plan.result, r.render(o.plan.result, "apply")); err != nil {
		return err
	}
	return end(report.Exit)
}

// do goes through the run: plan, ask, change.
func (a *application) do(ctx context.Context) (*report.Report, error) {
	if err := a.begin(ctx); err != nil {
		return nil, err
	}
	if err := a.show(); err != nil {
		return nil, err
	}
	if a.o.file == "" && plan.StopsRun(a.plan.Problems) {
		a.problems = a.plan.Problems
		return nil, errInvalid
	}
	if problem := a.o.plan.limits.exceeded(a.plan); problem != nil {
		a.problems = append(a.problems, *problem)
		return nil, errHeld
	}
	if stepCount(a.plan) > 0 {
		if err := a.r.confirm(ctx, questionFor(a.plan), a.o.yes); err != nil {
			return nil, err
		}
	}
	return a.apply(ctx)
}

// begin names the run, reads the documents, takes the locks, and plans.
func (a *application) begin(ctx context.Context) (err error) {
	if a.run, err = history.NewRun(a.r.Now(), a.r.Random); err != nil {
		return err
	}
	if err := a.o.plan.result.checkPlace(); err != nil {
		return err
	}
	if a.store, err = a.r.openStore(a.o.plan.journal); err != nil {
		return err
	}
	if a.o.file != "" {
		return a.beginSaved(ctx)
	}
	if a.made, err = a.r.connect(a.o.plan, readWrite); err != nil {
		return err
	}
	if err := a.takeLocks(ctx); err != nil {
		return err
	}
	if err := a.settle(ctx); err != nil {
		return err
	}
	if err := a.resumeScope(); err != nil {
		return err
	}
	return a.r.planInto(ctx, &a.made, a.o.plan)
}

// beginSaved does the same for a saved plan, which is not made but checked.
func (a *application) beginSaved(ctx context.Context) error {
	if err := a.connectSaved(); err != nil {
		return err
	}
	a.o.plan.shard = a.plan.Shard
	if err := a.takeLocks(ctx); err != nil {
		return err
	}
	if err := a.verify(ctx); err != nil {
		return err
	}
	return a.settle(ctx)
}

// takeLocks keeps other runs on this machine away from the zones.
func (a *application) takeLocks(ctx context.Context) (err error) {
	a.lock, err = a.store.Lock(ctx, history.LockRequest{
		Zones: slices.Collect(maps.Values(a.zones.places())), Shard: a.o.plan.shard, Run: a.run, Wait: a.o.lockTimeout,
	})
	return lockFailure(ctx, err)
}

// show prints the plan before the question. It is part of the result where that is a text; beside
// JSON it goes to stderr, for the person who is to answer.
func (a *application) show() error {
	silent := render.Uneventful(a.plan) && (!a.r.Terminal.Stdout || a.plan.Summary.Waiting == 0)
	words := a.r.planWords(a.o.plan, a.guards, "plan")
	switch {
	case silent:
		return nil
	case a.o.plan.result.format == formatText:
		return planResult{Plan: a.plan}.text(a.r.Stdout, words)
	case a.o.yes || !a.r.canAsk():
		return nil
	}
	words.Color = words.Color && a.r.Terminal.Stderr
	return planResult{Plan: a.plan}.text(a.r.Stderr, words)
}

// apply does the steps.
func (a *application) apply(ctx context.Context) (*report.Report, error) {
	options := apply.Options{
		Run: a.run, Zones: a.zones.writers(), Clock: clock{a.r.Now}, Jitter: rand.Float64, Concurrency: a.o.plan.zones.concurrency,
		Timeout: a.o.plan.zones.timeout, Fetched: a.fetched, Saved: a.o.file != "", AllowPartial: a.o.allowPartial,
	}
	if !a.o.noJournal && stepCount(a.plan) > 0 {
		journal, err := a.store.Begin(a.run, a.zones.places())
		if err != nil {
			return nil, failure{
				exit:    exit.Internal,
				message: err.Error(),
				hint:    "nothing was changed; --journal DIR keeps journals elsewhere, --no-journal keeps none",
			}
		}
		defer journal.Close()
		options.Journal = journal
	}
	if options.Saved {
		options.BeforeWriting = func() error { return a.store.Use(a.plan, a.run) }
	}
	options.Progress = a.r.bar.applied
	report := apply.Run(ctx, a.plan, options)
	a.r.bar.Done()
	report.Problems = append(report.Problems, a.settled...)
	return report, nil
}

// release lets go of zones and locks.
func (a *application) release() {
	a.close(a.r)
	if a.lock == nil {
		return
	}
	if err := a.lock.Release(); err != nil {
		a.r.log.Warn("release the locks", "error", err)
	}
}

// failApply ends a run that has no report of its own.
func (r *runtimeEnv) failApply(ctx context.Context, err error, a *application) error {
	problems, code := failed(ctx, err, slices.Concat(a.settled, a.problems))
	if code == exit.PartlyVisible {
		code = exit.Partial // what is left of an apply is not done
	}
	rs := &report.Report{Format: report.Format, Run: a.run, Shard: a.o.plan.shard}
	if a.plan != nil {
		rs = report.Unstarted(a.run, a.plan, err.Error())
	}
	rs.Problems, rs.Exit = problems, code
	if a.zones != nil {
		rs.Calls.Read = a.zones.reads()
	}
	rs.Problems = append(problems, a.conclude(ctx, rs)...)
	if err := r.emitFailed(reportResult{Report: rs}, rs.Problems, code, a.o.plan.result, "apply"); err != nil {
		return err
	}
	return end(code)
}

// clock is time for the apply loop.
type clock struct{ now func() time.Time }

func (c clock) Now() time.Time { return c.now() }

func (c clock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
