package makeapi

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	reconcile "makesync/sync"
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
func address(t looseText) string { return strings.ToLower(t.trimmed()) }

// Me is the token's user, asked for once per client. TwoFactor is nil where the zone does not say.
func (c *Client) Me(ctx context.Context) (reconcile.User, error) {
	me, err := c.me.get(ctx, struct{}{}, c.readMe)
	return me, c.asCallError("read the token's user of", err)
}

func (c *Client) readMe(ctx context.Context) (me reconcile.User, err error) {
	const path = "/users/me"
	wishes := []url.Values{cols("id", "name", "email", "tfaEnabled"), nil}
	err = c.columns(path, wishes, func(wish url.Values) error {
		var reply struct {
			User *userRow `json:"authUser"`
		}
		k := &call{
			method: http.MethodGet, path: path, query: wish, scope: readUsers,
			doing: "read the token's user of", object: "zone " + c.zone, decode: decodeJSON(&reply),
		}
		if err := c.do(ctx, k); err != nil {
			return err
		}
		if reply.User == nil || !reply.User.ID.known {
			return k.misfit("it names no user")
		}
		me = reconcile.User{ID: reply.User.ID.n, Email: address(reply.User.Email), TwoFactor: reply.User.TFAEnabled.pointer()}
		return nil
	})
	return me, err
}

// users reads the people of an organization to the end of the list: its default page was 10 once.
func (c *Client) users(ctx context.Context, k call, filter url.Values) (list page[userRow], err error) {
	k.path, k.scope = "/users", readUsers
	err = c.columns(k.path, []url.Values{cols("id", "name", "email"), {}}, func(wish url.Values) (err error) {
		asked := k
		asked.query = with(wish, "organizationId", strconv.FormatInt(k.organization, 10))
		for name, values := range filter {
			asked.query[name] = values
		}
		list, err = readList(ctx, c, listing[userRow]{call: asked, key: "users", id: func(row *userRow) integer { return row.ID }})
		return err
	})
	return list, err
}

// FindUser asks for one person by e-mail, member or invitee; 0 when the zone knows none. Whether
// the zone's filter compares the whole address is not published, so the rows are compared again.
func (c *Client) FindUser(ctx context.Context, organization int64, email string) (int64, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	k := call{organization: organization, doing: "look for " + email + " in", object: "organization " + strconv.FormatInt(organization, 10)}
	list, err := c.users(ctx, k, url.Values{"email": {email}})
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

// Memberships are the organizations of which the token's user is an accepted member (published: GET
// /users/{userId}/user-organization-roles).
func (c *Client) Memberships(ctx context.Context) ([]int64, error) {
	me, err := c.Me(ctx)
	if err != nil {
		return nil, err
	}
	k := call{method: http.MethodGet, path: "/users/" + strconv.FormatInt(me.ID, 10) + "/user-organization-roles",
		doing: "read the organizations of", object: me.Email, scope: readUsers}
	rows, err := readWhole[roleRow](ctx, c, k, "userOrganizationRoles")
	var ids []int64
	for _, row := range rows {
		if row.OrganizationID.known && row.Invitation == "" {
			ids = append(ids, row.OrganizationID.n)
		}
	}
	return ids, err
}
