package command

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec/text"
	"makesync/sync/help"
)

const explainDescription = "Looks a rule, a guard, an exit code (its number or name) or a term up " +
	"in the topics of the help, offline. `makesync help TOPIC` shows the page around it."

func explainCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "explain",
		Usage:       "what a rule, guard, exit code or term means",
		ArgsUsage:   "WORD",
		Description: explainDescription,
		UsageText:   "makesync explain maxDeletes\nmakesync explain 4\nmakesync explain waiting",
		Action: r.action(arity{min: 1, max: 1, name: "WORD"}, func(c *cli.Context) error {
			word := c.Args().First()
			entries := help.Explain(word)
			if len(entries) == 0 {
				return badUsage(c, "there is no explanation of %s%s",
					text.ShellQuote(word), didYouMean(word, help.Words(), ""))
			}
			_, err := io.WriteString(r.Stdout, explanation(entries))
			return err
		}),
	}
}

// explanation is a paragraph for each entry, with the topic to read on.
func explanation(entries []help.Entry) string {
	var b strings.Builder
	for i, e := range entries {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s (makesync help %s)\n", e.Word, e.Topic)
		for _, cell := range e.Cells {
			line := cell.Text
			if cell.Heading != "" {
				line = cell.Heading + ": " + line
			}
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	return b.String()
}
