package command

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"makesync/sync/licences"
)

func versionCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "version",
		Usage:       "print the version and what the binary was built from",
		Description: "With --format json the same as one JSON object: version, commit, time, modified, go, platform.",
		UsageText:   "makesync version --format json",
		Flags: []cli.Flag{
			formatFlag(formatText, formatJSON),
			&cli.BoolFlag{Name: "licences", Usage: "print the licences of everything in the binary instead"},
		},
		Action: r.action(noArguments, func(c *cli.Context) error {
			format, err := readFormat(c, formatText, formatJSON)
			if err != nil {
				return err
			}
			if c.Bool("licences") {
				_, err := io.WriteString(r.Stdout, licences.Notices)
				return err
			}
			return printVersion(r, format)
		}),
	}
}

func printVersion(r *runtimeEnv, format string) error {
	if format == formatJSON {
		encoder := json.NewEncoder(r.Stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r.Build)
	}
	_, err := fmt.Fprintf(r.Stdout, "makesync %s\n", r.Build)
	return err
}
