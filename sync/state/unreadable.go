package state

import (
	"strconv"

	"makesync/spec"
)

// HashedDomain marks an e-mail of which only a hash is at hand; .invalid can never be a real one
// (RFC 2606).
const HashedDomain = "@hashed.invalid"

// NameUnreadable turns the unreadable row of a user into a member with this e-mail; it tells
// whether there was such a row.
func (l *Organization) NameUnreadable(user int64, email string) bool {
	for i, row := range l.Unreadable {
		if user == 0 || email == "" || row.UserID != user {
			continue
		}
		l.Unreadable = append(append([]RoleRow{}, l.Unreadable[:i]...), l.Unreadable[i+1:]...)
		l.Members = append(
			l.Members,
			spec.Member{Email: email, Role: FormatID(row.RoleID), UserID: row.UserID, Invitation: row.Invitation},
		)
		normaliseMembers(l)
		return true
	}
	return false
}

// UnreadableInvitations counts the rows without an e-mail that are invitations.
func (l *Organization) UnreadableInvitations() int {
	n := 0
	for _, row := range l.Unreadable {
		if row.Invitation != "" {
			n++
		}
	}
	return n
}

// Emails maps the user ids of accepted members to their e-mails.
func (l *Organization) Emails() map[int64]string {
	emails := map[int64]string{}
	for i := range l.Members {
		if m := &l.Members[i]; m.Accepted() {
			emails[m.UserID] = m.Email
		}
	}
	return emails
}

// IsOwner tells whether a member is the Owner: by the user id of the Owner's row, else by the role.
func (l *Organization) IsOwner(m *spec.Member) bool {
	return m.UserID == l.OwnerID || m.Accepted() && RoleID(m) == l.AdminRoles.OwnerID()
}

// RoleID is the role of a live person.
func RoleID(m *spec.Member) int64 {
	id, _ := strconv.ParseInt(m.Role, 10, 64)
	return id
}
