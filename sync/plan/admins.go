package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/sync/state"
)

// Admins holds the user ids of the accepted Owners and Admins of an organization.
type Admins struct {
	ids   map[int64]bool
	roles state.AdminRoles
}

// AdminsOf reads the set; unreadable rows count, as they are people all the same. Nobody
// administers what is not there (nil).
func AdminsOf(live *state.Organization) Admins {
	set := Admins{ids: map[int64]bool{}}
	if live == nil {
		return set
	}
	set.roles = live.AdminRoles
	if live.OwnerID != 0 {
		set.ids[live.OwnerID] = true
	}
	for i := range live.Members {
		if m := &live.Members[i]; m.Accepted() && set.roles.Administers(state.RoleID(m)) {
			set.ids[m.UserID] = true
		}
	}
	for _, row := range live.Unreadable {
		if row.Invitation == "" && set.roles.Administers(row.RoleID) {
			set.ids[row.UserID] = true
		}
	}
	return set
}

// Size is the number of people.
func (a Admins) Size() int { return len(a.ids) }

// After is the set once the steps are done.
func (a Admins) After(steps []Step) Admins {
	set := Admins{ids: maps.Clone(a.ids), roles: a.roles}
	for i := range steps {
		set.Do(&steps[i])
	}
	return set
}

// AfterChanges is the set once the changes are made.
func (a Admins) AfterChanges(changes []Change) Admins {
	set := a.After(nil)
	for i := range changes {
		set.Do(&changes[i].Step)
	}
	return set
}

// Do changes the set as a step does.
func (a Admins) Do(s *Step) {
	switch {
	case s.Kind == spec.KindOwner:
		a.ids[s.Arguments.UserID] = true // the former Owner stays as Admin
	case s.Kind != spec.KindMember:
	case a.Adds(s):
		a.ids[s.Arguments.UserID] = true
	case s.Op == OpUpdate, s.Op == OpDelete:
		delete(a.ids, s.Arguments.UserID)
	}
}

// Lowers tells whether a step takes an Owner or Admin out of the set.
func (a Admins) Lowers(s *Step) bool {
	if s.Kind != spec.KindMember || !a.ids[s.Arguments.UserID] {
		return false
	}
	return s.Op == OpDelete || s.Op == OpUpdate && !a.roles.Administers(s.Arguments.RoleID)
}

// Adds tells whether a role change makes somebody Owner or Admin.
func (a Admins) Adds(s *Step) bool {
	return s.Kind == spec.KindMember && s.Op == OpUpdate && a.roles.Administers(s.Arguments.RoleID)
}

// Sorted are the user ids in order.
func (a Admins) Sorted() []int64 { return slices.Sorted(maps.Keys(a.ids)) }

// Access is somebody whom the documents take something away from in one organization or another,
// and who has it still.
type Access struct {
	Email string `json:"email"`
	// Address is what remains: the membership, or the ownership.
	Address spec.Address `json:"address"`
	// Role is what the person is there: Owner, Admin, Member, …; "invited" before the invitation is
	// accepted.
	Role   string `json:"role"`
	Reason string `json:"reason"`
}

// RoleInvited stands for the role of somebody who has not accepted.
const RoleInvited = "invited"

// SortAccess orders by person and address, and keeps one of each.
func SortAccess(list []Access) []Access {
	slices.SortStableFunc(list, func(a, b Access) int {
		return cmp.Or(strings.Compare(a.Email, b.Email), strings.Compare(string(a.Address), string(b.Address)))
	})
	return slices.CompactFunc(list, func(a, b Access) bool { return a.Email == b.Email && a.Address == b.Address })
}

// TakenAway is the access that a step ends or lowers; nil when it does nothing of that kind. The
// caller gives the reason why it did not, and whether somebody invited has accepted meanwhile.
func (s *Step) TakenAway(accepted bool) *Access {
	taken := Access{Email: s.Address.Name(), Address: s.Address}
	for _, field := range s.Fields {
		switch {
		case s.Op == OpTransfer:
			taken.Email, taken.Role = field.From.String(), RoleOwner
		case field.Path == "role":
			taken.Role = field.From.String()
		}
	}
	switch {
	case s.Op == OpTransfer, s.Kind == spec.KindMember && s.Op == OpDelete:
		return &taken
	case s.Kind == spec.KindMember && s.Op == OpRevoke:
		if !accepted {
			taken.Role = RoleInvited
		}
		return &taken
	case s.Kind == spec.KindMember && s.Op == OpUpdate && taken.Role == RoleAdmin: // nobody becomes Owner by a role
		return &taken
	}
	return nil
}

// The published names of the roles that administer.
const (
	RoleOwner = "Owner"
	RoleAdmin = "Admin"
)

// Gains is the role Owner or Admin that the step gives somebody who has neither, "" for none. It
// looks at the fields, which people are shown.
func (s *Step) Gains() string {
	switch {
	case s.Kind == spec.KindOwner:
		return RoleOwner
	case s.Kind != spec.KindMember || s.Op == OpDelete || s.Op == OpRevoke:
		return ""
	}
	for _, f := range s.Fields {
		if to := administering(f.To); f.Path == "role" && (s.Op != OpUpdate || administering(f.From) == "") {
			return to
		}
	}
	return ""
}

// administering is the role Owner or Admin that a field's side names, by its name or its id.
func administering(role state.Scalar) string {
	if role.IsNone() {
		return ""
	}
	name := role.String()
	if builtin, ok := state.BuiltinRoles[name]; ok {
		name = builtin
	}
	switch spec.FoldName(name) {
	case "owner":
		return RoleOwner
	case "admin":
		return RoleAdmin
	}
	return ""
}

// How much a step stands out among those of its risk: it makes somebody Owner or Admin, or gives
// something to an e-mail that could be taken for another.
const (
	StandsFirst = iota
	StandsBefore
	StandsAmong
)

// Standing is the step's place among those of its risk, lower is read first.
func (s *Step) Standing() int {
	switch {
	case s.Gains() != "":
		return StandsFirst
	case s.LooksLike != "":
		return StandsBefore
	}
	return StandsAmong
}
