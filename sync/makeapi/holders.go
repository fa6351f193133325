package makeapi

import (
	"context"
	"net/http"
	"strconv"

	"makesync/sync/state"
)

// holdersPath lists who holds a permission, with open and expired invitations; its default columns
// have the e-mail (published).
const holdersPath = "/users/by-permission"

// withHolders adds, for role rows that match nobody in the list of users, the people behind them as
// far as the zone tells them elsewhere: one more call, and only then. Whoever has a role without
// the permission may be left out (inferred), and where the call fails nothing is added: such rows
// stay unreadable.
func withHolders(
	ctx context.Context, c caller, live *state.Organization, roles []state.RoleRow, people page[userRow],
) page[userRow] {
	missing := map[int64]bool{}
	for _, row := range roles {
		missing[row.UserID] = true
	}
	for _, p := range people.rows {
		if address(p.Email) != "" {
			delete(missing, p.ID.n)
		}
	}
	for _, p := range people.promises {
		delete(missing, p.ID.n)
	}
	if len(missing) == 0 || c.unsupported.firstSupported(holdersPath) > 0 {
		return people
	}
	k := call{method: http.MethodGet, path: holdersPath, organization: live.ID, scope: scopeUserRead,
		doing: "read who may see the people of", object: nameOf(live)}
	k.query = with(cols("id", "name", "email"), "organizationId", strconv.FormatInt(live.ID, 10))
	k.query.Set("type", "organization")
	k.query.Set("permission", "organization users view")
	rows, err := readUnpaged[userRow](ctx, c, k, "users")
	if call := state.AsCallError(err); call != nil && (refusesColumns(err) || call.Status == http.StatusNotFound) {
		c.unsupported.add(holdersPath, 0)
	}
	for _, row := range rows {
		if err == nil && row.ID.known && missing[row.ID.n] {
			people.rows = append(people.rows, row)
		}
	}
	return people
}
