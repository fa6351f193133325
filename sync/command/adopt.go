package command

import (
	"context"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/text"
	"makesync/sync/adopt"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/planner"
)

const adoptDescription = "Writes into the documents what is there in Make, at the line where the value stands; " +
	"every other byte stays. With --since all that drifted, conflicts only by their address; without it the " +
	"addresses that are named. Shows a unified diff, and asks. A secret stays a reference. " +
	"More rights for somebody, and an owner, are adopted only by an answer at a terminal, never by --yes."

func adoptCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "adopt",
		Usage:       "write live values into the documents, where they stand",
		ArgsUsage:   "[ADDRESS…]",
		Description: adoptDescription,
		UsageText: "makesync adopt -f clients/ --since base.json\n" +
			"makesync adopt -f clients/ acme/variable/RETRIES 'beta/**'",
		Flags: joined(documentFlags(), zoneFlags(), limitFlags(), []cli.Flag{
			sinceFlag(),
			&cli.BoolFlag{Name: "yes", Usage: "answer the question with yes; what only a person may adopt is left out"},
			journalFlag(), colorFlag(),
		}, logFlags()),
		Action: r.action(arity{0, anyNumber, "ADDRESS", nil}, func(c *cli.Context) error {
			o, err := readAdoptOptions(c, r.Env)
			if err != nil {
				return err
			}
			return runAdopt(c.Context, r, o, c.Bool("yes"))
		}),
	}
}

// anyNumber is as many arguments as somebody gives.
const anyNumber = 1 << 20

// allOps lets through whatever a plan proposes: nothing is applied here, and what a guard holds can
// be adopted as well.
var allOps = []string{"create:organization@*", "update:organization@*", "delete:organization@*",
	"update:featureControl@*", "create:variable@*", "update:variable@*", "delete:variable@*", "invite:member@*",
	"update:member@*", "delete:member@*", "enforce:tfa@*", "update:tfa@*", "transfer:owner@*"}

func readAdoptOptions(c *cli.Context, env Env) (o planOptions, err error) {
	o.documents, o.journal = readDocumentOptions(c), c.String("journal")
	o.result.color = colors(c, env)
	if o.since, err = readSinceOptions(c); err != nil {
		return o, err
	}
	if o.zones, err = readZoneOptions(c); err != nil {
		return o, err
	}
	if o.limits, err = readLimitOptions(c); err != nil {
		return o, err
	}
	for _, address := range c.Args().Slice() {
		glob, err := spec.ParseGlob(address)
		if err != nil {
			return o, badUsage(c, "%s", err)
		}
		o.scope.target = append(o.scope.target, glob)
	}
	for _, rule := range allOps {
		allow, err := plan.ParseAllow(rule)
		if err != nil {
			return o, err
		}
		o.allow = append(o.allow, allow)
	}
	switch {
	case slices.Contains(o.documents.files, document.StdinPath):
		return o, badUsage(c, "adopt writes into documents where they stand; -f - is no file")
	case o.since.none:
		return o, badUsage(c, "--since none tells no drift, so there is nothing to adopt by it")
	case !o.since.set() && len(o.scope.target) == 0:
		return o, badUsage(c, "adopt needs --since FILE, or the addresses to adopt: acme/variable/RETRIES")
	}
	return o, nil
}

// adopting is an adopt under way.
type adopting struct {
	*plannedRun
	rewriting
}

func runAdopt(ctx context.Context, r *runtimeEnv, o planOptions, yes bool) error {
	a := &adopting{plannedRun: newPlannedRun(r, "adopt", o)}
	ctx, stop := o.limits.bound(ctx)
	defer stop()
	defer a.close()
	if err := a.plan(ctx); err != nil {
		return a.stop(ctx, err)
	}
	live := adopt.Live{
		Plan: a.plannedRun.plan, Desired: a.desired, State: a.read.of, Targets: o.scope.target, Since: o.since.set(),
		Unattended: yes,
	}
	live.Into(a.Texts)
	changed, err := a.prepare(a.desired.Files, "adopt fewer addresses at a time, or write them by hand")
	if err != nil {
		return a.stop(ctx, err)
	}
	if err := a.show(r.Stdout, changed, "adopted", adopt.SecretsBeside(a.desired)); err != nil {
		return err
	}
	if err := a.put(ctx, r, changed, yes); err != nil {
		return err
	}
	return a.finish(len(changed))
}

// plan makes the plan without its guards, and keeps what it read.
func (a *adopting) plan(ctx context.Context) error {
	if err := a.connect(ctx, readOnly); err != nil {
		return err
	}
	texts, err := loadTexts(a.desired.Files)
	if err != nil {
		return err
	}
	a.rewriting = texts
	a.desired.Guards.HoldDrift = false
	a.read = &reading{}
	if err := a.make(ctx, planner.Make); err != nil {
		return err
	}
	if spec.HasErrors(a.plannedRun.plan.Problems) {
		a.problems = a.plannedRun.plan.Problems
		return errInvalid
	}
	if code := a.plannedRun.plan.Exit; code == exit.Refused || code == exit.Unreachable {
		return invalidPlan{a.plannedRun.plan.Problems, code}
	}
	return nil
}

// invalidPlan is the error of a plan that says nothing of any organization.
type invalidPlan struct {
	problems []spec.Problem
	code     exit.Code
}

func (e invalidPlan) Error() string { return "nothing could be read" }

// stop tells what ended the run before anything was written.
func (a *adopting) stop(ctx context.Context, err error) error {
	problems, code := withError(ctx, err, a.problems)
	if unread, ok := err.(invalidPlan); ok {
		problems, code = unread.problems, unread.code
	}
	if err := a.r.printProblems(problems, code, a.r.errorWords(false, "adopt")); err != nil {
		return err
	}
	return end(code)
}

// finish says what was done. What was named and could not be adopted makes exit 4, what could not
// be read 6.
func (a *adopting) finish(files int) error {
	code := a.plannedRun.plan.Exit
	tellLost(a.zones, &a.plannedRun.plan.Problems, &code)
	if problems := a.plannedRun.plan.Problems; len(problems) > 0 {
		if err := a.r.printProblems(problems, code, a.r.errorWords(a.options.result.color, "adopt")); err != nil {
			return err
		}
	}
	if len(a.Left) > 0 && len(a.options.scope.target) > 0 {
		code = exit.Worst(code, exit.Partial)
	}
	err := a.r.say(fmt.Sprintf("makesync: adopt: %d adopted in %s, %d left; exit %d (%s)", a.Written,
		text.Count(files, "file", "files"), len(a.Left), code.Code, code.Name))
	if err != nil {
		return err
	}
	return end(code)
}
