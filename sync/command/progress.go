package command

import (
	reconcile "makesync/sync"
	"makesync/sync/render"
)

// progress shows how far a run is, and logs each thing done at level info.
type progress struct {
	*render.Progress
	r *runtimeEnv
}

func (r *runtimeEnv) newProgress() progress {
	return progress{render.NewProgress(r.signs(), render.ProgressOptions{Terminal: r.Terminal.Stderr, Width: r.Terminal.Width, Now: r.Now}), r}
}

func (p progress) read(now reconcile.Progress) {
	p.r.log.Info("read", "organization", now.Organization, "done", now.Done, "total", now.Total)
	p.Read(now)
}

func (p progress) applied(e reconcile.StepEvent) {
	if e.Outcome != "" {
		p.r.log.Info("step", "n", e.N, "of", e.Of, "op", string(e.Op), "address", string(e.Address), "outcome", string(e.Outcome), "reason", e.Reason)
	}
	p.Applied(e)
}
