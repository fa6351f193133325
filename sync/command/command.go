package command

import (
	"context"
	"log/slog"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// Main runs one command line (args[0] is the program's name) and returns the
// exit code. It never ends the process and prints only to env's streams. Cancel ctx with the cause
// exit.ErrInterrupted or exit.ErrTerminated to stop it cleanly.
func Main(ctx context.Context, args []string, env Env) (code int) {
	defer func() {
		if cause := recover(); cause != nil {
			code = reportPanic(env.Stderr, cause, wantsJSONLog(args))
		}
	}()
	args = runBeforeFlags(args)
	r := &runtimeEnv{Env: env, args: shownArgs(args[min(1, len(args)):]), log: slog.New(slog.DiscardHandler)}
	if wantsJSONLog(args) { // also of mistakes in the command line, before its flags are read
		r.logsJSON, r.log = true, jsonLog(env.Stderr, slog.LevelWarn)
	}
	err := newApp(r).RunContext(ctx, args)
	return r.finish(ctx, err).Code
}

// runBeforeFlags turns `undo RUN -o FILE` into `undo -o FILE RUN`. For a plan file the order is
// strict, since a flag that is not seen could apply it; undo only writes a plan, and its flags are
// as readily written behind the run that they are about.
func runBeforeFlags(args []string) []string {
	if len(args) < 4 || args[1] != "undo" || strings.HasPrefix(args[2], "-") || !strings.HasPrefix(args[3], "-") {
		return args
	}
	return slices.Concat(args[:2], args[3:], args[2:3])
}

// newApp assembles the command tree. The library's own help, version flag, exit
// handler and comma splitting are off: they print usage errors to stdout, end the
// process below our feet, and cut values into pieces.
func newApp(r *runtimeEnv) *cli.App {
	app := &cli.App{
		Name:                      programName,
		Usage:                     "keep organizations on Make as YAML files say",
		Commands:                  commands(r),
		Writer:                    r.Stdout,
		ErrWriter:                 r.Stderr,
		Reader:                    r.Stdin,
		HideHelp:                  true,
		HideVersion:               true,
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              usageHandler(r),
		Flags:                     []cli.Flag{&cli.BoolFlag{Name: "version", Usage: "print the version"}},
	}
	app.Action = func(c *cli.Context) error {
		if c.Bool("version") && !c.Args().Present() {
			return printVersion(r, formatText)
		}
		return unknownCommand(r, c, app.Commands)
	}
	prepare(r, app.Commands)
	return app
}

const programName = "makesync"

// commands lists every command, in the order in which the help shows them.
func commands(r *runtimeEnv) []*cli.Command {
	list := []*cli.Command{
		validateCommand(r),
		planCommand(r),
		applyCommand(r),
		approveCommand(r),
		showCommand(r),
		undoCommand(r),
		adoptCommand(r),
		statusCommand(r),
		doctorCommand(r),
		runsCommand(r),
		reportCommand(r),
		invitationCommand(r),
		billingCommand(r),
		initCommand(r),
		exportCommand(r),
		snapshotCommand(r),
		migrateCommand(r),
		compareCommand(r),
		sandboxCommand(r),
		schemaCommand(r),
		versionCommand(r),
		completionCommand(r),
		explainCommand(r),
		helpCommand(r),
	}
	addForce(list)
	return list
}

// prepare gives every command of the tree what the library leaves to each: our answer to
// usage errors and no help flag of its own, and gives the groups an action that
// names their commands.
func prepare(r *runtimeEnv, list []*cli.Command) {
	for _, c := range list {
		c.HideHelp = true
		c.OnUsageError = usageHandler(r)
		if len(c.Subcommands) > 0 {
			group := c
			c.Action = func(ctx *cli.Context) error { return unknownCommand(r, ctx, group.Subcommands) }
			prepare(r, c.Subcommands)
		}
	}
}

func commandNames(list []*cli.Command) []string {
	var names []string
	for _, c := range list {
		names = append(names, c.Name)
	}
	return names
}
