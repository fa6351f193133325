package render

import (
	"io"

	reconcile "makesync/sync"
)

// PlanStream writes the text of a plan while the plan is made; it is a sync.PlanSink. All in all it
// writes what Plan writes of the finished plan. Where a plan without news is not to be shown, it keeps back what is not new until
// something is.
type PlanStream struct {
	out    io.Writer
	writer *PlanWriter
	// shows tells whether an organization is worth showing the plan for; nil: a plan is always shown.
	shows func(*reconcile.OrganizationPlan) bool
	plan  *reconcile.Plan
	kept  []*reconcile.OrganizationPlan
	begun bool
	ended bool
	err   error
}

// NewPlanStream writes to w. With shows nothing is written before an organization of which it is true.
func NewPlanStream(w io.Writer, o Options, shows func(*reconcile.OrganizationPlan) bool) *PlanStream {
	return &PlanStream{out: w, writer: NewPlanWriter(w, o), shows: shows}
}

// Begin writes the header, or keeps it.
func (s *PlanStream) Begin(plan *reconcile.Plan) {
	s.plan = plan
	if s.shows == nil {
		s.begin()
	}
}

// Organization writes one organization, or keeps it.
func (s *PlanStream) Organization(o *reconcile.OrganizationPlan) {
	if !s.begun && !s.shows(o) {
		s.kept = append(s.kept, o)
		return
	}
	s.begin()
	s.write(o)
}

// begin writes the header and what was kept.
func (s *PlanStream) begin() {
	if s.begun {
		return
	}
	s.begun = true
	s.err = s.writer.Begin(s.plan)
	for _, o := range s.kept {
		s.write(o)
	}
	s.kept = nil
}

// write keeps the first error: whoever makes the plan need not know of it.
func (s *PlanStream) write(o *reconcile.OrganizationPlan) {
	if s.err == nil {
		s.err = s.writer.Organization(o)
	}
}

// Begun tells whether anything is written.
func (s *PlanStream) Begun() bool { return s != nil && s.begun }

// Partial tells whether what is written is only part of a plan.
func (s *PlanStream) Partial() bool { return s.Begun() && !s.ended }

// End writes the rest of a plan that has begun to w, with what is only known now: problems, the summary in words and the last
// line. The error is the first of all.
func (s *PlanStream) End(w io.Writer, plan *reconcile.Plan, o Options) error {
	s.ended = true
	if s.err != nil {
		return s.err
	}
	s.writer.p = newPrinter(w, o)
	return s.writer.End(plan)
}

// Cut says, below what is written, that this is not the whole plan. Without a last line it would look as if somebody had cut it off with `head`.
func (s *PlanStream) Cut() error {
	if s.err != nil {
		return s.err
	}
	p := newPrinter(s.out, s.writer.p.Options)
	p.gap()
	p.line("%s", p.paint(redBold, "CUT SHORT: this is only part of the plan, which could not be finished."))
	return p.flush()
}
