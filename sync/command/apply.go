package command

import (
	"context"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/sync/exit"
)

// applyOptions are the options of apply beside those of a plan.
type applyOptions struct {
	file         string // a saved plan; "" plans by itself
	resume       string // a run; "" for none
	yes          bool
	noJournal    bool
	checkoutFile output // no path: shown on the terminal
	// claim is the key of the organization whose cancellation offer is claimed; "" for an apply.
	claim        string
	allowPartial bool
	lockTimeout  time.Duration
	snapshotOut  output // without a path: none
	approvals    approvalOptions
	heldExit     int // --held-exit
}

const applyDescription = "Without PLAN: makes the plan, shows it, asks, and applies it. " +
	"With PLAN, a file of `makesync plan -o FILE`: applies exactly that, after reading again what it touches; " +
	"zones and tokens come from -f, flags and environment as for plan. " +
	"A plan that deletes or transfers asks for the organization's name, or for how many there are. " +
	"Without a terminal nothing is asked and nothing is done unless --yes is given."

func applyCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "apply",
		Usage:       "plan, confirm, change; or apply a saved plan",
		ArgsUsage:   "[PLAN]",
		Description: applyDescription,
		UsageText:   "makesync apply -f clients/ --yes\nmakesync apply -f clients/ plan.json",
		Flags: joined(planningFlags(), applyFlags(),
			resultFlags(resultFile("report"), formatText, formatJSON), detailFlags(),
			[]cli.Flag{noPagerFlag()}, logFlags()),
		Action: r.action(arity{0, 1, "PLAN", allFiles}, func(c *cli.Context) error {
			plan, err := readPlanOptions(c, r.Env)
			if err != nil {
				return err
			}
			if err := readLiveOptions(c, &plan); err != nil {
				return err
			}
			o, err := readApplyOptions(c, plan, r.Env)
			if err != nil {
				return err
			}
			return runApply(c.Context, r, plan, o)
		}),
	}
}

const heldExitUsage = "end with `N`, 0 or 5, when all is done but what a guard or policy holds: " +
	"for schedulers that know only good and bad; JSON, metrics and notifications tell it all the same (default: 5)"

func applyFlags() []cli.Flag {
	return []cli.Flag{
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
		checkoutFileFlag(),
		historyFlag(),
		sinceFlag(),
		newOutputFlag(cli.StringFlag{Name: "snapshot-out", Usage: snapshotOutUsage}, baseSnapshot),
		newOutputFlag(cli.StringFlag{Name: "since-last", Usage: sinceLastUsage}, baseSnapshot),
		approvalsFlag("with PLAN: apply only what at least `N` different people have approved"),
		approversFlag(),
		&cli.IntFlag{Name: "held-exit", Value: exit.Held.Code, Usage: heldExitUsage},
		newDurationFlag("lock-timeout", 0, "wait up to `D` for another run on the zone to end"),
	}
}

// planOnly are flags that decide what goes into a plan, and so mean nothing beside a saved one.
var planOnly = []string{"target", "exclude", "shard", "skip-references", "resume", "expect-organizations",
	"since", "history", "snapshot-out", "since-last"}

func readApplyOptions(c *cli.Context, planning planOptions, env Env) (applyOptions, error) {
	o := applyOptions{
		file:         c.Args().First(),
		resume:       c.String("resume"),
		yes:          c.Bool("yes"),
		noJournal:    c.Bool("no-journal"),
		checkoutFile: outputOf(c, "checkout-file"),
		allowPartial: c.Bool("allow-partial"),
		lockTimeout:  c.Duration("lock-timeout"),
		snapshotOut:  outputOf(c, "snapshot-out"),
		heldExit:     c.Int("held-exit"),
	}
	if c.String("since-last") != "" {
		o.snapshotOut = outputOf(c, "since-last")
	}
	var err error
	if o.approvals, err = readApprovalOptions(c); err != nil {
		return o, err
	}
	if o.file != "" {
		err = checkWithSavedPlan(c, len(planning.documents.guardFiles(env)) > 0)
	} else {
		err = checkWithoutSavedPlan(c, o)
	}
	if err != nil {
		return o, err
	}
	switch {
	case o.heldExit != exit.OK.Code && o.heldExit != exit.Held.Code:
		return o, badUsage(c, "--held-exit %d: 0 or 5", o.heldExit)
	case o.lockTimeout < 0:
		return o, badUsage(c, "--lock-timeout %s: must not be below 0", o.lockTimeout)
	case o.resume != "" && c.IsSet("target"):
		return o, badUsage(c, "--target does not go with --resume, which plans all organizations of the run")
	case o.noJournal && o.resume != "":
		return o, badUsage(c, "--no-journal does not go with --resume, which writes to the journal of the run")
	}
	return o, nil
}

// checkWithSavedPlan refuses flags that would decide anew what is in the plan.
func checkWithSavedPlan(c *cli.Context, guarded bool) error {
	for _, name := range planOnly {
		if c.IsSet(name) {
			return badUsage(c, "--%s does not go with a saved plan: its steps are decided", name)
		}
	}
	if c.IsSet("allow") && !guarded {
		return badUsage(c,
			"--allow does not go with a saved plan, whose steps are decided, unless --guards judges it again")
	}
	return nil
}

func checkWithoutSavedPlan(c *cli.Context, o applyOptions) error {
	switch {
	case o.approvals.least > 0:
		return badUsage(c, "--approvals goes with a saved plan: people approve what stands in it")
	case o.allowPartial:
		return badUsage(c, "--allow-partial goes with a saved plan")
	}
	return nil
}

// runApply applies and prints the report.
func runApply(ctx context.Context, r *runtimeEnv, plan planOptions, o applyOptions) error {
	ctx, stop := plan.limits.bound(ctx)
	defer stop()
	a := &applyRun{plannedRun: newPlannedRun(r, "apply", plan), applyOptions: o}
	a.keepsJournal, a.claims = !o.noJournal, o.claim != ""
	if o.yes {
		a.noMoney = "money is moved by a saved plan or a typed answer at a terminal, never by --yes"
	}
	report, err := a.do(ctx)
	a.release()
	if err != nil {
		return a.failApply(ctx, err)
	}
	ended, code, words := a.end(report, report.Problems, report.Exit), report.Exit, r.render(plan.result, verbOf(a))
	words.Told = a.plan.Problems
	if !o.noJournal {
		words.Next = ownCommand(a).GoingOn(a.run).Line()
	}
	if ended.heldOnly = code == exit.Held; ended.heldOnly && o.heldExit != code.Code {
		code.Code = o.heldExit
		words.Exit = code
	}
	report.Problems = append(report.Problems, ended.report(ctx, r)...)
	plan.result.pager = false // what has been done is not for turning pages
	if err := r.emit(reportResult{Report: report}, plan.result, words); err != nil {
		return err
	}
	return end(code)
}
