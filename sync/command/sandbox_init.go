package command

import (
	"errors"
	"io/fs"
	"os"

	"github.com/urfave/cli/v2"

	"makesync/sync/exit"
	"makesync/sync/sandbox"
)

type sandboxInitOptions struct {
	out                               string
	organizations, variables, members int
	seed                              int64
	large                             bool // sizes were given
}

const sandboxInitDescription = "Without sizes: a handful of organizations on different plans " +
	"in the zones eu1 and us1. " +
	"With them: a large, varied world with odd names and values and a few organizations in trouble " +
	"(credits, payments, invitations, admins, two-factor authentication), always the same for the same seed. " +
	"A file that exists is left alone."

func sandboxInitCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "init",
		Usage:       "write a new state file",
		Description: sandboxInitDescription,
		UsageText: "makesync sandbox init -o lab.json\n" +
			"makesync sandbox init --organizations 1000 --variables 50 -o lab.json",
		Flags: []cli.Flag{
			newOutputFlag(cli.StringFlag{
				Name:    "out",
				Aliases: []string{"o"},
				Value:   defaultState,
				Usage:   "write the state to `STATE` (default: " + defaultState + ")",
			}, sandboxState),
			&cli.IntFlag{Name: "organizations", Usage: "make `N` organizations"},
			&cli.IntFlag{Name: "variables", Value: 10, Usage: "of `N` variables each (default: 10)"},
			&cli.IntFlag{Name: "members", Value: 5, Usage: "of `N` members each (default: 5)"},
			&cli.Int64Flag{Name: "seed", Value: 1, Usage: "`S` a number that decides what is random (default: 1)"},
		},
		Action: r.action(noArguments, func(c *cli.Context) error {
			o, err := readSandboxInitOptions(c)
			if err != nil {
				return err
			}
			return runSandboxInit(r, o)
		}),
	}
}

func readSandboxInitOptions(c *cli.Context) (sandboxInitOptions, error) {
	o := sandboxInitOptions{
		out:           c.String("out"),
		organizations: c.Int("organizations"),
		variables:     c.Int("variables"),
		members:       c.Int("members"),
		seed:          c.Int64("seed"),
		large:         c.IsSet("organizations"),
	}
	if o.organizations < 0 || o.variables < 0 || o.members < 0 || o.large && o.organizations == 0 {
		return o, badUsage(c, "the sizes of a world cannot be below 0, and it needs an organization")
	}
	if !o.large && (c.IsSet("variables") || c.IsSet("members") || c.IsSet("seed")) {
		return o, badUsage(c, "--variables, --members and --seed go with --organizations")
	}
	return o, nil
}

func runSandboxInit(r *runtimeEnv, o sandboxInitOptions) error {
	if _, err := os.Stat(o.out); !errors.Is(err, fs.ErrNotExist) {
		return failure{
			exit: exit.Invalid, message: "the state file " + o.out + " exists; nothing was changed",
			hint: "remove it to begin again, or choose another file with -o",
		}
	}
	state := sandbox.Starter()
	if o.large {
		state = sandbox.Generate(sandbox.GenerateOptions{
			Organizations: o.organizations, Variables: o.variables, Members: o.members, Seed: o.seed,
		})
	}
	if err := state.WriteFile(o.out); err != nil {
		return failure{exit: exit.Internal, message: err.Error()}
	}
	return r.say("SANDBOX state written to " + o.out)
}
