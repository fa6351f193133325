package command

import (
	"context"
	"makesync/spec"

	"github.com/urfave/cli/v2"

	"makesync/sync/makeapi"
	"makesync/sync/plan"
	"makesync/sync/planner"
)

func historyFlag() cli.Flag {
	return &cli.BoolFlag{
		Name: "history",
		Usage: "show when and by whom each variable that changes was last changed, with --since only drift: " +
			"one more call for each, at most 50",
	}
}

// readLiveOptions reads what tells more of the live side: --history, which asks the zone and so
// does not go with plans that ask none, and --since.
func readLiveOptions(c *cli.Context, o *planOptions) (err error) {
	o.history = c.Bool("history")
	if o.since, err = readSinceOptions(c); err != nil {
		return err
	}
	switch {
	case o.history && o.offline.set():
		return badUsage(c, "--history asks the zone, and --live and --base ask none")
	case o.since.set() && len(o.offline.base) > 0 && len(o.offline.live) == 0:
		return badUsage(c, "--since compares live states, and --base alone knows none")
	}
	return nil
}

// addLastChanges asks the zones who changed what the plan is about to change. It only reads, and
// never fails the plan.
func addLastChanges(ctx context.Context, p *plan.Plan, zones *zones, concurrency int) {
	historians := map[string]planner.HistoryReader{}
	before := zones.reads()
	for name, port := range zones.ports {
		if port.client != nil {
			historians[name] = historian{port.client}
		}
	}
	planner.AddLastChanges(ctx, p, historians, concurrency)
	p.Calls.Read += zones.reads() - before
}

// historian turns the API's history of a variable into its last entry.
type historian struct{ client *makeapi.Client }

// LastChange takes the entry with the highest id. The published order is newest first, which
// decides where ids are equal or absent.
func (h historian) LastChange(ctx context.Context, organization int64, variable string) (spec.LastChange, error) {
	changes, err := h.client.History(ctx, organization, variable)
	if err != nil || len(changes) == 0 {
		return spec.LastChange{}, err
	}
	last := changes[0]
	for _, change := range changes[1:] {
		if change.ID > last.ID {
			last = change
		}
	}
	return spec.NewLastChange(last.When, last.Author, last.Action), nil
}
