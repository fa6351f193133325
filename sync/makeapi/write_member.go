package makeapi

import (
	"errors"
	"fmt"

	"makesync/sync/plan"
)

// inviteMember sends an e-mail. The published page requires `userRoleId`, which it does not
// describe; the field is usersRoleId.
func inviteMember(w plan.Write) (writeRequest, error) {
	a := w.Arguments
	email := a.Email
	if email == "" {
		email = w.Address.Name()
	}
	if email == "" || a.Name == "" {
		return writeRequest{}, errors.New("an invitation needs an e-mail and a name")
	}
	return writeRequest{
		doing: "invite", method: post, path: ofOrganization(w.Organization, "/invite"),
		scope: scopeOrganizationsWrite, answer: invitedUser,
		body: struct {
			Email  string  `json:"email"`
			Name   string  `json:"name"`
			RoleID int64   `json:"usersRoleId"`
			Note   string  `json:"note,omitempty"`
			Teams  []int64 `json:"teamsId,omitempty"`
		}{email, a.Name, a.RoleID, a.Note, a.TeamIDs},
	}, atLeastOne("role's id", a.RoleID)
}

// rolePath is the one address of role changes and removals (published): what the body says decides.
func rolePath(w plan.Write) string {
	return fmt.Sprintf("/users/%d/user-organization-roles/%d", w.Arguments.UserID, w.Organization)
}

// setRole can never become a removal: an id below 1 is refused before anything is sent, and the
// field is never left out.
func setRole(w plan.Write) (writeRequest, error) {
	a := w.Arguments
	return writeRequest{
		doing: "change the role of", method: post, path: rolePath(w), scope: scopeUserWrite,
		body: struct {
			RoleID int64 `json:"usersRoleId"`
		}{a.RoleID},
	}, errors.Join(atLeastOne("user's id", a.UserID), atLeastOne("role's id", a.RoleID))
}

// removeMember sends an empty body, in the form that the write names. What the person owns stays
// unless the connections shall go. Confirming is needed for those; whether it is for the removal
// alone is not published, and does no harm.
func removeMember(w plan.Write) (writeRequest, error) {
	a := w.Arguments
	d := writeRequest{
		doing: "remove", method: post, path: rolePath(w), scope: scopeUserWrite, query: confirmed(true),
		answer: removedUser, emptyAnswer: true,
	}
	switch w.Empty {
	case plan.EmptyObject:
		d.body = struct{}{}
	case plan.EmptyString:
		d.body = ""
	case plan.NoBody:
	}
	if a.DeleteConnections {
		d.query.Set("deleteConnections", "true")
	}
	return d, atLeastOne("user's id", a.UserID)
}

// transferOwner makes a member the Owner; only the present Owner may (published).
func transferOwner(w plan.Write) (writeRequest, error) {
	return writeRequest{
		doing: "transfer", scope: scopeOrganizationsWrite,
		method: post, path: ofOrganization(w.Organization, "/user-organization-roles/transfer"),
		body: struct {
			UserID int64 `json:"userId"`
		}{w.Arguments.UserID},
	}, atLeastOne("user's id", w.Arguments.UserID)
}
