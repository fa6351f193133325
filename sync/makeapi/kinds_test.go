package makeapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/state"
)

func readKind(c *Client, live *state.Organization, kind string) error {
	return c.Read(context.Background(), live, spec.Kind(kind))
}

func TestOrganizationRows(t *testing.T) {
	t.Parallel()
	// The row is a recorded reply of eu1 (July 2026), shortened, and rows that know less.
	const body = `{"organizations":[
	 {"id":11,"name":" Acme\u00e9 ","timezoneId":113,"zone":"eu1.make.com","countryId":202,"isPaused":false,"tfaEnforced":false,
	  "license":{"apiLimit":30,"operations":1000,"restartPeriod":"1 month","apps":["a"]},"teams":[{"id":1,"name":"My Team"}],
	  "operations":"12","externalId":null,"features":{}},
	 {"id":"12"},
	 {"id":13.0,"name":null,"license":null,"teams":null,"tfaEnforced":null,"isPaused":"false","countryId":null},
	 {"id":14,"license":[],"teams":"?","zone":7},
	 {"id":15,"deleted":true}],"pg":{"limit":10000,"offset":0}}`
	c := client(t, answers(200, body))
	lives, err := c.Organizations(t.Context())
	if err != nil || len(lives) != 4 {
		t.Fatalf("%v, %v", lives, err)
	}
	first := lives[0]
	if first.Name != " Acmeé " || first.Country != "202" || first.Timezone != "113" || first.Host != "eu1.make.com" ||
		*first.Paused || *first.TFAEnforced || first.License["apiLimit"] != 30.0 || first.Teams[0].Name != "My Team" || first.Region != "" {
		t.Errorf("%+v", first)
	}
	for _, live := range lives[1:] {
		if live.TFAEnforced != nil || live.License != nil || live.Teams != nil || live.Country != "" || live.ActiveScenarios != nil {
			t.Errorf("absent became something: %+v", live)
		}
	}
	if c.windows.of(11).limit() != 30 || c.windows.of(12).limit() != 0 {
		t.Error("the limit of the licence is not used")
	}
}

func TestDetail(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]exit.Class{
		`{"organization":{"id":11,"name":"A","activeScenarios":3,"license":{}}}`: "",
		`{"organization":{"name":"A","activeScenarios":"3"}}`:                    "",
		`{"organization":{"id":12}}`:                                             exit.ClassBroken,
		`{"organization":null}`:                                                  exit.ClassBroken,
		`{}`:                                                                     exit.ClassBroken,
		`{"organization":{"id":11,"deleted":true}}`:                              exit.ClassNotFound,
	} {
		z := &zone{answers: map[string]any{"GET /organizations/11": body}}
		live, err := client(t, z.ServeHTTP, fewRetries).Organization(t.Context(), 11, true)
		switch {
		case want != "":
			if e := callError(t, err); e.Class != want {
				t.Errorf("%s: %v", body, e)
			}
		case err != nil || live.ID != 11 || *live.ActiveScenarios != 3:
			t.Errorf("%s: %+v, %v", body, live, err)
		}
		if z.requests()[0].query != "wait=true" {
			t.Errorf("asked %+v", z.requests())
		}
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	type row = struct {
		name, value string
		kind        spec.VariableType
		system, odd bool
	}
	for name, test := range map[string]struct {
		body string
		want []row
	}{
		"array": {`{"organizationVariables":[
			{"typeId":2,"name":"S","value":"x\u0041","isSystem":false},{"typeId":1,"name":"N","value":"5.0","isSystem":false},
			{"typeId":"1","name":"M","value":5},{"typeId":3,"name":"B","value":"TRUE","isSystem":0},
			{"typeId":4,"name":"D","value":"2026-11-20T01:00:00+01:00"},{"typeId":2,"name":"sys","value":"e","isSystem":true},
			{"typeId":1,"name":"N","value":"5.0","isSystem":false}]}`, []row{
			{"B", "true", 3, false, false}, {"D", "2026-11-20T00:00:00.000Z", 4, false, false}, {"M", "5", 1, false, false},
			{"N", "5", 1, false, false}, {"S", "xA", 2, false, false}, {"sys", "e", 2, true, false}}},
		"odd": {`{"organizationVariables":[
			{"typeId":1,"name":"a","value":"five"},{"typeId":2,"name":"b","value":{"k":1}},{"typeId":2,"name":"c","value":[1]},
			{"typeId":2,"name":"d","value":null},{"typeId":2,"name":"e"},{"typeId":9,"name":"f","value":"x"},{"name":"g","value":true},
			{"typeId":3,"name":"h","value":7},{"typeId":{},"name":"i","value":""}]}`, []row{
			{"a", "five", 1, false, true}, {"b", `{"k":1}`, 2, false, true}, {"c", "[1]", 2, false, true}, {"d", "", 2, false, true},
			{"e", "", 2, false, true}, {"f", "x", 0, false, true}, {"g", "true", 0, false, true}, {"h", "7", 3, false, true}, {"i", "", 0, false, true}}},
		"spelled otherwise": {`{"organizationVariables":[{"typeId":2,"name":"a","value":7.0},{"typeId":2,"name":"b","value":true},{"typeId":3,"name":"c","value":1},{"typeId":3,"name":"d","value":0}]}`,
			[]row{{"a", "7.0", 2, false, false}, {"b", "true", 2, false, false}, {"c", "true", 3, false, false}, {"d", "false", 3, false, false}}},
		"dates": {`{"organizationVariables":[{"typeId":4,"name":"a","value":"2026-11-20T08:00:00.5"},{"typeId":4,"name":"b","value":"2026-11-20 08:00:00"},
			{"typeId":4,"name":"c","value":1795161600500},{"typeId":4,"name":"d","value":"1795161600500"},{"typeId":4,"name":"e","value":"2026-11-20 08:00:00.500Z"},
			{"typeId":4,"name":"f","value":"2026-11-20T08:00"},{"typeId":4,"name":"g","value":"20261120"},{"typeId":4,"name":"h","value":9223372036854775807},
			{"typeId":4,"name":"i","value":true},{"typeId":2,"name":"j","value":"2026-11-20 08:00:00"},{"typeId":4,"name":"k","value":"2026-11-20 25:00:00"}]}`, []row{
			{"a", "2026-11-20T08:00:00.500Z", 4, false, false}, {"b", "2026-11-20T08:00:00.000Z", 4, false, false},
			{"c", "2026-11-20T08:00:00.500Z", 4, false, false}, {"d", "2026-11-20T08:00:00.500Z", 4, false, false},
			{"e", "2026-11-20T08:00:00.500Z", 4, false, false}, {"f", "2026-11-20T08:00:00.000Z", 4, false, false},
			{"g", "20261120", 4, false, true}, {"h", "292278994-08-17T07:12:55.807Z", 4, false, true},
			{"i", "true", 4, false, true}, {"j", "2026-11-20 08:00:00", 2, false, false}, {"k", "2026-11-20 25:00:00", 4, false, true}}},
		"by name":  {`{"organizationVariables":{"Z":{"typeId":2,"value":"1"},"A":{"typeId":1,"name":"A","value":1}}}`, []row{{"A", "1", 1, false, false}, {"Z", "1", 2, false, false}}},
		"just one": {`{"organizationVariables":{"typeId":2,"name":"A","value":"1","isSystem":false}}`, []row{{"A", "1", 2, false, false}}},
		"none":     {`{"organizationVariables":[],"pg":null}`, []row{}},
	} {
		live := &state.Organization{}
		live.ID = 1
		if err := readKind(client(t, answers(200, test.body), fewRetries), live, "variable"); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := []row{}
		for _, v := range live.Variables {
			got = append(got, row{v.Name, v.Value.Reveal(), v.Type, v.System, v.Invalid != ""})
			if !v.Value.IsSensitive() || v.Value.Reveal() != "" && strings.Contains(v.Invalid, v.Value.Reveal()+" ") {
				t.Errorf("%s: %s shows its value", name, v.Name)
			}
		}
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(row{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestWhatThePlanLacks is waiting, not a failure.
func TestWhatThePlanLacks(t *testing.T) {
	t.Parallel()
	const free = `{"message":"Permission denied","code":"SC403","detail":"Forbidden to use token authorization for this organization."}`
	const onlySystem = `{"organizationVariables":[{"typeId":2,"name":"org","value":"x","isSystem":true}]}`
	with := state.License{"customVariables": true}
	for _, test := range []struct {
		name    string
		kind    string
		answer  http.HandlerFunc
		licence state.License
		lacks   bool
		class   exit.Class
	}{
		{"Free plan", "variable", answers(403, free), nil, true, ""},
		{"Free plan, controls", "featureControl", answers(403, free), with, true, ""},
		{"Free plan, members", "member", answers(403, free), nil, true, ""},
		{"402", "featureControl", answers(402, "{}"), nil, true, ""},
		{"404 of variables", "variable", answers(404, "{}"), state.License{}, true, ""},
		{"404 although licensed", "variable", answers(404, "{}"), with, false, exit.ClassNotFound},
		{"404 of controls", "featureControl", answers(404, "{}"), nil, false, exit.ClassNotFound},
		{"403", "variable", answers(403, `{"message":"Permission denied","code":"SC403","detail":"Access denied."}`), nil, false, exit.ClassForbidden},
		{"only system, licence lacks it", "variable", answers(200, onlySystem), state.License{"apiLimit": 30.0}, true, ""},
		{"only system, licence unknown", "variable", answers(200, onlySystem), nil, false, ""},
		{"only system, licensed", "variable", answers(200, onlySystem), with, false, ""},
	} {
		live := &state.Organization{License: test.licence}
		live.ID = 1
		err := readKind(client(t, test.answer, fewRetries), live, test.kind)
		kind := spec.Kind(test.kind)
		if (live.Lacks[kind] != "") != test.lacks || (err == nil) != (test.class == "") || (live.Failed[kind] != nil) != (err != nil) {
			t.Errorf("%s: lacks %q, failed %v, %v", test.name, live.Lacks[kind], live.Failed[kind], err)
		}
		if err != nil && callError(t, err).Class != test.class {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestControls(t *testing.T) {
	t.Parallel()
	const body = `{"enableAllControlFeatures":false,"featureControls":[
		{"id":9,"name":"Make AI Tools","label":{"en":"x"},"tags":[],"warning_message":{},"enabled":true},{"id":"3","name":"Agents","enabled":0},{"id":9,"name":"Make AI Tools","enabled":true}]}`
	live := &state.Organization{}
	live.ID = 1
	if err := readKind(client(t, answers(200, body)), live, "featureControl"); err != nil {
		t.Fatal(err)
	}
	want := []spec.FeatureControl{{Name: "Agents", ID: 3}, {Name: "Make AI Tools", ID: 9, Enabled: true}}
	if diff := cmp.Diff(want, live.FeatureControls); diff != "" {
		t.Error(diff)
	}
	if err := readKind(client(t, answers(200, `{"featureControls":[{"id":1,"name":"x"}]}`), fewRetries), live, "featureControl"); err == nil {
		t.Error("a control that does not say whether it is on was taken for one that is off")
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	z := &zone{answers: map[string]any{
		"GET /organizations/11/user-organization-roles": `{"userOrganizationRoles":[
			{"userId":1,"organizationId":11,"usersRoleId":11,"invitation":null},{"userId":"2","usersRoleId":"13","invitation":"pending"},
			{"userId":3,"organizationId":11,"userRoleId":12},{"userId":4,"organizationId":11,"usersRoleId":13,"invitation":"Expired"},
			{"userId":5,"organizationId":11,"usersRoleId":13,"invitation":{"a":1}},{"userId":6,"organizationId":11,"usersRoleId":13,"invitation":"pending"},
			{"userId":9,"organizationId":99,"usersRoleId":11,"invitation":null},{"userId":7,"organizationId":11,"usersRoleId":13,"invitation":""},
			{"userId":3,"organizationId":11,"usersRoleId":12,"invitation":"pending"}]}`,
		"GET /users": `{"users":[{"id":1,"name":"Jane","email":"Jane@Acme.Example "},{"id":"2","name":"Bob","email":"bob@acme.example"},
			{"id":3,"name":null,"email":"carl@acme.example"},{"id":4,"email":"dan@acme.example"},{"id":5,"email":"eve@acme.example"},{"id":7,"email":null},{"id":8,"email":"nobody@acme.example"}],
			"membershipPromises":[{"id":1,"legacyUserId":6,"organizationRoleId":13,"legacyEmail":"Fay@acme.example","legacyName":"Fay"},
			 {"id":2,"legacyUserId":null,"organizationRoleId":12,"legacyEmail":"gus@acme.example"}],"pg":{"limit":10000}}`,
	}}
	live := &state.Organization{}
	live.ID = 11
	if err := readKind(client(t, z.ServeHTTP), live, "member"); err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, m := range live.Members {
		got = append(got, fmt.Sprintf("%s %d %s %q", m.Email, m.UserID, m.Role, m.Invitation))
	}
	want := []string{
		`bob@acme.example 2 13 "pending"`, `carl@acme.example 3 12 ""`, `dan@acme.example 4 13 "expired"`,
		`eve@acme.example 5 13 "{\"a\":1}"`, `fay@acme.example 6 13 "pending"`, `gus@acme.example 0 12 "pending"`, `jane@acme.example 1 11 ""`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if live.OwnerID != 1 || len(live.Unreadable) != 1 || live.Unreadable[0].UserID != 7 {
		t.Errorf("owner %d, unreadable %+v", live.OwnerID, live.Unreadable)
	}
	if q := z.requests()[1].query; !strings.Contains(q, "pg%5Blimit%5D=10000") || !strings.Contains(q, "organizationId=11") || !strings.Contains(q, "cols%5B%5D=id") {
		t.Errorf("users were asked with %s", q)
	}
	if q := z.requests()[0].query; q != "" {
		t.Errorf("role rows were asked with %s", q)
	}
}

// TestOtherRoleNumbers: in a zone with other ids the Owner is known by the name of the role; where
// the ids are the published ones nothing more is asked.
func TestOtherRoleNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		roles, rows string
		owner       int64
		want        state.AdminRoles
		calls       int
	}{
		{`[{"id":21,"name":"OWNER"},{"id":"22","name":"Admin"}]`, `[{"userId":1,"usersRoleId":21},{"userId":2,"usersRoleId":22}]`, 1, state.AdminRoles{Owner: 21, Admin: 22}, 3},
		{`[{"id":1,"name":"Inhaber","identifier":"owner"}]`, `[{"userId":1,"usersRoleId":1}]`, 1, state.AdminRoles{Owner: 1}, 3},
		{`[{"id":21,"name":"Owner"},{"id":31,"name":"owner"}]`, `[{"userId":1,"usersRoleId":21}]`, 0, state.AdminRoles{}, 4},
		{`[{"id":21,"name":"Owner"}]`, `[{"userId":1,"usersRoleId":11}]`, 1, state.AdminRoles{}, 2},
		{`{}`, `[{"userId":1,"usersRoleId":21}]`, 0, state.AdminRoles{}, 0},
	} {
		z := &zone{answers: map[string]any{
			"GET /organizations/11/user-organization-roles": `{"userOrganizationRoles":` + c.rows + `}`,
			"GET /users":       `{"users":[{"id":1,"email":"a@b.example"},{"id":2,"email":"c@b.example"}],"pg":{"limit":10000}}`,
			"GET /users/roles": `{"usersRoles":` + c.roles + `}`,
		}}
		live := &state.Organization{}
		live.ID = 11
		if err := readKind(client(t, z.ServeHTTP, fewRetries), live, "member"); err != nil {
			t.Fatal(c.roles, err)
		}
		if calls := len(z.requests()); live.OwnerID != c.owner || live.AdminRoles != c.want || c.calls != 0 && calls != c.calls {
			t.Errorf("%s %s: owner %d, roles %+v, %d calls", c.roles, c.rows, live.OwnerID, live.AdminRoles, calls)
		}
	}
}

func TestFindUser(t *testing.T) {
	t.Parallel()
	z := &zone{answers: map[string]any{"GET /users": `{"users":[{"id":1,"email":"xjane@acme.example"},{"id":2,"email":"JANE@acme.example"}],"pg":{"limit":10000}}`}}
	c := client(t, z.ServeHTTP)
	id, err := c.FindUser(t.Context(), 11, "Jane@acme.example")
	other, err2 := c.FindUser(t.Context(), 11, "jane+x@acme.example")
	if id != 2 || other != 0 || err != nil || err2 != nil || !strings.Contains(z.requests()[1].query, "email=jane%2Bx%40acme.example") {
		t.Errorf("%d %v, %d %v, %+v", id, err, other, err2, z.requests())
	}
}

// TestMemberships: those that the token's user has accepted, by whatever form of a number.
func TestMemberships(t *testing.T) {
	t.Parallel()
	z := &zone{answers: map[string]any{
		"GET /users/me": `{"authUser":{"id":7,"email":"ops@acme.example"}}`,
		"GET /users/7/user-organization-roles": `{"userOrganizationRoles":[{"userId":7,"organizationId":11,"usersRoleId":11,"invitation":null},
			{"userId":7,"organizationId":"12","usersRoleId":12},{"userId":7,"organizationId":13,"invitation":"pending"},{"userId":7}]}`,
	}}
	if ids, err := client(t, z.ServeHTTP).Memberships(t.Context()); err != nil || fmt.Sprint(ids) != "[11 12]" {
		t.Errorf("%v %v", ids, err)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	z := &zone{answers: map[string]any{
		"GET /enums/imt-regions": `{"imtRegions":[{"id":1,"name":"EU"},{"id":2,"name":"US"}]}`,
		"GET /enums/countries":   `{"countries":[{"id":202,"name":"Czechia","code":"CZE","code2":"CZ"}]}`,
		"GET /enums/timezones":   `{"timezones":[{"id":113,"name":"Prague","code":"Europe/Prague","offset":"+01:00"},{"name":"lost"}]}`,
		"GET /users/roles":       `{"usersRoles":[{"id":11,"name":"Owner","identifier":"owner","category":"organization"},{"id":1,"name":"Team Admin","category":"team"},{"id":12,"name":"Admin"}]}`,
		"GET /teams":             `{"teams":[{"id":5,"name":"Ops","organizationId":11}],"pg":{"limit":10000}}`,
	}}
	c := client(t, z.ServeHTTP)
	for range 2 {
		for list, want := range map[state.List]state.Name{
			state.Regions: {ID: 1, Name: "EU"}, state.Countries: {ID: 202, Name: "Czechia", Code: "CZE", Code2: "CZ"},
			state.Timezones: {ID: 113, Name: "Prague", Code: "Europe/Prague"}, state.Roles: {ID: 11, Name: "Owner", Code: "owner"},
			state.Teams: {ID: 5, Name: "Ops"},
		} {
			organization := int64(0)
			if list == state.Teams {
				organization = 11
			}
			names, err := c.Names(t.Context(), list, organization)
			if err != nil || len(names) == 0 || names[0] != want {
				t.Errorf("%s: %+v, %v", list, names, err)
			}
			if list == state.Roles && len(names) != 2 {
				t.Errorf("roles: %+v", names)
			}
		}
	}
	if n := len(z.requests()); n != 5 {
		t.Errorf("%d requests for 5 lists", n)
	}
	if _, err := c.Names(t.Context(), state.Teams, 0); err == nil {
		t.Error("teams of no organization")
	}
}

// A country's three-letter code has had two names.
func TestCodesOfCountries(t *testing.T) {
	t.Parallel()
	for _, row := range []string{
		`{"id":202,"name":"Czechia","code":"CZE","code2":"CZ"}`,
		`{"id":202,"name":"Czechia","code1":"CZE","code2":"CZ"}`,
		`{"id":202,"name":"Czechia","code":null,"code1":"CZE","code2":"CZ"}`,
	} {
		z := &zone{answers: map[string]any{"GET /enums/countries": `{"countries":[` + row + `]}`}}
		names, err := client(t, z.ServeHTTP).Names(t.Context(), state.Countries, 0)
		for _, name := range []string{"CZE", "cz", "czechia", "202"} {
			if found := state.MatchNames(names, name); err != nil || len(found) != 1 || found[0].ID != 202 {
				t.Errorf("%s: %s is %+v, %v", row, name, found, err)
			}
		}
	}
}

func TestMe(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			w.WriteHeader(400)
			return
		}
		json.NewEncoder(w).Encode(map[string]any{"authUser": map[string]any{"id": 1, "email": "a@B.c"}})
	}
	me, err := client(t, handler).Me(t.Context())
	if err != nil || me.ID != 1 || me.Email != "a@b.c" || me.TwoFactor != nil {
		t.Errorf("%+v, %v", me, err)
	}
	_, err = client(t, answers(401, `{"code":"IM015","message":"Unauthorized"}`)).Me(t.Context())
	if e := callError(t, err); e.Class != exit.ClassRefused || e.Code != "IM015" || !strings.Contains(e.Hint, "token") {
		t.Errorf("%+v", e)
	}
}

func TestHistoryAndInvitation(t *testing.T) {
	t.Parallel()
	z := &zone{answers: map[string]any{
		"GET /organizations/1/variables/%24A/history": `{"organizationVariableHistory":[
			{"id":2,"diffObject":{"name":"$A","value":"new","typeId":2},"changed":"2026-11-20","action":"organization_variable_edited","author":"Jane"},
			{"id":1,"diffObject":{"value":5,"timestamp":"2026-11-01","author":"Bob"}},{"diffObject":"?"},
			{"id":3,"diffObject":{"old":{"value":"was","typeId":2},"new":{"value":7,"typeId":1}},"author":"Eve"},{"id":4,"diffObject":{"new":"?","value":8}}]}`,
		"GET /organizations/invitation": `{"organization":{"id":11,"name":"Acme"},"user":{"id":3,"name":"Jane","email":"J@a.b"},"userOrganizationRole":{"userId":3,"usersRoleId":13,"invitation":"pending"}}`,
	}}
	c := client(t, z.ServeHTTP)
	changes, err := c.History(t.Context(), 1, "$A")
	if err != nil || len(changes) != 5 || changes[0].Author != "Jane" || changes[1].When != "2026-11-01" || changes[1].Author != "Bob" ||
		changes[0].Value.Reveal() != "new" || changes[0].Value.String() == "new" ||
		changes[3].Value.Reveal() != "7" || changes[4].Value.Reveal() != "8" {
		t.Errorf("%+v, %v", changes, err)
	}
	invitation, err := c.Invitation(t.Context(), "h")
	if err != nil || invitation.Organization.Name != "Acme" || invitation.State != "pending" || invitation.User.Email != "j@a.b" || invitation.RoleID != 13 {
		t.Errorf("%+v, %v", invitation, err)
	}
}

// A zone tells of the token's user by tfaEnabled, by tfaStatus, by both, or by neither.
func TestOwnSecondFactor(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]string{
		`"tfaEnabled":true`:                   "true",
		`"tfaEnabled":false`:                  "false",
		`"tfaStatus":0`:                       "false",
		`"tfaStatus":1`:                       "true",
		`"tfaStatus":"2"`:                     "true",
		`"tfaStatus":3`:                       "unknown",
		`"tfaStatus":null`:                    "unknown",
		`"tfaStatus":null,"tfaEnabled":true`:  "true",
		`"tfaStatus":null,"tfaEnabled":false`: "false",
		`"tfaStatus":2,"tfaEnabled":false`:    "true",
		`"tfaStatus":0,"tfaEnabled":true`:     "true",
		`"tfaEnabled":null`:                   "unknown",
		`"name":"Ops"`:                        "unknown",
	} {
		reply := `{"authUser":{"id":5,"email":"ops@acme.example",` + keys + `}}`
		me, err := client(t, (&zone{answers: map[string]any{"GET /users/me": reply}}).ServeHTTP).Me(t.Context())
		got := "unknown"
		if me.TwoFactor != nil {
			got = strconv.FormatBool(*me.TwoFactor)
		}
		if err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", keys, got, err, want)
		}
	}
}
