package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/render"
)

// planOptions are the options of plan, and of apply as far as it plans.
type planOptions struct {
	documents documentOptions
	zones     zoneOptions
	scope     scopeOptions
	limits    limitOptions
	result    resultOptions
	allow     []plan.Allow
	shard     *spec.Shard
	journal   string
	exitCode  bool   // plan only
	out       string // plan only: -o
	maxBytes  int    // plan only: of --format markdown
	offline   offlineOptions
	history   bool // plan only
	ending    endingOptions
}

var planFormats = []string{formatText, formatJSON, formatMarkdown, formatHTML}

func planCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:  "plan",
		Usage: "show what apply would change",
		Description: "Compares the documents with the live organizations and prints the steps between them, with what is " +
			"waiting and what a guard holds. Changes nothing. Exit 0, or with --exit-code 2 when there are changes and 5 when something is held.",
		UsageText: "makesync plan -f clients/ --exit-code\nmakesync plan -f clients/ -o plan.json && makesync apply -f clients/ plan.json",
		Flags: joined(planningFlags(), []cli.Flag{
			&cli.StringFlag{
				Name:    "out",
				Aliases: []string{"o"},
				Usage:   "save the plan to `FILE`, for makesync apply FILE",
			},
			&cli.BoolFlag{Name: "exit-code", Usage: "end with 2 when there are changes, with 5 when something is held"},
			historyFlag(),
			maxBytesFlag(),
		}, offlineFlags(), resultFlags(planFormats...), logFlags()),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o, err := r.readPlanOptions(c)
			if err != nil {
				return err
			}
			if o.offline, err = readOfflineOptions(c); err != nil {
				return err
			}
			if o.history, err = readHistory(c, o.offline); err != nil {
				return err
			}
			return r.runPlan(c.Context, o)
		}),
	}
}

// planningFlags are the flags of every command that makes a plan out of documents.
func planningFlags() []cli.Flag {
	return joined(documentFlags(), zoneFlags(), scopeFlags(), limitFlags(), []cli.Flag{
		allowFlag(),
		&cli.StringFlag{
			Name:  "shard",
			Usage: "only part `I/N` of the organizations, I from 1; auto/N takes I from JOB_COMPLETION_INDEX",
		},
		journalFlag(),
	}, endingFlags())
}

func allowFlag() cli.Flag {
	return &cli.StringSliceFlag{
		Name:  "allow",
		Usage: "let through what a guard holds: `RULE` is OP:KIND[<=N]@KEY, as in delete:variable<=12@acme; repeatable",
	}
}

func maxBytesFlag() cli.Flag {
	return &cli.IntFlag{
		Name:  "max-bytes",
		Value: render.DefaultMaxBytes,
		Usage: fmt.Sprintf(
			"with --format markdown: at most `N` bytes, the least risky detail is dropped first (default: %d)",
			render.DefaultMaxBytes,
		),
	}
}

// formatsOf are the formats of a plan that a command prints; apply ends with a report instead.
func formatsOf(c *cli.Context) []string {
	if findFlag(c.Command.Flags, "max-bytes") == nil {
		return []string{formatText, formatJSON}
	}
	return planFormats
}

func (r *runtimeEnv) readPlanOptions(c *cli.Context) (o planOptions, err error) {
	o.documents, o.journal = readDocumentOptions(c), c.String("journal")
	o.exitCode, o.out, o.maxBytes = c.Bool("exit-code"), c.String("out"), c.Int("max-bytes")
	if c.IsSet("max-bytes") && o.maxBytes < render.MinMaxBytes {
		return o, badUsage(c, "--max-bytes %d: at least %d", o.maxBytes, render.MinMaxBytes)
	}
	for _, read := range []func() error{
		func() (err error) { o.zones, err = readZoneOptions(c); return },
		func() (err error) { o.scope, err = readScopeOptions(c); return },
		func() (err error) { o.limits, err = readLimitOptions(c); return },
		func() (err error) { o.result, err = r.readResultOptions(c, formatsOf(c)...); return },
		func() (err error) { o.allow, err = readAllow(c); return },
		func() (err error) { o.shard, err = r.readShard(c); return },
		func() (err error) { o.ending, err = r.readEndingOptions(c); return },
	} {
		if err := read(); err != nil {
			return o, err
		}
	}
	return o, nil
}

func readAllow(c *cli.Context) ([]plan.Allow, error) {
	var rules []plan.Allow
	for _, text := range c.StringSlice("allow") {
		rule, err := plan.ParseAllow(text)
		if err != nil {
			return nil, badUsage(c, "--allow: %s", err)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// runPlan makes the plan and prints it.
func (r *runtimeEnv) runPlan(ctx context.Context, o planOptions) error {
	plan := r.makePlan
	if o.offline.set() {
		plan = r.offlinePlan
	}
	return r.runPlanner(ctx, o, "plan", func(ctx context.Context) (made, error) {
		m, err := plan(ctx, o, readOnly)
		if err == nil && o.history {
			m.addHistory(ctx, o.zones.concurrency)
		}
		return m, err
	})
}

// runPlanner makes a plan in whatever way, saves it and prints it.
func (r *runtimeEnv) runPlanner(
	ctx context.Context,
	o planOptions,
	verb string,
	plan func(context.Context) (made, error),
) error {
	ctx, stop := o.limits.bound(ctx)
	defer stop()
	began := r.Now()
	made, err := plan(ctx)
	defer made.close(r)
	if err != nil {
		return r.failPlan(
			ctx,
			err,
			ending{command: verb, began: began, options: o, zones: made.zones, problems: made.problems},
		)
	}
	made.plan.Exit = r.planExit(ctx, made.plan, o)
	saved, err := r.savePlan(made.plan, o)
	if err != nil {
		return r.failPlan(
			ctx,
			err,
			ending{command: verb, began: began, options: o, zones: made.zones, problems: made.problems},
		)
	}
	ro := r.planWords(o, made.guards, verb)
	if saved {
		ro.Saved = o.out
	}
	ro.Next = o.next(verb, saved)
	ro.Against = made.against
	made.plan.Problems = append(made.plan.Problems, r.conclude(ctx, ending{command: verb, began: began, options: o,
		zones: made.zones, plan: made.plan, problems: made.plan.Problems, exit: made.plan.Exit})...)
	if err := r.emit(planResult{made.plan, o.maxBytes}, o.result, ro); err != nil {
		return err
	}
	return end(made.plan.Exit)
}

// planExit is the exit of `plan`: what planning found, and --max-calls.
func (r *runtimeEnv) planExit(ctx context.Context, plan *plan.Plan, o planOptions) exit.Code {
	exits := []exit.Code{plan.Exit, exit.StopExit(ctx)}
	if problem := o.limits.exceeded(plan); problem != nil {
		plan.Problems = append(plan.Problems, *problem)
		if o.exitCode {
			exits = append(exits, exit.Held)
		}
	}
	return exit.Worst(exits...)
}

// exceeded tells that a plan takes more calls than --max-calls allows; nil when it does not.
func (o limitOptions) exceeded(plan *plan.Plan) *spec.Problem {
	total, most := plan.Calls.Read+plan.Calls.Write, plan.Shard.Share(o.maxCalls)
	if o.maxCalls == 0 || total <= most {
		return nil
	}
	allows := fmt.Sprintf("--max-calls %d", o.maxCalls)
	if most != o.maxCalls {
		allows = fmt.Sprintf("this shard's %d of %s", most, allows)
	}
	return &spec.Problem{
		Severity: spec.Error, Rule: "max-calls",
		Message: fmt.Sprintf(
			"the run takes %d calls, more than %s: %d to read and %d to write",
			total,
			allows,
			plan.Calls.Read,
			plan.Calls.Write,
		),
		Hint: "raise --max-calls, or plan less at a time with --target",
	}
}

// planWords is how a plan is shown.
func (r *runtimeEnv) planWords(o planOptions, guards *spec.Guards, verb string) render.Options {
	ro := r.render(o.result, verb)
	ro.Guards = guards
	for _, rule := range o.allow {
		ro.Allow = append(ro.Allow, rule.String())
	}
	return ro
}

// next is the command that applies the plan: the saved one, or, on a page that others read, the
// documents. "" when there is none to name.
func (o planOptions) next(verb string, saved bool) string {
	page := o.result.format == formatMarkdown || o.result.format == formatHTML
	switch {
	case saved:
		return strings.Join(append(o.applyWords(), text.ShellQuote(o.out)), " ")
	case page && verb == "plan":
		return strings.Join(append(o.applyWords(), o.choiceWords()...), " ")
	}
	return ""
}

// choiceWords are the flags that decide what goes into a plan.
func (o planOptions) choiceWords() []string {
	var words []string
	add := func(flag, value string) { words = append(words, flag, text.ShellQuote(value)) }
	if o.documents.zone != "" {
		add("--zone", o.documents.zone)
	}
	for _, glob := range o.scope.target {
		add("--target", glob.String())
	}
	for _, glob := range o.scope.exclude {
		add("--exclude", glob.String())
	}
	for _, rule := range o.allow {
		add("--allow", rule.String())
	}
	if o.shard != nil && o.shard.Count > 1 {
		add("--shard", fmt.Sprintf("%d/%d", o.shard.Index, o.shard.Count))
	}
	return words
}

// applyWords begin a command that applies: the same documents, zones reached the same way.
func (o planOptions) applyWords() []string {
	words := []string{programName, "apply"}
	if !slices.Equal(o.documents.files, []string{defaultDocument}) {
		for _, file := range o.documents.files {
			words = append(words, "-f", text.ShellQuote(file))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.zones.urls)) {
		words = append(words, "--zone-url", text.ShellQuote(name+"="+o.zones.urls[name]))
	}
	return words
}

// failPlan ends a run that has no plan.
func (r *runtimeEnv) failPlan(ctx context.Context, err error, e ending) error {
	e.problems, e.exit = failed(ctx, err, e.problems)
	problems := append(e.problems, r.conclude(ctx, e)...)
	plan := plan.NoPlan(r.Now(), e.options.shard, problems, e.exit)
	if err := r.emitFailed(planResult{Plan: plan}, problems, e.exit, e.options.result, e.command); err != nil {
		return err
	}
	return end(e.exit)
}

// failed adds the error that ended a run to its problems, unless they are that error.
func failed(ctx context.Context, err error, problems []spec.Problem) ([]spec.Problem, exit.Code) {
	switch {
	case errors.Is(err, errInvalid):
		return problems, exit.Invalid
	case errors.Is(err, errStale):
		return problems, exit.Stale
	case errors.Is(err, errHeld):
		return problems, exit.Held
	}
	return append(slices.Clip(problems), failureProblem(err)), exitOfError(ctx, err)
}
