package command

import (
	"errors"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/sync/exit"
	"makesync/sync/sandbox"
)

// sandboxLockWait is how long a run waits for another process to let go of a state file: long
// enough for a short run to end, short enough to hear soon of a `sandbox serve` that has it.
const sandboxLockWait = 2 * time.Second

const defaultState = ".makesync/sandbox.json"

const sandboxDescription = "A zone to try things out on, without an account: all of its world is one state file. " +
	"Documents use it in process with `zones: {try: {sandbox: {state: FILE}}}`; serve offers it to any client."

func sandboxCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "sandbox",
		Usage:       "the simulated Make zone: make a state, serve it",
		Description: sandboxDescription,
		Subcommands: []*cli.Command{sandboxInitCommand(r), sandboxServeCommand(r)},
	}
}

// sandboxFailure is why an embedded zone cannot be opened.
func sandboxFailure(zone string, err error) error {
	f := failure{exit: exit.Invalid, message: "open the sandbox zone " + zone, cause: err}
	if errors.Is(err, sandbox.ErrInUse) {
		f.exit = exit.Unreachable
		f.hint = "if it is `makesync sandbox serve`, reach it with --zone-url " + zone + "=http://HOST:PORT"
	}
	return f
}

// servingFailure is that of a state or seed which is named by a flag, not by a zone of documents.
func servingFailure(err error) error {
	f := failure{exit: exit.Invalid, message: "open the sandbox", cause: err}
	if errors.Is(err, sandbox.ErrInUse) {
		f.exit, f.hint = exit.Unreachable, "end the other process, or serve another --state"
	}
	return f
}
