package history

import (
	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// stepAbout is the step of a run about an object; a control by whichever spelling of its name.
func stepAbout(story *report.Run, zone string, object spec.Address) *plan.Step {
	for i := range story.Organizations {
		o := &story.Organizations[i]
		if o.Key != object.Key() || o.Zone != zone {
			continue
		}
		for j := range o.Steps {
			if o.Steps[j].Address.Folded() == object.Folded() {
				return &o.Steps[j]
			}
		}
	}
	return nil
}

func outcomeOf(story *report.Run, n int) string {
	outcome := "planned"
	for _, e := range story.Entries {
		if e.Result != nil && e.Result.Step == n {
			outcome = string(e.Result.Outcome)
		}
	}
	if story.Report == nil {
		return outcome
	}
	for i := range story.Report.Steps {
		if story.Report.Steps[i].N == n {
			outcome = string(story.Report.Steps[i].Outcome)
		}
	}
	return outcome
}
