package sandbox_test

import (
	"testing"

	"makesync/sync/sandbox"
)

func TestListHasFourColumns(t *testing.T) {
	t.Parallel()
	c := starter(t)
	a := c.get("/organizations")
	first := a.at("organizations", 0).(map[string]any)
	if len(first) != 4 || first["zone"] != "us1.make.com" || first["name"] != "Acme America" {
		t.Errorf("default columns: %v", first)
	}
	want(t, a, float64(10000), "pg", "limit")
}

// TestColumnsReplace holds the three spellings of cols[] to the same answer.
func TestColumnsReplace(t *testing.T) {
	t.Parallel()
	c := starter(t)
	for _, query := range []string{"cols[]=id&cols[]=license", "cols[0]=id&cols[1]=license", "cols=id&cols=license", "cols%5B%5D=license&cols%5B%5D=id"} {
		rows := c.get("/organizations?" + query).at("organizations").([]any)
		for _, row := range rows {
			r := row.(map[string]any)
			_, licensed := r["license"]
			if foreign := r["id"] == 21.0; licensed == foreign || len(r) > 2 {
				t.Errorf("%s: %v: a licence comes for organizations of the zone alone", query, r)
			}
		}
	}
	if a := c.get("/organizations?cols[]=*"); len(a.at("organizations", 1).(map[string]any)) != 13 {
		t.Errorf("cols[]=* gives %v", a.at("organizations", 1))
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	c := starter(t)
	a := c.get("/organizations?pg[limit]=2&pg[offset]=1&pg[sortDir]=desc&pg[returnTotalCount]=true")
	want(t, a, "Core Shop", "organizations", 0, "name")
	want(t, a, 5.0, "pg", "totalCount")
	if n := len(a.at("organizations").([]any)); n != 2 {
		t.Errorf("%d rows", n)
	}
	c.call(400, "GET", "/organizations?pg[limit]=x", "")
}

func TestDetailIsAsRecorded(t *testing.T) {
	t.Parallel()
	a := starter(t).get("/organizations/14")
	want(t, a, "0", "organization", "operations")
	want(t, a, "100000", "organization", "unusedCenticredits")
	if _, has := a.at("organization", "license").(map[string]any)["customVariables"]; has {
		t.Error("the licence of Free names customVariables; the key should be missing")
	}
}

func TestCreate(t *testing.T) {
	t.Parallel()
	c := starter(t)
	a := c.call(200, "POST", "/organizations", `{"name":"New One","regionId":2,"timezoneId":113,"countryId":4}`)
	want(t, a, "us1.make.com", "organization", "zone")
	want(t, a, "My Team", "organization", "teams", 0, "name")
	want(t, a, 11.0, "userOrganizationRole", "usersRoleId")
	a = c.call(400, "POST", "/organizations", `{"name":"x"}`)
	if n := len(a.at("suberrors").([]any)); n != 3 {
		t.Errorf("%d suberrors, want one for each missing field: %s", n, a.text)
	}
	for _, name := range []string{" x", "x ", "a?b", "", "a\u0000"} {
		c.call(400, "PATCH", "/organizations/11", `{"name":"`+name+`"}`)
	}
	c.call(200, "PATCH", "/organizations/11", `{"name":"Acme / Café (old), @home"}`)
	want(t, c.get("/organizations/11"), 113.0, "organization", "timezoneId")
}

func TestOnlyTheOwnerDeletes(t *testing.T) {
	t.Parallel()
	c := starter(t)
	want(t, c.call(403, "DELETE", "/organizations/12?confirmed=true", ""), "IM002", "code") // ops is its Admin
	want(t, c.call(406, "DELETE", "/organizations/11", ""), "IM004", "code")
	want(t, c.call(200, "DELETE", "/organizations/11?confirmed=true", ""), 11.0, "organization")
	want(t, c.call(200, "DELETE", "/organizations/13", ""), 13.0, "organization") // no active scenarios
	c.call(403, "GET", "/organizations/11", "")
}

func TestWrongZone(t *testing.T) {
	t.Parallel()
	c := starter(t)
	want(t, c.call(403, "GET", "/organizations/21", ""), "Permission denied", "message")
	want(t, c.at("us1").get("/organizations/21"), "us1.make.com", "organization", "zone")
}

func TestFreePlanRefusesTokens(t *testing.T) {
	t.Parallel()
	c := starter(t)
	a := c.call(403, "GET", "/organizations/14/variables", "")
	want(t, a, "Forbidden to use token authorization for this organization.", "detail")
	c.get("/organizations/14")
	c.get("/teams?organizationId=14")
	c.get("/users?organizationId=14")
	reads := starter(t, with("free-plan", "reads"))
	if n := len(reads.get("/organizations/14/variables").at("organizationVariables").([]any)); n != 5 {
		t.Errorf("%d variables, want the system ones", n)
	}
	reads.call(403, "POST", "/organizations/14/variables", `{}`)
}

func TestScopesAndTokens(t *testing.T) {
	t.Parallel()
	c := starter(t, func(s *sandbox.State) { s.Users[1].Scopes = []string{"organizations:read"} })
	want(t, c.as("00000000-0000-4000-8000-00000000000f").call(401, "GET", "/users/me", ""), "IM015", "code")
	j := c.as(jane)
	j.get("/organizations/11")
	want(t, j.call(403, "GET", "/organizations/11/variables", ""), "SC403", "code")
	want(t, j.get("/users/me/current-authorization"), "organizations:read", "authorization", "scope", 0)
	c.as("").get("/ping")
}

func TestReplicationLag(t *testing.T) {
	t.Parallel()
	const body = `{"name":"New One","regionId":1,"timezoneId":113,"countryId":4}`
	calls := starter(t, with("create-lag", "calls"))
	calls.call(200, "POST", "/organizations", body)
	for range 3 {
		calls.call(404, "GET", "/organizations/22", "")
	}
	calls.get("/organizations/22")
	wait := starter(t, with("create-lag", "wait"))
	wait.call(200, "POST", "/organizations", body)
	for range 5 {
		wait.call(404, "GET", "/teams?organizationId=22", "")
	}
	wait.get("/organizations/22?wait=true")
	wait.get("/teams?organizationId=22")
}

// TestNoColumnAtAll: cols[]= asks for nothing, so that the default columns come.
func TestNoColumnAtAll(t *testing.T) {
	t.Parallel()
	c := starter(t, with("unknown-cols", "refuse"))
	for _, query := range []string{"cols[]=", "cols=", "cols", "cols[0]=&cols[1]="} {
		if row := c.get("/organizations?"+query).at("organizations", 0).(map[string]any); len(row) != 4 {
			t.Errorf("%s: %v", query, row)
		}
	}
	if row := c.get("/organizations?cols[]=&cols[]=id").at("organizations", 0).(map[string]any); len(row) != 1 {
		t.Errorf("one column beside an empty one: %v", row)
	}
	c.call(400, "GET", "/organizations?cols[]=nope", "")
}

// TestHeadIsGetWithoutBody over the wire and in process.
func TestHeadIsGetWithoutBody(t *testing.T) {
	t.Parallel()
	c := starter(t)
	a := c.call(200, "HEAD", "/organizations/11", "")
	if a.text != "" || a.header.Get("x-ratelimit-limit") != "1000" {
		t.Errorf("%v %q", a.header, a.text)
	}
	c.call(403, "HEAD", "/organizations/77", "")
	c.call(404, "HEAD", "/organizations/11/invite", "")
	c.call(404, "PUT", "/organizations/11", "")
}
