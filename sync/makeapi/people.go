package makeapi

import (
	"context"
	"net/url"
	"strconv"

	"makesync/sync/state"
)

// personRow is a person with what only some plans show of her. tfaStatus is 0 for no second factor,
// 1 for an authenticator app, 2 for an external sign-in (published).
type personRow struct {
	userRow
	TFAStatus integer   `json:"tfaStatus"`
	Teams     teamsList `json:"userTeamIds"`
}

// teamsList are ids of teams; nil for anything but a list.
type teamsList []int64

// UnmarshalJSON takes a list of ids.
func (t *teamsList) UnmarshalJSON(data []byte) error {
	*t = nil
	var ids []integer
	if unmarshal(data, &ids) != nil || ids == nil {
		return nil
	}
	*t = teamsList{}
	for _, id := range ids {
		if id.known {
			*t = append(*t, id.n)
		}
	}
	return nil
}

// facts leave unknown what the zone does not say: null is never read as safe.
func (p *personRow) facts() state.Person {
	facts := state.Person{Teams: p.Teams}
	if p.TFAStatus.known && p.TFAStatus.n >= 0 && p.TFAStatus.n <= 2 {
		has := p.TFAStatus.n > 0
		facts.TwoFactor = &has
	}
	return facts
}

// ownFactor is about the token's user: tfaEnabled stands among the further columns, tfaStatus among
// the default ones, and a zone may know one of them only.
func (p *personRow) ownFactor() *bool {
	if status := p.facts().TwoFactor; status != nil && !p.TFAEnabled.on {
		return status
	}
	return p.TFAEnabled.pointer()
}

// readPeople reads what readMembers reads, in as many calls, with more columns.
func readPeople(ctx context.Context, c caller, live *state.Organization) (map[int64]state.Person, error) {
	k := readOf(live.ID, "/user-organization-roles", "read the roles in")
	k.object = nameOf(live)
	rows, err := readUnpaged[roleRow](ctx, c, *k, "userOrganizationRoles")
	if err != nil {
		return nil, err
	}
	roles, err := rolesOf(live.ID, rows)
	if err != nil {
		return nil, k.mismatch(err.Error())
	}
	people, err := listPeople(ctx, c, live)
	if err != nil {
		return nil, err
	}
	known := page[userRow]{promises: people.promises}
	facts := map[int64]state.Person{}
	for i := range people.rows {
		known.rows = append(known.rows, people.rows[i].userRow)
		facts[people.rows[i].ID.n] = people.rows[i].facts()
	}
	known = withHolders(ctx, c, live, roles, known)
	live.AdminRoles = findAdminRoles(ctx, c, live.ID, roles)
	joinMembers(live, roles, known)
	return facts, nil
}

// listPeople asks for all columns, then for those that every zone has. What a zone refused is
// remembered apart from the lists of readUsers, whose columns are others.
func listPeople(ctx context.Context, c caller, live *state.Organization) (people page[personRow], err error) {
	k := call{path: "/users", organization: live.ID, scope: scopeUserRead,
		doing: "read the people of", object: nameOf(live)}
	queries := []url.Values{cols("id", "name", "email", "tfaStatus", "userTeamIds"), cols("id", "name", "email"), {}}
	err = c.columns("/users with tfaStatus", queries, func(columns url.Values) (err error) {
		k.query = with(columns, "organizationId", strconv.FormatInt(live.ID, 10))
		people, err = readList(ctx, c, listing[personRow]{
			call: k, key: "users", id: func(row *personRow) integer { return row.ID },
		})
		return err
	})
	return people, err
}
