package sandbox

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// membership is a row of user-organization-roles: no e-mail and no name in it.
type membership struct {
	org *Organization
	m   *Member
}

var memberColumns = table[membership]{
	{"userId", true, func(_ *call, r membership) any { return r.m.UserID }},
	{"organizationId", true, func(_ *call, r membership) any { return r.org.ID }},
	{"usersRoleId", true, func(_ *call, r membership) any { return orNull(r.m.Role.ID) }},
	{"invitation", true, func(c *call, r membership) any { return r.m.state(c.now) }},
	{"organizationTeamsCount", false, func(_ *call, r membership) any { return len(r.org.Teams) }},
	{"joinedTeamsCount", false, func(_ *call, r membership) any { return len(r.org.teamsOf(r.m.UserID)) }},
}

// teamsOf are the ids of the organization's teams that the user is in.
func (o *Organization) teamsOf(user int) []int {
	ids := []int{}
	for _, t := range o.Teams {
		if slices.ContainsFunc(t.Members, func(m TeamMember) bool { return m.UserID == user }) {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// listMembers: GET /organizations/{organizationId}/user-organization-roles, all of
// them, without pages, open invitations too.
func listMembers(c *call) (any, error) {
	sel, err := memberColumns.pick(c)
	if err != nil {
		return nil, err
	}
	rows := make([]object, len(c.org.Members))
	for i, m := range c.org.Members {
		rows[i] = sel.row(c, membership{c.org, m})
	}
	return object{{"userOrganizationRoles", rows}}, nil
}

// getMember: GET /organizations/{organizationId}/user-organization-roles/{userId}
// and its twin below /users.
func getMember(c *call) (any, error) {
	sel, err := memberColumns.pick(c)
	if err != nil {
		return nil, err
	}
	m, err := memberOfPath(c)
	if err != nil {
		return nil, err
	}
	return object{{"userOrganizationRole", sel.row(c, membership{c.org, m})}}, nil
}

func memberOfPath(c *call) (*Member, error) {
	id, err := c.id("userId")
	if err != nil {
		return nil, err
	}
	if m := c.org.member(id); m != nil {
		return m, nil
	}
	return nil, notFound("User organization role")
}

// listMemberships: GET /users/{userId}/user-organization-roles has a row for each
// organization of that user that the caller belongs to too.
func listMemberships(c *call) (any, error) {
	sel, err := memberColumns.pick(c)
	if err != nil {
		return nil, err
	}
	id, err := c.id("userId")
	if err != nil {
		return nil, err
	}
	rows := []object{}
	for _, h := range c.w.index.memberships(id) {
		if own := h.org.member(c.user.ID); own != nil && own.Invitation == nil {
			rows = append(rows, sel.row(c, membership{h.org, h.org.member(id)}))
		}
	}
	return object{{"userOrganizationRoles", rows}}, nil
}

// changeMember: POST /users/{userId}/user-organization-roles/{organizationId} sets
// the role that the body names. An empty body removes the user: none, {}, or the JSON value ""
// (the published example). Since unknown fields are ignored, so does a misspelt one. A role of
// null is refused: it is no role, and its body is not empty.
func changeMember(c *call) (change, error) {
	var in struct {
		UsersRoleID json.RawMessage `json:"usersRoleId"`
	}
	form := emptyForm(c)
	if form != "string" {
		if err := c.input(&in); err != nil {
			return change{}, err
		}
	}
	m, err := memberOfPath(c)
	if err != nil {
		return change{}, err
	}
	if in.UsersRoleID == nil {
		return removeMember(c, m, form)
	}
	var role *int
	if err := json.Unmarshal(in.UsersRoleID, &role); err != nil || role == nil {
		return change{}, wrongType("usersRoleId", err)
	}
	if err := mayGive(c, m, *role); err != nil {
		return change{}, err
	}
	sel, err := memberColumns.pick(c)
	return change{memberObject(c, m), func() any {
		m.Role.ID = *role
		return object{{"userOrganizationRole", sel.row(c, membership{c.org, m})}}
	}}, err
}

// memberObject names a member in the log, by e-mail where there is one.
func memberObject(c *call, m *Member) string {
	if u := c.w.index.users[m.UserID]; u != nil {
		return "member/" + strings.ToLower(u.Email)
	}
	return "member/" + strconv.Itoa(m.UserID)
}

// mayGive refuses what concerns the Owner: that role is neither given nor taken
// here (published), but by a transfer.
func mayGive(c *call, m *Member, role int) error {
	switch r := c.w.index.role(role); {
	case !c.role.may(mayManageUsers):
		return lacking(mayManageUsers)
	case role == ownerID || m.Role.ID == ownerID:
		return forbiddenBecause("The role Owner cannot be changed here; transfer the ownership.")
	case r.Category != "organization" || !r.builtin && r.OrganizationID != c.org.ID:
		return invalid("Invalid role.")
	case m.Invitation != nil && c.is("pending-role", "refuse"):
		return invalid("The user has not accepted the invitation.")
	}
	return nil
}

// emptyForm is in which of three ways a body is empty; an object counts as one in any case.
func emptyForm(c *call) string {
	switch body := strings.TrimSpace(string(c.body)); body {
	case "":
		return "none"
	case `""`:
		return "string"
	}
	return "object"
}

// removeMember takes a member or an open invitation away. The connections of the
// user stay unless deleteConnections is sent, which needs confirmed (published).
func removeMember(c *call, m *Member, form string) (change, error) {
	drop := c.flag("deleteConnections")
	switch {
	case m.UserID != c.user.ID && !c.role.may(mayManageUsers):
		return change{}, lacking(mayManageUsers)
	case m.Role.ID == ownerID:
		return change{}, forbiddenBecause("The Owner cannot be removed; transfer the ownership first.")
	case !c.is("removal-body", "any", form) && c.is("removal-refusal", "ignored"):
		sel, err := memberColumns.pick(c)
		still := object{{"userOrganizationRole", sel.row(c, membership{c.org, m})}}
		return change{}, cmp.Or[error](err, unchanged{still})
	case !c.is("removal-body", "any", form):
		return change{}, &problem{status: http.StatusBadRequest, code: "SC400", message: "Invalid request body"}
	case drop && !c.flag("confirmed"):
		return change{}, unconfirmed("The connections of the user will be deleted.")
	case c.is("removal-confirmed", "yes") && !c.flag("confirmed"):
		return change{}, unconfirmed("The user will be removed.")
	}
	sel, err := memberColumns.pick(c)
	return change{memberObject(c, m), func() any {
		if !drop {
			c.org.KeptConnections += m.Connections
		}
		c.org.remove(m.UserID)
		c.w.index.membersChanged(m.UserID)
		gone := &Member{UserID: m.UserID}
		if c.is("removal-reply", "role") {
			gone.Role = m.Role
		}
		return object{{"userOrganizationRole", sel.row(c, membership{c.org, gone})}}
	}}, err
}

func (o *Organization) remove(user int) {
	o.Members = slices.DeleteFunc(o.Members, func(m *Member) bool { return m.UserID == user })
	for _, t := range o.Teams {
		t.Members = slices.DeleteFunc(t.Members, func(m TeamMember) bool { return m.UserID == user })
	}
}

// transferTo: POST /organizations/{organizationId}/user-organization-roles/transfer
// makes the user of the body Owner.
func transferTo(c *call) (change, error) {
	var in struct {
		UserID *int `json:"userId"`
	}
	if err := c.input(&in); err != nil {
		return change{}, err
	}
	if err := missing("userId", in.UserID == nil); err != nil {
		return change{}, err
	}
	return transferOwnership(c, *in.UserID)
}

// transferToUser: POST /users/{userId}/user-organization-roles/{organizationId}/transfer, the same
// by path.
func transferToUser(c *call) (change, error) {
	id, err := c.id("userId")
	if err != nil {
		return change{}, err
	}
	return transferOwnership(c, id)
}

// transferOwnership gives the ownership to an accepted member; only the Owner can. What
// becomes of the former Owner is a switch, Admin being likely.
func transferOwnership(c *call, to int) (change, error) {
	heir := c.org.member(to)
	switch {
	case c.role.ID != ownerID:
		return change{}, lacking("organization transfer")
	case heir == nil || heir.Invitation != nil:
		return change{}, invalid("The user is not a member of the organization.")
	case to == c.user.ID:
		return change{}, invalid("The user is the owner already.")
	}
	return change{"owner", func() any {
		former := c.org.member(c.user.ID)
		heir.Role.ID, former.Role.ID = ownerID, adminID
		if c.is("former-owner", "member") {
			former.Role.ID = memberID
		}
		sel := memberColumns.normal()
		rows := []object{sel.row(c, membership{c.org, heir}), sel.row(c, membership{c.org, former})}
		if c.is("former-owner", "removed") {
			c.org.remove(former.UserID)
			c.w.index.membersChanged(former.UserID)
		}
		return object{{"userOrganizationRoles", rows}}
	}}, nil
}
