package command

import (
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"makesync/sync/commandline"
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
		f.hint = "`makesync runs list` shows those that there are"
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

// runCommand is what a run did, in few words: apply, apply of a saved plan, or resume.
func runCommand(c *commandline.Command) string {
	switch {
	case c == nil:
		return "apply"
	case c.Claim != "":
		return "claim-offer " + c.Claim
	case c.Plan != "":
		return c.Verb + " " + filepath.Base(c.Plan)
	case c.Resume != "":
		return "resume"
	}
	return c.Verb
}

// resumeLine goes on from a run as it was called, with its journal where it is now. An older
// journal does not say how.
func resumeLine(c *commandline.Command, run, journal string) string {
	if c == nil {
		c = &commandline.Command{Verb: "apply"}
	}
	line := c.GoingOn(run)
	if journal != "" {
		line.Journal = journal
	}
	return line.Line()
}
