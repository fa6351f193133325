package makeapi

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"makesync/sync/state"
)

// listKey is one of the API's lists, of the zone (0) or of an organization.
type listKey struct {
	list         state.List
	organization int64
}

// nameRow is a row of any list of names: {id,name}, with what only some of them have. A country's
// three-letter code is code1 in the published contract and was code before.
type nameRow struct {
	ID         integer   `json:"id"`
	Name       looseText `json:"name"`
	Code       looseText `json:"code"`
	Code1      looseText `json:"code1"`
	Code2      looseText `json:"code2"`
	Identifier looseText `json:"identifier"`
	Category   looseText `json:"category"`
}

func (row *nameRow) name() state.Name {
	return state.Name{
		ID: row.ID.n, Name: string(row.Name), Code2: string(row.Code2),
		Code: string(cmp.Or(row.Code, row.Code1, row.Identifier)),
	}
}

// nameList are the teams in an organization's row; nil when they are no list.
type nameList []state.Name

// UnmarshalJSON takes a list of {id,name}.
func (n *nameList) UnmarshalJSON(data []byte) error {
	*n = nil
	var rows []nameRow
	if err := json.Unmarshal(data, &rows); err != nil || rows == nil {
		return onlyExcess(err)
	}
	*n = make(nameList, 0, len(rows))
	for i := range rows {
		if rows[i].ID.known {
			*n = append(*n, rows[i].name())
		}
	}
	return nil
}

// lists are the sources of the zone's own lists of names (published in the docs, used by Make's
// client).
var lists = map[state.List]struct{ path, key, doing string }{
	state.Regions:   {"/enums/imt-regions", "imtRegions", "read the regions of"},
	state.Countries: {"/enums/countries", "countries", "read the countries of"},
	state.Timezones: {"/enums/timezones", "timezones", "read the time zones of"},
	state.Roles:     {"/users/roles", "usersRoles", "read the roles of"},
	state.Teams:     {"/teams", "teams", "read the teams of"},
}

// cachedNames asks for a list once per client.
func cachedNames(ctx context.Context, c caller, list state.List, organization int64) ([]state.Name, error) {
	if list != state.Roles && list != state.Teams {
		organization = zoneWide
	}
	key := listKey{list, organization}
	result, err := c.nameCache.do(ctx, key, func(ctx context.Context) ([]state.Name, error) {
		return readNames(ctx, c, list, organization)
	})
	return result, c.asCallError(lists[list].doing, err)
}

func readNames(ctx context.Context, c caller, list state.List, organization int64) ([]state.Name, error) {
	source, ok := lists[list]
	k := call{
		method: http.MethodGet, path: source.path, organization: organization,
		doing: source.doing, object: "zone " + c.zone,
	}
	if organization != zoneWide {
		k.object = "organization " + strconv.FormatInt(organization, 10)
	}
	switch {
	case !ok:
		return nil, k.unsent("makesync knows no list "+string(list), nil)
	case list == state.Teams && organization == zoneWide:
		return nil, k.unsent("teams belong to an organization; its id is missing", nil)
	case list == state.Teams:
		return readTeams(ctx, c, k, organization)
	case list == state.Roles:
		return readRoles(ctx, c, k, organization)
	}
	return readUnpagedNames(ctx, c, k, source.key, nil)
}

// readUnpagedNames reads a list that has no pages: its one reply is all of it.
func readUnpagedNames(
	ctx context.Context, c caller, k call, key string, fits func(*nameRow) bool,
) ([]state.Name, error) {
	rows, err := readUnpaged[nameRow](ctx, c, k, key)
	if err != nil {
		return nil, err
	}
	return namesOf(rows, fits), nil
}

// namesOf keeps each id once, in the zone's order. A row without an id cannot be used for anything.
func namesOf(rows []nameRow, fits func(*nameRow) bool) []state.Name {
	seen := map[int64]bool{}
	result := make([]state.Name, 0, len(rows))
	for i := range rows {
		row := &rows[i]
		if row.ID.known && !seen[row.ID.n] && (fits == nil || fits(row)) {
			seen[row.ID.n] = true
			result = append(result, row.name())
		}
	}
	return result
}

func readTeams(ctx context.Context, c caller, k call, organization int64) ([]state.Name, error) {
	k.scope = scopeTeamsRead
	k.query = url.Values{"organizationId": {strconv.FormatInt(organization, 10)}}
	teams := listing[nameRow]{call: k, key: "teams", id: func(row *nameRow) integer { return row.ID }}
	list, err := readList(ctx, c, teams)
	return namesOf(list.rows, nil), err
}

// readRoles reads the roles that people can have in an organization, custom ones included when
// it is named. The default columns hold no identifier and no category.
func readRoles(ctx context.Context, c caller, k call, organization int64) (roles []state.Name, err error) {
	k.scope = scopeUserRead
	queries := []url.Values{cols("id", "name", "identifier", "category"), {}}
	err = c.columns(k.path, queries, func(columns url.Values) (err error) {
		asked := k
		asked.query = with(columns, "category", "organization")
		if organization != zoneWide {
			asked.query.Set("organizationId", strconv.FormatInt(organization, 10))
		}
		roles, err = readUnpagedNames(ctx, c, asked, "usersRoles", func(row *nameRow) bool {
			return row.Category == "" || row.Category == "organization"
		})
		return err
	})
	return roles, err
}
