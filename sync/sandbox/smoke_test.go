package sandbox_test

import (
	"strings"
	"testing"

	"makesync/sync/sandbox"
)

// TestEveryReadAnswers calls every GET of the table once as the Owner.
func TestEveryReadAnswers(t *testing.T) {
	t.Parallel()
	c := starter(t)
	fill := strings.NewReplacer("{organizationId}", "11", "{userId}", "1", "{teamId}", "101", "{roleId}", "11", "{variableName}", "API_BASE", "{priceId}", "21")
	query := map[string]string{
		"/organizations/{organizationId}/check-team-permission": "?teamPermission=scenario+view",
		"/users/by-permission": "?type=organization&organizationId=11&permission=organization+users+view",
		"/users":               "?organizationId=11", "/teams": "?organizationId=11",
	}
	for _, op := range c.world.Operations() {
		method, path, _ := strings.Cut(op, " ")
		if method == "GET" && path != "/organizations/invitation" {
			c.get(fill.Replace(path) + query[path])
		}
	}
	for op, n := range c.world.Calls() {
		if n != 1 {
			t.Errorf("%s was called %d times", op, n)
		}
	}
	if w := c.world.Log(); len(w) > 0 {
		t.Errorf("reads are in the log: %v", w)
	}
}

// TestGeneratedWorldOpens generates a small world and reads it through the API.
func TestGeneratedWorldOpens(t *testing.T) {
	t.Parallel()
	o := sandbox.GenerateOptions{Organizations: 20, Variables: 8, Members: 6, Seed: 1}
	c := client{t, sandbox.New(sandbox.Generate(o), nil), "eu1", ops}
	if n := len(c.get("/organizations").at("organizations").([]any)); n != 20 {
		t.Errorf("%d organizations", n)
	}
}
