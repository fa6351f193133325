package makeapi

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// organizationRow is an organization in a list, a detail call or a write's answer. Which keys come
// depends on the columns asked for and on the zone; what is missing is unknown, never false.
type organizationRow struct {
	ID              integer   `json:"id"`
	Name            looseText `json:"name"`
	CountryID       integer   `json:"countryId"`
	TimezoneID      integer   `json:"timezoneId"`
	License         licence   `json:"license"`
	Zone            looseText `json:"zone"`
	Teams           nameList  `json:"teams"`
	Paused          flag      `json:"isPaused"`
	TFAEnforced     flag      `json:"tfaEnforced"`
	ActiveScenarios integer   `json:"activeScenarios"`
	Deleted         flag      `json:"deleted"`
	ProductName     looseText `json:"productName"`
	ServiceName     looseText `json:"serviceName"`
}

// licence is a licence map; anything but an object is none.
type licence state.License

// UnmarshalJSON takes objects.
func (l *licence) UnmarshalJSON(data []byte) error {
	*l = nil
	if data[0] != '{' {
		return nil
	}
	return json.Unmarshal(data, (*map[string]any)(l))
}

// apiLimit is license.apiLimit, calls per minute; 0: not said, or no limit.
func (l licence) apiLimit() int {
	switch n := l["apiLimit"].(type) {
	case float64:
		if n > 0 && n < 1e9 {
			return int(n)
		}
	case string:
		if n, err := strconv.Atoi(n); err == nil && n > 0 {
			return n
		}
	}
	return 0
}

// liveOf is the row as the core knows it. The client keeps its call limit and its host.
func liveOf(c caller, row *organizationRow) *state.Organization {
	live := &state.Organization{
		Organization: spec.Organization{
			ID: row.ID.n, Name: string(row.Name), Country: row.CountryID.decimal(),
			Timezone: row.TimezoneID.decimal(), TFAEnforced: row.TFAEnforced.pointer(),
		},
		Host: row.Zone.trimmed(), License: state.License(row.License), Teams: row.Teams,
		Paused: row.Paused.pointer(), Plan: cmp.Or(row.ProductName.trimmed(), row.ServiceName.trimmed()),
	}
	if row.ActiveScenarios.known {
		n := int(row.ActiveScenarios.n)
		live.ActiveScenarios = &n
	}
	c.organizationNames.Store(live.ID, live.Name)
	if live.Host != "" {
		c.organizationHosts.Store(live.ID, live.Host)
	}
	if row.License != nil {
		c.windows.of(live.ID).setLicensed(row.License.apiLimit())
	}
	return live
}

// organizationColumns are all that the list offers and the core uses (published; tfaEnforced since
// April 2026).
var organizationColumns = []string{
	"id", "name", "countryId", "timezoneId", "license", "zone", "serviceName", "teams",
	"isPaused", "productName", "tfaEnforced",
}

// readOrganizationRows reads the list to its end, with the columns that the zone lets be chosen;
// thin tells that it let none be chosen. What it refuses is remembered under a name of the queries.
func readOrganizationRows(
	ctx context.Context, c caller, queriesName, doing string, queries ...url.Values,
) (rows []organizationRow, thin bool, err error) {
	err = c.columns(queriesName, queries, func(columns url.Values) error {
		thin = columns == nil
		list, err := readList(ctx, c, listing[organizationRow]{
			key: "organizations", id: func(row *organizationRow) integer { return row.ID },
			call: call{
				path: "/organizations", query: columns, scope: scopeOrganizationsRead, doing: doing, object: c.zone,
			},
		})
		rows = list.rows
		return err
	})
	return rows, thin, err
}

const doingOrganizations = "read the organizations of zone"

// readListed reads what the list alone says of the organizations. Where it is thin, rows that lack
// a licence stay as they are: nobody can tell then which of them live here.
func readListed(ctx context.Context, c caller) (lives []*state.Organization, thin bool, err error) {
	rows, thin, err := readOrganizationRows(ctx, c, "/organizations", doingOrganizations,
		with(cols(organizationColumns...), "pg[returnTotalCount]", "true"), cols("*"), nil)
	if err != nil {
		return nil, thin, err
	}
	lives = make([]*state.Organization, 0, len(rows))
	for i := range rows {
		if !rows[i].Deleted.on {
			lives = append(lives, liveOf(c, &rows[i]))
		}
	}
	return lives, thin, nil
}

// readOrganizations reads the list, and the details where it is thin.
func readOrganizations(ctx context.Context, c caller) ([]*state.Organization, error) {
	lives, thin, err := readListed(ctx, c)
	if err != nil || !thin {
		return lives, err
	}
	return fillColumns(ctx, c, lives)
}

// readOrganizationNames reads the list with the few columns that tell whether a name is taken. A
// zone that lets no columns be chosen gives its default ones, of which these are three (seen live);
// one whose rows do not say where they live is asked for everything.
func readOrganizationNames(ctx context.Context, c caller) ([]*state.Organization, error) {
	const narrow = "/organizations (names)" // what is refused to this query says nothing about the whole list
	rows, _, err := readOrganizationRows(ctx, c, narrow, "read the names of the organizations of zone",
		cols("id", "name", "zone"), nil)
	if err != nil {
		return nil, err
	}
	names := make([]*state.Organization, 0, len(rows))
	for i := range rows {
		if rows[i].Zone.trimmed() == "" {
			return readOrganizations(ctx, c)
		}
		names = append(names, liveOf(c, &rows[i]))
	}
	return names, nil
}

// fillColumns makes up for a zone that lets no columns be chosen: without the licence nobody could
// tell which organizations live there. A row whose detail the zone refuses stays as it is.
func fillColumns(ctx context.Context, c caller, lives []*state.Organization) ([]*state.Organization, error) {
	var group spec.Group
	group.SetLimit(DefaultConcurrency)
	for i, live := range lives {
		group.Go(func() error {
			if detail, err := readOrganization(ctx, c, live.ID, false); err == nil {
				detail.ActiveScenarios = nil
				lives[i] = detail
			}
			return nil
		})
	}
	_ = group.Wait() // what cannot be read stays as it is
	if err := ctx.Err(); err != nil {
		return nil, (&call{doing: doingOrganizations, object: c.zone}).cancelled(err)
	}
	return lives, nil
}

func readOrganization(ctx context.Context, c caller, id int64, wait bool) (*state.Organization, error) {
	var reply struct {
		Organization *organizationRow `json:"organization"`
	}
	k := &call{
		method: http.MethodGet, path: ofOrganization(id, ""), organization: id, slow: wait,
		doing: "read organization", object: strconv.FormatInt(id, 10), scope: scopeOrganizationsRead,
		decode: decodeJSON(&reply),
	}
	if wait {
		k.query = url.Values{"wait": {"true"}}
	}
	if err := c.do(ctx, k); err != nil {
		return nil, err
	}
	row := reply.Organization
	switch {
	case row == nil, row.ID.known && row.ID.n != id:
		return nil, k.mismatch("it holds no organization with this id")
	case row.Deleted.on:
		return nil, &state.CallError{
			Doing: k.description(), Class: exit.ClassNotFound, Message: "the organization is deleted",
		}
	}
	row.ID = integer{id, true}
	return liveOf(c, row), nil
}

// decimal is the id as text; "" when it is not known.
func (i integer) decimal() string {
	if !i.known {
		return ""
	}
	return strconv.FormatInt(i.n, 10)
}
