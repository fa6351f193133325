package command

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/help"
)

const explainDescription = "Looks a rule, a guard, an exit code (its number or name) or a term up " +
	"in the topics of the help, offline; policy:ID is a policy. `makesync help TOPIC` shows the page around it."

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
			if id, ok := strings.CutPrefix(word, spec.PolicyGuard("")); ok {
				_, err := fmt.Fprintf(r.Stdout, policyExplanation, text.Quote(id))
				return err
			}
			if len(entries) == 0 {
				return badUsage(c, "there is no explanation of %s%s (a policy is explained as %s)",
					text.ShellQuote(word), didYouMean(word, help.Words(), ""), spec.PolicyGuard("ID"))
			}
			_, err := io.WriteString(r.Stdout, explanation(entries))
			return err
		}),
	}
}

// policyExplanation is about a rule that no help can know.
const policyExplanation = "%s is a policy of your own files (makesync help policies)\n" +
	"  Its message says what it wants. `plan --format json` says where it stands: policies.results[].source.\n" +
	"  No --allow lifts it: change the plan, or give the policy an exception with reason and day.\n"

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
