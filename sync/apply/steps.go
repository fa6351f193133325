package apply

import (
	"context"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// steps are those of one organization, and what became of them so far.
type steps struct {
	organization *plan.Organization
	list         []plan.Step                // the organization's, in a copy in which ids are bound
	results      map[int]*report.StepReport // by step number
	refused      []*plan.Step               // of the list, by the organization's plan of Make
}

// inNewOrganization tells whether the step belongs to an organization that this very plan creates,
// and is not the creation.
func (o *steps) inNewOrganization(s *plan.Step) bool {
	return o.organization.ID == 0 && s.N != o.list[0].N
}

// address is the organization's own.
func (o *steps) address() spec.Address {
	return spec.NewAddress(o.organization.Key, spec.KindOrganization, "")
}

// result is what became of a step; one that a stop kept from being looked at is skipped.
func (o *steps) result(ctx context.Context, s *plan.Step) report.StepReport {
	if r := o.results[s.N]; r != nil {
		return *r
	}
	return report.NewStepReport(s, report.Skipped, stopReason(ctx))
}
