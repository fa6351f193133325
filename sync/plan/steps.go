package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// invalidStep tells why the j-th step of an organization is none that makesync plans, so that a
// forged file can do nothing that a plan could not: it is one of the known steps, has the risk that
// it shows, and its arguments do to the object of its address what its fields say. Last is the
// number of the step before.
func invalidStep(o *Organization, j, last int) string {
	s := &o.Steps[j]
	_, known := StepVerbs[StepType{s.Kind, s.Op}]
	creates := o.ID == 0 && o.Steps[0].Kind == spec.KindOrganization && o.Steps[0].Op == OpCreate
	switch {
	case !known:
		return fmt.Sprintf("there is no step %s of a %s", text.OneLine(string(s.Op)), text.OneLine(string(s.Kind)))
	case s.N <= last:
		return fmt.Sprintf("its number does not follow %d", last)
	case s.Address.Key() != o.Key || s.Address != spec.NewAddress(o.Key, s.Kind, s.Address.Name()):
		return "its address is not one of a " + string(s.Kind) + " of " + text.OneLine(o.Key)
	case o.ID < 0 || o.ID == 0 && !creates:
		return "its organization has no id"
	case s.Op == OpCreate && s.Kind == spec.KindOrganization && (j != 0 || o.ID != 0):
		return "it creates an organization that is there"
	case s.Op == OpDelete && s.Kind == spec.KindOrganization && len(o.Steps) > 1:
		return "deleting an organization stands alone"
	case s.Risk != riskOf(s):
		return "its risk is " + string(riskOf(s)) + ", not " + text.OneLine(string(s.Risk))
	case s.Precondition == "" && (o.ID != 0 || j == 0):
		return "it has no precondition"
	}
	if why := InvalidOrder(o.Steps[:j], s.After); why != "" {
		return why
	}
	return invalidArguments(s, creates)
}

// InvalidOrder: a step comes after steps before it, of the same organization; so there are no
// circles.
func InvalidOrder(before []Step, after []int) string {
	for _, n := range after {
		if !slices.ContainsFunc(before, func(s Step) bool { return s.N == n }) {
			return fmt.Sprintf("it comes after step %d, which is none before it", n)
		}
	}
	return ""
}

// invalidArguments compares the arguments with the address and the fields. Late: the ids are only
// known once the organization is created.
func invalidArguments(s *Step, late bool) string {
	a, name := s.Arguments, s.Address.Name()
	switch s.Kind {
	case spec.KindVariable:
		return FirstFailure(
			Check{a.Name != name, "it names another variable"},
			Check{s.Op == OpDelete != (a.Value == nil), "it has no value, or one too many"},
			Check{s.Op != OpDelete && !fieldMatches(s, "value", a.Value), "it writes another value than it shows"},
			Check{a.Value != nil && a.Value.IsSensitive() && a.Value.Fingerprint == "",
				"its secret has no fingerprint"},
		)
	case spec.KindFeatureControl:
		return FirstFailure(
			Check{a.Enable == nil, "it does not say whether to switch on or off"},
			Check{state.NormalName(a.Name) != state.NormalName(name), "it names another control"},
			Check{a.ControlID < 1 && !late, "its id is below 1"},
			Check{!switchMatches(s, "enabled"), "it switches to another state than it shows"},
		)
	case spec.KindTFA:
		return FirstFailure(
			Check{a.Enable == nil, "it does not say whether to switch on or off"},
			Check{name != "", "it has a name"},
			Check{!switchMatches(s, "tfaEnforced"), "it switches to another state than it shows"},
		)
	case spec.KindMember:
		return invalidMember(s, late)
	case spec.KindOwner:
		return FirstFailure(
			Check{a.UserID < 1, "its user id is below 1"},
			Check{a.Email == "", "it names nobody"},
			Check{name != "", "it has a name"},
			Check{!textMatches(s, "owner", a.Email), "it makes somebody else Owner than it shows"},
		)
	}
	return invalidOrganization(s)
}

func invalidMember(s *Step, late bool) string {
	a := s.Arguments
	invites := s.Op.Counted() == OpInvite
	return FirstFailure(
		Check{a.Email != s.Address.Name() || a.Email == "" || strings.ToLower(a.Email) != a.Email,
			"it names another person"},
		Check{s.Op != OpInvite && a.UserID < 1, "its user id is below 1"},
		Check{(invites || s.Op == OpUpdate) && a.RoleID < 1 && !(late && a.Role != ""), "its role id is below 1"},
		Check{a.RoleID == state.OwnerRole, "ownership is only transferred"},
		Check{a.DeleteConnections && s.Op.Counted() != OpDelete, "it deletes connections of somebody who stays"},
		Check{slices.ContainsFunc(a.TeamIDs, func(id int64) bool { return id < 1 }), "a team id is below 1"},
	)
}

func invalidOrganization(s *Step) string {
	a := s.Arguments
	complete := a.Name != "" && a.RegionID > 0 && a.CountryID > 0 && a.TimezoneID > 0
	return FirstFailure(
		Check{s.Op == OpCreate && !complete, "a new organization needs name, region, country and time zone"},
		Check{s.Op == OpUpdate && a.Name == "" && a.CountryID < 1 && a.TimezoneID < 1, "it changes nothing"},
		Check{a.CountryID < 0 || a.TimezoneID < 0 || a.RegionID < 0, "an id is below 1"},
		Check{s.Op != OpDelete && a.Name != "" && !textMatches(s, "name", a.Name),
			"it writes another name than it shows"},
	)
}

// Check is a condition that no step of ours fulfils, with its words.
type Check struct {
	Failed bool
	Words  string
}

// FirstFailure gives the words of the first check that failed.
func FirstFailure(checks ...Check) string {
	for _, c := range checks {
		if c.Failed {
			return c.Words
		}
	}
	return ""
}

// fieldMatches tells whether the field, if the step has it, leads to what is written.
func fieldMatches(s *Step, path string, written *state.Scalar) bool {
	if written == nil {
		return false
	}
	for _, f := range s.Fields {
		if f.Path == path {
			return f.To.IsSensitive() == written.IsSensitive() && f.To.Value().Reveal() == written.Value().Reveal()
		}
	}
	return true
}

func textMatches(s *Step, path, written string) bool {
	text := state.Text(written)
	return fieldMatches(s, path, &text)
}

func switchMatches(s *Step, path string) bool {
	if s.Arguments.Enable == nil {
		return true // said elsewhere
	}
	text := state.Text(strconv.FormatBool(*s.Arguments.Enable))
	return fieldMatches(s, path, &text)
}
