package sandbox_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"makesync/sync/sandbox"
)

// member finds a person's row in the world's own state; nil when there is none.
func (c client) member(organization int, email string) *sandbox.Member {
	s := c.world.Snapshot()
	id := 0
	for _, u := range s.Users {
		if strings.EqualFold(u.Email, email) {
			id = u.ID
		}
	}
	for _, m := range c.organization(organization).Members {
		if m.UserID == id {
			return m
		}
	}
	return nil
}

func (c client) organization(id int) *sandbox.Organization {
	for _, z := range c.world.Snapshot().Zones {
		for _, o := range z.Organizations {
			if o.ID == id {
				return o
			}
		}
	}
	c.t.Fatalf("no organization %d", id)
	return nil
}

func TestInvite(t *testing.T) {
	t.Parallel()
	c := starter(t)
	a := c.call(200, "POST", "/organizations/11/invite", `{"email":"new@acme.example","name":"New Person","usersRoleId":12,"teamsId":[102]}`)
	want(t, a, 8.0, "user", "id")
	want(t, a, nil, "user", "lastLogin")
	want(t, a, "pending", "userOrganizationRole", "invitation")
	want(t, a, 12.0, "userOrganizationRole", "usersRoleId")
	if strings.Contains(a.text, c.member(11, "new@acme.example").Invitation.Hash) {
		t.Error("the hash is in the reply; it travels in the mail only")
	}
	want(t, c.call(400, "POST", "/organizations/11/invite", `{"email":"BOB@acme.example","name":"Bob"}`), "IM005", "code")
	want(t, c.call(400, "POST", "/organizations/12/invite", `{"email":"dana@acme.example","name":"Dana"}`), "IM005", "code") // known as Dana@Acme.example
	for _, body := range []string{`{"email":"x","name":"X"}`, `{"email":"x@acme.example","name":" X"}`, `{"name":"X"}`,
		`{"email":"x@acme.example","name":"X","usersRoleId":11}`, `{"email":"x@acme.example","name":"X","usersRoleId":1}`,
		`{"email":"x@acme.example","name":"X","teamsId":[999]}`, `{"email":5}`, `[`} {
		want(t, c.call(400, "POST", "/organizations/11/invite", body), "SC400", "code")
	}
	if n := len(c.world.Log()); n != 1 {
		t.Errorf("%d writes in the log, want 1", n)
	}
}

func TestInvitationExpiresAndIsAccepted(t *testing.T) {
	t.Parallel()
	c := starter(t, func(s *sandbox.State) {
		s.Users = append(s.Users, &sandbox.User{Name: "Gil", Email: "gil@acme.example", Token: "00000000-0000-4000-8000-000000000003"})
	})
	gil := c.as("00000000-0000-4000-8000-000000000003")
	const invite = `{"email":"Gil@acme.example","name":"Gil","usersRoleId":13}`
	c.call(200, "POST", "/organizations/11/invite", invite)
	hash := c.member(11, "gil@acme.example").Invitation.Hash
	show := "/organizations/invitation?hash=" + hash
	want(t, gil.get(show), "Acme Automation", "organization", "name")
	gil.call(403, "GET", "/organizations/11", "")
	c.call(403, "POST", "/organizations/accept-invitation", `{"hash":"`+hash+`"}`) // for somebody else

	c.world.Advance(7 * 24 * time.Hour)
	want(t, gil.get(show), "expired", "userOrganizationRole", "invitation")
	gil.call(404, "POST", "/organizations/accept-invitation", `{"hash":"`+hash+`"}`)
	c.call(200, "POST", "/users/6/user-organization-roles/11", `{}`)
	c.call(200, "POST", "/organizations/11/invite", invite)
	second := c.member(11, "gil@acme.example").Invitation.Hash
	if second == hash {
		t.Error("two invitations have one hash")
	}
	want(t, gil.call(200, "POST", "/organizations/accept-invitation", `{"hash":"`+second+`"}`), nil, "userOrganizationRole", "invitation")
	gil.get("/organizations/11")
	gil.call(404, "POST", "/organizations/accept-invitation", `{"hash":"`+second+`"}`)
}

func TestRoleChangeAndRemoval(t *testing.T) {
	t.Parallel()
	c := starter(t)
	const bob = "/users/3/user-organization-roles/11"
	want(t, c.call(200, "POST", bob, `{"usersRoleId":12}`), 12.0, "userOrganizationRole", "usersRoleId")
	c.call(403, "POST", bob, `{"usersRoleId":11}`)
	c.call(400, "POST", bob, `{"usersRoleId":3}`)
	c.call(403, "POST", "/users/1/user-organization-roles/11", `{"usersRoleId":13}`) // the Owner
	c.call(403, "POST", "/users/1/user-organization-roles/11", `{}`)
	c.call(404, "POST", "/users/77/user-organization-roles/11", `{"usersRoleId":13}`)
	want(t, c.call(406, "POST", bob+"?deleteConnections=true", `{}`), "IM004", "code")
	c.call(200, "POST", bob, `{}`)
	if o := c.organization(11); o.KeptConnections != 1 {
		t.Errorf("%d connections kept, want bob's", o.KeptConnections)
	}
	c.call(200, "POST", "/users/2/user-organization-roles/11?deleteConnections=true&confirmed=true", "")
	if o := c.organization(11); o.KeptConnections != 1 {
		t.Errorf("%d connections kept, jane's were to go", o.KeptConnections)
	}
	c.call(404, "GET", "/organizations/11/user-organization-roles/2", "")
}

// TestMisspeltRoleRemoves shows the trap: an unknown field makes the body empty.
func TestMisspeltRoleRemoves(t *testing.T) {
	t.Parallel()
	c := starter(t)
	c.call(200, "POST", "/users/3/user-organization-roles/11", `{"userRoleId":12}`)
	if c.member(11, "bob@acme.example") != nil {
		t.Error("bob is still there")
	}
}

func TestMembersMayNotManage(t *testing.T) {
	t.Parallel()
	c := starter(t, func(s *sandbox.State) { s.Users[2].Token = "00000000-0000-4000-8000-000000000003" })
	bob := c.as("00000000-0000-4000-8000-000000000003")
	bob.get("/organizations/11/variables")
	for _, call := range [][3]string{
		{"POST", "/organizations/11/variables", `{"name":"A","typeId":1,"value":1}`},
		{"POST", "/organizations/11/invite", `{"email":"a@b.example","name":"A"}`},
		{"PATCH", "/organizations/11", `{"name":"B"}`},
		{"POST", "/users/4/user-organization-roles/11", `{"usersRoleId":12}`},
		{"POST", "/users/4/user-organization-roles/11", `{}`},
		{"GET", "/organizations/11/payments", ""},
	} {
		want(t, bob.call(403, call[0], call[1], call[2]), "IM002", "code")
	}
	bob.call(200, "POST", "/users/3/user-organization-roles/11", `{}`) // anybody may leave
}

func TestTransfer(t *testing.T) {
	t.Parallel()
	const to = "/organizations/11/user-organization-roles/transfer"
	for value, role := range map[string]int{"admin": 12, "member": 13, "removed": 0} {
		c := starter(t, with("former-owner", value))
		c.as(jane).call(403, "POST", to, `{"userId":2}`)
		c.call(400, "POST", to, `{"userId":6}`) // pending
		want(t, c.call(200, "POST", to, `{"userId":2}`), 11.0, "userOrganizationRoles", 0, "usersRoleId")
		if m := c.member(11, "ops@acme.example"); (m == nil) != (role == 0) || m != nil && m.Role.ID != role {
			t.Errorf("former Owner after a transfer with %s: %+v", value, m)
		}
	}
	c := starter(t)
	c.call(200, "POST", "/users/2/user-organization-roles/11/transfer", "")
	c.call(403, "DELETE", "/organizations/11?confirmed=true", "")
}

func TestRoleRowsHaveNoPeople(t *testing.T) {
	t.Parallel()
	c := starter(t)
	rows := c.get("/organizations/11/user-organization-roles").at("userOrganizationRoles").([]any)
	if len(rows) != 6 || len(rows[0].(map[string]any)) != 4 {
		t.Errorf("rows: %v", rows)
	}
	a := c.get("/organizations/11/user-organization-roles/2?cols[]=userId&cols[]=organizationTeamsCount")
	want(t, a, 3.0, "userOrganizationRole", "organizationTeamsCount")
}

func TestUsers(t *testing.T) {
	t.Parallel()
	many := func(s *sandbox.State) {
		for _, name := range []string{"p1", "p2", "p3", "p4", "p5", "p6"} {
			s.Zones[0].Organizations[0].Members = append(s.Zones[0].Organizations[0].Members, &sandbox.Member{Email: name + "@acme.example"})
		}
		s.Zones[0].Organizations[0].Members = append(s.Zones[0].Organizations[0].Members, &sandbox.Member{UserID: 900})
	}
	count := func(c client, query string) int {
		return len(c.get("/users?organizationId=11" + query).at("users").([]any))
	}
	c := starter(t, many)
	for query, n := range map[string]int{"": 10, "&pg[limit]=100": 12, "&email=P1@ACME": 1, "&email=p1@acme.example": 1, "&email=nobody": 0, "&name=doe": 1, "&organizationRoleId=14": 1} {
		if got := count(c, query); got != n {
			t.Errorf("users%s: %d, want %d", query, got, n)
		}
	}
	if got := count(starter(t, many, with("users-limit", "10000"), with("pending-in-users", "no")), ""); got != 10 {
		t.Errorf("%d users without the pending ones, want 10", got)
	}
	if got := count(starter(t, many, with("email-filter", "exact")), "&email=P1@acme"); got != 0 {
		t.Errorf("the exact filter finds a part")
	}
	c.call(400, "GET", "/users", "")
	c.call(400, "GET", "/users?organizationId=11&teamId=101", "")
	want(t, c.get("/users?organizationId=11&cols[]=id&cols[]=userTeamIds&pg[sortBy]=id&pg[sortDir]=asc"), 1.0, "users", 0, "id")
}

func TestRolesOfTheZone(t *testing.T) {
	t.Parallel()
	custom := func(s *sandbox.State) {
		s.Roles = []*sandbox.Role{{Name: "Member", Category: "organization", OrganizationID: 11}}
	}
	c := starter(t, custom)
	names := func(query string) []string {
		var list []string
		for _, r := range c.get("/users/roles" + query).at("usersRoles").([]any) {
			list = append(list, r.(map[string]any)["name"].(string))
		}
		return list
	}
	if got := names("?category=organization"); !slices.Equal(got, []string{"Owner", "Admin", "Member", "Accountant", "App Developer", "Guest"}) {
		t.Errorf("roles: %v", got)
	}
	if got := names("?category=organization&organizationId=11&excludeRole[]=11"); len(got) != 6 || got[5] != "Member" {
		t.Errorf("roles with the custom one: %v", got)
	}
	if got := names("?category=organization&organizationId=12"); len(got) != 6 {
		t.Errorf("Pro has no custom roles: %v", got)
	}
	want(t, c.get("/users/roles/1001"), "custom_managed", "usersRole", "managementType")
	c.call(404, "GET", "/users/roles/999", "")
}

// TestPublishedSpellingOfTheRoleColumn: the documents' list of columns says userRoleId,
// their replies and all others usersRoleId.
func TestPublishedSpellingOfTheRoleColumn(t *testing.T) {
	t.Parallel()
	c := starter(t, with("unknown-cols", "refuse"))
	for _, spelling := range []string{"userRoleId", "usersRoleId"} {
		a := c.get("/organizations/11/user-organization-roles?cols[]=userId&cols[]=" + spelling + "&cols[]=joinedTeamsCount")
		want(t, a, 11.0, "userOrganizationRoles", 0, "usersRoleId")
		if row := a.at("userOrganizationRoles", 0).(map[string]any); len(row) != 3 {
			t.Errorf("%s: %v", spelling, row)
		}
	}
}

func TestInvitationWithoutHash(t *testing.T) {
	t.Parallel()
	c := starter(t)
	c.call(400, "GET", "/organizations/invitation", "")
	c.call(404, "GET", "/organizations/invitation?hash=x", "")
}
