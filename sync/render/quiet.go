package render

import (
	"slices"

	"makesync/sync/plan"
	"makesync/sync/report"
)

// Uneventful tells whether a plan has nothing to say that an earlier run has not said: no step,
// nothing held, no problem, everything read, and nothing waiting that this state directory sees for
// the first time.
func Uneventful(plan *plan.Plan) bool {
	if len(plan.Problems)+len(plan.Rules)+len(plan.UnmanagedOrganizations)+len(report.PolicyProblems(plan, false)) > 0 {
		return false
	}
	for i := range plan.Organizations {
		if Eventful(&plan.Organizations[i]) {
			return false
		}
	}
	return true
}

// Eventful tells whether there is something new to say of one organization.
func Eventful(o *plan.Organization) bool {
	unseen := func(w plan.Waiting) bool { return w.Since == nil }
	return len(o.Steps) > 0 || len(o.Held) > 0 || len(o.NotRead) > 0 || len(o.UnmanagedAddresses) > 0 ||
		slices.ContainsFunc(o.Waiting, unseen)
}

// writeQuietPlan writes the last line alone, below the zones that are simulated: those say so in
// every output.
func writeQuietPlan(p *printer, plan *plan.Plan) error {
	writeSandboxes(p, plan.Zones)
	writeNarrowed(p)
	p.last(p.verb("plan"), PlanCounts(plan.Summary), plan.Exit)
	return p.flush()
}

// writeQuietReport does the same for a run that had nothing to do; what is held or waits stands in
// the plan above, if it is new.
func writeQuietReport(p *printer, report *report.Report) error {
	writeSandboxes(p, report.Zones)
	p.last(p.verb("apply"), lastCounts(report), report.Exit)
	return p.flush()
}

func writeSandboxes(p *printer, zones []plan.Zone) {
	for _, zone := range zones {
		if zone.Sandbox {
			writeZones(p, []plan.Zone{zone})
		}
	}
}
