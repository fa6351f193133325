package sync

import (
	"sort"
	"strconv"

	"makesync/spec"
)

// The ids of the roles that administer an organization; the published contract and the recorded
// replies agree on both, in every public zone.
const (
	OwnerRole int64 = 11
	AdminRole int64 = 12
)

// adminSet holds the user ids of the accepted Owners and Admins.
type adminSet map[int64]bool

// adminsOf reads the set; unreadable rows count, as they are people all the same.
func adminsOf(live *Live) adminSet {
	set := adminSet{}
	if live == nil {
		return set
	}
	if live.OwnerID != 0 {
		set[live.OwnerID] = true
	}
	for i := range live.Members {
		if m := &live.Members[i]; m.Accepted() && administers(roleID(m)) {
			set[m.UserID] = true
		}
	}
	for _, row := range live.Unreadable {
		if row.Invitation == "" && administers(row.RoleID) {
			set[row.UserID] = true
		}
	}
	return set
}

func administers(role int64) bool { return role == OwnerRole || role == AdminRole }

// roleID is the role of a live person.
func roleID(m *spec.Member) int64 {
	id, _ := strconv.ParseInt(m.Role, 10, 64)
	return id
}

// after is the set once the steps are done.
func (a adminSet) after(steps []Step) adminSet {
	set := adminSet{}
	for id := range a {
		set[id] = true
	}
	for i := range steps {
		set.apply(&steps[i])
	}
	return set
}

func (a adminSet) apply(s *Step) {
	switch {
	case s.Kind == spec.KindOwner:
		a[s.Arguments.UserID] = true // the former Owner stays as Admin
	case s.Kind != spec.KindMember:
	case s.Op == OpUpdate && administers(s.Arguments.RoleID):
		a[s.Arguments.UserID] = true
	case s.Op == OpUpdate, s.Op == OpDelete:
		delete(a, s.Arguments.UserID)
	}
}

// lowers tells whether a step takes an Owner or Admin out of the set.
func (a adminSet) lowers(s *Step) bool {
	if s.Kind != spec.KindMember || !a[s.Arguments.UserID] {
		return false
	}
	return s.Op == OpDelete || s.Op == OpUpdate && !administers(s.Arguments.RoleID)
}

func (a adminSet) ids() []int64 {
	ids := make([]int64, 0, len(a))
	for id := range a {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	return ids
}
