package sandbox

import (
	"net/mail"
	"slices"
	"strings"
	"time"
)

// invitationLifetime is how long an invitation can be accepted (published).
const invitationLifetime = 7 * 24 * time.Hour

// state is the field invitation of a role row: null for a member, else pending or
// expired, by the world's clock, or what the seed says.
func (m *Member) state(now time.Time) any {
	switch {
	case m.Invitation == nil:
		return nil
	case m.Invitation.State != "":
		return m.Invitation.State
	case now.Before(m.Invitation.Sent.Add(invitationLifetime)):
		return "pending"
	}
	return "expired"
}

// invite: POST /organizations/{organizationId}/invite. The invited person has a
// user id at once, known to Make before or not; the hash of the invitation goes
// into the mail only. The role is usersRoleId, Member when it is left out; teams
// take the person as Team Member.
func invite(c *call) (change, error) {
	var in struct {
		Email       *string `json:"email"`
		Name        *string `json:"name"`
		UsersRoleID *int    `json:"usersRoleId"`
		Note        string  `json:"note"`
		TeamsID     []int   `json:"teamsId"`
	}
	if err := c.input(&in); err != nil {
		return change{}, err
	}
	if err := missing("name", in.Name == nil, "email", in.Email == nil); err != nil {
		return change{}, err
	}
	role := memberID
	set(&role, in.UsersRoleID)
	if err := checkInvitation(c, *in.Email, *in.Name, role, in.TeamsID); err != nil {
		return change{}, err
	}
	return change{"member/" + strings.ToLower(*in.Email), func() any {
		u := personOf(c, *in.Email, *in.Name)
		m := &Member{UserID: u.ID, Role: Ref{ID: role}, Invitation: &Invitation{Sent: c.now, Note: in.Note}}
		m.Invitation.complete(c.now, c.org.ID, u.ID)
		c.org.Members = append(c.org.Members, m)
		for _, id := range in.TeamsID {
			c.org.team(id).add(u.ID)
		}
		c.w.index.membersChanged(u.ID)
		return object{
			{"user", invitedColumns.row(c, u)},
			{"userOrganizationRole", memberColumns.normal().row(c, membership{c.org, m})},
		}
	}}, nil
}

func checkInvitation(c *call, email, name string, role int, teams []int) error {
	var reasons []string
	if a, err := mail.ParseAddress(email); err != nil || a.Address != email {
		reasons = append(reasons, "Invalid e-mail address.")
	}
	if !validName(name) {
		reasons = append(reasons, "Invalid name.")
	}
	if r := c.w.index.role(role); r.Category != "organization" || role == ownerID ||
		!r.builtin && r.OrganizationID != c.org.ID {
		reasons = append(reasons, "Invalid role.")
	}
	for _, id := range teams {
		if c.org.team(id) == nil {
			reasons = append(reasons, "Team does not exist.")
		}
	}
	if reasons != nil {
		return invalid(reasons...)
	}
	if u := c.w.index.emails[strings.ToLower(email)]; u != nil && c.org.member(u.ID) != nil {
		return alreadyThere(c)
	}
	return nil
}

func alreadyThere(c *call) error {
	const detail = "User is already in the organization."
	if c.is("duplicate-invite", "SC400") {
		return invalid(detail)
	}
	return duplicate(detail)
}

// personOf finds the user of an e-mail, or adds one with the name that was typed.
func personOf(c *call, email, name string) *User {
	if u := c.w.index.emails[strings.ToLower(email)]; u != nil {
		return u
	}
	u := &User{ID: next(&c.w.state.Next.User), Name: name, Email: email, Invited: true, Language: "en",
		Timezone: c.org.Timezone, Country: c.org.Country, Locale: 1}
	c.w.state.Users = append(c.w.state.Users, u)
	c.w.index.addUser(u)
	return u
}

func (t *Team) add(user int) {
	if !slices.ContainsFunc(t.Members, func(m TeamMember) bool { return m.UserID == user }) {
		t.Members = append(t.Members, TeamMember{UserID: user, Role: Ref{ID: teamMemberID}})
	}
}

// invitationOf finds the row of an invitation by its hash.
func invitationOf(c *call, hash string) (home, *Member) {
	for _, z := range c.w.state.Zones {
		for _, o := range z.Organizations {
			for _, m := range o.Members {
				if m.Invitation != nil && hash != "" && m.Invitation.Hash == hash {
					return home{org: o, zone: z}, m
				}
			}
		}
	}
	return home{}, nil
}

// showInvitation: GET /organizations/invitation?hash=, to whoever has the hash.
func showInvitation(c *call) (any, error) {
	hash := c.query().Get("hash")
	if err := missing("hash", hash == ""); err != nil {
		return nil, err
	}
	h, m := invitationOf(c, hash)
	if m == nil {
		return nil, notFound("Invitation")
	}
	return object{
		{"organization", object{{"id", h.org.ID}, {"name", h.org.Name}}},
		{"user", invitedColumns.row(c, c.w.index.user(m.UserID))},
		{"userOrganizationRole", memberColumns.normal().row(c, membership{h.org, m})},
	}, nil
}

// acceptInvitation: POST /organizations/accept-invitation acts for the user of the
// token: nobody accepts for somebody else. An expired one is refused.
func acceptInvitation(c *call) (change, error) {
	var in struct {
		Hash *string `json:"hash"`
	}
	if err := c.input(&in); err != nil {
		return change{}, err
	}
	if err := missing("hash", in.Hash == nil); err != nil {
		return change{}, err
	}
	h, m := invitationOf(c, *in.Hash)
	switch {
	case m == nil:
		return change{}, notFound("Invitation")
	case m.UserID != c.user.ID:
		return change{}, forbiddenAnswer(c)
	case m.state(c.now) != "pending":
		return change{}, expiredInvitation(c)
	}
	c.org = h.org
	return change{"member/" + strings.ToLower(c.user.Email), func() any {
		m.Invitation, c.user.Invited = nil, false
		c.w.index.membersChanged(c.user.ID)
		return object{{"user", invitedColumns.row(c, c.user)},
			{"userOrganizationRole", memberColumns.normal().row(c, membership{h.org, m})}}
	}}, nil
}

// expiredInvitation is the answer to accepting one, which no source tells.
func expiredInvitation(c *call) error {
	if c.is("expired-invitation", "400") {
		return invalid("The invitation has expired.")
	}
	return notFound("Invitation")
}

// ownInvitations: GET /users/me/organization-invitations are those of the token's user with their
// hashes, expired ones too, in all zones. That rows name the zone stands in the schema only.
func ownInvitations(c *call) (any, error) {
	rows, role := []object{}, "usersRoleId"
	if c.is("invitation-role", "userRoleId") {
		role = "userRoleId"
	}
	for _, h := range c.w.index.memberships(c.user.ID) {
		m := h.org.member(c.user.ID)
		if m.Invitation == nil {
			continue
		}
		row := object{{"hash", m.Invitation.Hash}, {"invitation", m.state(c.now)}, {role, m.Role.ID},
			{"organizationId", h.org.ID}, {"organizationName", h.org.Name}}
		if c.is("invitation-zone", "yes") {
			row = append(row, field{"zone", h.zone.Host})
		}
		rows = append(rows, row)
	}
	return object{{"userOrganizationInvitations", rows}}, nil
}
