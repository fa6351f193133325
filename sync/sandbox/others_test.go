package sandbox_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"makesync/sync/sandbox"
)

// TestTokenIsLost from the third call to its zone on; another zone still takes it.
func TestTokenIsLost(t *testing.T) {
	t.Parallel()
	c := starter(t)
	c.fault("zone=eu1,nth=3,kind=lost-token")
	for i := range 6 {
		status := 200
		if i >= 2 {
			status = 401
		}
		a := c.call(status, "GET", "/organizations/11", "")
		if status == 401 {
			want(t, a, "IM015", "code")
		}
	}
	c.at("us1").get("/organizations/21")
	c.fault("zone=us1,nth=1,times=2,kind=lost-token")
	for _, status := range []int{401, 401, 200} {
		c.at("us1").call(status, "GET", "/organizations/21", "")
	}
}

// TestCodesOfStatuses: the code that goes with a status, or the one that the rule names.
func TestCodesOfStatuses(t *testing.T) {
	t.Parallel()
	for rule, code := range map[string]string{"status=401": "IM015", "status=402": "SC402", "status=406": "IM004", "status=404,code=IM013": "IM013"} {
		c := starter(t)
		c.fault("kind=status," + rule)
		status, _ := strconv.Atoi(rule[len("status="):][:3])
		want(t, c.call(status, "GET", "/organizations/11", ""), code, "code")
	}
}

// TestInvitationIsAcceptedMeanwhile: right before the removal that a revoke is.
func TestInvitationIsAcceptedMeanwhile(t *testing.T) {
	t.Parallel()
	c := starter(t)
	const erin = "/organizations/11/user-organization-roles/6"
	c.fault("op=GET /organizations/{organizationId}/user-organization-roles/{userId},nth=2,kind=accept,member=ERIN@acme.example")
	want(t, c.get(erin), "pending", "userOrganizationRole", "invitation")
	want(t, c.get(erin), nil, "userOrganizationRole", "invitation")
	want(t, c.get("/organizations/11/user-organization-roles/7"), "expired", "userOrganizationRole", "invitation")
	if n := len(c.world.Log()); n != 0 {
		t.Errorf("%d writes in the log; others' are none of its", n)
	}
	c = starter(t)
	c.fault("op=PATCH /organizations/{organizationId},nth=1,organization=11,kind=accept")
	c.call(200, "PATCH", "/organizations/11", `{"name":"A"}`)
	want(t, c.get(erin), nil, "userOrganizationRole", "invitation")
}

// TestOthersSpendTheWindow: their calls show in the headers, and count.
func TestOthersSpendTheWindow(t *testing.T) {
	t.Parallel()
	c := starter(t)
	c.fault("organization=12,nth=2,kind=spend,calls=100")
	remaining := func() string { return c.get("/organizations/12").header.Get("X-Ratelimit-Remaining") }
	if first, second := remaining(), remaining(); first != "119" || second != "18" {
		t.Errorf("%s calls left, then %s", first, second)
	}
	c.fault("organization=12,kind=spend") // somebody who calls whenever we do
	for range 9 {
		c.get("/organizations/12")
	}
	c.call(429, "GET", "/organizations/12", "")
	c.get("/organizations/11")
	c = starter(t, with("rate-limit", "both"))
	c.fault("op=GET /organizations,nth=1,kind=spend,calls=9999")
	c.get("/organizations")
	c.call(429, "GET", "/organizations", "")
}

// TestTwin: two organizations of one name, ours and somebody else's.
func TestTwin(t *testing.T) {
	t.Parallel()
	for _, alone := range []bool{false, true} {
		c := starter(t, with("free-plan", "allow"), func(s *sandbox.State) {
			if alone { // nobody else is there
				s.Users, s.Zones[0].Organizations, s.Zones[1].Organizations = s.Users[:1], []*sandbox.Organization{}, []*sandbox.Organization{}
			}
		})
		before := len(c.get("/organizations").at("organizations").([]any))
		c.fault("op=POST /organizations,nth=1,kind=twin")
		made := c.call(200, "POST", "/organizations", `{"name":"New","regionId":1,"timezoneId":113,"countryId":4}`)
		var twins []map[string]any
		list := c.get("/organizations?cols[]=*").at("organizations").([]any)
		for _, o := range list {
			if o := o.(map[string]any); o["name"] == "New" && o["countryId"] == 4.0 {
				twins = append(twins, o)
			}
		}
		if len(twins) != 2 || len(list) != before+2 || twins[1]["id"] != made.at("organization", "id") {
			t.Fatalf("made %s, there are %v", made.text, twins)
		}
		path := "/organizations/" + strconv.Itoa(int(twins[0]["id"].(float64))) + "/user-organization-roles/"
		want(t, c.get(path+"1"), 12.0, "userOrganizationRole", "usersRoleId")
		want(t, c.get(path+"2"), 11.0, "userOrganizationRole", "usersRoleId")
	}
	c := starter(t)
	c.fault("kind=twin")
	for _, body := range []string{`{"name":" "}`, `{`, `{"name":"New","regionId":9,"timezoneId":113,"countryId":4}`} {
		c.call(400, "POST", "/organizations", body)
	}
	if n := len(c.get("/organizations").at("organizations").([]any)); n != 5 {
		t.Errorf("%d organizations", n)
	}
}

// TestOthersComeBesideAFault: what others do, and what goes wrong with the call, may fall together.
func TestOthersComeBesideAFault(t *testing.T) {
	t.Parallel()
	c := starter(t)
	c.fault("op=POST /organizations,nth=1,kind=twin")
	c.fault("op=POST /organizations,nth=1,kind=drop-after")
	if _, err := c.try("POST", "/organizations", `{"name":"New","regionId":1,"timezoneId":113,"countryId":4}`); err == nil {
		t.Error("the call was answered")
	}
	if n := len(c.get("/organizations").at("organizations").([]any)); n != 7 {
		t.Errorf("%d organizations, want the twins beside the five", n)
	}
}

// TestDateHeader is of the real clock, wherever the world's stands, unless a rule says otherwise.
func TestDateHeader(t *testing.T) {
	t.Parallel()
	c := starter(t)
	date := func() string { return c.call(200, "GET", "/ping", "").header.Get("Date") }
	c.world.Advance(time.Hour)
	if got := date(); got != noon.Format(http.TimeFormat) {
		t.Errorf("date %s", got)
	}
	c.fault("nth=1,kind=date,skew=-10m")
	if got := date(); got != noon.Add(-10*time.Minute).Format(http.TimeFormat) {
		t.Errorf("skewed date %s", got)
	}
	c.fault("nth=1,kind=date")
	if got := date(); got != "" {
		t.Errorf("date %s, want none", got)
	}
}
