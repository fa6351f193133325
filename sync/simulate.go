package sync

import (
	"slices"
	"strconv"
	"strings"

	"makesync/spec"
)

// simulate does to a live state in memory what a write has done to the real one, so that the steps
// after it see the run's own changes without reading again.
func simulate(live *Live, write Write, answer Answer) {
	a := write.Arguments
	on := a.Enable != nil && *a.Enable
	switch write.Verb {
	case CreateOrganization, UpdateOrganization:
		simulateOrganization(live, a)
	case CreateVariable, UpdateVariable, DeleteVariable:
		simulateVariable(live, write)
	case SetControl:
		if c := findControl(live.FeatureControls, write.Address.Name()); c != nil {
			c.Enabled = on
		} else {
			live.FeatureControls = append(live.FeatureControls,
				spec.FeatureControl{Name: write.Address.Name(), ID: a.ControlID, Enabled: on})
		}
	case EnforceTFA:
		live.TFAEnforced = &on
	case InviteMember, SetRole, RemoveMember:
		simulateMember(live, write, answer)
	case TransferOwner:
		simulateTransfer(live, write)
	}
}

func simulateOrganization(live *Live, a Arguments) {
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

func simulateVariable(live *Live, write Write) {
	name, a := write.Address.Name(), write.Arguments
	same := func(v spec.Variable) bool { return v.Name == name }
	live.Variables = slices.DeleteFunc(slices.Clone(live.Variables), same)
	if write.Verb == DeleteVariable || a.Value == nil {
		return
	}
	made := spec.Variable{Name: name, Type: a.Type, Value: a.Value.Value(), Reference: a.Value.Reference}
	byName := func(v spec.Variable, n string) int { return strings.Compare(v.Name, n) }
	at, _ := slices.BinarySearchFunc(live.Variables, name, byName)
	live.Variables = slices.Insert(live.Variables, at, made)
}

func simulateMember(live *Live, write Write, answer Answer) {
	email, a := write.Address.Name(), write.Arguments
	person := spec.Member{Email: email, UserID: answer.UserID, Invitation: "pending"}
	if old := findMember(live.Members, email); old != nil && write.Verb == SetRole {
		person = *old
	} else if write.Verb == SetRole {
		person.UserID, person.Invitation = a.UserID, ""
	}
	person.Role = strconv.FormatInt(a.RoleID, 10)
	live.Members = slices.DeleteFunc(slices.Clone(live.Members), func(m spec.Member) bool { return m.Email == email })
	if write.Verb == RemoveMember {
		return
	}
	byEmail := func(m spec.Member, e string) int { return strings.Compare(m.Email, e) }
	at, _ := slices.BinarySearchFunc(live.Members, email, byEmail)
	live.Members = slices.Insert(live.Members, at, person)
}

// simulateTransfer: the former Owner stays as Admin (inferred from the published sample).
func simulateTransfer(live *Live, write Write) {
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
	if findUser(live.Members, write.Arguments.UserID) == nil {
		live.Members = append(live.Members, spec.Member{Email: write.Arguments.Email, UserID: write.Arguments.UserID,
			Role: strconv.FormatInt(live.AdminRoles.OwnerID(), 10)})
	}
	live.OwnerID = write.Arguments.UserID
}

// Images are an object's views around a write.
type Images struct{ Before, After View }

// imagesOf narrows a step's images to one of its writes: both writes of a
// re-invitation leave their own trace.
func imagesOf(write Write, s *Step, images Images) Images {
	if s.Kind != spec.KindMember || s.Op != OpReinvite {
		return images
	}
	if write.Verb == RemoveMember {
		return Images{Before: images.Before}
	}
	return Images{After: images.After}
}

// afterImage is the view once the step is done; of what is there before, only what
// the step says changes. It is nil when the step takes the object away.
func afterImage(before View, s *Step) View {
	switch {
	case s.Op == OpDelete, s.Op == OpRevoke:
		return nil
	case s.Kind == spec.KindOwner:
		return View{"owner": Text(s.Arguments.Email)}
	}
	live := &Live{}
	for _, write := range writesOf(0, s) {
		simulate(live, write, Answer{})
	}
	made := secretAsPlanned(ViewOf(live, s.Kind, s.Address.Name()), s)
	if s.Kind == spec.KindOrganization {
		return mergeOrganization(before, made, s.Arguments)
	}
	if s.Kind == spec.KindMember && s.Op == OpUpdate {
		made["invitation"] = Text("")
	}
	return made
}

// mergeOrganization: an update names only what changes.
func mergeOrganization(before, made View, a Arguments) View {
	after := View{}
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
func secretAsPlanned(view View, s *Step) View {
	if s.Kind != spec.KindVariable {
		return view
	}
	return view.maskedIf(stepIsSecret(s) || s.Arguments.Value == nil && !showsValue(s))
}

// showsValue tells whether a field of the step shows the value, so that it is no secret.
func showsValue(s *Step) bool {
	return slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Path == "value" })
}
