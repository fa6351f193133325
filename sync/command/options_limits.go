package command

import (
	"context"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
)

// limitOptions bound a run.
type limitOptions struct {
	maxCalls   int           // 0: no limit
	maxRuntime time.Duration // 0: no limit
}

func limitFlags() []cli.Flag {
	return []cli.Flag{
		newBoundFlag(cli.IntFlag{
			Name:  "max-calls",
			Usage: "refuse (exit 5) when planning and applying would take more than `N` calls",
		}),
		maxRuntimeFlag("what is in flight is finished, the rest is left"),
	}
}

// maxRuntimeFlag says what becomes of what is not done by then.
func maxRuntimeFlag(fate string) cli.Flag {
	return newDurationFlag("max-runtime", 0, "stop cleanly after `D`: "+fate)
}

func readLimitOptions(c *cli.Context) (o limitOptions, err error) {
	o.maxCalls = c.Int("max-calls")
	o.maxRuntime, err = readMaxRuntime(c)
	return o, err
}

func readMaxRuntime(c *cli.Context) (time.Duration, error) {
	limit := c.Duration("max-runtime")
	if c.IsSet("max-runtime") && limit <= 0 {
		return limit, badUsage(c, "--max-runtime %s: must be more than 0", limit)
	}
	return limit, nil
}

// bound gives a context that ends with --max-runtime.
func (o limitOptions) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.maxRuntime == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, o.maxRuntime, exit.ErrOutOfTime)
}

// exceeded tells that a plan takes more calls than --max-calls allows; nil when it does not.
func (o limitOptions) exceeded(plan *plan.Plan) *spec.Problem {
	writes := 0 // as the steps say, and not a plan file
	for i := range plan.Organizations {
		writes += plan.Organizations[i].PlannedWrites()
	}
	total, most := plan.Calls.Read+writes, plan.Shard.Share(o.maxCalls)
	if o.maxCalls == 0 || total <= most {
		return nil
	}
	allows := fmt.Sprintf("--max-calls %d", o.maxCalls)
	if most != o.maxCalls {
		allows = fmt.Sprintf("this shard's %d of %s", most, allows)
	}
	return &spec.Problem{
		Severity: spec.Error, Rule: "max-calls",
		Message: fmt.Sprintf("the run takes %d calls, more than %s: %d to read and %d to write",
			total, allows, plan.Calls.Read, writes),
		Hint: "raise --max-calls, or plan less at a time with --target",
	}
}
