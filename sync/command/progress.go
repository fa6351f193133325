package command

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"makesync/sync/makeapi"
	"makesync/sync/plan"
	"makesync/sync/render"
	"makesync/sync/report"
)

// progress shows how far a run is, and logs each thing done at level info.
type progress struct {
	*render.Progress
	log *slog.Logger
}

func (p progress) read(now plan.Progress) {
	p.log.Info("read", "organization", now.Organization, "done", now.Done, "total", now.Total)
	p.Read(now)
}

func (p progress) applied(e report.StepEvent) {
	if e.Outcome != "" && p.log.Enabled(context.Background(), slog.LevelInfo) {
		p.log.Info("step", "n", e.N, "of", e.Of, "op", string(e.Op), "address", string(e.Address),
			"outcome", string(e.Outcome), "reason", e.Reason.String())
	}
	p.Applied(e)
}

// settles is told that what a run had sent may still arrive.
func (p progress) settles(run string, d time.Duration) {
	p.log.Info("wait for what an unfinished run had sent", "run", run, "seconds", d.Seconds())
	p.Waiting("what run "+run+" had just sent", d)
}

// waits is told of every wait for a rate window; those that nobody would notice are passed over.
func (p progress) waits(wait makeapi.Wait) {
	if wait.For < time.Second {
		return
	}
	whose := "zone " + wait.Zone
	switch {
	case wait.Name != "":
		whose = wait.Name
	case wait.Organization != 0:
		whose = "organization " + strconv.FormatInt(wait.Organization, 10)
	}
	p.log.Info("wait for the rate limit", "zone", wait.Zone, "organization", wait.Organization,
		"name", render.Clean(wait.Name), "seconds", wait.For.Seconds())
	p.Waiting("the rate limit of "+whose, wait.For)
}
