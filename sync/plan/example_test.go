package plan_test

import (
	"fmt"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// A change knows its kind, its risk and its writes from what it does to which address.
func ExampleNewChange() {
	live := &state.Organization{Organization: spec.Organization{ID: 11, Name: "Acme", Variables: []spec.Variable{
		{Name: "OLD", Type: spec.TypeString, Value: spec.Plain("gone soon")},
	}}}
	change := plan.NewChange(plan.PhaseVariableDelete, plan.Step{
		Address:   spec.NewAddress("acme", spec.KindVariable, "OLD"),
		Op:        plan.OpDelete,
		Arguments: plan.Arguments{Name: "OLD", Confirmed: true},
	}, live, plan.AdminsOf(live))

	fmt.Println(change.Kind, change.Op, change.Risk)
	for _, write := range plan.WritesOf(live.ID, &change.Step) {
		fmt.Println(write.Verb, write.Address, "in organization", write.Organization)
	}
	// Output:
	// variable delete destructive
	// deleteVariable acme/variable/OLD in organization 11
}

// A rule lets through what it names, as many as it says.
func ExampleParseAllow() {
	rule, _ := plan.ParseAllow("delete:variable<=12@acme")
	fmt.Println(rule.Op, rule.Kind, rule.Max, rule.Key)
	_, err := plan.ParseAllow("delete:owner@acme")
	fmt.Println(err)
	// Output:
	// delete variable 12 acme
	// rule "delete:owner@acme": delete does not go with "owner"; it goes with organization, subscription, paymentMethods, variable, member
}
