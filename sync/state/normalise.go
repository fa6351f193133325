package state

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"makesync/spec"
)

// NormalName is the form in which names are compared: NFC, since the API gives names back as they
// were typed, and a Mac types them in NFD.
func NormalName(name string) string { return norm.NFC.String(name) }

// Normalise puts what was read of an organization into the form that the diff compares: lists
// sorted by name, names in NFC, e-mails in lower case, people without an e-mail among the
// unreadable rows. It may be called twice.
func Normalise(live *Organization) {
	live.Name = NormalName(live.Name)
	for i := range live.FeatureControls {
		live.FeatureControls[i].Name = NormalName(live.FeatureControls[i].Name)
	}
	slices.SortStableFunc(live.FeatureControls, func(a,
		b spec.FeatureControl) int {
		return strings.Compare(a.Name, b.Name)
	})
	slices.SortStableFunc(live.Variables, func(a, b spec.Variable) int { return strings.Compare(a.Name, b.Name) })
	normaliseMembers(live)
}

func normaliseMembers(live *Organization) {
	if live.Members == nil {
		return
	}
	readable := live.Members[:0]
	for _, m := range live.Members {
		m.Email = spec.NormalEmail(m.Email)
		if m.Email != "" {
			readable = append(readable, m)
			continue
		}
		role, _ := strconv.ParseInt(m.Role, 10, 64)
		live.Unreadable = append(live.Unreadable, RoleRow{UserID: m.UserID, RoleID: role, Invitation: m.Invitation})
	}
	live.Members = readable
	slices.SortStableFunc(live.Members, func(a, b spec.Member) int { return strings.Compare(a.Email, b.Email) })
	slices.SortStableFunc(live.Unreadable, func(a, b RoleRow) int { return cmp.Compare(a.UserID, b.UserID) })
}

// FindControl finds a control by its name without case.
func FindControl(controls []spec.FeatureControl, name string) *spec.FeatureControl {
	for i := range controls {
		if strings.EqualFold(controls[i].Name, name) || spec.FoldName(controls[i].Name) == spec.FoldName(name) {
			return &controls[i]
		}
	}
	return nil
}

// FindVariable finds a variable by its name.
func FindVariable(variables []spec.Variable, name string) *spec.Variable {
	for i := range variables {
		if variables[i].Name == name {
			return &variables[i]
		}
	}
	return nil
}

// FindMember finds a person by e-mail, without case.
func FindMember(members []spec.Member, email string) *spec.Member {
	for i := range members {
		if strings.EqualFold(members[i].Email, email) {
			return &members[i]
		}
	}
	return nil
}

// FindUser finds a person by id.
func FindUser(members []spec.Member, id int64) *spec.Member {
	for i := range members {
		if members[i].UserID == id {
			return &members[i]
		}
	}
	return nil
}
