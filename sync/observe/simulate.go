package observe

import (
	"slices"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// simulate does to a live state in memory what a write has done to the real one, so that the steps
// after it see the run's own changes without reading again.
func simulate(live *state.Organization, write plan.Write, answer plan.Answer) {
	a := write.Arguments
	on := a.Enable != nil && *a.Enable
	switch write.Verb {
	case plan.CreateOrganization, plan.UpdateOrganization:
		simulateOrganization(live, a)
	case plan.CreateVariable, plan.UpdateVariable, plan.DeleteVariable:
		simulateVariable(live, write)
	case plan.SetControl:
		if c := state.FindControl(live.FeatureControls, write.Address.Name()); c != nil {
			c.Enabled = on
		} else {
			live.FeatureControls = append(live.FeatureControls,
				spec.FeatureControl{Name: write.Address.Name(), ID: a.ControlID, Enabled: on})
		}
	case plan.EnforceTFA:
		live.TFAEnforced = &on
	case plan.InviteMember, plan.SetRole, plan.RemoveMember:
		simulateMember(live, write, answer)
	case plan.TransferOwner:
		simulateTransfer(live, write)
	}
}

func simulateOrganization(live *state.Organization, a plan.Arguments) {
	if a.Name != "" {
		live.Name = a.Name
	}
	if a.CountryID != 0 {
		live.Country = strconv.FormatInt(a.CountryID, 10)
	}
	if a.TimezoneID != 0 {
		live.Timezone = strconv.FormatInt(a.TimezoneID, 10)
	}
}

func simulateVariable(live *state.Organization, write plan.Write) {
	name, a := write.Address.Name(), write.Arguments
	same := func(v spec.Variable) bool { return v.Name == name }
	live.Variables = slices.DeleteFunc(slices.Clone(live.Variables), same)
	if write.Verb == plan.DeleteVariable || a.Value == nil {
		return
	}
	made := spec.Variable{Name: name, Type: a.Type, Value: a.Value.Value(), Reference: a.Value.Reference}
	byName := func(v spec.Variable, n string) int { return strings.Compare(v.Name, n) }
	at, _ := slices.BinarySearchFunc(live.Variables, name, byName)
	live.Variables = slices.Insert(live.Variables, at, made)
}

func simulateMember(live *state.Organization, write plan.Write, answer plan.Answer) {
	email, a := write.Address.Name(), write.Arguments
	person := spec.Member{Email: email, UserID: answer.UserID, Invitation: "pending"}
	if old := state.FindMember(live.Members, email); old != nil && write.Verb == plan.SetRole {
		person = *old
	} else if write.Verb == plan.SetRole {
		person.UserID, person.Invitation = a.UserID, ""
	}
	person.Role = strconv.FormatInt(a.RoleID, 10)
	live.Members = slices.DeleteFunc(slices.Clone(live.Members), func(m spec.Member) bool { return m.Email == email })
	if write.Verb == plan.RemoveMember {
		return
	}
	byEmail := func(m spec.Member, e string) int { return strings.Compare(m.Email, e) }
	at, _ := slices.BinarySearchFunc(live.Members, email, byEmail)
	live.Members = slices.Insert(live.Members, at, person)
}

// simulateTransfer: the former Owner stays as Admin (inferred from the published sample).
func simulateTransfer(live *state.Organization, write plan.Write) {
	live.Members = slices.Clone(live.Members)
	former := live.OwnerID
	for i := range live.Members {
		switch live.Members[i].UserID {
		case write.Arguments.UserID:
			live.Members[i].Role = strconv.FormatInt(live.AdminRoles.OwnerID(), 10)
		case former:
			live.Members[i].Role = strconv.FormatInt(live.AdminRoles.AdminID(), 10)
		}
	}
	if state.FindUser(live.Members, write.Arguments.UserID) == nil {
		live.Members = append(live.Members, spec.Member{Email: write.Arguments.Email, UserID: write.Arguments.UserID,
			Role: strconv.FormatInt(live.AdminRoles.OwnerID(), 10)})
	}
	live.OwnerID = write.Arguments.UserID
}

// Images are an object's views around a write.
type Images struct{ Before, After state.View }

// ImagesOf narrows a step's images to one of its writes: both writes of a
// re-invitation leave their own trace.
func ImagesOf(write plan.Write, s *plan.Step, images Images) Images {
	if s.Kind != spec.KindMember || s.Op != plan.OpReinvite {
		return images
	}
	if write.Verb == plan.RemoveMember {
		return Images{Before: images.Before}
	}
	return Images{After: images.After}
}

// AfterImage is the view once the step is done; of what is there before, only what
// the step says changes. It is nil when the step takes the object away.
func AfterImage(before state.View, s *plan.Step) state.View {
	switch {
	case s.MovesMoney():
		return afterBilling(before, s)
	case s.Op == plan.OpDelete, s.Op == plan.OpRevoke:
		return nil
	case s.Kind == spec.KindOwner:
		return state.View{"owner": state.Text(s.Arguments.Email)}
	}
	live := &state.Organization{}
	for _, write := range plan.WritesOf(0, s) {
		simulate(live, write, plan.Answer{})
	}
	made := secretAsPlanned(state.ViewOf(live, s.Kind, s.Address.Name()), s)
	if s.Kind == spec.KindOrganization {
		return mergeOrganization(before, made, s.Arguments)
	}
	if s.Kind == spec.KindMember && s.Op == plan.OpUpdate {
		made["invitation"] = state.Text("")
	}
	return made
}

// mergeOrganization: an update names only what changes.
func mergeOrganization(before, made state.View, a plan.Arguments) state.View {
	after := state.View{}
	for path, side := range before {
		after[path] = side
	}
	for path, side := range made {
		if path != "name" || a.Name != "" {
			after[path] = side
		}
	}
	return after
}

// secretAsPlanned masks or shows a variable's value as the plan does: a live value comes masked,
// since only the planner has compared its address with the patterns of what is sensitive.
func secretAsPlanned(view state.View, s *plan.Step) state.View {
	if s.Kind != spec.KindVariable {
		return view
	}
	return view.MaskedIf(plan.StepIsSecret(s) || s.Arguments.Value == nil && !Shows(s, "value"))
}

// Shows tells whether the step has a field of the path.
func Shows(s *plan.Step, path string) bool {
	return slices.ContainsFunc(s.Fields, func(f plan.Field) bool { return f.Path == path })
}
