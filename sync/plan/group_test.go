package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/savedplan"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// change is a step of an organization.
func change(key, name string, op plan.Op, risk plan.Risk, from, to state.Scalar) plan.Step {
	return plan.Step{Address: spec.NewAddress(key, spec.KindVariable, name), Kind: spec.KindVariable, Op: op, Risk: risk,
		Fields: []plan.Field{{Path: "value", From: from, To: to}}}
}

func TestGroupsAreInOrderOfRiskNumberAndName(t *testing.T) {
	t.Parallel()
	var organizations []plan.Organization
	for i := range 5 {
		key := fmt.Sprintf("client-%d", i)
		o := plan.Organization{Key: key, Steps: []plan.Step{change(key, "B", plan.OpUpdate, plan.RiskNone, state.Text("x"), state.Text("y"))}}
		if i < 4 {
			o.Steps = append(o.Steps, change(key, "A", plan.OpUpdate, plan.RiskNone, state.Text("x"), state.Text("y")))
		}
		if i < 2 {
			o.Steps = append(o.Steps, change(key, "OLD", plan.OpDelete, plan.RiskDestructive, state.Text("x"), state.None()))
			o.Steps = append(o.Steps, change(key, "AGED", plan.OpDelete, plan.RiskDestructive, state.Text("x"), state.None()))
		}
		organizations = append(organizations, o)
	}
	var got []string
	for _, g := range plan.Groups(organizations) {
		got = append(got, fmt.Sprint(g.Name, " ", g.Count))
	}
	if want := "AGED 2, OLD 2, B 5, A 4"; strings.Join(got, ", ") != want {
		t.Errorf("%s, want %s", strings.Join(got, ", "), want)
	}
}

// TestGroupsOfAFileAreThoseOfTheSteps: a plan that was printed can be applied, and one whose groups
// say something else cannot.
func TestGroupsOfAFileAreThoseOfTheSteps(t *testing.T) {
	t.Parallel()
	one, two := zonetest.Organization(11, "One"), zonetest.Organization(12, "Two")
	p := plantest.Make(t, plantest.Request(zonetest.New(one, two),
		zonetest.Desired("one", "One", zonetest.Variables(zonetest.TextVariable("A", "x"))),
		zonetest.Desired("two", "Two", zonetest.Variables(zonetest.TextVariable("A", "x")))))
	data, problems := savedplan.Encode(p, spec.Value{})
	if len(problems) > 0 || strings.Contains(string(data), `"groups"`) {
		t.Fatalf("%v\n%s", problems, data)
	}
	groups := `"groups": [{"kind": "variable", "name": "A", "op": "create", "risk": "none",
		"fields": [{"path": "type", "from": null, "to": "string"}, {"path": "value", "from": null, "to": "x"}], "organizations": ["one", "two"], "count": 2}],`
	for text, valid := range map[string]bool{groups: true, strings.Replace(groups, `"two"`, `"tow"`, 1): false, `"groups": [],`: true} {
		_, problems := savedplan.Decode([]byte(strings.Replace(string(data), `"summary":`, text+`"summary":`, 1)), spec.Value{})
		if valid != (len(problems) == 0) {
			t.Errorf("%s: %v", text, problems)
		}
	}
}
