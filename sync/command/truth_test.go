package command_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/sandbox"
)

// keyring knows which organization a document means by a key.
type keyring struct {
	ids   map[int]string    // of organizations that are there
	names map[string]string // of those that are to be created
}

// keyOf is the key of the organization that a write was about; for one that no document means its id.
func (k keyring) keyOf(world *sandbox.World, w sandbox.Write) string {
	var body struct{ Name string }
	if w.OrganizationID == 0 && json.Unmarshal(w.Body, &body) == nil && k.names[body.Name] != "" {
		return k.names[body.Name]
	}
	if key := k.ids[w.OrganizationID]; key != "" {
		return key
	}
	for _, z := range world.Snapshot().Zones {
		for _, o := range z.Organizations {
			if o.ID == w.OrganizationID && k.names[o.Name] != "" {
				return k.names[o.Name]
			}
		}
	}
	return fmt.Sprint("organization ", w.OrganizationID)
}

// addressOf names what a write changed as documents do.
func (k keyring) addressOf(world *sandbox.World, w sandbox.Write) spec.Address {
	kind, name, _ := strings.Cut(w.Object, "/")
	return spec.NewAddress(k.keyOf(world, w), spec.Kind(kind), name)
}

// lies compares what a report says of its steps with the writes that the zone itself has committed during the run:
//
//	outcome     committed writes
//	succeeded   all of the step's; none where nothing had to be sent, or somebody else has deleted it first
//	failed      none; all if it did not converge, the first if it is half done
//	skipped     none
//	unknown     some or none
//
// Where others have done the same meanwhile and the answer is lost, nobody can tell who it was, and succeeded is true.
func lies(report *report.Report, keys keyring, world *sandbox.World, writes, theirs []sandbox.Write) []string {
	var list []string
	if sum := report.Succeeded + report.Failed + report.Skipped + report.Unknown; sum != report.Planned || len(report.Steps) != sum {
		list = append(list, fmt.Sprintf("%d planned = %d + %d + %d + %d of %d steps", report.Planned,
			report.Succeeded, report.Failed, report.Skipped, report.Unknown, len(report.Steps)))
	}
	committed := keys.count(world, writes)
	others := keys.count(world, theirs)
	for i := range report.Steps {
		s := &report.Steps[i]
		n := committed[s.Address]
		if delete(committed, s.Address); !isTrue(s, n) && !isTrue(s, n+others[s.Address]) {
			list = append(list, fmt.Sprintf("%s %s is said to have %s after %d attempts (%s), and the zone has committed %d writes of it",
				s.Op, s.Address, s.Outcome, s.Attempts, s.Reason, n))
		}
	}
	for address, n := range committed {
		list = append(list, fmt.Sprintf("%d writes of %s, of which the report does not speak", n, address))
	}
	slices.Sort(list)
	return list
}

// count counts writes by what they changed.
func (k keyring) count(world *sandbox.World, writes []sandbox.Write) map[spec.Address]int {
	n := map[spec.Address]int{}
	for _, w := range writes {
		n[k.addressOf(world, w)]++
	}
	return n
}

// isTrue is the table above.
func isTrue(s *report.StepReport, committed int) bool {
	all := 1
	if s.Op == plan.OpReinvite {
		all = 2
	}
	switch s.Outcome {
	case report.Succeeded:
		goneAlready := s.Op == plan.OpDelete || s.Op == plan.OpRevoke
		return committed == all || committed == 0 && (s.Attempts == 0 || goneAlready)
	case report.Failed:
		switch {
		case s.Reason.Code == report.ReasonNotConverged:
			return committed == all
		case s.Reason.Code == report.ReasonHalfDone:
			return committed == 1
		}
		return committed == 0
	case report.Skipped:
		return committed == 0
	}
	return committed <= all
}
