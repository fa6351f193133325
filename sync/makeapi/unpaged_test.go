package makeapi

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"makesync/sync/exit"
	"makesync/sync/state"
)

// pagedAllTheSame answers lists that the API does not page as a zone that pages them.
type pagedAllTheSame struct {
	rows       int
	most       int  // its limit, also of what is asked for
	deaf       bool // to pg[offset]
	grows      bool // by what pg[limit] asks for, though it answers with its own limit first
	creeps     bool // by one row more each time
	shuffles   bool // another order each time
	withholds  bool // sends nothing beyond its first page, whatever it counts
	calls      int
	pg         string // with %d for limit, instead of the zone's own
	wantsPages bool   // whether it was asked for more than one
}

func (z *pagedAllTheSame) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	offset, _ := strconv.Atoi(r.URL.Query().Get("pg[offset]"))
	z.wantsPages = z.wantsPages || offset > 0
	if z.deaf {
		offset = 0
	}
	if limit, _ := strconv.Atoi(r.URL.Query().Get("pg[limit]")); z.grows && limit > 0 {
		z.most = limit
	}
	if z.creeps {
		z.most++
	}
	last := min(z.rows, offset+z.most)
	if z.calls++; z.withholds && offset > 0 {
		last = offset
	}
	path := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	if path == "users" { // which is paged anyway
		z = &pagedAllTheSame{rows: z.rows, most: 10000}
		last = z.rows
	}
	var rows []string
	for n := offset; n < last; n++ {
		i := n
		if z.shuffles {
			i = (n + z.calls) % z.rows
		}
		rows = append(rows, fmt.Sprintf(`{"name":"V%d","typeId":1,"value":%d,"userId":%d,"usersRoleId":13,"invitation":null,
			"organizationId":1,"id":%d,"enabled":true,"email":"u%d@acme.example"}`, i, i, i+1, i+1, i+1))
	}
	key := map[string]string{"variables": "organizationVariables", "user-organization-roles": "userOrganizationRoles",
		"feature-controls": "featureControls", "users": "users", "roles": "usersRoles"}[path]
	pg := `{"limit":` + strconv.Itoa(z.most) + `,"offset":` + strconv.Itoa(offset) + `}`
	if z.pg != "" {
		pg = fmt.Sprintf(z.pg, z.rows)
	}
	fmt.Fprintf(w, `{%q:[%s],"pg":%s}`, key, strings.Join(rows, ","), pg)
}

// TestUnpagedListsThatArePaged: what the API does not page may be paged all the same, and a part of
// it never looks like all.
func TestUnpagedListsThatArePaged(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		zone   pagedAllTheSame
		broken bool
		pages  bool
	}{
		"a short page":                 {zone: pagedAllTheSame{rows: 7, most: 10}},
		"the first page is full":       {zone: pagedAllTheSame{rows: 10, most: 10}, pages: true},
		"several pages":                {zone: pagedAllTheSame{rows: 25, most: 10}, pages: true},
		"the last page is full":        {zone: pagedAllTheSame{rows: 30, most: 10}, pages: true},
		"a count that is reached":      {zone: pagedAllTheSame{rows: 10, most: 10, pg: `{"limit":10,"totalCount":"%d"}`}},
		"a count beyond":               {zone: pagedAllTheSame{rows: 25, most: 10, pg: `{"totalCount":%d}`}, pages: true},
		"a limit that is its length":   {zone: pagedAllTheSame{rows: 10, most: 10, deaf: true, pg: `{"limit":%d}`}, pages: true},
		"no pages, and a count beyond": {zone: pagedAllTheSame{rows: 25, most: 10, deaf: true, pg: `{"totalCount":%d}`}, broken: true, pages: true},
		"a pg that says nothing":       {zone: pagedAllTheSame{rows: 10, most: 10, pg: `"%d"`}},
		"an empty list with a count":   {zone: pagedAllTheSame{rows: 0, most: 10, pg: `{"totalCount":3,"limit":0,"x":%d}`}, broken: true},
		"a limit alone is heard":       {zone: pagedAllTheSame{rows: 25, most: 10, deaf: true, grows: true}, pages: true},
		"one row more each time":       {zone: pagedAllTheSame{rows: 500, most: 10, deaf: true, creeps: true}, broken: true, pages: true},
		"a count, and nothing more":    {zone: pagedAllTheSame{rows: 25, most: 10, withholds: true, pg: `{"totalCount":%d}`}, broken: true, pages: true},
		"another order, and no pages":  {zone: pagedAllTheSame{rows: 10, most: 10, deaf: true, shuffles: true}, pages: true},
		"a part in another order":      {zone: pagedAllTheSame{rows: 25, most: 10, deaf: true, shuffles: true, pg: `{"limit":10,"totalCount":%d}`}, broken: true, pages: true},
	} {
		for kind, count := range map[string]func(*state.Organization) int{
			"variable":       func(o *state.Organization) int { return len(o.Variables) },
			"member":         func(o *state.Organization) int { return len(o.Members) },
			"featureControl": func(o *state.Organization) int { return len(o.FeatureControls) },
		} {
			if kind == "member" && test.zone.rows == 0 {
				continue // nobody is in no organization
			}
			zone := test.zone
			live := &state.Organization{}
			live.ID = 1
			err := readKind(client(t, zone.ServeHTTP, fewRetries), live, kind)
			switch {
			case zone.calls > 20:
				t.Errorf("%s, %s: %d calls for %d rows", name, kind, zone.calls, zone.rows)
			case test.broken != (err != nil):
				t.Errorf("%s, %s: %v", name, kind, err)
			case test.broken:
				if e := callError(t, err); e.Class != exit.ClassBroken {
					t.Errorf("%s, %s: class %v", name, kind, e.Class)
				}
			case count(live) != zone.rows, zone.wantsPages != test.pages:
				t.Errorf("%s, %s: %d of %d rows, pages %v", name, kind, count(live), zone.rows, zone.wantsPages)
			}
		}
	}
}

// TestLatestPaymentsAreAPart: who asks for a limit wants no more.
func TestLatestPaymentsAreAPart(t *testing.T) {
	t.Parallel()
	calls := 0
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		row := `{"id":"in_1","created":"2026-11-01T00:00:00.000Z","amount_total":"1.00"}`
		fmt.Fprintf(w, `{"payments":[%s],"pg":{"limit":50}}`, strings.TrimSuffix(strings.Repeat(row+",", 50), ","))
	})
	if rows, err := c.Payments(t.Context(), 11); err != nil || len(rows) != 50 || calls != 1 {
		t.Errorf("%d payments in %d calls, %v", len(rows), calls, err)
	}
}
