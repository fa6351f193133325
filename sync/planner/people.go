package planner

import (
	"context"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// People are the members of an organization as they will be after a plan.
type People struct {
	Members []Member // by e-mail
	// Unread says why they are not known; "" when they are.
	Unread string
}

// Member is a person of an organization.
type Member struct {
	UserID int64 // 0: not known, as of somebody who is to be invited
	Email  string
	Role   string // its name; Owner and Admin are always called so
	// Invitation is "" for who has accepted, else pending, expired or what the zone says.
	Invitation string
}

// livePeople are those of now, with what is needed to know those after a plan.
type livePeople struct {
	People
	roles state.AdminRoles
	names []state.Name
}

// peopleOf collects the people of an organization, while it is still at hand.
func peopleOf(ctx context.Context, o *organization) livePeople {
	p := livePeople{names: o.zone.names(ctx, o.reader, state.Roles).Names}
	if o.live == nil {
		p.Members = []Member{{UserID: o.zone.me.ID, Email: o.zone.me.Email, Role: ownerName}}
		return p
	}
	p.roles = o.live.AdminRoles
	if why := unreadPeople(o.live); why != "" {
		p.Unread = why
		return p
	}
	if slices.ContainsFunc(o.live.Members, func(m spec.Member) bool { return !names(p.names, state.RoleID(&m)) }) {
		own, _ := o.reader.Names(ctx, state.Roles, o.id) // an unknown role is called by its id
		p.names = append(slices.Clone(p.names), own...)
	}
	for i := range o.live.Members {
		m := &o.live.Members[i]
		role := p.roleName(state.RoleID(m))
		if o.live.IsOwner(m) {
			role = ownerName
		}
		p.Members = append(p.Members, Member{m.UserID, m.Email, role, m.Invitation})
	}
	return p
}

func names(list []state.Name, id int64) bool {
	return slices.ContainsFunc(list, func(n state.Name) bool { return n.ID == id })
}

// unreadPeople says why nobody knows the people of a live organization, or not all of them.
func unreadPeople(live *state.Organization) string {
	switch hidden := len(live.Unreadable); {
	case live.LackOf(spec.KindMember) != "":
		return live.LackOf(spec.KindMember)
	case !live.Read(spec.KindMember):
		return "they could not be read"
	case hidden > 0:
		return "the zone shows no e-mail of " + text.Count(hidden, "person", "people")
	}
	if n := hashed(live.Members); n > 0 {
		return "the snapshot holds a hash instead of the e-mail of " + text.Count(n, "person", "people")
	}
	return ""
}

// hashed counts people whose e-mail is none that can be.
func hashed(members []spec.Member) (n int) {
	for i := range members {
		if strings.HasSuffix(members[i].Email, state.HashedDomain) {
			n++
		}
	}
	return n
}

const ownerName, adminName = "Owner", "Admin"

// roleName is the name of a role. A zone cannot give the roles that administer other names.
func (p *livePeople) roleName(id int64) string {
	switch id {
	case p.roles.OwnerID():
		return ownerName
	case p.roles.AdminID():
		return adminName
	}
	name := state.RoleName(p.names, state.FormatID(id))
	if folded := spec.FoldName(name); folded == "owner" || folded == "admin" {
		return state.FormatID(id)
	}
	return name
}

// after are the people once the steps are done.
func (p *livePeople) after(steps []plan.Step) People {
	after := People{Members: slices.Clone(p.Members), Unread: p.Unread}
	for i := range steps {
		after.Members = p.do(after.Members, &steps[i])
	}
	slices.SortStableFunc(after.Members, func(a, b Member) int { return strings.Compare(a.Email, b.Email) })
	return after
}

func (p *livePeople) do(members []Member, s *plan.Step) []Member {
	a := &s.Arguments
	at := slices.IndexFunc(members, func(m Member) bool {
		return a.UserID != 0 && m.UserID == a.UserID || a.Email != "" && m.Email == a.Email
	})
	switch {
	case s.Kind == spec.KindOrganization && s.Op == plan.OpDelete:
		return nil
	case s.Kind == spec.KindOwner:
		for i := range members {
			if members[i].Role == ownerName {
				members[i].Role = adminName // the former Owner stays as Admin
			}
		}
		if at >= 0 {
			members[at].Role = ownerName
		}
	case s.Kind != spec.KindMember, at >= 0 && members[at].Role == ownerName: // only a transfer changes an Owner
	case s.Op.Counted() == plan.OpInvite:
		if at >= 0 {
			members = slices.Delete(members, at, at+1)
		}
		return append(members, Member{Email: a.Email, Role: p.roleName(a.RoleID), Invitation: "pending"})
	case s.Op.Counted() == plan.OpDelete && at >= 0:
		return slices.Delete(members, at, at+1)
	case s.Op == plan.OpUpdate && at >= 0:
		members[at].Role = p.roleName(a.RoleID)
	}
	return members
}

// peopleAfter are those of an organization once its changes are made.
func peopleAfter(o *organization) People {
	if o.settled && o.people.Members == nil && o.people.Unread == "" {
		return People{Unread: "the organization was not read"}
	}
	steps := make([]plan.Step, len(o.Changes))
	for i := range o.Changes {
		steps[i] = o.Changes[i].Step
	}
	return o.people.after(steps)
}
