package sync

import (
	"context"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
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
func diffMembers(ctx context.Context, d *draft) {
	if !d.creates() {
		d.readHidden(ctx)
	}
	for i := range d.want.Members {
		want := &d.want.Members[i]
		if d.creates() && want.Email == d.zone.me.Email {
			d.same(d.address(spec.KindMember, want.Email)) // the creator is the Owner
			continue
		}
		role, err := d.bindRole(ctx, want)
		if err != nil {
			d.unresolved(d.address(spec.KindMember, want.Email), want.RoleSource, err)
			continue
		}
		d.compareMember(ctx, want, role)
	}
	if !d.creates() {
		d.undeclaredMembers()
	}
}

func (d *draft) liveMember(email string) *spec.Member {
	if d.creates() {
		return nil
	}
	return findMember(d.live.Members, email)
}

func (d *draft) compareMember(ctx context.Context, want *spec.Member, role Name) {
	live := d.liveMember(want.Email)
	a := d.address(spec.KindMember, want.Email)
	absent := want.State == spec.Absent
	switch {
	case live == nil && absent:
		d.absentIsGone(a)
	case live == nil:
		d.missingMember(ctx, want, role)
	case absent:
		d.removeMember(live, want.DeleteConnections, want.Source)
	case live.Accepted():
		d.compareRole(ctx, live, want, role)
	default:
		d.compareInvitee(ctx, live, want, role)
	}
}

// absentIsGone: nobody by that e-mail; a pending row without an e-mail may still be theirs.
func (d *draft) absentIsGone(a spec.Address) {
	if n := d.hiddenInvitations(); n > 0 {
		d.wait(a, "one of "+text.Count(n, "pending invitation", "pending invitations")+" may be hers, since the zone shows no e-mail; whether she is gone cannot be told")
		return
	}
	d.same(a)
}

// missingMember is somebody declared who is not there.
func (d *draft) missingMember(ctx context.Context, want *spec.Member, role Name) {
	a := d.address(spec.KindMember, want.Email)
	switch n := d.hiddenInvitations(); {
	case n > 0:
		d.wait(a, "one of "+text.Count(n, "pending invitation", "pending invitations")+" may be hers, since the zone shows no e-mail; nobody is invited twice")
	case want.Invite == nil:
		d.wait(a, want.Email+" is not a member, and the documents do not invite: write `"+inviteLine(want)+"`")
	default:
		d.invite(ctx, OpInvite, want, nil, role)
	}
}

// compareRole compares an accepted member's role. The live Owner's is never compared: unless the
// documents name the same owner, a role below Admin, which a transfer leaves behind, has to wait for one.
func (d *draft) compareRole(ctx context.Context, live, want *spec.Member, role Name) {
	a := d.address(spec.KindMember, want.Email)
	id := strconv.FormatInt(role.ID, 10)
	switch {
	case want.Role == "" || live.Role == id:
		d.same(a)
	case d.isOwner(live):
		if d.want.Owner != live.Email && role.ID != d.adminRoles().admin() {
			d.wait(a, live.Email+" is the Owner, whose role can change only after a transfer")
			return
		}
		d.same(a)
	case live.UserID == d.zone.me.ID:
		d.wait(a, "the token is "+live.Email+"'s own, and a run does not change its own rights: run with the token of another Admin or Owner")
	default:
		d.changeRole(ctx, live, want, role)
	}
}

func (d *draft) changeRole(ctx context.Context, live, want *spec.Member, role Name) {
	before := View{"role": idScalar(live.Role), "invitation": Text(live.Invitation)}
	fields := changedFields(before, View{"role": Number(strconv.FormatInt(role.ID, 10))})
	for i := range fields {
		fields[i] = d.nameSides(ctx, Roles, fields[i])
	}
	from := d.roleEntry(ctx, live.Role)
	p := phaseDemote
	if admin := d.adminRoles(); admin.rank(role) > admin.rank(from) {
		p = phasePromote
	}
	d.propose(p, Step{
		Address: d.address(spec.KindMember, want.Email), Op: OpUpdate, Fields: fields, Source: position(want.Source), Before: before,
		Arguments: Arguments{Email: want.Email, UserID: live.UserID, RoleID: role.ID},
	})
}

// compareInvitee compares somebody who was invited and has not accepted.
func (d *draft) compareInvitee(ctx context.Context, live, want *spec.Member, role Name) {
	a := d.address(spec.KindMember, want.Email)
	expired := live.Invitation == "expired"
	otherRole := want.Role != "" && live.Role != "" && live.Role != strconv.FormatInt(role.ID, 10)
	switch {
	case (expired || otherRole) && want.Invite != nil && live.UserID < 1:
		d.wait(a, noUserID)
	case (expired || otherRole) && want.Invite != nil:
		d.invite(ctx, OpReinvite, want, live, role)
	case expired:
		d.wait(a, "the invitation of "+want.Email+" has expired; to send another, write `"+inviteLine(want)+"`")
	case otherRole:
		d.wait(a, want.Email+" is invited as "+d.roleName(ctx, live.Role)+", and another role takes another invitation: write `"+inviteLine(want)+"`")
	default:
		d.wait(a, want.Email+" has been invited and has not accepted yet")
	}
}

// noUserID is why an invitee of older replies, listed without a role row, cannot be touched.
const noUserID = "the zone shows the invitation without a user id, so it cannot be taken back; it ends by itself after seven days"

// invite proposes an invitation, or for a live invitee a revoke and an invitation.
func (d *draft) invite(ctx context.Context, op Op, want, live *spec.Member, role Name) {
	a := d.address(spec.KindMember, want.Email)
	s := Step{Address: a, Op: op, Source: position(want.Source),
		Arguments: Arguments{Email: want.Email, Name: want.Invite.Name, RoleID: role.ID, Note: want.Invite.Note}}
	if err := d.bindTeams(ctx, want.Invite.Teams, &s.Arguments); err != nil {
		d.unresolved(a, want.Source, err)
		return
	}
	to := View{"role": Text(d.roleText(role, want)), "name": Text(want.Invite.Name)}
	if len(want.Invite.Teams) > 0 {
		to["teams"] = Text(strings.Join(want.Invite.Teams, ", "))
	}
	from := View{}
	if live != nil {
		s.Arguments.UserID = live.UserID
		s.Before = View{"role": idScalar(live.Role), "invitation": Text(live.Invitation)}
		from["role"], from["invitation"] = Text(d.roleName(ctx, live.Role)), Text(live.Invitation)
		to["invitation"] = Text("pending")
	}
	s.Fields = allFields(from, to)
	if live == nil {
		s.Notes = []string{"sends an e-mail"}
	} else {
		s.Notes = []string{"takes back the present invitation, then sends an e-mail"}
	}
	d.propose(phaseInvite, s)
}

// removeMember takes somebody out, or takes an invitation back.
func (d *draft) removeMember(live *spec.Member, connections bool, at spec.Source) {
	a := d.address(spec.KindMember, live.Email)
	switch {
	case d.isOwner(live):
		d.wait(a, live.Email+" is the Owner, who can go only after a transfer")
		return
	case live.UserID == d.zone.me.ID:
		d.wait(a, "the token is "+live.Email+"'s own, and a run does not remove its own user: run with the token of another Admin or Owner")
		return
	case live.UserID < 1:
		d.wait(a, noUserID)
		return
	}
	before := View{"role": idScalar(live.Role), "invitation": Text(live.Invitation)}
	s := Step{Address: a, Op: OpDelete, Source: position(at), Before: before,
		Arguments: Arguments{Email: live.Email, UserID: live.UserID, DeleteConnections: connections, Confirmed: connections}}
	s.Fields = []Field{{Path: "role", From: Text(d.roleName(context.Background(), live.Role))}}
	p := phaseRemove
	if !live.Accepted() {
		s.Op = OpRevoke
		s.Fields = append(s.Fields, Field{Path: "invitation", From: Text(live.Invitation)})
		sortFields(s.Fields)
	}
	if connections {
		s.Notes = []string{"deletes the connections that belong to " + live.Email}
	}
	d.propose(p, s)
}

// undeclaredMembers are those of whom no document speaks: left alone, or removed by purge.
func (d *draft) undeclaredMembers() {
	declared := map[string]bool{}
	for i := range d.want.Members {
		declared[d.want.Members[i].Email] = true
	}
	for i := range d.live.Members {
		m := &d.live.Members[i]
		switch {
		case declared[m.Email]:
		case !d.want.Purges(spec.KindMember) || d.spared(m):
			d.leave(spec.KindMember)
		default:
			d.removeMember(m, false, d.at("purge"))
		}
	}
	for range d.live.Unreadable {
		d.leave(spec.KindMember)
	}
}

// spared tells whom a purge never removes.
func (d *draft) spared(m *spec.Member) bool {
	return m.UserID == d.zone.me.ID || m.Email == strings.ToLower(d.zone.me.Email) || d.isOwner(m) || m.Email == d.want.Owner ||
		d.required(m.Email) || d.protected(d.address(spec.KindMember, m.Email))
}

func (d *draft) isOwner(m *spec.Member) bool {
	return d.live != nil && (m.UserID == d.live.OwnerID || m.Accepted() && roleID(m) == d.live.AdminRoles.owner())
}

// inviteLine is the line to write so that a person is invited.
func inviteLine(m *spec.Member) string {
	role := m.Role
	if role == "" {
		role = "Member"
	}
	return m.Email + ": {role: " + role + ", invite: {name: …}}"
}
