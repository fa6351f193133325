package export

import (
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// ownerRole is the id of the Owner's role, the same in every zone of Make (published). The role of
// an Owner is never compared and a document never names it, so such a member stands without a role.
const ownerRole = "11"

// members writes everybody who is there, invited people included, without an
// invite: a plan then never sends anybody an e-mail. An invitation's state is a comment.
func (e *Exporter) members(d *Document, live *state.Organization) {
	o := &d.Organization
	o.Members = []spec.Member{}
	seen := map[string]bool{}
	for _, person := range live.Members {
		switch email := strings.ToLower(person.Email); {
		case !spec.AcceptsEmail(email):
			d.omit(
				spec.KindMember,
				email,
				"%s (user %d) not written: a document cannot hold this e-mail",
				text.Quote(email),
				person.UserID,
			)
		case seen[email]:
			d.omit(spec.KindMember, email, "%s is there twice, also as user %d", text.Quote(email), person.UserID)
		default:
			seen[email] = true
			o.Members = append(o.Members, e.member(d, live, person, email))
		}
	}
	e.owner(d, live)
	for _, row := range live.Unreadable {
		d.omit(spec.KindMember, "", "user %d (role %d%s) not written: no e-mail could be found", row.UserID, row.RoleID,
			invitationSuffix(row.Invitation))
	}
}

func invitationSuffix(invitation string) string {
	if invitation == "" {
		return ""
	}
	return ", invitation " + text.OneLine(invitation)
}

func (e *Exporter) member(d *Document, live *state.Organization, person spec.Member, email string) spec.Member {
	m := spec.Member{Email: email}
	if !person.Accepted() {
		d.note(spec.KindMember, email, "invitation %s", text.OneLine(person.Invitation))
	}
	if person.Role == ownerRole || person.UserID == live.OwnerID && live.OwnerID != 0 {
		d.note(spec.KindMember, email, "Owner")
		return m
	}
	role, ok := textFor(state.Roles, e.rolesOf(live.ID), person.Role)
	if zone := state.MatchNames(e.Names[state.Roles], role); ok && len(zone) == 1 &&
		state.FormatID(zone[0].ID) != person.Role {
		role = person.Role // the zone's list, which goes first, gives the name to another role
	}
	_, read := e.Names[state.Roles]
	switch {
	case !ok && !read:
		d.Partly = true
		d.omit(spec.KindMember, email, "role %s is not written, since the list of roles could not be read",
			text.Quote(person.Role))
	case !ok:
		d.omit(
			spec.KindMember,
			email,
			"role %s is not in the list of roles, so it is not written",
			text.Quote(person.Role),
		)
	case strings.EqualFold(role, "Owner"):
		m.Role = person.Role
	default:
		m.Role = role
	}
	if ok && m.Role == person.Role {
		d.note(spec.KindMember, email, "role by its id, since its name is not unique: %s",
			e.roleName(live.ID, person.Role))
	}
	return m
}

// rolesOf is the list that names an organization's roles: its own where it has custom ones.
func (e *Exporter) rolesOf(id int64) []state.Name {
	if own, ok := e.OrganizationRoles[id]; ok {
		return own
	}
	return e.Names[state.Roles]
}

func (e *Exporter) roleName(organization int64, role string) string {
	for _, n := range e.rolesOf(organization) {
		if strconv.FormatInt(n.ID, 10) == role {
			return text.Quote(n.Name)
		}
	}
	return role
}

// owner writes the accepted Owner when he is among the members written.
func (e *Exporter) owner(d *Document, live *state.Organization) {
	if owner := state.FindUser(live.Members, live.OwnerID); owner != nil && live.OwnerID != 0 &&
		spec.AcceptsEmail(strings.ToLower(owner.Email)) {
		d.Organization.Owner = strings.ToLower(owner.Email)
		return
	}
	d.omit(spec.KindOwner, "", "not written: who the Owner is could not be read")
}
