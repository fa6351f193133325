package sandbox_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"makesync/sync/sandbox"
)

func TestVariables(t *testing.T) {
	t.Parallel()
	c := starter(t)
	const path = "/organizations/11/variables"
	a := c.get(path)
	want(t, a, true, "organizationVariables", 0, "isSystem")
	want(t, a, "API_BASE", "organizationVariables", 5, "name")
	want(t, c.call(200, "POST", path, `{"name":"$new_1","typeId":1,"value":5.50}`), 5.5, "organizationVariable", "value")
	want(t, c.call(400, "POST", path, `{"name":"$new_1","typeId":1,"value":5}`), "IM005", "code")
	want(t, c.call(406, "DELETE", path+"/%24new_1", ""), "IM004", "code")
	want(t, c.call(200, "DELETE", path+"/%24new_1?confirmed=true", ""), 1.0, "ok")
	c.call(404, "DELETE", path+"/%24new_1?confirmed=true", "")
	c.call(400, "POST", path, `{"name":"organizationId","typeId":1,"value":5}`)
	c.call(400, "PATCH", path+"/organizationName", `{"value":"x"}`)
	for _, name := range []string{"", "1a", "a b", "a-b", strings.Repeat("n", 129)} {
		c.call(400, "POST", path, `{"name":"`+name+`","typeId":2,"value":"x"}`)
	}
	for _, body := range []string{`{"name":"A","typeId":2,"value":""}`, `{"name":"A","typeId":2,"value":null}`, `{"name":"A","typeId":5,"value":"x"}`,
		`{"name":"A","typeId":1,"value":"x"}`, `{"name":"A","typeId":3,"value":1}`, `{"name":"A","typeId":4,"value":"2026-01-01"}`, `{"name":"A"}`} {
		c.call(400, "POST", path, body)
	}
}

// TestTypeIsCheckedOnlyWithValue: sent alone, either can disagree with the other.
func TestTypeIsCheckedOnlyWithValue(t *testing.T) {
	t.Parallel()
	c := starter(t)
	const path = "/organizations/11/variables/RETRIES"
	c.call(400, "PATCH", path, `{"typeId":1,"value":"many"}`)
	a := c.call(200, "PATCH", path, `{"value":"many"}`)
	want(t, a, 1.0, "organizationVariable", "typeId")
	want(t, a, "many", "organizationVariable", "value")
	c.call(200, "PATCH", path, `{"typeId":1,"value":"5"}`)
	starter(t, with("value-check", "strict")).call(400, "PATCH", path, `{"typeId":1,"value":"5"}`)
}

func TestNumbersAsSwitched(t *testing.T) {
	t.Parallel()
	for value, shown := range map[string]any{"stored": "25", "number": 25.0, "string": "25"} {
		a := starter(t, with("number-value", value)).get("/organizations/12/variables")
		want(t, a, shown, "organizationVariables", 6, "value")
	}
	a := starter(t, with("number-value", "string")).get("/organizations/11/variables")
	want(t, a, "5", "organizationVariables", 6, "value")
}

func TestVariablesWithoutLicence(t *testing.T) {
	t.Parallel()
	c := starter(t) // Core has none
	if n := len(c.get("/organizations/13/variables").at("organizationVariables").([]any)); n != 5 {
		t.Errorf("%d variables, want the system ones", n)
	}
	const body = `{"name":"A","typeId":1,"value":1}`
	want(t, c.call(404, "POST", "/organizations/13/variables", body), "SC404", "code")
	want(t, starter(t, with("variables-404", "IM027")).call(404, "POST", "/organizations/13/variables", body), "IM027", "code")
	if a := starter(t, with("variables-404", "plain")).call(404, "POST", "/organizations/13/variables", body); a.json != nil {
		t.Errorf("want plain text: %s", a.text)
	}
}

func TestHistoryNewestFirst(t *testing.T) {
	t.Parallel()
	c := starter(t)
	const path = "/organizations/11/variables/"
	want(t, c.get(path+"RETRIES/history"), "Olga Operations", "organizationVariableHistory", 0, "author")
	c.call(200, "POST", "/organizations/11/variables", `{"name":"N","typeId":1,"value":1}`)
	c.as(jane).call(200, "PATCH", path+"N", `{"value":2}`)
	a := c.get(path + "N/history")
	want(t, a, "organization_variable_edited", "organizationVariableHistory", 0, "action")
	want(t, a, "Jane Doe", "organizationVariableHistory", 0, "author")
	want(t, a, 2.0, "organizationVariableHistory", 0, "diffObject", "new", "value")
	want(t, a, 1.0, "organizationVariableHistory", 0, "diffObject", "old", "value")
	want(t, a, "organization_variable_created", "organizationVariableHistory", 1, "action")
}

// TestHistoryOfSeededVariableKeepsItsCreation: what was there before the first change stays, with its id.
func TestHistoryOfSeededVariableKeepsItsCreation(t *testing.T) {
	t.Parallel()
	c := starter(t)
	const path = "/organizations/11/variables/RETRIES"
	before := c.get(path+"/history").at("organizationVariableHistory", 0)
	for i := range 3 {
		c.call(200, "PATCH", path, fmt.Sprintf(`{"typeId":1,"value":%d}`, i))
	}
	entries := c.get(path + "/history").at("organizationVariableHistory").([]any)
	if len(entries) != 4 || !reflect.DeepEqual(entries[3], before) {
		t.Errorf("the creation was %v, the history is %v", before, entries)
	}
	for i := range 3 {
		if id, earlier := entries[i].(map[string]any)["id"], entries[i+1].(map[string]any)["id"]; id.(float64) <= earlier.(float64) {
			t.Errorf("entry %v comes after %v", id, earlier)
		}
	}
}

func TestFormsOfHistory(t *testing.T) {
	t.Parallel()
	c := starter(t, with("history-diff", "flat"), with("history-order", "oldest-first"), with("history-value", "string"))
	c.call(200, "PATCH", "/organizations/11/variables/RETRIES", `{"typeId":1,"value":7}`)
	a := c.get("/organizations/11/variables/RETRIES/history")
	want(t, a, "5", "organizationVariableHistory", 0, "diffObject", "value")
	want(t, a, "7", "organizationVariableHistory", 1, "diffObject", "value")
	want(t, a, "RETRIES", "organizationVariableHistory", 1, "diffObject", "name")
}

func TestFeatureControls(t *testing.T) {
	t.Parallel()
	c := starter(t)
	a := c.get("/organizations/11/feature-controls")
	want(t, a, 14.0, "featureControls", 0, "id")
	want(t, a, "Make AI Tools", "featureControls", 3, "name")
	want(t, c.call(200, "PATCH", "/organizations/11/feature-controls", `{"id":11,"enabled":false}`), false, "featureControl", "enabled")
	want(t, c.get("/organizations/11/feature-controls?featureControlName=Make+AI+Tools"), false, "featureControls", 0, "enabled")
	want(t, c.get("/organizations/11"), false, "organization", "featureControls", 3, "enabled")
	c.call(404, "PATCH", "/organizations/11/feature-controls", `{"id":99,"enabled":false}`)
	want(t, c.at("us1").get("/organizations/21/feature-controls"), 24.0, "featureControls", 0, "id") // other ids elsewhere
}

func TestTFA(t *testing.T) {
	t.Parallel()
	c := starter(t)
	want(t, c.call(200, "PATCH", "/organizations/11/tfa-enforcement", `{"enable":true}`), true, "organization", "tfaEnforced")
	want(t, c.get("/organizations/11"), true, "organization", "tfaEnforced")
	c.call(402, "PATCH", "/organizations/12/tfa-enforcement", `{"enable":true}`)
	c.call(400, "PATCH", "/organizations/11/tfa-enforcement", `{}`)
	starter(t, with("tfa-feature", "off")).call(400, "PATCH", "/organizations/11/tfa-enforcement", `{"enable":true}`)
	revoking := starter(t, with("tfa-token", "revoke"), func(s *sandbox.State) { s.Users[1].TwoFactor = false })
	revoking.call(200, "PATCH", "/organizations/11/tfa-enforcement", `{"enable":true}`)
	revoking.as(jane).call(401, "GET", "/users/me", "")
}

// TestFormsOfDatesAndNumbers: a date has one published form; a text that is no number
// in JSON is none here either.
func TestFormsOfDatesAndNumbers(t *testing.T) {
	t.Parallel()
	c := starter(t)
	const path = "/organizations/11/variables/LAUNCH"
	c.call(200, "PATCH", path, `{"typeId":4,"value":"2026-02-28T23:59:59.999Z"}`)
	for _, date := range []string{"2026-02-28T23:59:59,999Z", "2026-02-28T1:00:00.000Z", "2026-02-29T00:00:00.000Z", "2026-02-28T00:00:00Z", "2026-02-28T00:00:00.000+00:00"} {
		c.call(400, "PATCH", path, `{"typeId":4,"value":"`+date+`"}`)
	}
	for _, number := range []string{"NaN", "inf", "-Infinity", "0x1p4", "1e999", " 5", ""} {
		c.call(400, "PATCH", path, `{"typeId":1,"value":"`+number+`"}`)
	}
	c.call(200, "PATCH", path, `{"typeId":1,"value":"-5.50e1"}`)
}
