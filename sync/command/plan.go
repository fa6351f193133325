package command

import (
	"context"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/render"
)

// planOptions are the options of plan, and of undo and apply as far as they plan.
type planOptions struct {
	documents documentOptions
	zones     zoneOptions
	scope     scopeOptions
	limits    limitOptions
	result    resultOptions
	allow     []plan.Allow
	shard     *spec.Shard // nil: all
	journal   string
	exitCode  bool   // plan and undo
	out       string // plan and undo: -o
	maxBytes  int    // plan and undo: of --format markdown
	offline   offlineOptions
	history   bool         // plan and apply
	since     sinceOptions // plan and apply
	changed   string       // plan: --changed-since
	end       endOptions
}

var planFormats = []string{formatText, formatJSON, formatMarkdown, formatHTML}

const planDescription = "Compares the documents with the live organizations and prints the steps between them, " +
	"with what is waiting and what a guard holds. Changes nothing. " +
	"Exit 0, or with --exit-code 2 when there are changes and 5 when something is held."

func planCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "plan",
		Usage:       "show what apply would change",
		Description: planDescription,
		UsageText: "makesync plan -f clients/ --exit-code\n" +
			"makesync plan -f clients/ -o plan.json && makesync apply -f clients/ plan.json",
		Flags: joined(planningFlags(), []cli.Flag{
			planOutFlag(),
			exitCodeFlag("there are changes"),
			historyFlag(),
			changedSinceFlag(),
			sinceFlag(),
			showUnmanagedFlag(),
			maxBytesFlag(),
		}, offlineFlags(), resultFlags(resultFile("plan"), planFormats...), detailFlags(),
			[]cli.Flag{noPagerFlag()}, logFlags()),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o, err := readPlanOptions(c, r.Env)
			if err != nil {
				return err
			}
			if o.offline, err = readOfflineOptions(c); err != nil {
				return err
			}
			if err = readLiveOptions(c, &o); err != nil {
				return err
			}
			if o.changed, err = readChangedSince(c, o.offline); err != nil {
				return err
			}
			if o.changed != "" {
				collectEarlier()
				o.documents.room = document.SharedRoom()
			}
			return runPlan(c.Context, r, o)
		}),
	}
}

// planningFlags are the flags of every command that makes a plan out of documents.
func planningFlags() []cli.Flag {
	return joined(documentFlags(), zoneFlags(), scopeFlags(), limitFlags(), guardFlags(),
		[]cli.Flag{shardFlag(), journalFlag()}, endFlags())
}

func planOutFlag() cli.Flag {
	return outFlag("save the plan to `FILE`, for makesync apply FILE", savedPlan)
}

func exitCodeFlag(changed string) cli.Flag {
	return &cli.BoolFlag{
		Name:  "exit-code",
		Usage: "end with 2 when " + changed + ", with 5 when something is held",
	}
}

func journalFlag() cli.Flag {
	return &cli.StringFlag{
		Name:  "journal",
		Usage: "`DIR` the folder of the journals, instead of $XDG_STATE_HOME/makesync/runs",
	}
}

// formatsOf are the formats of a plan that a command prints; apply ends with a report instead.
func formatsOf(c *cli.Context) []string {
	if !hasFlag(c, "max-bytes") {
		return []string{formatText, formatJSON}
	}
	return planFormats
}

// readPlanOptions reads what plan, undo and apply share. A flag that a command does not have counts
// as not given.
func readPlanOptions(c *cli.Context, env Env) (o planOptions, err error) {
	o.documents, o.journal = readDocumentOptions(c), c.String("journal")
	o.exitCode, o.out = c.Bool("exit-code"), c.String("out")
	for _, read := range []func() error{
		func() (err error) { o.maxBytes, err = readMaxBytes(c); return },
		func() (err error) { o.zones, err = readZoneOptions(c); return },
		func() (err error) { o.scope, err = readScopeOptions(c); return },
		func() (err error) { o.limits, err = readLimitOptions(c); return },
		func() (err error) { o.result, err = readResultOptions(c, env, formatsOf(c)...); return },
		func() (err error) { o.allow, err = readAllow(c); return },
		func() (err error) { o.shard, err = readShard(c, env); return },
		func() (err error) { o.end, err = readEndOptions(c, env); return },
	} {
		if err := read(); err != nil {
			return o, err
		}
	}
	return o, nil
}

// runPlan makes the plan and prints it.
func runPlan(ctx context.Context, r *runtimeEnv, o planOptions) error {
	p := newPlannedRun(r, "plan", o)
	return p.print(ctx, func(ctx context.Context) error {
		if o.offline.set() {
			return p.makeOffline(ctx)
		}
		if err := p.connect(ctx, readOnly); err != nil {
			return err
		}
		since, err := narrow(ctx, p)
		if err != nil {
			return err
		}
		if err := p.make(ctx, planner.Make); err != nil {
			return err
		}
		p.plan.ChangedSince = since
		if o.history {
			addLastChanges(ctx, p.plan, p.zones, o.zones.concurrency)
		}
		return nil
	})
}

// print makes a plan in whatever way, saves it and prints it.
func (p *plannedRun) print(ctx context.Context, plan func(context.Context) error) error {
	ctx, stop := p.options.limits.bound(ctx)
	defer stop()
	defer p.close()
	if err := plan(ctx); err != nil {
		return p.fail(ctx, err)
	}
	if p.zones != nil {
		p.plan.Calls.Read += warnOfScopes(ctx, p.plan, p.zones)
	}
	tellLost(p.zones, &p.plan.Problems, &p.plan.Exit)
	p.plan.Exit, p.plan.Against = p.exitOfPlan(ctx), p.against
	saved, err := savePlan(p.r, p.plan, p.options.out)
	if err != nil {
		return p.fail(ctx, err)
	}
	words := p.words(p.command)
	if saved {
		words.Saved = p.options.out
	}
	if !p.plan.Policies.HasErrors() {
		words.Next = onlyChanged(p, p.options.nextCommand(p.r.Env, p.command, saved), saved)
	}
	warnings := p.end(nil, p.plan.Problems, p.plan.Exit).report(ctx, p.r)
	p.plan.Problems = append(p.plan.Problems, warnings...)
	if err := p.r.emit(planResult{p.plan, p.options.maxBytes}, p.options.result, words); err != nil {
		return err
	}
	return end(p.plan.Exit)
}

// exitOfPlan is what planning found, and --max-calls.
func (p *plannedRun) exitOfPlan(ctx context.Context) exit.Code {
	exits := []exit.Code{p.plan.Exit, exit.StopExit(ctx)}
	if problem := p.options.limits.exceeded(p.plan); problem != nil {
		p.plan.Problems = append(p.plan.Problems, *problem)
		if p.options.exitCode {
			exits = append(exits, exit.Held)
		}
	}
	return exit.Worst(exits...)
}

// words is how the plan is shown.
func (p *plannedRun) words(verb string) render.Options {
	o := p.r.render(p.options.result, verb)
	o.Narrowed = p.options.narrowedWords()
	o.Guards, o.Since = p.guards, p.before.describe(p.options.since)
	for _, rule := range p.options.allow {
		o.Allow = append(o.Allow, rule.String())
	}
	return o
}

// fail ends a run that has no plan, or none that could be saved.
func (p *plannedRun) fail(ctx context.Context, err error) error {
	problems, code := withError(ctx, err, p.problems)
	p.plan = nil
	problems = append(problems, p.end(nil, problems, code).report(ctx, p.r)...)
	none := planResult{Plan: plan.NoPlan(p.r.Now(), p.options.shard, problems, code)}
	if err := p.r.emitFailed(none, problems, code, p.options.result, p.command); err != nil {
		return err
	}
	return end(code)
}
