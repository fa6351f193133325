package command

import (
	"io"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/render"
	"makesync/sync/report"
)

// planResult, reportResult and problemsResult are the results that commands share.
type (
	planResult struct {
		*plan.Plan
		maxBytes int // of the Markdown
	}
	reportResult struct {
		*report.Report
		maxBytes int // of the Markdown
	}
	problemsResult struct {
		problems []spec.Problem
		exit     exit.Code
	}
)

func (p planResult) outputError(problem spec.Problem) exit.Code {
	return addOutputError(&p.Plan.Problems, &p.Plan.Exit, problem)
}

func (p reportResult) outputError(problem spec.Problem) exit.Code {
	return addOutputError(&p.Report.Problems, &p.Report.Exit, problem)
}

func (p *problemsResult) outputError(problem spec.Problem) exit.Code {
	return addOutputError(&p.problems, &p.exit, problem)
}

func (p planResult) text(w io.Writer, o render.Options) error { return render.Plan(w, p.Plan, o) }
func (p planResult) json(w io.Writer) error                   { return render.PlanJSON(w, p.Plan) }
func (p planResult) html(w io.Writer, o render.Options) error { return render.HTML(w, p.Plan, o) }
func (p planResult) markdown(w io.Writer, o render.Options) error {
	return render.Markdown(w, p.Plan, p.maxBytes, o)
}

func (p reportResult) text(w io.Writer, o render.Options) error { return render.Report(w, p.Report, o) }
func (p reportResult) json(w io.Writer) error                   { return render.ReportJSON(w, p.Report) }
func (p reportResult) markdown(w io.Writer, o render.Options) error {
	return render.ReportMarkdown(w, p.Report, p.maxBytes, o)
}

func (p *problemsResult) text(w io.Writer, o render.Options) error {
	return render.Problems(w, p.problems, p.exit, o)
}
func (p *problemsResult) json(w io.Writer) error {
	return render.ProblemsJSON(w, p.problems, p.exit)
}
