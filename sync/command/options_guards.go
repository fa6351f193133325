package command

import (
	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
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

// checkEnforced refuses to write under a trusted rule that nothing here enforces: who states it
// counts on it.
func checkEnforced(desired *spec.Desired) error {
	var idle []string
	for _, row := range []struct {
		name   string
		stated bool
	}{
		{"guards.billing", len(desired.Guards.MaxMonthly) > 0},
	} {
		if row.stated {
			idle = append(idle, row.name)
		}
	}
	if len(idle) == 0 {
		return nil
	}
	return failure{
		exit: exit.Held,
		message: "a file of guards states " + text.And(idle) +
			", and this apply does not enforce that; nothing was changed",
		hint: "plan shows what would be done; take it out of the file only if nobody counts on it",
	}
}
