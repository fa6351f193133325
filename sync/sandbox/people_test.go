package sandbox_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"makesync/sync/sandbox"
)

// TestFormsOfRemovals: each of the three empty bodies can be the one that is taken, and the reply
// tells by a role of null that somebody has gone.
func TestFormsOfRemovals(t *testing.T) {
	t.Parallel()
	bodies := map[string]string{"none": "", "object": "{}", "string": `""`}
	for _, only := range []string{"any", "none", "object", "string"} {
		for form, body := range bodies {
			c, status := starter(t, with("removal-body", only)), 400
			if only == "any" || only == form {
				status = 200
			}
			c.call(status, "POST", "/users/3/user-organization-roles/11", body)
			if gone := c.member(11, "bob@acme.example") == nil; gone != (status == 200) {
				t.Errorf("removal by %s where %s removes: gone %v", form, only, gone)
			}
		}
	}
	c := starter(t, with("removal-reply", "role"), with("removal-confirmed", "yes"))
	want(t, c.call(406, "POST", "/users/3/user-organization-roles/11", "{}"), "IM004", "code")
	want(t, c.call(200, "POST", "/users/3/user-organization-roles/11?confirmed=true", "{}"), 13.0, "userOrganizationRole", "usersRoleId")
	if a := starter(t).call(200, "POST", "/users/3/user-organization-roles/11", "{}"); !strings.Contains(a.text, `"usersRoleId":null`) {
		t.Errorf("removed: %s", a.text)
	}
}

func TestUnconfirmedDeletes(t *testing.T) {
	t.Parallel()
	a := starter(t).call(406, "DELETE", "/organizations/11", "")
	want(t, a, 406.0, "status")
	want(t, a, "scenarios", "metadata", 0, "type")
	want(t, a, "Scenario 2 of Acme Automation", "metadata", 0, "data", 1, "scenarioName")
	a = starter(t, with("delete-metadata", "other")).call(406, "DELETE", "/organizations/11", "")
	want(t, a, 12.0, "metadata", 0, "data", 0, "count")
	if a := starter(t, with("delete-metadata", "none")).call(406, "DELETE", "/organizations/11", ""); strings.Contains(a.text, "metadata") {
		t.Errorf("without metadata: %s", a.text)
	}
	for value, status := range map[string]int{"406": 406, "400": 400, "403": 403} {
		starter(t, with("unconfirmed-delete", value)).call(status, "DELETE", "/teams/102", "")
		starter(t, with("unconfirmed-delete", value)).call(status, "DELETE", "/organizations/11", "")
	}
}

// TestTFAStatus has somebody of each kind.
func TestTFAStatus(t *testing.T) {
	t.Parallel()
	people := func(s *sandbox.State) { s.Users[3].SSO = true }
	c := starter(t, people)
	status := func(c client, organization int) string {
		var list []string
		for _, u := range c.get(fmt.Sprintf("/users?organizationId=%d&pg[sortBy]=id&pg[sortDir]=asc", organization)).at("users").([]any) {
			word := "absent"
			if v, has := u.(map[string]any)["tfaStatus"]; has {
				word = fmt.Sprint(v)
			}
			list = append(list, word)
		}
		return strings.Join(list, " ")
	}
	c.call(200, "POST", "/organizations/11/invite", `{"email":"gil@acme.example","name":"Gil"}`)
	for _, row := range []struct {
		c            client
		organization int
		want         string
	}{
		{c, 11, "1 1 0 2 0 0 <nil>"},
		{c, 12, "1 1 0"},
		{starter(t, people, with("tfa-status", "null")), 12, "<nil> <nil> <nil>"},
		{starter(t, people, with("tfa-status", "absent")), 12, "absent absent absent"},
		{starter(t, people, with("tfa-status", "absent")), 11, "1 1 0 2 0 0"},
	} {
		if got := status(row.c, row.organization); got != row.want {
			t.Errorf("organization %d: %s, want %s", row.organization, got, row.want)
		}
	}
	want(t, c.get("/users?organizationId=11&tfaStatus=2"), "carl@acme.example", "users", 0, "email")
	c.call(400, "GET", "/users?organizationId=11&tfaStatus=3", "")
	starter(t, with("tfa-filter", "refuse")).call(400, "GET", "/users?organizationId=12&tfaStatus=0", "")
	if n := len(c.get("/users?organizationId=11&filterByTeamId=0&pg[limit]=50").at("users").([]any)); n != 7 {
		t.Errorf("%d people without a team", n)
	}
}

func TestByPermission(t *testing.T) {
	t.Parallel()
	guests := func(s *sandbox.State) {
		s.Zones[0].Organizations[0].Members[2].Role = sandbox.Ref{Name: "Guest"}
		s.Users[2].Token = "00000000-0000-4000-8000-000000000003"
	}
	const path = "/users/by-permission?type=organization&organizationId=11&permission="
	count := func(a answer) int { return len(a.at("users").([]any)) }
	c := starter(t, guests)
	if n := count(c.get(path + "organization+users+view")); n != 5 {
		t.Errorf("%d people, want all but the Guest", n)
	}
	if n := count(starter(t, guests, with("permission-guests", "yes")).get(path + "organization+users+view")); n != 6 {
		t.Errorf("%d people, want all", n)
	}
	if n := count(c.get(path + "payments+get")); n != 3 {
		t.Errorf("%d people see payments", n)
	}
	if n := count(c.get(path + "payment+edit")); n != 2 {
		t.Errorf("%d people pay", n)
	}
	a := c.get(path + "organization+users+view&cols[]=email&cols[]=invitationStatus")
	want(t, a, "pending", "users", 3, "invitationStatus")
	want(t, a, "expired", "users", 4, "invitationStatus")
	for _, query := range []string{"", "?type=organization&organizationId=11", "?type=organization&permission=x", "?type=company&organizationId=11&permission=team+view"} {
		c.call(400, "GET", "/users/by-permission"+query, "")
	}
	c.call(400, "GET", path+"fly", "")
	want(t, c.as("00000000-0000-4000-8000-000000000003").call(403, "GET", path+"organization+users+view", ""), "IM002", "code")
	c.call(200, "POST", "/organizations/11/invite", `{"email":"gil@acme.example","name":"Gil","teamsId":[102]}`)
	if n := count(c.get("/users/by-permission?type=company&teamId=102&permission=scenario+view")); n != 1 {
		t.Errorf("%d people in the team", n)
	}
}

// TestOwnInvitations: the user's own token reads what it takes to accept, in every zone, and what
// has expired is no longer worth anything.
func TestOwnInvitations(t *testing.T) {
	t.Parallel()
	const path = "/users/me/organization-invitations"
	invite := func(c client) client {
		c.at("us1").call(200, "POST", "/organizations/21/invite", `{"email":"Jane@acme.example","name":"Jane","usersRoleId":12}`)
		return c.as(jane)
	}
	c := invite(starter(t))
	row := c.get(path)
	want(t, row, "us1.make.com", "userOrganizationInvitations", 0, "zone")
	hash := row.at("userOrganizationInvitations", 0, "hash").(string)
	c.call(200, "POST", "/organizations/accept-invitation", `{"hash":"`+hash+`"}`)
	if a := c.get(path); a.text != `{"userOrganizationInvitations":[]}` {
		t.Errorf("after accepting: %s", a.text)
	}
	for value, status := range map[string]int{"404": 404, "400": 400} {
		c = invite(starter(t, with("expired-invitation", value), with("invitation-zone", "no")))
		c.world.Advance(8 * 24 * 60 * 60 * 1e9)
		row = c.get(path)
		want(t, row, nil, "userOrganizationInvitations", 0, "zone")
		want(t, row, "expired", "userOrganizationInvitations", 0, "invitation")
		c.call(status, "POST", "/organizations/accept-invitation", `{"hash":"`+row.at("userOrganizationInvitations", 0, "hash").(string)+`"}`)
	}
}

// TestDeclinedInvitation is in a state that no document names.
func TestDeclinedInvitation(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "seed.json")
	seed := `{"version":1,"users":[{"email":"ops@acme.example"},{"email":"jane@acme.example","token":"` + jane + `"}],"zones":[{"name":"eu1","organizations":[
		{"name":"Acme","members":[{"email":"ops@acme.example","role":"Owner"},{"email":"jane@acme.example","invitation":"declined"}]}]}]}`
	if err := os.WriteFile(path, []byte(seed), 0o600); err != nil {
		t.Fatal(err)
	}
	c := open(t, sandbox.Options{State: path})
	c.call(200, "PATCH", "/organizations/11", `{"name":"B"}`) // the state is written
	c.close()
	c = open(t, sandbox.Options{State: path})
	defer c.close()
	want(t, c.get("/organizations/11/user-organization-roles"), "declined", "userOrganizationRoles", 1, "invitation")
	own := c.as(jane).get("/users/me/organization-invitations")
	want(t, own, "declined", "userOrganizationInvitations", 0, "invitation")
	c.as(jane).call(404, "POST", "/organizations/accept-invitation", `{"hash":"`+own.at("userOrganizationInvitations", 0, "hash").(string)+`"}`)
}

// TestSpellings are switches about single words.
func TestSpellings(t *testing.T) {
	t.Parallel()
	want(t, starter(t, with("country-codes", "code")).get("/enums/countries"), "AFG", "countries", 0, "code")
	want(t, starter(t, with("country-codes", "none")).get("/enums/countries"), nil, "countries", 0, "code1")
	want(t, starter(t, with("scope-order", "read:user")).get("/users/me/current-authorization"), "write:admin", "authorization", "scope", 0)
	want(t, starter(t, with("denied", "message")).call(403, "GET", "/organizations/99", ""), "Access denied.", "message")
	want(t, starter(t).call(403, "GET", "/organizations/99", ""), "Access denied.", "detail")
	want(t, starter(t, with("bad-token", "IM001")).as("x").call(401, "GET", "/organizations/99", ""), "IM001", "code")
	single := func(s *sandbox.State) {
		s.Zones[0].Organizations[1].Variables = s.Zones[0].Organizations[1].Variables[:1]
	}
	want(t, starter(t, single, with("variables-list", "object")).get("/organizations/12/variables"), "REGION", "organizationVariables", "name")
	want(t, starter(t, with("variables-list", "object")).get("/organizations/12/variables"), "REGION", "organizationVariables", 0, "name")
	if a := starter(t, with("usage-form", "strings")).get("/organizations/12/usage"); !strings.Contains(a.text, `"operations":"`) {
		t.Errorf("usage as strings: %.200s", a.text)
	}
	if n := strings.Count(starter(t, with("usage-form", "mixed")).get("/organizations/12/usage").text, "datatransfer"); n != 15 {
		t.Errorf("%d days spell datatransfer", n)
	}
	scoped := func(s *sandbox.State) { s.Users[0].Scopes = []string{"organizations:read"} }
	starter(t, scoped).call(403, "PATCH", "/organizations/11/feature-controls", `{"id":11,"enabled":true}`)
	starter(t, scoped, with("control-scope", "none")).call(200, "PATCH", "/organizations/11/feature-controls", `{"id":11,"enabled":true}`)
}
