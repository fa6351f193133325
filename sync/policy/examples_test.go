package policy

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"makesync/schema"
	"makesync/spec"
)

const examples = "../../examples/policies"

// examplePolicies reads one file of examples as JSON values, after its schema has taken it.
func examplePolicies(t *testing.T, path string) []Policy {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	data, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	if problems := spec.Check(schema.Guards(), data); len(problems) > 0 {
		t.Errorf("%s: %v", path, problems)
	}
	policies, problems := Decode(decoded(t, string(data))["policies"], From{Origin: path, Trusted: true})
	if len(problems) > 0 {
		t.Errorf("%s: %v", path, problems)
	}
	return policies
}

func TestExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(examples + "/*.yaml")
	if err != nil || len(files) != 10 {
		t.Fatal(files, err)
	}
	readme, err := os.ReadFile(examples + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []Policy
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		policies := examplePolicies(t, file)
		if len(policies) != 1 || policies[0].ID != name {
			t.Errorf("%s does not hold the policy %s alone", file, name)
		}
		if !strings.Contains(string(readme), "`"+name+".yaml`") {
			t.Errorf("the README does not name %s", name)
		}
		all = append(all, policies...)
	}
	set, problems := Compile(all)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	report, err := set.Test(context.Background())
	if err != nil || len(report.Problems) > 0 || report.Run < 30 {
		t.Errorf("%+v %v", report, err)
	}
	for _, p := range all {
		passes := map[bool]bool{}
		for _, test := range p.Tests {
			passes[test.Passes] = true
		}
		if len(passes) != 2 {
			t.Errorf("%s lacks a test that passes or one that does not", p.ID)
		}
	}
}

// TestExamplesOnAPlan: they hold on a whole plan, not on the parts only that their tests give.
func TestExamplesOnAPlan(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(examples + "/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []Policy
	for _, file := range files {
		all = append(all, examplePolicies(t, file)...)
	}
	plan := decoded(t, `{"summary": {}, "organizations": [{"key": "acme", "steps": [
		{"n": 1, "address": "acme/variable/oldName", "kind": "variable", "op": "create", "risk": "none",
		 "fields": [{"path": "type", "from": null, "to": "string"}, {"path": "value", "from": null, "to": "x"}]},
		{"n": 2, "address": "acme/variable/LEFT", "kind": "variable", "op": "delete", "risk": "destructive",
		 "fields": [{"path": "value", "from": "x", "to": null}]},
		{"n": 3, "address": "acme/tfa", "kind": "tfa", "op": "update", "risk": "caution", "fields": [{"path": "tfaEnforced", "from": true, "to": false}]},
		{"n": 4, "address": "acme/member/eve@acme.example", "kind": "member", "op": "invite", "risk": "caution",
		 "fields": [{"path": "role", "from": null, "to": "Admin"}]}]}]}`)
	members := Members([]Member{{Email: "jane@acme.example", Role: "Owner"}, {Email: "eve@agency.example", Role: "Admin", Invitation: "pending"}})
	v, err := compiled(t, all...).Evaluate(context.Background(), Input{
		Plan: plan, Now: friday, Organizations: map[string]map[string]any{"acme": {"members": members}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range v.Results {
		if r.Failed != "" {
			t.Errorf("%s failed: %s", r.ID, r.Failed)
		}
		got = append(got, string(r.Severity)+" "+r.ID+" "+r.Address)
	}
	want := `error admins-inside acme
error two-factor-stays acme/tfa
error variable-names acme/variable/oldName
hold never-alone acme
hold no-deletion-on-fridays acme/variable/LEFT`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

// TestEachExampleIsBroken breaks each of them by a plan, and none by one that does nothing.
func TestEachExampleIsBroken(t *testing.T) {
	t.Parallel()
	step := func(json string) string { return `{"organizations": [{"key": "acme", "steps": [` + json + `]}]}` }
	money := `"money": {"amount": "900.00", "currency": "USD", "period": "month", "charged": "now"}`
	for id, plan := range map[string]string{
		"admins-inside":          step(``),
		"never-alone":            step(`{"n": 1, "address": "acme/member/a@b.example", "kind": "member", "op": "delete", "risk": "destructive", "fields": []}`),
		"no-deletion-on-fridays": step(`{"n": 1, "address": "acme/variable/A", "kind": "variable", "op": "delete", "risk": "destructive", "fields": []}`),
		"few-signed-out": step(`{"n": 1, "address": "acme/tfa", "kind": "tfa", "op": "update", "risk": "caution",
			"fields": [{"path": "tfaEnforced", "from": false, "to": true}]}`),
		"two-factor-stays": step(`{"n": 1, "address": "acme/tfa", "kind": "tfa", "op": "update", "risk": "caution",
			"fields": [{"path": "tfaEnforced", "from": true, "to": false}]}`),
		"money-per-step": step(`{"n": 1, "address": "acme/subscription", "kind": "subscription", "op": "update", "risk": "irreversible", ` + money + `}`),
		"money-per-run":  `{"money": {"USD": "900.00"}, "organizations": []}`,
		"variable-names": step(`{"n": 1, "address": "acme/variable/apiBase", "kind": "variable", "op": "create", "risk": "none", "fields": []}`),
		"no-plain-secret": step(`{"n": 1, "address": "acme/variable/API_TOKEN", "kind": "variable", "op": "create", "risk": "none",
			"fields": [{"path": "value", "from": null, "to": {"sensitive": true}}]}`),
		"small-steps": `{"organizations": [` + strings.TrimSuffix(strings.Repeat(`{"key": "KEY", "steps": [
			{"n": 1, "address": "a/variable/A", "kind": "variable", "op": "delete", "risk": "destructive"}]},`, 4), ",") + `]}`,
	} {
		for i := range 4 {
			plan = strings.Replace(plan, `"KEY"`, `"org-`+string(rune('a'+i))+`"`, 1)
		}
		p := examplePolicies(t, examples+"/"+id+".yaml")
		people := Members([]Member{
			{Email: "jane@acme.example", Role: "Owner"}, {Email: "eve@agency.example", Role: "Admin", Invitation: "pending"},
			{Email: "bob@acme.example", Role: "Member"}, {Email: "leo@acme.example", Role: "Member"},
		})
		in := Input{Plan: decoded(t, plan), Now: friday, Organizations: map[string]map[string]any{"acme": {"members": people}}}
		v, err := compiled(t, p...).Evaluate(context.Background(), in)
		if err != nil || len(v.Results) != 1 || v.Results[0].ID != id || v.Results[0].Failed != "" {
			t.Errorf("%s: %+v %v", id, v.Results, err)
		}
		in.Plan, in.Organizations = decoded(t, `{"organizations": [{"key": "acme", "steps": []}]}`), map[string]map[string]any{"acme": {"members": []any{}}}
		if v, err := compiled(t, p...).Evaluate(context.Background(), in); err != nil || len(v.Results) != 0 {
			t.Errorf("%s is broken by nothing: %+v %v", id, v.Results, err)
		}
	}
}
