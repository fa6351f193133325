package diff

import (
	"fmt"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// How people are compared.
//
// The API knows a person of an organization by a role row: user id, role, and whether the
// invitation was accepted. The e-mail, by which documents know people, comes from another list and
// may be missing there, above all for people who were invited and never logged in. Such a row is
// unreadable, and it is the trap of this kind: somebody declared seems absent, is invited once
// more, and gets mail every night. So whoever seems absent is first looked for among the
// unreadable rows: by asking the zone for that one e-mail, then in the journals of earlier
// invitations; and while a pending row stays without an e-mail, nobody is invited on a guess.
//
// An invitation in any other state is named and waits, as a pending one does.
//
//	documents ╲ live   accepted               pending                 expired               not there
//	role R             same, or role change   waiting (not accepted)  waiting (no invite)   waiting (no invite)
//	  other role         – ″ –                waiting (no invite)       – ″ –                 – ″ –
//	role R + invite    same, or role change   waiting (not accepted)  reinvite              invite
//	  other role         – ″ –                reinvite                  – ″ –                 – ″ –
//	no role ({})       same                   waiting (not accepted)  waiting (no invite)   waiting (no invite)
//	state: absent      removal                revoke                  revoke                same
//	undeclared         unmanaged, or purged: removal or revoke
//
// The API has neither a resend nor a cancel: a revoke is the removal call, a reinvite a revoke
// and then an invitation, which also is the safe way to give a pending invitee another role.
//
// Three people are never touched here: the live Owner (only a transfer changes that role), the
// token's own user (a run that takes away its own rights cannot finish, and the next one could
// not even see the organization), and those whom no e-mail identifies.

// diffMembers compares the people of an organization.
func diffMembers(c *comparison) {
	for i := range c.Want.Members {
		want := &c.Want.Members[i]
		if c.creates() && want.Email == c.Me.Email {
			c.countUnchanged(c.address(spec.KindMember, want.Email)) // the creator is the Owner
			continue
		}
		role, err := bindRole(c, want)
		if err != nil {
			c.unresolved(c.address(spec.KindMember, want.Email), want.RoleSource, err)
			continue
		}
		compareMember(c, want, role)
	}
	if !c.creates() {
		undeclaredMembers(c)
	}
}

func compareMember(c *comparison, want *spec.Member, role state.Name) {
	live := c.member(want.Email)
	a := c.address(spec.KindMember, want.Email)
	absent := want.State == spec.Absent
	switch {
	case live == nil && absent:
		absentIsGone(c, a)
	case live == nil:
		missingMember(c, want, role)
	case absent:
		removeMember(c, live, want.DeleteConnections, want.Source)
	case live.Accepted():
		compareRole(c, live, want, role)
	default:
		compareInvitee(c, live, want, role)
	}
}

// absentIsGone: nobody by that e-mail; a row without an e-mail may still be theirs.
func absentIsGone(c *comparison, a spec.Address) {
	if may := mayBeUnreadable(c); may != "" {
		c.addWaiting(a, may+"; whether she is gone cannot be told")
		return
	}
	c.countUnchanged(a)
}

// compareRole compares an accepted member's role. The live Owner's is never compared: unless the
// documents name the same owner, a role below Admin, which a transfer leaves behind, has to wait
// for one.
func compareRole(c *comparison, live, want *spec.Member, role state.Name) {
	a := c.address(spec.KindMember, want.Email)
	id := strconv.FormatInt(role.ID, 10)
	switch {
	case want.Role == "" || live.Role == id:
		c.countUnchanged(a)
	case c.Live.IsOwner(live):
		if c.Want.Owner != live.Email && role.ID != adminRoles(c).AdminID() {
			c.addWaiting(a, live.Email+" is the Owner, whose role can change only after a transfer")
			noteKept(c, live)
			return
		}
		c.countUnchanged(a)
	case live.UserID == c.Me.ID:
		c.addWaiting(
			a,
			"the token is "+live.Email+"'s own, and a run does not change its own rights: "+
				"run with the token of another Admin or Owner",
		)
		if admin := adminRoles(c); admin.Rank(role) < admin.Rank(roleEntry(c, live.Role)) {
			noteKept(c, live)
		}
	default:
		changeRole(c, live, want, role)
	}
}

func changeRole(c *comparison, live, want *spec.Member, role state.Name) {
	before := state.View{"role": state.IDScalar(live.Role), "invitation": state.Text(live.Invitation)}
	fields := changedFields(before, state.View{"role": state.Number(strconv.FormatInt(role.ID, 10))})
	for i := range fields {
		fields[i] = c.nameSides(state.Roles, fields[i])
		if fields[i].Path == "role" { // which may be one that only the organization has
			fields[i].To = state.Text(state.PreferredName(state.Roles, role))
		}
	}
	from := roleEntry(c, live.Role)
	p := plan.PhaseDemote
	if admin := adminRoles(c); admin.Rank(role) > admin.Rank(from) {
		p = plan.PhasePromote
	}
	c.addChange(p, plan.Step{
		Address: c.address(
			spec.KindMember,
			want.Email,
		), Op: plan.OpUpdate, Fields: fields, Source: want.Source.Position(), Before: before,
		Arguments: plan.Arguments{Email: want.Email, UserID: live.UserID, RoleID: role.ID},
	})
}

// removeMember takes somebody out, or takes an invitation back.
func removeMember(c *comparison, live *spec.Member, connections bool, at spec.Source) {
	a := c.address(spec.KindMember, live.Email)
	switch {
	case c.Live.IsOwner(live):
		c.addWaiting(a, live.Email+" is the Owner, who can go only after a transfer")
		return
	case live.UserID == c.Me.ID:
		c.addWaiting(
			a,
			"the token is "+live.Email+"'s own, and a run does not remove its own user: "+
				"run with the token of another Admin or Owner",
		)
		return
	case live.UserID < 1:
		c.addWaiting(a, noUserID)
		return
	}
	before := state.View{"role": state.IDScalar(live.Role), "invitation": state.Text(live.Invitation)}
	s := plan.Step{Address: a, Op: plan.OpDelete, Source: at.Position(), Before: before,
		Arguments: plan.Arguments{
			Email:             live.Email,
			UserID:            live.UserID,
			DeleteConnections: connections,
			Confirmed:         connections,
		}}
	s.Fields = []plan.Field{{Path: "role", From: state.Text(roleName(c, live.Role))}}
	p := plan.PhaseRemove
	if !live.Accepted() {
		s.Op = plan.OpRevoke
		s.Fields = append(s.Fields, plan.Field{Path: "invitation", From: state.Text(live.Invitation)})
		sortFields(s.Fields)
	}
	if connections {
		s.Notes = []string{plan.NoteConnections(live.Email)}
	}
	c.addChange(p, s)
}

// undeclaredMembers are those of whom no document speaks: left alone, or removed by purge.
func undeclaredMembers(c *comparison) {
	declared := map[string]bool{}
	for i := range c.Want.Members {
		declared[c.Want.Members[i].Email] = true
	}
	for i := range c.Live.Members {
		m := &c.Live.Members[i]
		switch {
		case declared[m.Email]:
		case !c.Want.Purges(spec.KindMember) || exemptFromPurge(c, m):
			c.countUnmanaged(spec.KindMember, m.Email)
		default:
			removeMember(c, m, false, c.Want.SourceOf("purge"))
		}
	}
	for _, row := range c.Live.Unreadable {
		c.countUnmanaged(spec.KindMember, "")
		if c.Want.Purges(spec.KindMember) {
			warnUnpurged(c, row)
		}
	}
}

// warnUnpurged tells of somebody whom a purge would remove if anybody could say who it is: that
// nobody else is in the organization is not true while such a row is there.
func warnUnpurged(c *comparison, row state.RoleRow) {
	a := c.address(spec.KindMember, "")
	if !c.inScope(a) {
		return
	}
	about := roleName(c, state.FormatID(row.RoleID))
	if row.Invitation != "" {
		about += ", invitation " + text.OneLine(row.Invitation)
	}
	c.Problems = append(c.Problems, spec.Problem{Severity: spec.Warning, Rule: "not-purged", Address: a,
		Message: fmt.Sprintf("%s: user %d (%s): no e-mail could be found, not purged", c.Want.Key, row.UserID, about),
		Hint:    "look in Make who it is, and remove or declare them there",
		Source:  c.Want.SourceOf("purge").Position()})
}

// exemptFromPurge tells whom a purge never removes.
func exemptFromPurge(c *comparison, m *spec.Member) bool {
	return m.UserID == c.Me.ID || m.Email == strings.ToLower(c.Me.Email) || c.Live.IsOwner(m) ||
		m.Email == c.Want.Owner ||
		c.Guards.Requires(m.Email) ||
		c.Guards.Protects(c.address(spec.KindMember, m.Email), c.id())
}

func lacksMembers(c *comparison) string { return c.Live.LackOf(spec.KindMember) }

func waitForMembers(c *comparison, why string) {
	for i := range c.Want.Members {
		c.addWaiting(c.address(spec.KindMember, c.Want.Members[i].Email), why)
	}
}
