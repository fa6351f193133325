package observe

import (
	"fmt"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// WrongTarget tells whether the ids of a step belong to something else than its address says. A
// plan of our own making never does that, unless the thing was deleted and made anew.
func WrongTarget(live *state.Organization, s *plan.Step) string {
	if s.Kind == spec.KindOrganization && s.Op == plan.OpDelete {
		return unsaidLoss(live, s)
	}
	name, a := s.Address.Name(), s.Arguments
	switch s.Kind {
	case spec.KindVariable:
		v := state.FindVariable(live.Variables, name)
		updates := v != nil && s.Op == plan.OpUpdate
		switch {
		case updates && !Shows(s, "value") && !SameSide(state.VariableScalar(v), *a.Value):
			return "its value is not the one that this step leaves as it is"
		case updates && !Shows(s, "type") && v.Type != a.Type:
			return "its type is not the one that this step leaves as it is"
		}
	case spec.KindFeatureControl:
		if c := state.FindControl(live.FeatureControls, name); c == nil || c.ID != a.ControlID {
			return fmt.Sprintf("the control %q has not the id %d", text.OneLine(name), a.ControlID)
		}
	case spec.KindMember:
		m := state.FindMember(live.Members, name)
		if s.Op != plan.OpInvite && (m == nil || m.UserID != a.UserID) {
			return fmt.Sprintf("%s has not the user id %d", text.OneLine(name), a.UserID)
		}
	case spec.KindOwner:
		if m := state.FindUser(live.Members, a.UserID); m == nil ||
			a.Email != "" && !strings.EqualFold(m.Email, a.Email) {
			return fmt.Sprintf("the user %d is not %s", a.UserID, text.OneLine(a.Email))
		}
	}
	return ""
}

// OtherControl tells whether a step calls a control otherwise than Make does. One that was not
// there when the plan was made is called as the documents do.
func OtherControl(live *state.Organization, s *plan.Step) string {
	name := s.Address.Name()
	control := state.FindControl(live.FeatureControls, name)
	if s.Kind != spec.KindFeatureControl || control == nil || control.Name == name {
		return ""
	}
	return fmt.Sprintf("it calls the control %s, and Make %s", text.Quote(name), text.Quote(control.Name))
}

// unsaidLoss tells what a deletion would take along, as far as that is known, and the plan does not
// say: a file can say anything.
func unsaidLoss(live *state.Organization, s *plan.Step) string {
	var losses []string
	if n := live.ActiveScenarios; n != nil {
		losses = append(losses, text.Count(*n, "active scenario", "active scenarios"))
	}
	if live.Teams != nil {
		losses = append(losses, text.Count(len(live.Teams), "team", "teams"))
	}
	if live.Members != nil {
		losses = append(losses, text.Count(len(live.Members)+len(live.Unreadable), "member", "members"))
	}
	for _, loss := range losses {
		said := func(note string) bool { return note == loss || strings.HasPrefix(note, loss+":") }
		if !slices.ContainsFunc(s.Notes, said) {
			return "it does not say that the deletion takes along " + loss
		}
	}
	return ""
}

// oldNames are the fields whose old side is an id of one of the API's lists and shown by its name.
var oldNames = map[string]state.List{"role": state.Roles, "country": state.Countries, "timezone": state.Timezones}

// WrongPast tells which old side of a step the zone does not have: what people have confirmed is
// what was there, too, and a file can say anything. Named gives the text by which an id of a list
// is shown: the given one, where that is one of its names.
func WrongPast(
	s *plan.Step, now state.View, named func(list state.List, id, shown string) (string, error),
) (string, error) {
	for _, f := range s.Fields {
		was, is := f.From, now[f.Path]
		if list, isID := oldNames[f.Path]; isID && !was.IsNone() && !is.IsNone() {
			name, err := named(list, is.Value().Reveal(), was.Value().Reveal())
			if err != nil {
				return "", err
			}
			is = state.Text(name)
		}
		if !samePast(was, is) {
			const words = "it shows that the %s was %s, and it is %s"
			return fmt.Sprintf(words, text.OneLine(f.Path), sideWords(was), sideWords(is)), nil
		}
	}
	return "", nil
}

// samePast: that a value is a secret says nothing of what it was.
func samePast(was, is state.Scalar) bool {
	if was.IsUnseen() || was.IsNone() || is.IsNone() {
		return was.IsNone() && is.IsNone()
	}
	return was.IsSensitive() || SameSide(was, is)
}

func sideWords(side state.Scalar) string {
	if side.IsNone() {
		return "not there"
	}
	return text.Quote(side.String())
}
