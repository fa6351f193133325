package notify

import (
	"slices"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/fleet"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// Run is how a run of plan, apply or status ended, good or bad.
type Run struct {
	Command  string         // plan, apply, status
	Shard    *spec.Shard    // which part of the organizations it looked at; nil: all
	Plan     *plan.Plan     // nil when there is none
	Report   *report.Report // of apply; nil of plan
	Status   *fleet.Status  // of status
	Problems []spec.Problem // all that the run tells
	Exit     exit.Code
}

// Blind tells whether the run could not see which alerts an organization has; "" stands for the run
// itself, which always sees its own.
func (r Run) Blind(organization string) bool {
	if organization == "" {
		return false
	}
	if r.Status != nil {
		return r.unseen(organization)
	}
	if r.Plan != nil {
		at := slices.IndexFunc(r.Plan.Organizations, func(o plan.Organization) bool { return o.Key == organization })
		return at < 0 || len(r.Plan.Organizations[at].NotRead) > 0 || r.stopped(organization)
	}
	return true
}

// unseen tells whether the status could not see all of an organization. One that is no longer there
// is none that can have an alert, unless its zone was not read.
func (r Run) unseen(organization string) bool {
	for i := range r.Status.Organizations {
		if o := &r.Status.Organizations[i]; o.Key == organization {
			return len(o.NotRead) > len(o.Lacking())
		}
	}
	return spec.HasErrors(r.Status.Problems)
}

// stopped tells whether steps of the organization were not even tried: what would have failed is
// unknown.
func (r Run) stopped(organization string) bool {
	if r.Report == nil {
		return false
	}
	if len(r.Report.Steps) == 0 && r.Report.Planned > 0 {
		return true
	}
	return slices.ContainsFunc(r.Report.Steps, func(s report.StepReport) bool {
		return s.Address.Key() == organization && s.Outcome == report.Skipped && !s.SkippedForLicence() && !s.IsDone()
	})
}

// failed tells whether the run ended in a way that somebody has to look at; what is held and what
// would change say so themselves.
func (r Run) failed() bool {
	switch r.Exit {
	case exit.OK, exit.Changes, exit.Held:
		return false
	}
	return true
}

// planned are the planned steps, by number.
func (r Run) planned() map[int]*plan.Step {
	steps := map[int]*plan.Step{}
	if r.Plan == nil {
		return steps
	}
	for i := range r.Plan.Organizations {
		o := &r.Plan.Organizations[i]
		for j := range o.Steps {
			steps[o.Steps[j].N] = &o.Steps[j]
		}
	}
	return steps
}

// gains counts the people who were given the rights of an Admin, or by a plan would be.
func (r Run) gains() (n int) {
	done := map[int]bool{}
	if r.Report != nil {
		for _, s := range r.Report.Steps {
			done[s.N] = s.Outcome == report.Succeeded
		}
	}
	for number, s := range r.planned() {
		if s.Gains() != "" && (r.Report == nil || done[number]) {
			n++
		}
	}
	return n
}

// zones are those that the run was about.
func (r Run) zones() []plan.Zone {
	switch {
	case r.Status != nil:
		return r.Status.Zones
	case r.Plan != nil:
		return r.Plan.Zones
	}
	return nil
}
