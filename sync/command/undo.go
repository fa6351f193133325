package command

import (
	"context"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/report"
	"makesync/sync/undo"
)

const undoDescription = "Makes an ordinary plan out of what the run's journal remembers, " +
	"for the objects that still are as the run left them. " +
	"What has changed since, and what nothing can undo (sent e-mail, a deleted organization, a transfer), is listed. " +
	"Nothing is changed before you apply the plan."

func undoCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "undo",
		Usage:       "write the plan that reverses a run",
		ArgsUsage:   "RUN",
		Description: undoDescription,
		UsageText: "makesync undo -f clients/ -o undo.json 20261122T031500Z-7f3a91c2\n" +
			"makesync apply -f clients/ undo.json",
		Flags: joined(documentFlags(), zoneFlags(), scopeFlags(), limitFlags(), guardFlags(), []cli.Flag{
			journalFlag(),
			planOutFlag(),
			exitCodeFlag("there is something to undo"),
			maxBytesFlag(),
			noPagerFlag(),
		}, resultFlags(resultFile("plan"), planFormats...), detailFlags(), logFlags()),
		Action: r.action(arity{min: 1, max: 1, name: "RUN"}, func(c *cli.Context) error {
			o, err := readPlanOptions(c, r.Env)
			if err != nil {
				return err
			}
			return runUndo(c.Context, r, c.Args().First(), o)
		}),
	}
}

// runUndo plans back to what was there before the run, and goes on as plan does.
func runUndo(ctx context.Context, r *runtimeEnv, name string, o planOptions) error {
	p := newPlannedRun(r, "undo", o)
	return p.print(ctx, func(ctx context.Context) error {
		run, err := readRun(r.Env, name, o.journal)
		if err != nil {
			return err
		}
		if err := p.connectZonesOf(run); err != nil {
			return err
		}
		return p.make(ctx, func(ctx context.Context, request planner.Request) (*plan.Plan, error) {
			made, err := undoPlan(ctx, run, request)
			if err == nil {
				made.Undoes = name
				made.Digest = made.OwnDigest()
			}
			return made, err
		})
	})
}

func readRun(env Env, name, journal string) (*report.Run, error) {
	store, err := openStore(env, journal)
	if err != nil {
		return nil, err
	}
	run, err := store.Read(name)
	if err != nil {
		return nil, unreadRun("", err)
	}
	if run.Status() == report.RunEmpty {
		return nil, failure{exit: exit.Invalid, message: "nothing was sent in run " + name + ", nothing to undo",
			hint: "`makesync runs list` shows the others"}
	}
	return run, nil
}

// connectZonesOf connects the zones of a run. The documents give zones, guards and what is
// sensitive.
func (p *plannedRun) connectZonesOf(run *report.Run) error {
	o := p.options
	documents, problems, err := zoneDocuments(p.r.Env, o.documents)
	if p.problems = problems; err != nil {
		return err
	}
	trusted, problems := loadTrusted(p.r.Env, o.documents)
	p.problems = append(append(p.problems, problems...), documents.Tighten(trusted)...)
	if spec.HasErrors(problems) {
		return errInvalid
	}
	p.desired, problems = documents.Resolve(document.ResolveOptions{
		LookupEnv:      p.r.LookupEnv,
		SkipReferences: true,
		ReferenceRoots: o.documents.referenceRoots,
		DefaultZone:    o.documents.defaultZone(p.r.Env),
		ZoneNames:      zoneURLNames(o.zones.urls),
	})
	var wrong []spec.Problem
	p.policies, wrong = compilePolicies(documents.Policies())
	problems = append(problems, wrong...)
	if p.problems = append(p.problems, problems...); spec.HasErrors(problems) {
		return errInvalid
	}
	if err := p.r.files.readsNamed(p.desired); err != nil {
		return err
	}
	p.guards = &p.desired.Guards
	p.zones, problems, err = connectNamed(p.r, run.Zones, documents, o.documents, o.zones, readOnly)
	p.problems = append(p.problems, problems...)
	return err
}

// undoPlan makes the plan that reverses a run: what undo.Wanted gives back, planned like any other
// desired state, with its guards, order and preconditions. Request.Desired gives zones, guards and
// what is sensitive; its organizations are not looked at. What cannot be undone, and what has
// changed since, is listed in the plan's problems.
func undoPlan(ctx context.Context, run *report.Run, r planner.Request) (*plan.Plan, error) {
	back := undo.Wanted(ctx, run, undo.Options{Zones: r.Zones, Allow: r.Allow, Now: r.Now})
	if back.Read == 0 && len(back.Unread) > 0 {
		return nil, back.Unread[0]
	}
	desired := *r.Desired
	desired.Organizations = back.Organizations
	r.Desired = &desired
	r.Problems = append(append([]spec.Problem{}, r.Problems...), back.Problems...)
	plan, err := planner.Make(ctx, r)
	if err != nil {
		return nil, err
	}
	plan.AddHeld(back.Held)
	if len(back.Unread) > 0 {
		plan.Exit = exit.Worst(plan.Exit, exit.PartlyVisible)
	}
	if r.ExitCode && len(back.Held) > 0 {
		plan.Exit = exit.Worst(plan.Exit, exit.Held)
	}
	return plan, nil
}
