package plan

import (
	"maps"
	"slices"

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
	case s.Op == OpUpdate && a.roles.Administers(s.Arguments.RoleID):
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

// Sorted are the user ids in order.
func (a Admins) Sorted() []int64 { return slices.Sorted(maps.Keys(a.ids)) }
