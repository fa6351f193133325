package sync

import (
	"context"
	"strings"

	"makesync/spec"
)

// readHidden finds declared people among the role rows without an e-mail: it asks the zone for
// each one who seems absent, and, where the zone does not know, the memory of earlier runs. It
// asks nothing when there are no such rows.
func (d *draft) readHidden(ctx context.Context) {
	for i := range d.want.Members {
		m := &d.want.Members[i]
		if len(d.live.Unreadable) == 0 {
			return
		}
		if d.liveMember(m.Email) != nil || !d.run.Scope.Covers(d.address(spec.KindMember, m.Email)) {
			continue
		}
		id, err := d.reader.FindUser(ctx, d.id, m.Email)
		if err != nil {
			noteFailure(d.live, spec.KindMember, err)
			return
		}
		if id == 0 {
			id = d.remembered(m.Email)
		}
		d.reveal(id, m.Email)
	}
}

// remembered asks earlier runs which of the unreadable rows is somebody's.
func (d *draft) remembered(email string) int64 {
	if d.run.Memory == nil {
		return 0
	}
	for _, row := range d.live.Unreadable {
		if strings.EqualFold(d.run.Memory.EmailOf(d.zone.port.Endpoint.URL, d.id, row.UserID), email) {
			return row.UserID
		}
	}
	return 0
}

// reveal turns an unreadable row into a member.
func (d *draft) reveal(user int64, email string) {
	for i, row := range d.live.Unreadable {
		if user == 0 || row.UserID != user {
			continue
		}
		d.live.Unreadable = append(append([]RoleRow{}, d.live.Unreadable[:i]...), d.live.Unreadable[i+1:]...)
		d.live.Members = append(d.live.Members, spec.Member{Email: email, Role: idText(row.RoleID), UserID: row.UserID, Invitation: row.Invitation})
		normaliseMembers(d.live)
		return
	}
}

// hiddenInvitations counts the rows without an e-mail that are invitations.
func (d *draft) hiddenInvitations() int {
	if d.creates() {
		return 0
	}
	n := 0
	for _, row := range d.live.Unreadable {
		if row.Invitation != "" {
			n++
		}
	}
	return n
}
