package command

import (
	"io"

	"github.com/urfave/cli/v2"

	"makesync/sync/render"
	"makesync/sync/report"
)

func runsShowCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:      "show",
		Usage:     "tell the story of a run",
		ArgsUsage: "RUN",
		UsageText: "makesync runs show 20261122T031500Z-7f3a91c2",
		Flags:     runsFlags(),
		Action: r.action(arity{min: 1, max: 1, name: "RUN"}, func(c *cli.Context) error {
			o, store, err := readRunsOptions(c, r.Env)
			if err != nil {
				return err
			}
			run, err := store.Read(c.Args().First())
			if err != nil {
				return unreadRun("", err)
			}
			words := r.render(o.result, "")
			words.Next = resumeLine(run.Command, run.Run, o.journal)
			return r.emit(runResult{run}, o.result, words)
		}),
	}
}

// runResult is what a journal tells.
type runResult struct{ *report.Run }

func (run runResult) text(w io.Writer, o render.Options) error {
	return render.RunDetails(w, run.Run, o)
}

func (run runResult) json(w io.Writer) error {
	return render.JSON(w, struct {
		Format string `json:"format"`
		*report.Run
	}{"makesync.run/v1", run.Run})
}
