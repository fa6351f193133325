package diff

import (
	"strconv"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// missingMember is somebody declared who is not there. While the zone has people without an e-mail,
// she may be one of them, invited or long since a member, and nobody is invited on a guess.
func missingMember(c *comparison, want *spec.Member, role state.Name) {
	a := c.address(spec.KindMember, want.Email)
	switch may := mayBeUnreadable(c); {
	case may != "":
		c.addWaiting(a, may+"; nobody is invited twice")
	case want.Invite == nil:
		c.addWaiting(a, want.Email+" is not a member, and the documents do not invite: write `"+inviteLine(want)+"`")
	default:
		invite(c, plan.OpInvite, want, nil, role)
	}
}

// The states of an invitation that the API publishes. Zones may know others, such as declined.
const (
	invitationPending = "pending"
	invitationExpired = "expired"
)

// compareInvitee compares somebody who was invited and has not accepted. An invitation that is over
// in another way than by its time is named and not sent again by itself: who has declined would get
// mail every night.
func compareInvitee(c *comparison, live, want *spec.Member, role state.Name) {
	a := c.address(spec.KindMember, want.Email)
	expired := live.Invitation == invitationExpired
	otherRole := want.Role != "" && live.Role != "" && live.Role != strconv.FormatInt(role.ID, 10)
	switch {
	case (expired || otherRole) && want.Invite != nil && live.UserID < 1:
		c.addWaiting(a, noUserID)
	case (expired || otherRole) && want.Invite != nil:
		invite(c, plan.OpReinvite, want, live, role)
	case expired:
		c.addUnanswered(a,
			"the invitation of "+want.Email+" has expired; to send another, write `"+inviteLine(want)+"`")
	case otherRole:
		c.addWaiting(a, want.Email+" is invited as "+roleName(c, live.Role)+
			", and another role takes another invitation: write `"+inviteLine(want)+"`")
	case live.Invitation != invitationPending:
		c.addWaiting(a, "the zone calls the invitation of "+want.Email+" "+text.Quote(live.Invitation)+
			"; to invite again, apply once with `"+want.Email+": {state: absent}`, and then this again")
	default:
		c.addUnanswered(a, want.Email+" has been invited and has not accepted yet")
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
	teams, err := bindTeams(c, want.Invite.Teams, &s.Arguments)
	if err != nil {
		c.unresolved(a, want.Source, err)
		return
	}
	to := state.View{"role": state.Text(roleText(role)), "name": state.Text(want.Invite.Name)}
	if len(teams) > 0 {
		to["teams"] = state.Text(plan.TeamsText(teams))
	}
	if want.Invite.Note != "" {
		to["note"] = state.Text(want.Invite.Note)
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

// mayBeUnreadable says that somebody who seems absent may be one of those whose e-mail the zone
// does not show; "" when it shows all.
func mayBeUnreadable(c *comparison) string {
	if c.creates() || len(c.Live.Unreadable) == 0 {
		return ""
	}
	n := len(c.Live.Unreadable)
	if n == c.Live.UnreadableInvitations() {
		return text.Word(n, "a pending invitation", "one of "+text.Number(n)+" pending invitations") +
			" may be hers, since the zone shows no e-mail"
	}
	users := make([]string, n)
	for i, row := range c.Live.Unreadable {
		users[i] = strconv.FormatInt(row.UserID, 10)
	}
	return "she may be " + text.Word(n, "somebody", "one of "+text.Number(n)+" people") +
		" of whom the zone shows no e-mail (" + text.Word(n, "user", "users") + " " + text.Commas(users, 5) + ")"
}

// inviteLine is the line to write so that a person is invited.
func inviteLine(m *spec.Member) string {
	role := m.Role
	if role == "" {
		role = "Member"
	}
	return m.Email + ": {role: " + role + ", invite: {name: …}}"
}
