package makeapi

import (
	"bytes"
	"context"
	"io"
	"net/http"
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
