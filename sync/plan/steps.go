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
	row := typeIndex(s.Type())
	creates := o.ID == 0 && o.Steps[0].Kind == spec.KindOrganization && o.Steps[0].Op == OpCreate
	switch {
	case row < 0:
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
	return stepTypes[row].invalid(s, creates)
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

// The checks of a step's arguments compare them with its address and its fields. Late: the
// organization is yet to be made, so that ids in it are not known.

func invalidVariable(s *Step, _ bool) string {
	a := s.Arguments
	return FirstViolated(
		Constraint{a.Name != s.Address.Name(), "it names another variable"},
		Constraint{s.Op == OpDelete != (a.Value == nil), "it has no value, or one too many"},
		Constraint{s.Op != OpDelete && !fieldMatches(s, "value", a.Value), "it writes another value than it shows"},
		Constraint{a.Value != nil && a.Value.IsSensitive() && a.Value.Fingerprint == "",
			"its secret has no fingerprint"},
	)
}

func invalidControl(s *Step, late bool) string {
	a := s.Arguments
	return FirstViolated(
		Constraint{a.Enable == nil, "it does not say whether to switch on or off"},
		Constraint{state.NormalName(a.Name) != state.NormalName(s.Address.Name()), "it names another control"},
		Constraint{a.ControlID < 1 && !late, "its id is below 1"},
		Constraint{!switchMatches(s, "enabled"), "it switches to another state than it shows"},
	)
}

func invalidTFA(s *Step, _ bool) string {
	return FirstViolated(
		Constraint{s.Arguments.Enable == nil, "it does not say whether to switch on or off"},
		Constraint{s.Address.Name() != "", "it has a name"},
		Constraint{!switchMatches(s, "tfaEnforced"), "it switches to another state than it shows"},
	)
}

func invalidOwner(s *Step, _ bool) string {
	a := s.Arguments
	return FirstViolated(
		Constraint{a.UserID < 1, "its user id is below 1"},
		Constraint{a.Email == "", "it names nobody"},
		Constraint{s.Address.Name() != "", "it has a name"},
		Constraint{!textMatches(s, "owner", a.Email), "it makes somebody else Owner than it shows"},
	)
}

func invalidMember(s *Step, late bool) string {
	a := s.Arguments
	invites := s.Op.Counted() == OpInvite
	return FirstViolated(
		Constraint{a.Email != s.Address.Name() || a.Email == "" || strings.ToLower(a.Email) != a.Email,
			"it names another person"},
		Constraint{s.Op != OpInvite && a.UserID < 1, "its user id is below 1"},
		Constraint{(invites || s.Op == OpUpdate) && a.RoleID < 1 && !(late && a.Role != ""), "its role id is below 1"},
		Constraint{a.RoleID == state.OwnerRole, "ownership is only transferred"},
		Constraint{a.DeleteConnections && s.Op.Counted() != OpDelete, "it deletes connections of somebody who stays"},
		Constraint{slices.ContainsFunc(a.TeamIDs, func(id int64) bool { return id < 1 }), "a team id is below 1"},
	)
}

func invalidOrganization(s *Step, _ bool) string {
	a := s.Arguments
	complete := a.Name != "" && a.RegionID > 0 && a.CountryID > 0 && a.TimezoneID > 0
	return FirstViolated(
		Constraint{s.Op == OpCreate && !complete, "a new organization needs name, region, country and time zone"},
		Constraint{s.Op == OpUpdate && a.Name == "" && a.CountryID < 1 && a.TimezoneID < 1, "it changes nothing"},
		Constraint{a.CountryID < 0 || a.TimezoneID < 0 || a.RegionID < 0, "an id is below 1"},
		Constraint{s.Op != OpDelete && a.Name != "" && !textMatches(s, "name", a.Name),
			"it writes another name than it shows"},
	)
}

// Constraint is something that holds for whatever makesync writes, and is violated by a file that
// it did not write.
type Constraint struct {
	Violated bool
	// Message says how, as the end of a sentence: "its id is below 1".
	Message string
}

// FirstViolated is the message of the first constraint that is violated; "" when all hold.
func FirstViolated(constraints ...Constraint) string {
	for _, c := range constraints {
		if c.Violated {
			return c.Message
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
