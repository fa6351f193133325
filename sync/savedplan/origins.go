package savedplan

import (
	"slices"

	"makesync/sync/plan"
)

// ForgetOrigins makes unknown why steps are there, and tells whether one had said so.
func ForgetOrigins(p *plan.Plan) (forgotten bool) {
	p.Organizations = slices.Clone(p.Organizations)
	for i := range p.Organizations {
		o := &p.Organizations[i]
		o.Steps = slices.Clone(o.Steps)
		for j := range o.Steps {
			if origin := &o.Steps[j].Origin; *origin != "" && *origin != plan.OriginUnknown {
				*origin, forgotten = plan.OriginUnknown, true
			}
		}
	}
	p.Summary = plan.Summarize(p.Organizations)
	return forgotten
}
