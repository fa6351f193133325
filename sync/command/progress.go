package command

import (
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
	r *runtimeEnv
}

// openProgress makes room for a line on the terminal: whatever else goes there appears above it.
func (r *runtimeEnv) openProgress() {
	r.bar = progress{
		render.NewProgress(
			r.signs(),
			render.ProgressOptions{Terminal: r.Terminal.Stderr, Width: r.Terminal.Width, Now: r.Now},
		),
		r,
	}
	if r.Terminal.Stderr {
		r.Stdout, r.Stderr = r.bar.Beside(r.Stdout), r.bar.Beside(r.Stderr)
	}
}

func (p progress) read(now plan.Progress) {
	p.r.log.Info("read", "organization", now.Organization, "done", now.Done, "total", now.Total)
	p.Read(now)
}

func (p progress) applied(e report.StepEvent) {
	if e.Outcome != "" {
		p.r.log.Info(
			"step",
			"n",
			e.N,
			"of",
			e.Of,
			"op",
			string(e.Op),
			"address",
			string(e.Address),
			"outcome",
			string(e.Outcome),
			"reason",
			e.Reason.String(),
		)
	}
	p.Applied(e)
}

// rests is told of every wait for a rate window; those that nobody would notice are passed over.
func (p progress) rests(rest makeapi.Wait) {
	if rest.For < time.Second {
		return
	}
	whose := "zone " + rest.Zone
	switch {
	case rest.Name != "":
		whose = rest.Name
	case rest.Organization != 0:
		whose = "organization " + strconv.FormatInt(rest.Organization, 10)
	}
	p.r.log.Info(
		"wait for the rate limit",
		"zone",
		rest.Zone,
		"organization",
		rest.Organization,
		"name",
		render.Clean(rest.Name),
		"seconds",
		rest.For.Seconds(),
	)
	p.Waiting(whose, rest.For)
}
