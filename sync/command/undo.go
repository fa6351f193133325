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
)

func undoCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:      "undo",
		Usage:     "write the plan that reverses a run",
		ArgsUsage: "RUN",
		Description: "Makes an ordinary plan out of what the run's journal remembers, for the objects that still are as the run left them. " +
			"What has changed since, and what nothing can undo (sent e-mail, a deleted organization, a transfer), is listed. Nothing is changed before you apply the plan.",
		UsageText: "makesync undo -f clients/ -o undo.json 20261122T031500Z-7f3a91c2\nmakesync apply -f clients/ undo.json",
		Flags: joined(documentFlags(), zoneFlags(), scopeFlags(), limitFlags(), []cli.Flag{
			allowFlag(), journalFlag(),
			&cli.StringFlag{
				Name:    "out",
				Aliases: []string{"o"},
				Usage:   "save the plan to `FILE`, for makesync apply FILE",
			},
			&cli.BoolFlag{
				Name:  "exit-code",
				Usage: "end with 2 when there is something to undo, with 5 when something is held",
			},
			maxBytesFlag(),
		}, resultFlags(planFormats...), logFlags()),
		Action: r.action(arity{1, 1, "RUN"}, func(c *cli.Context) error {
			o, err := r.readPlanOptions(c)
			if err != nil {
				return err
			}
			return r.runUndo(c.Context, c.Args().First(), o)
		}),
	}
}

// runUndo plans back to what was there before the run, and goes on as plan does.
func (r *runtimeEnv) runUndo(ctx context.Context, run string, o planOptions) error {
	return r.runPlanner(ctx, o, "undo", func(ctx context.Context) (made, error) {
		story, err := r.readStory(run, o.journal)
		if err != nil {
			return made{}, err
		}
		m, err := r.connectStory(story, o)
		if err != nil {
			return m, err
		}
		return m, r.planWith(ctx, &m, o, func(ctx context.Context, request planner.Request) (*plan.Plan, error) {
			return UndoPlan(ctx, story, request)
		})
	})
}

func (r *runtimeEnv) readStory(run, journal string) (*report.Run, error) {
	store, err := r.openStore(journal)
	if err != nil {
		return nil, err
	}
	story, err := store.Read(run)
	if err != nil {
		return nil, failure{exit: exit.Invalid, message: err.Error()}
	}
	return story, nil
}

// connectStory connects the zones of the run. The documents give zones, guards and what is
// sensitive.
func (r *runtimeEnv) connectStory(story *report.Run, o planOptions) (m made, err error) {
	documents, problems, err := r.zoneDocuments(o.documents)
	if m.problems = problems; err != nil {
		return m, err
	}
	m.desired, problems = documents.Resolve(document.ResolveOptions{
		LookupEnv: r.LookupEnv, SkipReferences: true, ReferenceRoots: o.documents.referenceRoots,
		DefaultZone: r.defaultZone(o.documents), ZoneNames: zoneURLNames(o.zones.urls),
	})
	if m.problems = append(m.problems, problems...); spec.HasErrors(problems) {
		return m, errInvalid
	}
	m.guards = &m.desired.Guards
	m.zones, problems, err = r.connectNamed(story.Zones, documents, o, readOnly)
	m.problems = append(m.problems, problems...)
	return m, err
}
