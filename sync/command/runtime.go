package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/sync/exit"
)

// runtimeEnv is what a run of the program shares with every command: its surroundings, its command
// line, its log and its progress.
type runtimeEnv struct {
	Env
	args commandLine
	log  *slog.Logger
	// logsJSON: stderr is a log of JSON lines and nothing else.
	logsJSON bool
	bar      progress
	// files are what the run reads and writes; nil before the command line is understood.
	files *files
}

// action wraps what a command does: the flags are looked at, the arguments counted and the log set
// up before anything else happens.
func (r *runtimeEnv) action(a arity, run func(*cli.Context) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		if err := cmp.Or(checkValues(c), a.check(r.args, c)); err != nil {
			return leaveJSON(c, r, err)
		}
		r.LookupEnv = withNotify(c, r.LookupEnv)
		if err := checkGuardsVariable(c, r.Env); err != nil {
			return leaveJSON(c, r, err)
		}
		var err error
		if r.files, err = openFiles(c, r.Env, a); err != nil {
			return leaveJSON(c, r, err)
		}
		if err := readPiped(c, r); err != nil {
			return leaveJSON(c, r, err)
		}
		if err := r.openLog(c); err != nil {
			return leaveJSON(c, r, err)
		}
		defer r.bar.Done()
		return leaveJSON(c, r, unbroken(c, run))
	}
}

// unbroken makes an error of a panic, so that a defect, too, ends with the JSON that was asked for.
func unbroken(c *cli.Context, run func(*cli.Context) error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = defect(cause)
		}
	}()
	return run(c)
}

// finish prints what is left to say about an error and gives the exit of the run.
func (r *runtimeEnv) finish(ctx context.Context, err error) exit.Code {
	if err == nil {
		return exit.OK
	}
	var end ended
	if errors.As(err, &end) {
		return end.exit
	}
	code := exitOfError(ctx, err)
	r.printError(err, code)
	return code
}

// reportPanic is the last resort, for what breaks outside of a command's action.
func reportPanic(w io.Writer, cause any, jsonLines bool) int {
	broken := defect(cause)
	if jsonLines {
		jsonLog(w, slog.LevelError).Error(broken.message, "hint", broken.hint, "exit", broken.exit.Code)
		return broken.exit.Code
	}
	fmt.Fprintf(w, "error: %s\nhint: %s\n", broken.message, broken.hint)
	return broken.exit.Code
}

const defectHint = "nothing more is printed here because it could hold a secret; " +
	"please report the line above with the command you ran; " +
	"`makesync runs list` shows what a broken apply had done"

// defect says where the program broke, and never with what: that could hold a secret.
func defect(cause any) failure {
	broken := spec.BrokenBy(cause)
	return failure{
		exit:    exit.Internal,
		message: fmt.Sprintf("internal error (%s) at %s", broken.Kind, broken.Place),
		hint:    defectHint,
	}
}
