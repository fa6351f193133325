package makeapi

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// roleRow is a row of user-organization-roles. The published column list says
// userRoleId, every published reply usersRoleId; no columns are asked for.
type roleRow struct {
	UserID         integer    `json:"userId"`
	OrganizationID integer    `json:"organizationId"`
	UsersRoleID    integer    `json:"usersRoleId"`
	UserRoleID     integer    `json:"userRoleId"`
	Invitation     invitation `json:"invitation"`
}

// goneRow is a role row that may be that of somebody who was removed: it then has a role of null
// (published).
type goneRow struct {
	roleRow
	gone bool
}

// UnmarshalJSON tells a role of null from one that is missing.
func (r *goneRow) UnmarshalJSON(data []byte) error {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(data, &keys); err != nil {
		return err
	}
	role, told := keys["usersRoleId"]
	r.gone = told && string(role) == "null"
	return json.Unmarshal(data, &r.roleRow)
}

// role is the role's id, under whichever name it came.
func (r *roleRow) role() integer {
	if r.UsersRoleID.known {
		return r.UsersRoleID
	}
	return r.UserRoleID
}

// invitation is null or missing for a member, else "pending", "expired" or whatever the zone says:
// not a member yet.
type invitation string

// UnmarshalJSON keeps what is no text as its JSON.
func (i *invitation) UnmarshalJSON(data []byte) error {
	*i = ""
	switch {
	case data[0] == '"':
		var t longText
		if err := t.UnmarshalJSON(data); err != nil {
			return err
		}
		*i = invitation(strings.ToLower(text.ShortLine(t.trimmed(), 40)))
	case !slices.Contains([]string{"null", "false"}, string(data)):
		*i = invitation(text.ShortLine(string(data), 40))
	}
	return nil
}

// readMembers joins the role rows of an organization, which hold no e-mail, with its people.
func readMembers(ctx context.Context, c caller, live *state.Organization) error {
	k := *readOf(live.ID, "/user-organization-roles", "read the roles in")
	k.object = nameOf(live)
	rows, err := readUnpaged[roleRow](ctx, c, k, "userOrganizationRoles")
	if err != nil {
		return err
	}
	roles, err := rolesOf(live.ID, rows)
	if err != nil {
		return k.mismatch(err.Error())
	}
	k.doing = "read the people of"
	people, err := readUsers(ctx, c, k, nil)
	if err != nil {
		return err
	}
	people = withHolders(ctx, c, live, roles, people)
	live.AdminRoles = findAdminRoles(ctx, c, live.ID, roles)
	joinMembers(live, roles, people)
	return nil
}

// readRoleRow reads one row. Whether 404 means that there is none is not published, nor whether an
// invitation has an answer here at all: the list of rows decides then.
func readRoleRow(ctx context.Context, c caller, organization, user int64) (*state.RoleRow, error) {
	var reply struct {
		Row *goneRow `json:"userOrganizationRole"`
	}
	list := *readOf(organization, "/user-organization-roles", "read the roles in")
	one := list
	one.path += "/" + strconv.FormatInt(user, 10)
	one.doing, one.decode = "read the role of user "+strconv.FormatInt(user, 10)+" in", decodeJSON(&reply)
	var rows []roleRow
	err := c.do(ctx, &one)
	switch call := state.AsCallError(err); {
	case err == nil && reply.Row == nil:
		return nil, one.mismatch("it holds no role row")
	case err == nil && reply.Row.gone && reply.Row.UserID.n == user:
		return nil, nil
	case err == nil:
		rows = []roleRow{reply.Row.roleRow}
	case call != nil && call.Status == http.StatusNotFound:
		rows, err = readUnpaged[roleRow](ctx, c, list, "userOrganizationRoles")
	}
	if err != nil {
		return nil, err
	}
	roles, err := rolesOf(organization, rows)
	if err != nil {
		return nil, one.mismatch(err.Error())
	}
	i := slices.IndexFunc(roles, func(row state.RoleRow) bool { return row.UserID == user })
	switch {
	case i >= 0:
		return &roles[i], nil
	case reply.Row != nil:
		return nil, one.mismatch("it is the row of another user or organization")
	}
	return nil, nil
}

// findAdminRoles finds the ids of Owner and Admin in a zone that numbers its roles otherwise: where
// nobody has the Owner's published role, the zone's lists tell by name. One that cannot be read
// leaves the published ids.
func findAdminRoles(
	ctx context.Context, c caller, organization int64, rows []state.RoleRow,
) (found state.AdminRoles) {
	owns := func(row state.RoleRow) bool { return row.RoleID == state.OwnerRole && row.Invitation == "" }
	if slices.ContainsFunc(rows, owns) {
		return found
	}
	for _, of := range []int64{zoneWide, organization} {
		names, err := cachedNames(ctx, c, state.Roles, of)
		if found = state.AdminRolesOf(names); err != nil || found.Owner != 0 {
			return found
		}
	}
	return found
}

// rolesOf keeps one row for each person: rows of other organizations and repetitions are left out;
// of two rows that disagree the accepted one counts, then that of the smaller role id, which has
// more rights.
func rolesOf(organization int64, rows []roleRow) ([]state.RoleRow, error) {
	var roles []state.RoleRow
	for _, row := range rows {
		if row.OrganizationID.known && row.OrganizationID.n != organization {
			continue
		}
		role := row.role()
		if !row.UserID.known || !role.known {
			return nil, unreadable("a role row has no user or no role")
		}
		roles = append(roles, state.RoleRow{
			UserID: row.UserID.n, RoleID: role.n, Invitation: string(row.Invitation),
		})
	}
	if len(roles) == 0 {
		return nil, unreadable("it names nobody, and every organization has an Owner")
	}
	slices.SortFunc(roles, func(a, b state.RoleRow) int {
		return cmp.Or(cmp.Compare(a.UserID, b.UserID), cmp.Compare(a.Invitation, b.Invitation),
			cmp.Compare(a.RoleID, b.RoleID))
	})
	return slices.CompactFunc(roles, func(a, b state.RoleRow) bool { return a.UserID == b.UserID }), nil
}

// joinMembers fills in members, unreadable rows and the owner.
func joinMembers(live *state.Organization, roles []state.RoleRow, people page[userRow]) {
	known := map[int64]userRow{}
	for _, p := range people.promises {
		if p.ID.known {
			known[p.ID.n] = userRow{ID: p.ID, Email: p.Email, Name: p.Name}
		}
	}
	for _, person := range people.rows {
		if address(person.Email) != "" {
			known[person.ID.n] = person
		}
	}
	owner := cmp.Or(live.AdminRoles.Owner, state.OwnerRole)
	live.Members, live.Unreadable, live.OwnerID = make([]spec.Member, 0, len(roles)), nil, 0
	for _, row := range roles {
		if row.RoleID == owner && row.Invitation == "" {
			live.OwnerID = row.UserID
		}
		person, found := known[row.UserID]
		if !found || address(person.Email) == "" {
			live.Unreadable = append(live.Unreadable, row)
			continue
		}
		live.Members = append(live.Members, member(person, row))
	}
	live.Members = append(live.Members, promised(roles, people.promises, live.Members)...)
	slices.SortFunc(live.Members, func(a, b spec.Member) int {
		return cmp.Or(strings.Compare(a.Email, b.Email), cmp.Compare(a.UserID, b.UserID))
	})
}

func member(person userRow, row state.RoleRow) spec.Member {
	return spec.Member{
		Email: address(person.Email), Name: string(person.Name), UserID: row.UserID,
		Role: integer{row.RoleID, true}.decimal(), Invitation: row.Invitation,
	}
}

// promised are invitees of older replies who have no role row.
func promised(roles []state.RoleRow, promises []promise, members []spec.Member) []spec.Member {
	var more []spec.Member
	for _, p := range promises {
		email := address(p.Email)
		here := func(m spec.Member) bool { return m.Email == email }
		hasRow := slices.ContainsFunc(roles, func(r state.RoleRow) bool { return p.ID.known && r.UserID == p.ID.n })
		if email == "" || hasRow || slices.ContainsFunc(members, here) || slices.ContainsFunc(more, here) {
			continue
		}
		more = append(more, spec.Member{
			Email: email, Name: string(p.Name), UserID: p.ID.n, Role: p.RoleID.decimal(), Invitation: "pending",
		})
	}
	return more
}
