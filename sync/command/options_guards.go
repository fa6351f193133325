package command

import (
	"github.com/urfave/cli/v2"

	"makesync/sync/plan"
)

// guardFlags are about what may go into a plan and what is held.
func guardFlags() []cli.Flag {
	return []cli.Flag{&cli.StringSliceFlag{Name: "allow", Usage: allowUsage}}
}

const allowUsage = "let through what a guard holds: `RULE` is OP:KIND[<=N]@KEY, " +
	"as in delete:variable<=12@acme; repeatable"

func readAllow(c *cli.Context) ([]plan.Allow, error) {
	var rules []plan.Allow
	for _, text := range c.StringSlice("allow") {
		rule, err := plan.ParseAllow(text)
		if err != nil {
			return nil, badUsage(c, "--allow: %s", err)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}
