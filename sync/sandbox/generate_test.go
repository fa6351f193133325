package sandbox_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
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
