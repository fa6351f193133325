package diff

import (
	"slices"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Somebody who leaves has to go everywhere. Who remains where is known only when the guards have
// looked at all changes, so the comparison of an organization keeps of its people those who leave
// any organization, and its Owner where the documents want another one.

func notePresent(c *comparison) {
	if c.creates() || c.deletes() {
		return
	}
	if c.unreadable(spec.KindMember) != nil { // who is there is not known, whatever was read of them
		c.Unseen = c.Scope.Wants(c.Want, spec.KindMember) && len(c.Leaving) > 0
		return
	}
	switch {
	case len(c.Leaving) == 0:
	case !c.Scope.Wants(c.Want, spec.KindMember): // Free shows nobody, whether documents ask or not
		c.Unseen = c.Live.Plan == spec.FreePlan && c.Scope.Touches(c.Want, spec.KindMember)
	default:
		c.Unseen = lacksMembers(c) != "" || len(c.Live.Unreadable) > 0
		for i := range c.Live.Members {
			noteLeaving(c, &c.Live.Members[i])
		}
	}
	if owner := state.FindUser(c.Live.Members, c.Live.OwnerID); owner != nil &&
		c.Scope.Wants(c.Want, spec.KindOwner) && c.Want.Owner != owner.Email && !c.Leaving[owner.Email] {
		c.Present = append(c.Present, ownership(c, owner.Email))
	}
}

// noteLeaving keeps somebody whom documents want gone, here or elsewhere. What is not known yet is
// why she remains: for want of a better reason, no document speaks of her here.
func noteLeaving(c *comparison, m *spec.Member) {
	declared := slices.IndexFunc(c.Want.Members, func(w spec.Member) bool { return w.Email == m.Email })
	if !c.Leaving[m.Email] || declared >= 0 && c.Want.Members[declared].State != spec.Absent {
		return
	}
	access := plan.Access{Email: m.Email, Address: c.address(spec.KindMember, m.Email), Role: roleName(c, m.Role),
		Reason: "no document removes " + text.OneLine(m.Email) + " here"}
	if declared >= 0 && !c.Scope.Covers(access.Address) {
		access.Reason = "--target or --exclude leaves the removal out"
	}
	switch {
	case c.Live.IsOwner(m):
		owner := ownership(c, m.Email)
		access.Address, access.Role = owner.Address, owner.Role
	case !m.Accepted():
		access.Role = plan.RoleInvited
	}
	c.Present = append(c.Present, access)
}

// noteKept keeps somebody whom the documents demote, which has to wait. Where they name another
// owner, that is told of the present one already.
func noteKept(c *comparison, m *spec.Member) {
	switch {
	case c.Live.IsOwner(m) && c.Want.Owner == "":
		c.Present = append(c.Present, ownership(c, m.Email))
	case !c.Live.IsOwner(m):
		c.Present = append(c.Present, plan.Access{Email: m.Email, Address: c.address(spec.KindMember, m.Email),
			Role: roleName(c, m.Role)})
	}
}

func ownership(c *comparison, email string) plan.Access {
	return plan.Access{Email: email, Address: c.address(spec.KindOwner, ""), Role: plan.RoleOwner}
}
