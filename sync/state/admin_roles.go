package state

import (
	"cmp"
	"slices"

	"makesync/spec"
)

// The ids of the roles that administer an organization; the published contract and the recorded
// replies agree on both, in every public zone. A self-hosted zone may number its roles otherwise.
const (
	OwnerRole int64 = 11
	AdminRole int64 = 12
)

// AdminRoles are the two roles that administer an organization, by their ids in its zone. What is 0
// has the published id.
type AdminRoles struct{ Owner, Admin int64 }

// AdminRolesOf finds both in a list of roles by their names or identifiers; what is not there, or
// there twice, is 0.
func AdminRolesOf(roles []Name) AdminRoles {
	return AdminRoles{Owner: onlyNamed(roles, "owner"), Admin: onlyNamed(roles, "admin")}
}

func onlyNamed(names []Name, name string) int64 {
	found := slices.CompactFunc(MatchNames(names, name), func(a, b Name) bool { return a.ID == b.ID })
	if len(found) != 1 {
		return 0
	}
	return found[0].ID
}

// OwnerID is the id of the role Owner.
func (r AdminRoles) OwnerID() int64 { return cmp.Or(r.Owner, OwnerRole) }

// AdminID is the id of the role Admin.
func (r AdminRoles) AdminID() int64 { return cmp.Or(r.Admin, AdminRole) }

// Administers tells whether the role is one of the two.
func (r AdminRoles) Administers(role int64) bool { return role == r.OwnerID() || role == r.AdminID() }

// ranks orders the roles by what they may do, to tell a promotion from a demotion. The product's
// own pages give the rights; a role that is not listed, such as a custom one, counts as a Member.
var ranks = map[string]int{"owner": 5, "admin": 4, "guest": 1}

const ordinaryRank = 3

// Rank orders a role among the others: more is more rights.
func (r AdminRoles) Rank(role Name) int {
	switch role.ID {
	case r.OwnerID():
		return ranks["owner"]
	case r.AdminID():
		return ranks["admin"]
	}
	if n, ok := ranks[spec.FoldName(role.Name)]; ok && n < ordinaryRank {
		return n
	}
	return ordinaryRank
}

// MayRaise tells whether a role may let somebody do what another did not. The product's own pages
// say so of the known roles; of any other, such as a custom one, only that an Admin may do more.
func (r AdminRoles) MayRaise(from, to Name) bool {
	switch before, after := r.Rank(from), r.Rank(to); {
	case before != after:
		return after > before
	case from.ID == to.ID:
		return false
	}
	name := spec.FoldName(cmp.Or(from.Name, BuiltinRoles[FormatID(from.ID)]))
	member := spec.FoldName(cmp.Or(to.Name, BuiltinRoles[FormatID(to.ID)])) == "member"
	return !member || name != "accountant" && name != "app developer" // who see what a Member sees, and more
}

// BuiltinRoles name the roles whose ids are the same everywhere, where no list was needed.
var BuiltinRoles = map[string]string{"11": "Owner", "12": "Admin", "13": "Member", "14": "Accountant"}

// RoleName names the id of a role to people: as the list does, else as every public zone does, else
// by the id.
func RoleName(roles []Name, id string) string {
	name := NameOf(Roles, roles, id)
	if builtin, ok := BuiltinRoles[id]; ok && name == id {
		return builtin
	}
	return name
}
