package makeapi

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"makesync/spec"
	"makesync/sync/state"
)

// TestRoleRow: one call for a row that is there; where the zone knows none, the list of rows decides.
func TestRoleRow(t *testing.T) {
	t.Parallel()
	const one, list = "GET /organizations/11/user-organization-roles/7", "GET /organizations/11/user-organization-roles"
	const row = `{"userId":7,"organizationId":11,"usersRoleId":13,"invitation":"pending"}`
	for name, c := range map[string]struct {
		one, list any
		want      string
		calls     int
	}{
		"there":               {`{"userOrganizationRole":` + row + `}`, nil, "&{7 13 pending}", 1},
		"not there":           {404, `{"userOrganizationRoles":[{"userId":1,"organizationId":11,"usersRoleId":11,"invitation":null}]}`, "<nil>", 2},
		"nobody is there":     {404, `{"userOrganizationRoles":[]}`, "error", 2},
		"in the list only":    {404, `{"userOrganizationRoles":[` + row + `]}`, "&{7 13 pending}", 2},
		"removed":             {`{"userOrganizationRole":{"userId":7,"organizationId":11,"usersRoleId":null,"invitation":null}}`, nil, "<nil>", 1},
		"no role is told":     {`{"userOrganizationRole":{"userId":7,"organizationId":11,"invitation":null}}`, nil, "error", 1},
		"another is removed":  {`{"userOrganizationRole":{"userId":8,"organizationId":11,"usersRoleId":null}}`, nil, "error", 1},
		"nothing":             {`{}`, nil, "error", 1},
		"of somebody else":    {`{"userOrganizationRole":{"userId":8,"organizationId":11,"usersRoleId":13}}`, nil, "error", 1},
		"refused":             {403, nil, "error", 1},
		"the list is refused": {404, 403, "error", 2},
	} {
		z := &zone{answers: map[string]any{one: c.one, list: c.list}}
		got, err := client(t, z.ServeHTTP).RoleRow(t.Context(), 11, 7)
		said := fmt.Sprint(got)
		if err != nil {
			said = "error"
		}
		asked := 0
		for _, r := range z.requests() {
			if r.path == apiRoot+one[4:] || r.path == apiRoot+list[4:] { // a 403 is looked into, too
				asked++
			}
		}
		if said != c.want || asked != c.calls {
			t.Errorf("%s: %s, %v after %d calls; want %s after %d", name, said, err, asked, c.want, c.calls)
		}
	}
}

// TestOrganizationNames: a narrow list, and the whole one where its rows do not say where they live.
func TestOrganizationNames(t *testing.T) {
	t.Parallel()
	z := &zone{answers: map[string]any{"GET /organizations": `{"organizations":[{"id":1,"name":"Acme","zone":"eu1.make.com"}],"pg":{"limit":10000}}`}}
	rows, err := client(t, z.ServeHTTP).OrganizationNames(t.Context())
	if err != nil || len(rows) != 1 || rows[0].Name != "Acme" || rows[0].Host != "eu1.make.com" {
		t.Errorf("%+v, %v", rows, err)
	}
	if asked := z.requests(); len(asked) != 1 || asked[0].query != "cols%5B%5D=id&cols%5B%5D=name&cols%5B%5D=zone&pg%5Blimit%5D=10000" {
		t.Errorf("asked %+v", asked)
	}
	z = &zone{answers: map[string]any{"GET /organizations": `{"organizations":[{"id":1,"name":"Acme","license":{}}],"pg":{"limit":10000}}`}}
	rows, err = client(t, z.ServeHTTP).OrganizationNames(t.Context())
	if err != nil || len(rows) != 1 || rows[0].License == nil || len(z.requests()) != 2 {
		t.Errorf("%+v, %v after %+v", rows, err, z.requests())
	}
}

// TestNothingIsAskedAfterA401: a zone that has refused the token once is left alone.
func TestNothingIsAskedAfterA401(t *testing.T) {
	t.Parallel()
	z := &zone{answers: map[string]any{"GET /organizations/11": http.StatusUnauthorized}}
	c := client(t, z.ServeHTTP)
	if c.Refused() != nil {
		t.Error("refused before the first call")
	}
	_, first := c.Organization(t.Context(), 11, false)
	_, read := c.Organizations(t.Context())
	_, wrote := c.WithSlot(nil).(*Client).Write(t.Context(), rename)
	if state.AsCallError(first).Status != http.StatusUnauthorized || errors.Is(first, state.ErrNotAsked) {
		t.Errorf("the first: %v", first)
	}
	for _, err := range []error{read, wrote} {
		if call := state.AsCallError(err); !errors.Is(err, state.ErrNotAsked) || call.Certainty != state.NotHappened || call.Hint != "" {
			t.Errorf("after it: %v", err)
		}
	}
	if len(z.requests()) != 1 || c.Refused() == nil {
		t.Errorf("asked %+v, refused %v", z.requests(), c.Refused())
	}
}

// TestPeopleBehindRoleRows: people who are in no list of users are looked for by permission, once, and only where somebody
// is missing; what that call cannot tell stays unreadable, and a zone that does not know the call is not asked again.
func TestPeopleBehindRoleRows(t *testing.T) {
	t.Parallel()
	const rows = `{"userOrganizationRoles":[{"userId":1,"usersRoleId":11},{"userId":7,"usersRoleId":13,"invitation":"pending"},{"userId":8,"usersRoleId":14}]}`
	for name, c := range map[string]struct {
		users   string
		holders any
		want    string
		asked   int
	}{
		"all are listed": {`{"id":1,"email":"a@x.example"},{"id":7,"email":"b@x.example"},{"id":8,"email":"c@x.example"}`, 500, "a@x.example b@x.example c@x.example 0", 0},
		"one is found": {`{"id":1,"email":"a@x.example"}`, `{"users":[{"id":1,"email":"evil@x.example"},{"id":7,"email":"B@x.example"},{"id":99,"email":"else@x.example"}]}`,
			"a@x.example b@x.example 1", 3},
		"refused":     {`{"id":1,"email":"a@x.example"}`, 403, "a@x.example 2", 3},
		"not known":   {`{"id":1,"email":"a@x.example"}`, 404, "a@x.example 2", 2},
		"other shape": {`{"id":1,"email":"a@x.example"}`, `{"users":{}}`, "a@x.example 2", 3},
	} {
		z := &zone{answers: map[string]any{
			"GET /organizations/11/user-organization-roles": rows, "GET /users": `{"users":[` + c.users + `],"pg":{"limit":10000}}`,
			"GET /users/by-permission": c.holders,
		}}
		reader := client(t, z.ServeHTTP, fewRetries)
		said := ""
		for range 3 {
			live := &state.Organization{}
			live.ID = 11
			if err := reader.Read(t.Context(), live, spec.KindMember); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			said = ""
			for _, m := range live.Members {
				said += m.Email + " "
			}
			said += fmt.Sprint(len(live.Unreadable))
		}
		asked := 0
		for _, r := range z.requests() {
			if r.path == apiRoot+"/users/by-permission" {
				asked++
			}
		}
		if said != c.want || asked != c.asked {
			t.Errorf("%s: %q after %d calls, want %q after %d", name, said, asked, c.want, c.asked)
		}
	}
}
