package makeapi

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"makesync/spec"
	"makesync/sync/state"
)

// userRow is a person; an organization's list holds members and, it is inferred, invitees.
type userRow struct {
	ID         integer   `json:"id"`
	Email      looseText `json:"email"`
	Name       looseText `json:"name"`
	TFAEnabled flag      `json:"tfaEnabled"`
}

// promise is a person who was invited and has no account, as older replies list them apart.
type promise struct {
	ID     integer   `json:"legacyUserId"`
	RoleID integer   `json:"organizationRoleId"`
	Email  looseText `json:"legacyEmail"`
	Name   looseText `json:"legacyName"`
}

// address is an e-mail as makesync compares it.
func address(t looseText) string { return spec.NormalEmail(t.trimmed()) }

// tokenUser asks for the token's user once per client.
func tokenUser(ctx context.Context, c caller) (state.User, error) {
	me, err := c.userCache.do(ctx, struct{}{}, func(ctx context.Context) (state.User, error) {
		return readTokenUser(ctx, c)
	})
	return me, c.asCallError("read the token's user of", err)
}

func readTokenUser(ctx context.Context, c caller) (me state.User, err error) {
	const path = "/users/me"
	queries := []url.Values{cols("id", "name", "email", "tfaEnabled", "tfaStatus"), nil}
	err = c.columns(path, queries, func(columns url.Values) error {
		var reply struct {
			User *personRow `json:"authUser"`
		}
		k := &call{
			method: http.MethodGet, path: path, query: columns, scope: scopeUserRead,
			doing: "read the token's user of", object: "zone " + c.zone, decode: decodeJSON(&reply),
		}
		if err := c.do(ctx, k); err != nil {
			return err
		}
		if reply.User == nil || !reply.User.ID.known {
			return k.mismatch("it names no user")
		}
		me = state.User{
			ID: reply.User.ID.n, Email: address(reply.User.Email), TwoFactor: reply.User.ownFactor(),
		}
		return nil
	})
	return me, err
}

// users reads the people of an organization to the end of the list: its default page was 10 once.
func readUsers(ctx context.Context, c caller, k call, filter url.Values) (list page[userRow], err error) {
	k.path, k.scope = "/users", scopeUserRead
	err = c.columns(k.path, []url.Values{cols("id", "name", "email"), {}}, func(columns url.Values) (err error) {
		asked := k
		asked.query = with(columns, "organizationId", strconv.FormatInt(k.organization, 10))
		for name, values := range filter {
			asked.query[name] = values
		}
		people := listing[userRow]{call: asked, key: "users", id: func(row *userRow) integer { return row.ID }}
		list, err = readList(ctx, c, people)
		return err
	})
	return list, err
}

// findUser compares the rows again: whether the zone's filter compares the whole address is not
// published.
func findUser(ctx context.Context, c caller, organization int64, email string) (int64, error) {
	email = spec.NormalEmail(email)
	k := call{
		organization: organization,
		doing:        "look for " + email + " in", object: "organization " + strconv.FormatInt(organization, 10),
	}
	list, err := readUsers(ctx, c, k, url.Values{"email": {email}})
	if err != nil {
		return 0, err
	}
	if i := slices.IndexFunc(list.rows, func(row userRow) bool { return address(row.Email) == email }); i >= 0 {
		return list.rows[i].ID.n, nil
	}
	if i := slices.IndexFunc(list.promises, func(p promise) bool { return address(p.Email) == email }); i >= 0 {
		return list.promises[i].ID.n, nil
	}
	return 0, nil
}

func readMemberships(ctx context.Context, c caller) ([]int64, error) {
	me, err := tokenUser(ctx, c)
	if err != nil {
		return nil, err
	}
	rows, err := readRolesOf(ctx, c, me.ID, me.Email)
	var ids []int64
	for _, row := range rows {
		if row.OrganizationID.known && row.Invitation == "" {
			ids = append(ids, row.OrganizationID.n)
		}
	}
	return ids, err
}

// readRolesOf reads the roles of a user in all organizations.
func readRolesOf(ctx context.Context, c caller, user int64, who string) ([]roleRow, error) {
	k := call{method: http.MethodGet, path: "/users/" + strconv.FormatInt(user, 10) + "/user-organization-roles",
		doing: "read the organizations of", object: who, scope: scopeUserRead}
	return readUnpaged[roleRow](ctx, c, k, "userOrganizationRoles")
}
