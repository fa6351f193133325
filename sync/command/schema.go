package command

import (
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/schema"
	"makesync/spec/text"
)

const schemaDescription = "The schemas (draft-07) are those of this very build. " +
	"Without an argument: that of the documents, with which an editor completes and explains them."

func schemaCommand(r *runtimeEnv) *cli.Command {
	names := strings.Join(schema.Names(), "|")
	return &cli.Command{
		Name:        "schema",
		Usage:       "print a JSON Schema; without a name that of the documents",
		ArgsUsage:   "[" + names + "]",
		Description: schemaDescription,
		UsageText:   "makesync schema > makesync.schema.json",
		Action: r.action(arity{min: 0, max: 1, name: names}, func(c *cli.Context) error {
			name := c.Args().First()
			if name == "" {
				name = "document"
			}
			content, ok := schema.Named(name)
			if !ok {
				return badUsage(c, "there is no schema %s; there are %s",
					text.ShellQuote(name), strings.Join(schema.Names(), ", "))
			}
			_, err := r.Stdout.Write(content)
			return err
		}),
	}
}
