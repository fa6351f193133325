package command

import (
	"errors"
	"io/fs"

	"github.com/urfave/cli/v2"

	"makesync/sync/exit"
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

// unreadRun is the failure of a command that cannot read the run it was given.
func unreadRun(doing string, err error) error {
	f := failure{exit: exit.Invalid, message: err.Error()}
	if doing != "" {
		f.message, f.cause = doing, err
	}
	if errors.Is(err, fs.ErrNotExist) {
		f.hint = "makesync runs list shows those that there are"
	}
	return f
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
