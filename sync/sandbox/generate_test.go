package sandbox_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"makesync/sync/sandbox"
)

// TestGeneratedOddities wants every oddity in a small world, and the same world
// from the same seed.
func TestGeneratedOddities(t *testing.T) {
	t.Parallel()
	options := sandbox.GenerateOptions{Organizations: 24, Variables: 10, Members: 6, Seed: 3}
	s := sandbox.Generate(options)
	one, two := encoded(t, s), encoded(t, sandbox.Generate(options))
	if one != two {
		t.Error("the same seed makes two worlds")
	}
	options.Seed++
	if one == encoded(t, sandbox.Generate(options)) {
		t.Error("two seeds make one world")
	}
	for _, part := range []string{`"pending"`, `"expired"`, "Caf\u00e9", "Cafe\u0301", "A/B * C", "? [draft] 100%", `"name":"Member"`,
		`{"name":"NUMBER_AS_STRING","type":"number","value":"42"}`, `"value":"not a number"`, `"value":{"a":1`, `"***"`, `${env:`,
		`"Free"`, `"Core"`, `"Pro"`, `"Teams"`, `"Enterprise"`, "User3@Acme.Example"} {
		if !strings.Contains(one, part) {
			t.Errorf("nothing has %s", part)
		}
	}
	names := map[string]int{}
	for _, z := range s.Zones {
		for _, o := range z.Organizations {
			names[o.Name]++
			if o.Members[0].UserID != 1 || utf8.RuneCountInString(o.Name) > 128 {
				t.Errorf("%+v", o)
			}
		}
	}
	if names["Twin Brothers"] != 2 {
		t.Error("no two organizations have one name")
	}
	c := client{t, sandbox.New(s, nil), "eu1", ops}
	ghost := slices.ContainsFunc(c.organization(11).Members, func(m *sandbox.Member) bool { return m.UserID >= 900_000 })
	if !ghost || len(c.world.Zones()) != 2 {
		t.Errorf("no row without a user, or not two zones: %v", c.organization(11).Members)
	}
	want(t, c.get("/users/me?cols[]=*"), true, "authUser", "tfaEnabled")
}

func encoded(t *testing.T, s *sandbox.State) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestStateThatWasNeverOpenedIsWritten keeps what only loading resolves.
func TestStateThatWasNeverOpenedIsWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	if err := sandbox.Starter().WriteFile(path); err != nil {
		t.Fatal(err)
	}
	c := open(t, sandbox.Options{State: path})
	defer c.close()
	a := c.get("/organizations/11/user-organization-roles")
	want(t, a, "pending", "userOrganizationRoles", 4, "invitation")
	want(t, a, "expired", "userOrganizationRoles", 5, "invitation")
}

// TestGeneratedTrouble: what somebody who looks after sixty organizations would like to see.
func TestGeneratedTrouble(t *testing.T) {
	t.Parallel()
	s := sandbox.Generate(sandbox.GenerateOptions{Organizations: 60, Variables: 10, Members: 5, Seed: 1, Zones: []string{"eu1"}})
	c := client{t, sandbox.New(s, func() time.Time { return noon }), "eu1", ops}
	low, failed, expired, shared := 0, 0, 0, map[string]int{}
	for _, row := range c.get("/organizations").at("organizations").([]any) {
		path := fmt.Sprint("/organizations/", row.(map[string]any)["id"])
		o := c.get(path).at("organization").(map[string]any)
		left, licence := number(t, o["unusedOperations"]), o["license"].(map[string]any)
		if left < licence["operations"].(float64)/4 {
			low++
		}
		if used := number(t, o["operations"]); used > licence["operations"].(float64) {
			t.Errorf("%s used %v of %v", path, used, licence["operations"])
		}
		if o["serviceName"] != "Free" {
			if days := usageDays(c, path); days > 0 && days < number(t, o["operations"])/2 {
				t.Errorf("%s: 30 days add up to %v, the counter says %v", path, days, o["operations"])
			}
		}
		if p, _ := c.get(path + "/payments?pg[limit]=1").at("payments").([]any); len(p) > 0 && p[0].(map[string]any)["status_name"] == "Failed" {
			failed++
		}
		people := c.get("/users/by-permission?type=organization&permission=organization+users+view&organizationId=" + path[len("/organizations/"):] + "&cols[]=invitationStatus")
		if strings.Contains(people.text, "expired") {
			expired++
		}
		if licence["customVariables"] == true {
			for _, v := range c.get(path + "/variables").at("organizationVariables").([]any) {
				if v := v.(map[string]any); v["name"] == "VAR_009" {
					shared[v["value"].(string)]++
				}
			}
		}
	}
	if low < 2 || low > 10 || failed != 2 || expired < 2 || len(shared) != 1 {
		t.Errorf("low credits %d, failed payments %d, expired invitations %d, shared values %v", low, failed, expired, shared)
	}
}

// usageDays adds the days of GET usage up.
func usageDays(c client, path string) (sum float64) {
	for _, d := range c.get(path + "/usage").at("data").([]any) {
		sum += d.(map[string]any)["operations"].(float64)
	}
	return sum
}
