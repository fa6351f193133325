package makeapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"makesync/sync/plan"
	"makesync/sync/state"
)

// Invitation is what an invitation's hash stands for. The hash only travels in the e-mail
// and is a secret: whoever has it can read the invitation.
type Invitation struct {
	Organization state.Name // id and name
	User         state.User
	UserName     string
	RoleID       int64
	State        string // "" accepted, else "pending", "expired" or other text of the zone
}

func readInvitation(ctx context.Context, c caller, hash string) (Invitation, error) {
	var reply struct {
		Organization nameRow  `json:"organization"`
		User         userRow  `json:"user"`
		Role         *roleRow `json:"userOrganizationRole"`
	}
	k := &call{
		method: http.MethodGet, path: "/organizations/invitation", query: url.Values{"hash": {hash}},
		secretQuery: true, secrets: []string{hash}, scope: scopeOrganizationsRead,
		doing: "read the invitation in", object: "zone " + c.zone,
		decode: decodeJSON(&reply),
	}
	if err := c.do(ctx, k); err != nil {
		return Invitation{}, err
	}
	if reply.Role == nil {
		return Invitation{}, k.mismatch("it holds no role")
	}
	told := []string{string(reply.Organization.Name), string(reply.User.Name), string(reply.User.Email),
		string(reply.Role.Invitation)}
	if repeatsHash(hash, told...) {
		return Invitation{}, k.broken(errRepeatsHash)
	}
	return Invitation{
		Organization: reply.Organization.name(),
		User:         state.User{ID: reply.User.ID.n, Email: address(reply.User.Email)},
		UserName:     string(reply.User.Name), RoleID: reply.Role.role().n, State: string(reply.Role.Invitation),
	}, nil
}

// acceptInvitation acts for the token's own user. The hash is the write's Arguments.Name.
func acceptInvitation(w plan.Write) (writeRequest, error) {
	hash := w.Arguments.Name
	if hash == "" {
		return writeRequest{}, errors.New("the invitation's hash is missing")
	}
	return writeRequest{
		doing: "accept the invitation", scope: scopeOrganizationsWrite,
		method: post, path: "/organizations/accept-invitation",
		body: struct {
			Hash string `json:"hash"`
		}{hash},
		answer: acceptedRole(w.Organization),
	}, nil
}

// acceptedRole reads the role row of who has accepted, whose invitation is null then (published).
// Any other reply proves nothing.
func acceptedRole(organization int64) func([]byte) (plan.Answer, error) {
	return func(data []byte) (plan.Answer, error) {
		var reply struct {
			Role *roleRow `json:"userOrganizationRole"`
		}
		err := json.Unmarshal(data, &reply)
		switch row := reply.Role; {
		case err != nil:
			return plan.Answer{}, err
		case row == nil:
			return plan.Answer{}, unreadable("it holds no role")
		case row.Invitation != "":
			return plan.Answer{}, unreadable("in it the invitation is still open")
		case organization > 0 && row.OrganizationID.known && row.OrganizationID.n != organization:
			return plan.Answer{}, unreadable("it is about another organization")
		}
		return plan.Answer{}, nil
	}
}
