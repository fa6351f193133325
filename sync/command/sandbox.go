package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/sync/exit"
	"makesync/sync/sandbox"
)

// sandboxLockWait is how long a run waits for another process to let go of a state file: long
// enough for a short run to end, short enough to hear soon of a `sandbox serve` that has it.
const sandboxLockWait = 2 * time.Second

const defaultState = ".makesync/sandbox.json"

func sandboxCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "sandbox",
		Usage:       "the simulated Make zone: make a state, serve it",
		Description: "A zone to try things out on, without an account: all of its world is one state file. Documents use it in process with `zones: {try: {sandbox: {state: FILE}}}`; serve offers it to any client.",
		Subcommands: []*cli.Command{sandboxInitCommand(r), sandboxServeCommand(r)},
	}
}

type sandboxInitOptions struct {
	out                               string
	organizations, variables, members int
	seed                              int64
	large                             bool
}

func sandboxInitCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:  "init",
		Usage: "write a new state file",
		Description: "Without sizes: a handful of organizations on different plans in the zones eu1 and us1. With them: a large, varied " +
			"world with odd names and values and a few organizations in trouble (credits, payments, invitations, admins, two-factor " +
			"authentication), always the same for the same seed. A file that exists is left alone.",
		UsageText: "makesync sandbox init -o lab.json\nmakesync sandbox init --organizations 1000 --variables 50 -o lab.json",
		Flags: []cli.Flag{
			&cli.StringFlag{
				Name:    "out",
				Aliases: []string{"o"},
				Value:   defaultState,
				Usage:   "write the state to `STATE` (default: " + defaultState + ")",
			},
			&cli.IntFlag{Name: "organizations", Usage: "make `N` organizations"},
			&cli.IntFlag{Name: "variables", Value: 10, Usage: "of `N` variables each (default: 10)"},
			&cli.IntFlag{Name: "members", Value: 5, Usage: "of `N` members each (default: 5)"},
			&cli.Int64Flag{Name: "seed", Value: 1, Usage: "`S` decides what is random (default: 1)"},
		},
		Action: r.action(noArguments, func(c *cli.Context) error {
			o := sandboxInitOptions{
				out: c.String("out"), organizations: c.Int("organizations"), variables: c.Int("variables"),
				members: c.Int("members"), seed: c.Int64("seed"), large: c.IsSet("organizations"),
			}
			if o.organizations < 0 || o.variables < 0 || o.members < 0 || o.large && o.organizations == 0 {
				return badUsage(c, "the sizes of a world cannot be below 0, and it needs an organization")
			}
			if !o.large && (c.IsSet("variables") || c.IsSet("members") || c.IsSet("seed")) {
				return badUsage(c, "--variables, --members and --seed go with --organizations")
			}
			return r.sandboxInit(o)
		}),
	}
}

func (r *runtimeEnv) sandboxInit(o sandboxInitOptions) error {
	if _, err := os.Stat(o.out); !errors.Is(err, fs.ErrNotExist) {
		return failure{
			exit: exit.Invalid, message: "the state file " + o.out + " exists; nothing was changed",
			hint: "remove it to begin again, or choose another file with -o",
		}
	}
	state := sandbox.Starter()
	if o.large {
		state = sandbox.Generate(
			sandbox.GenerateOptions{
				Organizations: o.organizations,
				Variables:     o.variables,
				Members:       o.members,
				Seed:          o.seed,
			},
		)
	}
	if err := state.WriteFile(o.out); err != nil {
		return failure{exit: exit.Internal, message: err.Error()}
	}
	_, err := fmt.Fprintf(r.Stdout, "SANDBOX state written to %s\n", o.out)
	return err
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
