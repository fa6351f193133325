package command

import (
	"io"

	"github.com/urfave/cli/v2"

	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/render"
	"makesync/sync/report"
)

type runsOptions struct {
	journal string
	result  resultOptions
}

func runsFlags() []cli.Flag {
	return joined([]cli.Flag{journalFlag()}, resultFlags(formatText, formatJSON), logFlags())
}

func runsCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "runs",
		Usage:       "what earlier runs of apply did",
		Description: "Every apply keeps a journal on this machine, from which an unfinished run can be resumed and a finished one undone.",
		Subcommands: []*cli.Command{runsListCommand(r), runsShowCommand(r)},
	}
}

func runsListCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:      "list",
		Usage:     "list the runs, oldest first",
		UsageText: "makesync runs list --format json",
		Flags:     runsFlags(),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o, store, err := r.readRunsOptions(c)
			if err != nil {
				return err
			}
			list, err := store.List()
			if err != nil {
				return failure{exit: exit.Internal, message: err.Error()}
			}
			return r.emit(runsResult(list), o.result, r.render(o.result, ""))
		}),
	}
}

func runsShowCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:      "show",
		Usage:     "tell the story of a run",
		ArgsUsage: "RUN",
		UsageText: "makesync runs show 20261122T031500Z-7f3a91c2",
		Flags:     runsFlags(),
		Action: r.action(arity{1, 1, "RUN"}, func(c *cli.Context) error {
			o, store, err := r.readRunsOptions(c)
			if err != nil {
				return err
			}
			story, err := store.Read(c.Args().First())
			if err != nil {
				return failure{exit: exit.Invalid, message: err.Error()}
			}
			return r.emit(storyResult{story}, o.result, r.render(o.result, ""))
		}),
	}
}

func (r *runtimeEnv) readRunsOptions(c *cli.Context) (o runsOptions, store *history.Store, err error) {
	o.journal = c.String("journal")
	if o.result, err = r.readResultOptions(c, formatText, formatJSON); err != nil {
		return o, nil, err
	}
	store, err = r.openStore(o.journal)
	return o, store, err
}

// runsResult is the list of runs, oldest first.
type runsResult []history.Summary

func (list runsResult) text(w io.Writer, o render.Options) error {
	runs := make([]render.Run, len(list))
	for i, run := range list {
		runs[i] = render.Run{
			ID: run.Run, Started: run.Started, Status: run.Status, Zones: run.Zones, Planned: run.Planned, Succeeded: run.Succeeded,
			Failed: run.Failed, Skipped: run.Skipped, Unknown: run.Unknown, Open: run.Open, Damaged: run.Damaged,
		}
	}
	return render.Runs(w, runs, o)
}

func (list runsResult) json(w io.Writer) error {
	return render.JSON(w, struct {
		Format string     `json:"format"`
		Runs   runsResult `json:"runs"`
	}{"makesync.runs/v1", append(runsResult{}, list...)})
}

// storyResult is what a journal tells.
type storyResult struct{ *report.Run }

func (s storyResult) text(w io.Writer, o render.Options) error { return render.RunDetails(w, s.Run, o) }

func (s storyResult) json(w io.Writer) error {
	return render.JSON(w, struct {
		Format string `json:"format"`
		*report.Run
	}{"makesync.run/v1", s.Run})
}
