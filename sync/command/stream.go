package command

import (
	"io"

	"makesync/spec"
	reconcile "makesync/sync"
	"makesync/sync/render"
)

// A plan as text appears organization by organization, while others are still being read. The other formats are whole
// documents, and --history adds to organizations once all are known: they appear at the end.

// streams tells whether the text of a plan may begin before the plan is finished.
func (o planOptions) streams() bool { return o.result.format == formatText && !o.history }

// forgets tells whether nobody looks at steps once their text is printed: neither a file nor a receiver of notifications.
func (o planOptions) forgets() bool {
	return o.streams() && o.out == "" && o.result.outJSON == "" && o.ending == endingOptions{}
}

// streamPlan prints the plan of `plan` while it is made. Off a terminal it waits for something new to say.
func (r *runtimeEnv) streamPlan(o planOptions, guards *spec.Guards) *render.PlanStream {
	words := r.planWords(o, guards, "plan")
	if words.Quiet {
		return render.NewPlanStream(r.Stdout, words, render.Eventful)
	}
	return render.NewPlanStream(r.Stdout, words, nil)
}

// streamShow does so for the plan that apply shows, which also at a terminal has to have something in it.
func (a *application) streamShow() *render.PlanStream {
	words := a.r.planWords(a.o.plan, a.guards, "plan")
	return render.NewPlanStream(a.r.Stdout, words, func(o *reconcile.OrganizationPlan) bool {
		return render.Eventful(o) || a.r.Terminal.Stdout && len(o.Waiting) > 0
	})
}

// streamedPlan is a plan of which a part stands on stdout already.
type streamedPlan struct {
	planResult
	stream *render.PlanStream
}

func (p streamedPlan) text(w io.Writer, o render.Options) error {
	if err := p.stream.End(w, p.Plan, o); err != nil {
		return failure{exit: reconcile.ExitInternal, message: "write to stdout", cause: err}
	}
	return nil
}

// result is the plan, or what is left of it to print.
func (m made) result(maxBytes int) result {
	whole := planResult{m.plan, maxBytes}
	if m.stream.Begun() {
		return streamedPlan{whole, m.stream}
	}
	return whole
}

// cutShort tells, on both streams, that a run that failed has printed part of a plan.
func (m made) cutShort() []spec.Problem {
	if !m.stream.Partial() {
		return nil
	}
	_ = m.stream.Cut() // a stream that cannot be written to holds no plan either
	return []spec.Problem{{Severity: spec.Warning, Rule: "cut-short", Message: "what is printed of the plan is only part of it",
		Hint: "the organizations behind it were not compared, or not to the end; nothing was changed"}}
}
