package command

import (
	"slices"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// tellLost adds to what a run tells that a zone has stopped accepting the token, where nobody has
// said so: whoever reads what may as well be missing says nothing when it is. Nothing that was to
// be read after it was, so that no run ends as if all were there.
func tellLost(z *zones, problems *[]spec.Problem, code *exit.Code) {
	if z == nil {
		return
	}
	for _, name := range z.names() {
		client := z.ports[name].client
		if client == nil || client.Refused() == nil {
			continue
		}
		lost := state.UnreadProblem("", "", client.Refused())
		told := func(p spec.Problem) bool { return p.Rule == lost.Rule && p.Zone == name }
		if !slices.ContainsFunc(*problems, told) {
			*problems = append(*problems, lost)
		}
		*code = exit.Worst(*code, exit.PartlyVisible)
	}
}
