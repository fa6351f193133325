package command

import (
	"io"

	"github.com/urfave/cli/v2"

	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/render"
)

func runsListCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:      "list",
		Usage:     "list the runs, newest first (JSON: oldest first)",
		UsageText: "makesync runs list --format json",
		Flags:     runsFlags(),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o, store, err := readRunsOptions(c, r.Env)
			if err != nil {
				return err
			}
			list, err := store.List()
			if err != nil {
				return failure{exit: exit.Internal, message: err.Error()}
			}
			return r.emit(runsResult{list, o.journal}, o.result, r.render(o.result, ""))
		}),
	}
}

// runsResult is the list of runs, oldest first, and where they are.
type runsResult struct {
	Runs    []history.Summary
	journal string
}

func (list runsResult) text(w io.Writer, o render.Options) error {
	runs := make([]render.Run, len(list.Runs))
	for i, run := range list.Runs {
		runs[i] = render.Run{
			ID: run.Run, Started: run.Started, Status: run.Status, Zones: run.Zones, Planned: run.Planned,
			Succeeded: run.Succeeded, Failed: run.Failed, Skipped: run.Skipped, Unknown: run.Unknown,
			Who: run.Who, Command: runCommand(run.Command), Exit: run.Exit, Open: run.Open, Damaged: run.Damaged,
			NotRead: run.Status == history.NotRead,
		}
		if runs[i].NeedsResuming() {
			runs[i].Resume = resumeLine(run.Command, run.Run, list.journal)
		}
	}
	return render.Runs(w, runs, o)
}

func (list runsResult) json(w io.Writer) error {
	return render.JSON(w, struct {
		Format string            `json:"format"`
		Runs   []history.Summary `json:"runs"`
	}{"makesync.runs/v1", append([]history.Summary{}, list.Runs...)})
}
