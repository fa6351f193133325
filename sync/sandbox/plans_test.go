package sandbox_test

import (
	"testing"

	"makesync/sync/sandbox"
)

// TestRulesOfEveryPlan: what is shown on a plan is no sign that it can be written there.
func TestRulesOfEveryPlan(t *testing.T) {
	t.Parallel()
	for _, plan := range []struct {
		name             string
		apiLimit         float64
		country          int // status of PATCH with another country
		readVariables    int
		variables        any // of the licence: true, or missing
		createVariable   int
		controls         int
		tfa, tfaOff      int
		custom           int // status of POST custom-roles
		filteredByFactor int // users with tfaStatus=1 among two, when the plan lacks the filter
	}{
		{"Free", 30, 403, 403, nil, 403, 403, 403, 403, 403, 2},
		{"Core", 60, 200, 200, nil, 404, 200, 402, 402, 403, 2},
		{"Pro", 120, 200, 200, true, 200, 200, 402, 402, 403, 2},
		{"Teams", 240, 200, 200, true, 200, 200, 402, 402, 403, 2},
		{"Enterprise", 1000, 200, 200, true, 200, 200, 200, 200, 200, 1},
	} {
		t.Run(plan.name, func(t *testing.T) {
			t.Parallel()
			c := starter(t, func(s *sandbox.State) {
				o := &sandbox.Organization{ID: 31, Name: "Planned", Plan: plan.name, Members: []*sandbox.Member{
					{Email: "ops@acme.example", Role: sandbox.Ref{Name: "Owner"}}, {Email: "bob@acme.example"}}}
				s.Zones[0].Organizations = append(s.Zones[0].Organizations, o)
			})
			const o = "/organizations/31"
			detail := c.get(o)
			want(t, detail, false, "organization", "tfaEnforced") // shown on every plan
			want(t, detail, plan.apiLimit, "organization", "license", "apiLimit")
			want(t, detail, plan.variables, "organization", "license", "customVariables")
			if plan.variables == nil {
				if _, has := detail.at("organization", "license").(map[string]any)["customVariables"]; has {
					t.Error("customVariables is there; it has to be missing")
				}
			}
			c.call(plan.country, "PATCH", o, `{"countryId":4}`)
			c.call(plan.readVariables, "GET", o+"/variables", "")
			c.call(plan.createVariable, "POST", o+"/variables", `{"name":"A","typeId":1,"value":1}`)
			c.call(plan.controls, "GET", o+"/feature-controls", "")
			c.call(plan.tfa, "PATCH", o+"/tfa-enforcement", `{"enable":true}`)
			c.call(plan.tfaOff, "PATCH", o+"/tfa-enforcement", `{"enable":false}`)
			c.call(plan.custom, "POST", "/users/custom-roles", `{"name":"R","category":"team","organizationId":31,"permissions":[]}`)
			if users := c.get("/users?organizationId=31&tfaStatus=1").at("users").([]any); len(users) != plan.filteredByFactor {
				t.Errorf("%d users with an authenticator app", len(users))
			}
		})
	}
}

// TestPlanOfAnotherName is what a zone may call a plan that has been sold long ago, or to one customer.
func TestPlanOfAnotherName(t *testing.T) {
	t.Parallel()
	c := starter(t, func(s *sandbox.State) { s.Zones[0].Organizations[1].PlanName = "Pro (legacy)" })
	o := c.get("/organizations/12")
	want(t, o, "Pro (legacy)", "organization", "serviceName")
	want(t, o, "Pro (legacy)", "organization", "productName")
	want(t, o, true, "organization", "license", "customVariables")
	want(t, c.get("/organizations/12/subscription"), "Pro (legacy)", "product", "name")
	c.call(402, "PATCH", "/organizations/12/tfa-enforcement", `{"enable":true}`)
	c.call(200, "PATCH", "/organizations/12/subscription", `{"priceId":41}`)
	want(t, c.get("/organizations/12"), "Teams", "organization", "serviceName")
}

// TestRefusalsOfPlans are the switches about them.
func TestRefusalsOfPlans(t *testing.T) {
	t.Parallel()
	want(t, starter(t).call(402, "PATCH", "/organizations/13/tfa-enforcement", `{"enable":false}`), "SC402", "code")
	want(t, starter(t, with("tfa-plan", "IM027")).call(402, "PATCH", "/organizations/13/tfa-enforcement", `{"enable":true}`), "IM027", "code")
	c := starter(t, with("free-plan", "allow"))
	c.call(200, "PATCH", "/organizations/14", `{"countryId":4}`)
	c.call(404, "POST", "/organizations/14/variables", `{"name":"A","typeId":1,"value":1}`)
	c.call(402, "PATCH", "/organizations/14/tfa-enforcement", `{"enable":true}`)
	c = starter(t, with("free-plan", "reads"))
	c.get("/organizations/14/variables")
	c.call(403, "PATCH", "/organizations/14", `{"countryId":4}`)
}
