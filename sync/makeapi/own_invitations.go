package makeapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/sync/state"
)

// OwnInvitation is an invitation to the token's own user.
type OwnInvitation struct {
	Organization state.Name // id and name
	Host         string     // of the organization's zone; "" where the zone called does not say
	RoleID       int64
	State        string     // pending, expired, or other text of the zone
	Hash         spec.Value // a secret: whoever has it reads the invitation
}

// ownInvitationRow is published; of its keys zone is in the schema alone. Lists of columns call the
// role userRoleId.
type ownInvitationRow struct {
	Hash             longText   `json:"hash"`
	Invitation       invitation `json:"invitation"`
	UsersRoleID      integer    `json:"usersRoleId"`
	UserRoleID       integer    `json:"userRoleId"`
	OrganizationID   integer    `json:"organizationId"`
	OrganizationName looseText  `json:"organizationName"`
	Zone             looseText  `json:"zone"`
}

// OwnInvitations are those to the token's own user, each once, by organization (published: GET
// /users/me/organization-invitations). A service account needs no mailbox then.
func OwnInvitations(ctx context.Context, c *Client) ([]OwnInvitation, error) {
	k := call{method: http.MethodGet, path: "/users/me/organization-invitations", scope: scopeUserRead,
		doing: "read the invitations of the token's user in", object: "zone " + c.zone}
	rows, err := readUnpaged[ownInvitationRow](ctx, c.caller, k, "userOrganizationInvitations")
	if err != nil {
		return nil, err
	}
	list, seen := make([]OwnInvitation, 0, len(rows)), map[string]bool{}
	for _, row := range rows {
		hash := row.Hash.trimmed()
		if repeatsHash(hash, string(row.OrganizationName), string(row.Invitation)) {
			return nil, k.broken(errRepeatsHash)
		}
		if hash != "" && seen[hash] {
			continue
		}
		seen[hash] = true
		list = append(list, OwnInvitation{
			Organization: state.Name{ID: row.OrganizationID.n, Name: string(row.OrganizationName)},
			Host:         strings.ToLower(row.Zone.trimmed()), RoleID: cmp.Or(row.UsersRoleID, row.UserRoleID).n,
			State: string(row.Invitation), Hash: spec.Sensitive(hash),
		})
	}
	slices.SortStableFunc(list, func(a, b OwnInvitation) int {
		return cmp.Or(strings.Compare(a.Organization.Name, b.Organization.Name),
			cmp.Compare(a.Organization.ID, b.Organization.ID))
	})
	return list, nil
}

// errRepeatsHash is an invitation that cannot be shown without its secret.
var errRepeatsHash = unreadable("it repeats the hash of an invitation in a name or as its state")

// repeatsHash tells whether a text holds an invitation's hash, as it is but for case.
func repeatsHash(hash string, texts ...string) bool {
	hash = strings.ToLower(hash)
	return len(hash) >= shortestHidden && slices.ContainsFunc(texts, func(text string) bool {
		return strings.Contains(strings.ToLower(text), hash)
	})
}
