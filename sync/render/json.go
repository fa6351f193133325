package render

import (
	"bytes"
	"encoding/json"
	"io"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// ProblemsFormat is the version of the JSON form of problems.
const ProblemsFormat = "makesync.problems/v1"

// ProblemsDocument is the JSON form of problems that stand alone, as `validate` gives them.
type ProblemsDocument struct {
	Format   string         `json:"format"`
	Errors   int            `json:"errors"`
	Warnings int            `json:"warnings"`
	Problems []spec.Problem `json:"problems"`
	Exit     exit.Code      `json:"exit"`
}

// PlanJSON writes a plan as one JSON document.
func PlanJSON(w io.Writer, plan *plan.Plan) error { return JSON(w, wholePlan(plan)) }

// ReportJSON writes a report as one JSON document.
func ReportJSON(w io.Writer, report *report.Report) error { return JSON(w, wholeReport(report)) }

// ProblemsJSON writes problems as one JSON document.
func ProblemsJSON(w io.Writer, problems []spec.Problem, exit exit.Code) error {
	document := ProblemsDocument{Format: ProblemsFormat, Problems: filled(problems), Exit: exit}
	document.Errors, document.Warnings = severities(problems)
	return JSON(w, document)
}

// JSON writes any value as makesync writes JSON: one document, indented by two
// spaces, in the order of the Go fields, a line feed at the end, < > & as they are, and no
// character that is unsafe on a terminal. What it writes is either the whole document or nothing.
func JSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(text.SafeJSON(b.Bytes()))
	return err
}

// filled is the slice, or an empty one for nil, so that JSON has [] and never null.
func filled[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func filledMap[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return m
}

// wholePlan is a copy of the plan without nil slices and maps.
func wholePlan(ps *plan.Plan) *plan.Plan {
	p := *ps
	if p.Format == "" {
		p.Format = plan.Format
	}
	if p.Seal == "" {
		p.Seal = "none"
	}
	p.Zones, p.Problems, p.Unmanaged = filled(p.Zones), filled(p.Problems), filledMap(p.Unmanaged)
	p.Organizations = append([]plan.Organization{}, p.Organizations...)
	p.Groups = filled(plan.Groups(p.Organizations))
	for i := range p.Groups {
		p.Groups[i].Fields = filled(p.Groups[i].Fields)
	}
	for i := range p.Organizations {
		wholeOrganization(&p.Organizations[i])
	}
	return &p
}

func wholeOrganization(o *plan.Organization) {
	o.Waiting, o.Held, o.NotRead = filled(o.Waiting), filled(o.Held), filled(o.NotRead)
	o.Unmanaged = filledMap(o.Unmanaged)
	o.Steps = append([]plan.Step{}, o.Steps...)
	for i := range o.Steps {
		o.Steps[i].Fields, o.Steps[i].After = filled(o.Steps[i].Fields), filled(o.Steps[i].After)
	}
}

// wholeReport is a copy of the report without nil slices.
func wholeReport(rs *report.Report) *report.Report {
	r := *rs
	if r.Format == "" {
		r.Format = report.Format
	}
	r.Steps, r.Problems = filled(r.Steps), filled(r.Problems)
	return &r
}
