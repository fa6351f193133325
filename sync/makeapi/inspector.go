package makeapi

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"makesync/sync/state"
)

// Inspector asks a zone what `doctor` wants to know. It shares the client's connections and
// counters.
type Inspector struct{ caller }

// NewInspector asks through a client.
func NewInspector(c *Client) *Inspector { return &Inspector{c.caller} }

// Ping asks whether the zone answers at all (GET /ping, for which no token is needed). An answer of
// any kind but a failure of the zone is one.
func (i *Inspector) Ping(ctx context.Context) error {
	err := i.do(ctx, &call{
		method: http.MethodGet, path: "/ping", doing: "reach", object: "zone " + i.zone,
		decode: func(body io.Reader) error {
			_, err := io.Copy(io.Discard, body)
			return err
		},
	})
	if call := state.AsCallError(err); call != nil && call.Status >= 400 && call.Status < 500 {
		return nil
	}
	return err
}

// Scopes are those of the token (GET /users/me/current-authorization); none where the zone does not
// tell.
func (i *Inspector) Scopes(ctx context.Context) ([]string, error) { return tokenScopes(ctx, i.caller) }

// OwnRoles are the roles of the token's user, by organization, of those of which the user is an
// accepted member (GET /users/{userId}/user-organization-roles).
func (i *Inspector) OwnRoles(ctx context.Context) (map[int64]int64, error) {
	me, err := tokenUser(ctx, i.caller)
	if err != nil {
		return nil, err
	}
	k := call{method: http.MethodGet, path: "/users/" + strconv.FormatInt(me.ID, 10) + "/user-organization-roles",
		doing: "read the roles of", object: me.Email, scope: scopeUserRead}
	rows, err := readUnpaged[roleRow](ctx, i.caller, k, "userOrganizationRoles")
	roles := map[int64]int64{}
	for _, row := range rows {
		if role := row.role(); row.OrganizationID.known && role.known && row.Invitation == "" {
			roles[row.OrganizationID.n] = role.n
		}
	}
	return roles, err
}

// addToTeams is the permission by which an invitation may name teams (published in the list of
// permissions).
const addToTeams = "team user add and edit"

// MayAddToTeams tells whether the token's user may add people to at least one team of an
// organization (GET /organizations/{organizationId}/check-team-permission); nil where the zone does
// not know the permission.
func (i *Inspector) MayAddToTeams(ctx context.Context, organization int64) (*bool, error) {
	var reply struct {
		Has flag `json:"hasPermission"`
	}
	k := readOf(organization, "/check-team-permission", "ask for the team permissions in")
	k.query, k.decode = url.Values{"teamPermission": {addToTeams}}, decodeJSON(&reply)
	err := i.do(ctx, k)
	switch call := state.AsCallError(err); {
	case call != nil && call.Status == http.StatusBadRequest:
		return nil, nil
	case err != nil || !reply.Has.known:
		return nil, err
	}
	return &reply.Has.on, nil
}

// Controls reads the feature controls of an organization.
func (i *Inspector) Controls(ctx context.Context, live *state.Organization) error {
	return readControls(ctx, i.caller, live)
}

// Contract is the zone's description of its own API (GET /openapi.json).
func (i *Inspector) Contract(ctx context.Context) ([]byte, error) {
	var document []byte
	err := i.do(ctx, &call{
		method: http.MethodGet, path: "/openapi.json", doing: "read the contract of", object: "zone " + i.zone,
		decode: func(body io.Reader) error {
			return withBody(body, func(data []byte) error {
				document = bytes.Clone(data)
				return nil
			})
		},
	})
	return document, err
}
