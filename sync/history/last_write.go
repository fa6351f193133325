package history

import (
	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// mostSearched is how many runs are searched for the last write of an object.
const mostSearched = 200

// LastWrite is the last run that had a step about an object of the zone at a place (as for Begin:
// two folders may call different zones by one name), with the step and what became of it ("planned"
// where its journal does not tell); nil for none among the latest. Journals that cannot be read are
// left out.
func (s *Store) LastWrite(zone, place string, object spec.Address) (run string, step *plan.Step, outcome string, err error) {
	names, err := s.names()
	if err != nil {
		return "", nil, "", err
	}
	for i := len(names) - 1; i >= max(0, len(names)-mostSearched); i-- {
		story, err := s.Read(names[i])
		if err != nil || story.Places[zone] != place {
			continue
		}
		if step := stepAbout(story, zone, object); step != nil {
			return names[i], step, outcomeOf(story, step.N), nil
		}
	}
	return "", nil, "", nil
}

func stepAbout(story *report.Run, zone string, object spec.Address) *plan.Step {
	for i := range story.Organizations {
		o := &story.Organizations[i]
		if o.Key != object.Key() || o.Zone != zone {
			continue
		}
		for j := range o.Steps {
			if o.Steps[j].Address == object {
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
