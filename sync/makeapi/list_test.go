package makeapi

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/sync/exit"
	"makesync/sync/state"
)

// paged answers /organizations out of ids as a zone with quirks does.
type paged struct {
	ids      []int
	most     int  // server's own limit; 0: obeys the client
	deaf     bool // ignores pg[offset]
	noPg     bool
	noLimit  bool
	text     bool // numbers as text
	total    int
	requests int
	before   func(request int) // changes ids before a request
}

func (z *paged) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	z.requests++
	if z.before != nil {
		z.before(z.requests)
	}
	offset, _ := strconv.Atoi(r.URL.Query().Get("pg[offset]"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("pg[limit]"))
	if z.most > 0 {
		limit = min(limit, z.most)
	}
	if z.deaf {
		offset = 0
	}
	ids := z.ids[min(offset, len(z.ids)):]
	ids = ids[:min(limit, len(ids))]
	var rows []string
	for _, id := range ids {
		if z.text {
			rows = append(rows, fmt.Sprintf(`{"id":"%d"}`, id))
		} else {
			rows = append(rows, fmt.Sprintf(`{"id":%d,"name":"n","odd":[{"x":1}]}`, id))
		}
	}
	pg := `,"pg":{"sortBy":"name","limit":` + strconv.Itoa(limit) + `,"offset":` + strconv.Itoa(offset)
	if z.noLimit {
		pg = `,"pg":{"sortBy":"name"`
	}
	if z.total > 0 {
		pg += `,"totalCount":"` + strconv.Itoa(z.total) + `"`
	}
	pg += "}"
	if z.noPg {
		pg = ""
	}
	io.WriteString(w, `{"x":null,"organizations":[`+strings.Join(rows, ",")+`]`+pg+`}`)
}

func upTo(n int) (ids []int) {
	for i := range n {
		ids = append(ids, i+1)
	}
	return ids
}

func TestListsAreReadToTheirProvenEnd(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		zone     paged
		rows     int // -1: an error
		requests int
	}{
		{"empty", paged{}, 0, 1},
		{"one page", paged{ids: upTo(9999)}, 9999, 1},
		{"a full page and nothing", paged{ids: upTo(10000)}, 10000, 2},
		{"a full page, counted", paged{ids: upTo(10000), total: 10000}, 10000, 1},
		{"two pages, counted", paged{ids: upTo(10001), total: 10001}, 10001, 2},
		{"two pages", paged{ids: upTo(10001)}, 10001, 2},
		{"numbers as text", paged{ids: upTo(20), text: true}, 20, 1},
		{"the server's own limit", paged{ids: upTo(250), most: 100}, 250, 3},
		{"the server's own limit, met", paged{ids: upTo(300), most: 100}, 300, 4},
		{"pages of two", paged{ids: upTo(7), most: 2}, 7, 7},
		{"pages of one", paged{ids: upTo(4), most: 1}, 4, 5},
		{"no pg, short", paged{ids: upTo(9), noPg: true}, 9, 1},
		{"no pg, whole", paged{ids: upTo(25), noPg: true}, 25, 2},
		{"no pg, cut at 10", paged{ids: upTo(25), noPg: true, most: 10}, 25, 4},
		{"no pg, deaf", paged{ids: upTo(25), noPg: true, deaf: true}, 25, 2},
		{"no limit in pg, cut", paged{ids: upTo(35), noLimit: true, most: 10}, 35, 5},
		{"deaf and cut", paged{ids: upTo(25), deaf: true, most: 10}, -1, 2},
		{"repeated rows", paged{ids: []int{1, 2, 2, 3, 1}}, 3, 1},
		{"total fits", paged{ids: upTo(5), total: 5}, 5, 1},
		{"total is larger", paged{ids: upTo(5), total: 6}, 5, 2},
		{"total of nothing", paged{total: 6}, -1, 1},
		{"total is larger, no limit in pg", paged{ids: upTo(5), total: 6, noLimit: true}, 5, 2},
		{"total is larger, deaf", paged{ids: upTo(5), total: 6, deaf: true}, -1, 2},
		{"total is larger, cut", paged{ids: upTo(25), total: 25, most: 10, noLimit: true}, 25, 3},
	} {
		c := client(t, test.zone.ServeHTTP)
		lives, err := c.Organizations(t.Context())
		if test.rows < 0 {
			if e := callError(t, err); e.Class != exit.ClassBroken || lives != nil {
				t.Errorf("%s: %d rows, %v", test.name, len(lives), err)
			}
		} else if err != nil || len(lives) != test.rows {
			t.Errorf("%s: %d rows, %v; want %d", test.name, len(lives), err, test.rows)
		}
		if test.zone.requests != test.requests {
			t.Errorf("%s: %d requests, want %d", test.name, test.zone.requests, test.requests)
		}
	}
}

// TestMovingListLosesNoRow: rows that go or come between two pages never hide another one.
func TestMovingListLosesNoRow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		z := &paged{ids: upTo(rapid.IntRange(1, 40).Draw(rt, "rows")), most: rapid.IntRange(1, 12).Draw(rt, "limit")}
		stable := map[int]bool{}
		for _, id := range z.ids {
			stable[id] = true
		}
		changes := rapid.IntRange(0, 4).Draw(rt, "changes")
		if z.most == 1 {
			changes = 0 // pages of one row leave no room for an overlap
		}
		change := func() {
			if changes == 0 || len(z.ids) == 0 {
				return
			}
			changes--
			at := rapid.IntRange(0, len(z.ids)-1).Draw(rt, "at")
			if rapid.Bool().Draw(rt, "goes") {
				delete(stable, z.ids[at])
				z.ids = slices.Delete(slices.Clone(z.ids), at, at+1)
			} else {
				z.ids = slices.Insert(slices.Clone(z.ids), at, 1000+changes)
			}
		}
		z.before = func(int) {
			for range rapid.IntRange(0, 3).Draw(rt, "now") {
				change()
			}
		}
		lives, err := client(t, z.ServeHTTP).Organizations(t.Context())
		if err != nil {
			return // an error is honest
		}
		for _, live := range lives {
			delete(stable, int(live.ID))
		}
		if len(stable) > 0 {
			rt.Fatalf("rows %v were there all the time and are missing", stable)
		}
	})
}

func TestAPartOfAListIsAnError(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		``, `null`, `[]`, `{}`, `"x"`, `{"organizations":{}}`, `{"organizations":"x"}`, `{"organizations":[{"id":1}]`,
		`{"organizations":[{"id":1},{"name":"n"}]}`, `{"organizations":[{"id":"x"}]}`, `{"organizations":[7]}`, `{"organizations":[`,
		`{"pg":{"limit":10}}`, `<html>`, `{"message":"odd"}`,
	} {
		lives, err := client(t, answers(200, body), fewRetries).Organizations(t.Context())
		if e := callError(t, err); e.Class != exit.ClassBroken || lives != nil {
			t.Errorf("%s: %v, %v", body, lives, e)
		}
		live := &state.Organization{}
		live.ID = 1
		for _, kind := range []string{"variable", "featureControl", "member"} {
			body := strings.ReplaceAll(body, "organizations", map[string]string{"variable": "organizationVariables",
				"featureControl": "featureControls", "member": "userOrganizationRoles"}[kind])
			if body == `{"organizationVariables":{}}` {
				continue // variables by name, none
			}
			if err := readKind(client(t, answers(200, body), fewRetries), live, kind); err == nil || live.Failed == nil {
				t.Errorf("%s: %s was read", kind, body)
			}
		}
		if live.Variables != nil || live.FeatureControls != nil || live.Members != nil {
			t.Errorf("%s left %+v", body, live)
		}
	}
}

// An empty list may be null, as some languages write it, and a list of one that one alone. That
// nobody is in an organization cannot be.
func TestListsInOtherForms(t *testing.T) {
	t.Parallel()
	read := func(kind, body string) (*state.Organization, error) {
		live := &state.Organization{}
		live.ID = 1
		err := readKind(client(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/users") {
				body = `{"users":{"id":7,"email":"jane@acme.example"}}`
			}
			io.WriteString(w, body)
		}, fewRetries), live, kind)
		return live, err
	}
	lives, err := client(t, answers(200, `{"organizations":null,"pg":null}`)).Organizations(t.Context())
	if err != nil || len(lives) != 0 {
		t.Errorf("organizations: %v, %v", lives, err)
	}
	lives, err = client(t, answers(200, `{"organizations":{"teams":null,"id":"5","name":"A\u00e9"}}`)).Organizations(t.Context())
	if err != nil || len(lives) != 1 || lives[0].ID != 5 || lives[0].Name != "Aé" {
		t.Errorf("organizations: %v, %v", lives, err)
	}
	lives, err = client(t, answers(200, "\ufeff"+`{"organizations":[{"id":5,"name":"\ufeffA"}]}`)).Organizations(t.Context())
	if err != nil || len(lives) != 1 || lives[0].Name != "\ufeffA" {
		t.Errorf("with a byte order mark: %v, %v", lives, err)
	}
	for _, body := range []string{`{"featureControls":null}`, `{"organizationVariables":null}`} {
		kind := map[bool]string{true: "variable", false: "featureControl"}[strings.Contains(body, "Variables")]
		if live, err := read(kind, body); err != nil || len(live.Variables)+len(live.FeatureControls) != 0 {
			t.Errorf("%s: %v", body, err)
		}
	}
	live, err := read("featureControl", `{"featureControls":{"id":3,"name":"Make AI Tools","enabled":true},"enableAllControlFeatures":false}`)
	if err != nil || len(live.FeatureControls) != 1 || !live.FeatureControls[0].Enabled {
		t.Errorf("%v, %v", live.FeatureControls, err)
	}
	live, err = read("member", `{"userOrganizationRoles":{"userId":7,"organizationId":1,"usersRoleId":11,"invitation":null}}`)
	if err != nil || len(live.Members) != 1 || live.OwnerID != 7 {
		t.Errorf("%v, %v", live.Members, err)
	}
	for _, nobody := range []string{`null`, `[]`, `[{"userId":7,"organizationId":2,"usersRoleId":11}]`} {
		if _, err := read("member", `{"userOrganizationRoles":`+nobody+`}`); callError(t, err).Class != exit.ClassBroken {
			t.Errorf("%s: %v", nobody, err)
		}
	}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	var asked []string
	zone := func(accepts func(cols []string) bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			cols := r.URL.Query()["cols[]"]
			if r.URL.Path != "/api/v2/organizations" {
				io.WriteString(w, `{"organization":{"id":5,"license":{"apiLimit":"60"},"countryId":9}}`)
				return
			}
			asked = append(asked, strings.Join(cols, ","))
			if !accepts(cols) {
				w.WriteHeader(400)
				io.WriteString(w, `{"code":"SC400","message":"unknown column"}`)
				return
			}
			io.WriteString(w, `{"organizations":[{"id":5}],"pg":{"limit":10000}}`)
		}
	}
	all := strings.Join(organizationColumns, ",")
	for name, test := range map[string]struct {
		accepts func([]string) bool
		asked   []string
		country string
	}{
		"every column":  {func([]string) bool { return true }, []string{all}, ""},
		"only the star": {func(cols []string) bool { return cols[0] == "*" }, []string{all, "*"}, ""},
		"no column":     {func(cols []string) bool { return cols == nil }, []string{all, "*", ""}, "9"},
	} {
		asked = nil
		c := client(t, zone(test.accepts))
		lives, err := c.Organizations(t.Context())
		if err != nil || len(lives) != 1 || lives[0].Country != test.country || !slices.Equal(asked, test.asked) {
			t.Errorf("%s: %+v, %v after %q", name, lives, err, asked)
		}
	}
}
