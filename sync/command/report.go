package command

import "github.com/urfave/cli/v2"

func reportCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "report",
		Usage:       "work on the results of runs",
		Subcommands: []*cli.Command{mergeCommand(r)},
	}
}
