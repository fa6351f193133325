package diff

import (
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// missingMember is somebody declared who is not there.
func missingMember(c *comparison, want *spec.Member, role state.Name) {
	a := c.address(spec.KindMember, want.Email)
	switch n := unreadableInvitations(c); {
	case n > 0:
		c.addWaiting(
			a,
			"one of "+text.Count(
				n,
				"pending invitation",
				"pending invitations",
			)+" may be hers, since the zone shows no e-mail; nobody is invited twice",
		)
	case want.Invite == nil:
		c.addWaiting(a, want.Email+" is not a member, and the documents do not invite: write `"+inviteLine(want)+"`")
	default:
		invite(c, plan.OpInvite, want, nil, role)
	}
}

// compareInvitee compares somebody who was invited and has not accepted.
func compareInvitee(c *comparison, live, want *spec.Member, role state.Name) {
	a := c.address(spec.KindMember, want.Email)
	expired := live.Invitation == "expired"
	otherRole := want.Role != "" && live.Role != "" && live.Role != strconv.FormatInt(role.ID, 10)
	switch {
	case (expired || otherRole) && want.Invite != nil && live.UserID < 1:
		c.addWaiting(a, noUserID)
	case (expired || otherRole) && want.Invite != nil:
		invite(c, plan.OpReinvite, want, live, role)
	case expired:
		c.addWaiting(a, "the invitation of "+want.Email+" has expired; to send another, write `"+inviteLine(want)+"`")
	case otherRole:
		c.addWaiting(
			a,
			want.Email+" is invited as "+roleName(
				c,
				live.Role,
			)+", and another role takes another invitation: write `"+inviteLine(
				want,
			)+"`",
		)
	default:
		c.addWaiting(a, want.Email+" has been invited and has not accepted yet")
	}
}

// noUserID is why an invitee of older replies, listed without a role row, cannot be touched.
const noUserID = "the zone shows the invitation without a user id, so it cannot be taken back; " +
	"it ends by itself after seven days"

// invite proposes an invitation, or for a live invitee a revoke and an invitation.
func invite(c *comparison, op plan.Op, want, live *spec.Member, role state.Name) {
	a := c.address(spec.KindMember, want.Email)
	s := plan.Step{Address: a, Op: op, Source: want.Source.Position(),
		Arguments: plan.Arguments{Email: want.Email, Name: want.Invite.Name, RoleID: role.ID, Note: want.Invite.Note}}
	if err := bindTeams(c, want.Invite.Teams, &s.Arguments); err != nil {
		c.unresolved(a, want.Source, err)
		return
	}
	to := state.View{"role": state.Text(roleText(role, want)), "name": state.Text(want.Invite.Name)}
	if len(want.Invite.Teams) > 0 {
		to["teams"] = state.Text(strings.Join(want.Invite.Teams, ", "))
	}
	from := state.View{}
	if live != nil {
		s.Arguments.UserID = live.UserID
		s.Before = state.View{"role": state.IDScalar(live.Role), "invitation": state.Text(live.Invitation)}
		from["role"], from["invitation"] = state.Text(roleName(c, live.Role)), state.Text(live.Invitation)
		to["invitation"] = state.Text("pending")
	}
	s.Fields = allFields(from, to)
	if live == nil {
		s.Notes = []string{"sends an e-mail"}
	} else {
		s.Notes = []string{"takes back the present invitation, then sends an e-mail"}
	}
	c.addChange(plan.PhaseInvite, s)
}

// unreadableInvitations counts the invitations that nobody can tell whose they are.
func unreadableInvitations(c *comparison) int {
	if c.creates() {
		return 0
	}
	return c.Live.UnreadableInvitations()
}

// inviteLine is the line to write so that a person is invited.
func inviteLine(m *spec.Member) string {
	role := m.Role
	if role == "" {
		role = "Member"
	}
	return m.Email + ": {role: " + role + ", invite: {name: …}}"
}
