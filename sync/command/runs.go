package command

import (
	"github.com/urfave/cli/v2"

	"makesync/sync/history"
)

type runsOptions struct {
	journal string
	result  resultOptions
}

const runsDescription = "Every apply keeps a journal on this machine, " +
	"from which an unfinished run can be resumed and a finished one undone."

func runsCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "runs",
		Usage:       "what earlier runs of apply did",
		Description: runsDescription,
		Subcommands: []*cli.Command{runsListCommand(r), runsShowCommand(r)},
	}
}

func runsFlags() []cli.Flag {
	return joined([]cli.Flag{journalFlag()}, resultFlags(resultFile("run", "runs"), formatText, formatJSON), logFlags())
}

// readRunsOptions reads them and opens the store of the runs.
func readRunsOptions(c *cli.Context, env Env) (o runsOptions, store *history.Store, err error) {
	o.journal = c.String("journal")
	if o.result, err = readResultOptions(c, env, formatText, formatJSON); err != nil {
		return o, nil, err
	}
	store, err = openStore(env, o.journal)
	return o, store, err
}
