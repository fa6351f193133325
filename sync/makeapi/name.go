package makeapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	reconcile "makesync/sync"
)

// listKey is one of the API's lists, of the zone (0) or of an organization.
type listKey struct {
	list         reconcile.List
	organization int64
}

// nameRow is a row of any list of names: {id,name}, with what only some of them have.
type nameRow struct {
	ID         integer   `json:"id"`
	Name       looseText `json:"name"`
	Code       looseText `json:"code"`
	Code2      looseText `json:"code2"`
	Identifier looseText `json:"identifier"`
	Category   looseText `json:"category"`
}

func (row *nameRow) name() reconcile.Name {
	name := reconcile.Name{ID: row.ID.n, Name: string(row.Name), Code: string(row.Code), Code2: string(row.Code2)}
	if name.Code == "" {
		name.Code = string(row.Identifier)
	}
	return name
}

// names are the teams in an organization's row; nil when they are no list.
type names []reconcile.Name

// UnmarshalJSON takes a list of {id,name}.
func (n *names) UnmarshalJSON(data []byte) error {
	*n = nil
	var rows []nameRow
	if json.Unmarshal(data, &rows) != nil || rows == nil {
		return nil
	}
	*n = make(names, 0, len(rows))
	for i := range rows {
		if rows[i].ID.known {
			*n = append(*n, rows[i].name())
		}
	}
	return nil
}

// lists are the sources of the zone's own lists of names (published in the docs, used by Make's client).
var lists = map[reconcile.List]struct{ path, key, doing string }{
	reconcile.Regions:   {"/enums/imt-regions", "imtRegions", "read the regions of"},
	reconcile.Countries: {"/enums/countries", "countries", "read the countries of"},
	reconcile.Timezones: {"/enums/timezones", "timezones", "read the time zones of"},
	reconcile.Roles:     {"/users/roles", "usersRoles", "read the roles of"},
	reconcile.Teams:     {"/teams", "teams", "read the teams of"},
}

// Names is one of the API's lists, asked for once per client. Teams and the roles of an
// organization need its id; for regions, countries and time zones it makes no difference.
func (c *Client) Names(ctx context.Context, list reconcile.List, organization int64) ([]reconcile.Name, error) {
	if list != reconcile.Roles && list != reconcile.Teams {
		organization = zoneWide
	}
	result, err := c.lists.get(ctx, listKey{list, organization}, func(ctx context.Context) ([]reconcile.Name, error) {
		return c.readNames(ctx, list, organization)
	})
	return result, c.asCallError(lists[list].doing, err)
}

func (c *Client) readNames(ctx context.Context, list reconcile.List, organization int64) ([]reconcile.Name, error) {
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
		return nil, c.unsent(&k, "makesync knows no list "+string(list), nil)
	case list == reconcile.Teams && organization == zoneWide:
		return nil, c.unsent(&k, "teams belong to an organization; its id is missing", nil)
	case list == reconcile.Teams:
		return c.readTeams(ctx, k, organization)
	case list == reconcile.Roles:
		return c.readRoles(ctx, k, organization)
	}
	return c.readUnpaged(ctx, k, source.key, nil)
}

// readUnpaged reads a list that has no pages: its one reply is all of it.
func (c *Client) readUnpaged(ctx context.Context, k call, key string, fits func(*nameRow) bool) ([]reconcile.Name, error) {
	rows, err := readWhole[nameRow](ctx, c, k, key)
	if err != nil {
		return nil, err
	}
	return namesOf(rows, fits), nil
}

// namesOf keeps each id once, in the zone's order. A row without an id cannot be used for anything.
func namesOf(rows []nameRow, fits func(*nameRow) bool) []reconcile.Name {
	seen := map[int64]bool{}
	result := make([]reconcile.Name, 0, len(rows))
	for i := range rows {
		row := &rows[i]
		if row.ID.known && !seen[row.ID.n] && (fits == nil || fits(row)) {
			seen[row.ID.n] = true
			result = append(result, row.name())
		}
	}
	return result
}

func (c *Client) readTeams(ctx context.Context, k call, organization int64) ([]reconcile.Name, error) {
	k.scope = readTeams
	k.query = url.Values{"organizationId": {strconv.FormatInt(organization, 10)}}
	list, err := readList(ctx, c, listing[nameRow]{call: k, key: "teams", id: func(row *nameRow) integer { return row.ID }})
	return namesOf(list.rows, nil), err
}

// readRoles reads the roles that people can have in an organization, custom ones included when
// it is named. The default columns hold no identifier and no category.
func (c *Client) readRoles(ctx context.Context, k call, organization int64) (roles []reconcile.Name, err error) {
	k.scope = readUsers
	wishes := []url.Values{cols("id", "name", "identifier", "category"), {}}
	err = c.columns(k.path, wishes, func(wish url.Values) (err error) {
		asked := k
		asked.query = with(wish, "category", "organization")
		if organization != zoneWide {
			asked.query.Set("organizationId", strconv.FormatInt(organization, 10))
		}
		roles, err = c.readUnpaged(ctx, asked, "usersRoles", func(row *nameRow) bool {
			return row.Category == "" || row.Category == "organization"
		})
		return err
	})
	return roles, err
}
