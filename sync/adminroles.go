package sync

import (
	"cmp"
	"slices"
)

// The ids of the roles that administer an organization; the published contract and the recorded
// replies agree on both, in every public zone. A self-hosted zone may number its roles otherwise.
const (
	OwnerRole int64 = 11
	AdminRole int64 = 12
)

// AdminRoles are the two roles that administer an organization, by their ids in its zone. What is 0 has the published id.
type AdminRoles struct{ Owner, Admin int64 }

// AdminRolesOf finds both in a list of roles by their names or identifiers; what is not there, or there twice, is 0.
func AdminRolesOf(roles []Name) AdminRoles {
	return AdminRoles{Owner: onlyNamed(roles, "owner"), Admin: onlyNamed(roles, "admin")}
}

func onlyNamed(names []Name, name string) int64 {
	found := slices.CompactFunc(matching(names, name), func(a, b Name) bool { return a.ID == b.ID })
	if len(found) != 1 {
		return 0
	}
	return found[0].ID
}

func (r AdminRoles) owner() int64 { return cmp.Or(r.Owner, OwnerRole) }
func (r AdminRoles) admin() int64 { return cmp.Or(r.Admin, AdminRole) }

func (r AdminRoles) administers(role int64) bool { return role == r.owner() || role == r.admin() }
