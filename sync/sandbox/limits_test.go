package sandbox_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"makesync/sync/sandbox"
)

// exhaust spends the 60 calls of Core Shop and returns the next answer.
func exhaust(c client) answer {
	c.t.Helper()
	for range 60 {
		c.get("/organizations/13")
	}
	a, err := c.try("GET", "/organizations/13", "")
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	c := starter(t)
	a := exhaust(c)
	if a.status != 429 || a.text != "Requests limit for organization exceeded, please try again later." {
		t.Errorf("%d %s", a.status, a.text)
	}
	if h := a.header.Get("x-ratelimit-limit") + " " + a.header.Get("x-ratelimit-remaining"); h != "60 0" {
		t.Errorf("limit and remaining: %s", h)
	}
	if got, want := a.header.Get("x-ratelimit-reset"), strconv.FormatInt(noon.Add(time.Minute).Unix(), 10); got != want {
		t.Errorf("reset %s, want %s", got, want)
	}
	c.get("/organizations/12") // every organization has a budget of its own
	c.world.Advance(time.Minute - 1)
	c.call(429, "GET", "/organizations/13", "")
	c.world.Advance(1)
	c.get("/organizations/13")
}

// TestResetIsToldByTheClockOfClients: they wait until then, by a clock that no
// control path moves.
func TestResetIsToldByTheClockOfClients(t *testing.T) {
	t.Parallel()
	c := starter(t)
	c.world.Advance(1000 * time.Hour)
	a := c.get("/organizations/13")
	if got, want := a.header.Get("x-ratelimit-reset"), strconv.FormatInt(noon.Add(time.Minute).Unix(), 10); got != want {
		t.Errorf("reset %s, want %s", got, want)
	}
}

func TestRateLimitStyles(t *testing.T) {
	t.Parallel()
	a := exhaust(starter(t, with("rate-headers", "retry-after"), with("rate-body", "json")))
	if a.status != 429 || a.header.Get("Retry-After") != "60" || a.json["code"] != "SC429" || a.header.Get("x-ratelimit-limit") != "" {
		t.Errorf("%d %v %s", a.status, a.header, a.text)
	}
	if a := exhaust(starter(t, with("rate-headers", "none"))); len(a.header) != 2 { // Content-Type and Date
		t.Errorf("headers: %v", a.header)
	}
	quiet := starter(t, with("rate-headers", "success"))
	if good := quiet.get("/organizations/14"); good.header.Get("X-Ratelimit-Remaining") != "29" {
		t.Errorf("headers: %v", good.header)
	}
	if a := exhaust(quiet); a.status != 429 || a.header.Get("X-Ratelimit-Limit") != "" {
		t.Errorf("%d, headers: %v", a.status, a.header)
	}
	if a := exhaust(starter(t, with("rate-limit", "off"))); a.status != 200 {
		t.Errorf("without limits: %d", a.status)
	}
	both := starter(t, with("rate-limit", "both")).get("/organizations")
	if both.header.Get("x-ratelimit-limit") != "10000" {
		t.Errorf("headers per user: %v", both.header)
	}
	zero := starter(t, func(s *sandbox.State) {
		s.Zones[0].Organizations[2].License = map[string]json.RawMessage{"apiLimit": json.RawMessage("0")}
	})
	zero.call(403, "GET", "/organizations/13", "")
}

func TestForeignOrganization(t *testing.T) {
	t.Parallel()
	starter(t).call(403, "GET", "/organizations/999", "")
	want(t, starter(t, with("foreign-organization", "404")).call(404, "GET", "/organizations/999", ""), "SC404", "code")
	starter(t).call(404, "GET", "/nonsense", "")
	starter(t).call(400, "GET", "/organizations/abc", "")
}

func TestLargeBody(t *testing.T) {
	t.Parallel()
	a := starter(t).call(400, "POST", "/organizations", `{"name":"`+strings.Repeat("x", 2<<20)+`"}`)
	want(t, a, "request entity too large", "message")
}

// TestSwitches sets each value of each switch; TestSwitchesChangeAnswers and its
// neighbours show what they do.
func TestSwitches(t *testing.T) {
	t.Parallel()
	c := starter(t)
	for _, s := range sandbox.SwitchTable() {
		for _, v := range s.Values {
			name, value, err := sandbox.ParseSwitch(s.Name + "=" + v)
			if err != nil || c.world.SetSwitch(name, value) != nil || c.world.Switches()[name] != v {
				t.Errorf("%s=%s: %v", s.Name, v, err)
			}
		}
	}
	for _, bad := range []string{"x=y", "rate-body=xml", "rate-body"} {
		if _, _, err := sandbox.ParseSwitch(bad); err == nil {
			t.Errorf("%s passes", bad)
		}
	}
}

func TestSwitchesChangeAnswers(t *testing.T) {
	t.Parallel()
	const removal = "/users/3/user-organization-roles/11"
	starter(t, with("removal-body", "object")).call(400, "POST", removal, "")
	starter(t, with("removal-body", "object")).call(200, "POST", removal, "{}")
	starter(t, with("removal-body", "none")).call(400, "POST", removal, "{}")
	starter(t, with("removal-body", "none")).call(200, "POST", removal, "")
	starter(t, with("unconfirmed-delete", "400")).call(400, "DELETE", "/organizations/11", "")
	starter(t, with("unconfirmed-delete", "403")).call(403, "DELETE", "/organizations/11", "")
	starter(t, with("unknown-cols", "refuse")).call(400, "GET", "/organizations?cols[]=nonsense", "")
	starter(t, with("duplicate-invite", "SC400")).call(400, "POST", "/organizations/11/invite", `{"email":"bob@acme.example","name":"Bob"}`)
	starter(t).call(400, "POST", "/users/6/user-organization-roles/11", `{"usersRoleId":12}`)
	starter(t, with("pending-role", "accept")).call(200, "POST", "/users/6/user-organization-roles/11", `{"usersRoleId":12}`)
	few := starter(t, with("create-organization", "forbid"), func(s *sandbox.State) { s.Users[0].Scopes = []string{"organizations:write"} })
	few.call(403, "POST", "/organizations", `{"name":"N","regionId":1,"timezoneId":113,"countryId":4}`)
	applied := starter(t, with("detail-cols", "apply")).get("/organizations/11?cols=id&cols=name")
	if n := len(applied.at("organization").(map[string]any)); n != 2 {
		t.Errorf("%d columns of the detail", n)
	}
	invited := func(s *sandbox.State) {
		s.Zones[0].Organizations = append(s.Zones[0].Organizations, &sandbox.Organization{ID: 15, Name: "Later", Members: []*sandbox.Member{
			{Email: "jane@acme.example", Role: sandbox.Ref{Name: "Owner"}}, {Email: "ops@acme.example", Invitation: &sandbox.Invitation{Sent: noon}}}})
	}
	for value, n := range map[string]int{"no": 5, "yes": 6} {
		if got := len(starter(t, invited, with("invited-in-list", value)).get("/organizations").at("organizations").([]any)); got != n {
			t.Errorf("invited-in-list=%s: %d organizations, want %d", value, got, n)
		}
	}
}
