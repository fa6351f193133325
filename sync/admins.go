package sync

import (
	"maps"
	"slices"
	"strconv"

	"makesync/spec"
)

// adminSet holds the user ids of the accepted Owners and Admins.
type adminSet struct {
	ids   map[int64]bool
	roles AdminRoles
}

// adminsOf reads the set; unreadable rows count, as they are people all the same.
func adminsOf(live *Live) adminSet {
	set := adminSet{ids: map[int64]bool{}}
	if live == nil {
		return set
	}
	set.roles = live.AdminRoles
	if live.OwnerID != 0 {
		set.ids[live.OwnerID] = true
	}
	for i := range live.Members {
		if m := &live.Members[i]; m.Accepted() && set.roles.administers(roleID(m)) {
			set.ids[m.UserID] = true
		}
	}
	for _, row := range live.Unreadable {
		if row.Invitation == "" && set.roles.administers(row.RoleID) {
			set.ids[row.UserID] = true
		}
	}
	return set
}

// roleID is the role of a live person.
func roleID(m *spec.Member) int64 {
	id, _ := strconv.ParseInt(m.Role, 10, 64)
	return id
}

// size is the number of people.
func (a adminSet) size() int { return len(a.ids) }

// after is the set once the steps are done.
func (a adminSet) after(steps []Step) adminSet {
	set := adminSet{ids: maps.Clone(a.ids), roles: a.roles}
	for i := range steps {
		set.apply(&steps[i])
	}
	return set
}

func (a adminSet) apply(s *Step) {
	switch {
	case s.Kind == spec.KindOwner:
		a.ids[s.Arguments.UserID] = true // the former Owner stays as Admin
	case s.Kind != spec.KindMember:
	case s.Op == OpUpdate && a.roles.administers(s.Arguments.RoleID):
		a.ids[s.Arguments.UserID] = true
	case s.Op == OpUpdate, s.Op == OpDelete:
		delete(a.ids, s.Arguments.UserID)
	}
}

// lowers tells whether a step takes an Owner or Admin out of the set.
func (a adminSet) lowers(s *Step) bool {
	if s.Kind != spec.KindMember || !a.ids[s.Arguments.UserID] {
		return false
	}
	return s.Op == OpDelete || s.Op == OpUpdate && !a.roles.administers(s.Arguments.RoleID)
}

// sorted are the user ids in order.
func (a adminSet) sorted() []int64 { return slices.Sorted(maps.Keys(a.ids)) }
