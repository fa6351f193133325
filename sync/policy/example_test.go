package policy_test

import (
	"context"
	"fmt"
	"time"

	"makesync/sync/policy"
)

func Example() {
	list := []any{map[string]any{
		"id": "deletions-not-on-fridays", "on": "step", "severity": "hold",
		"when": `step.op == "delete"`, "require": `now.getDayOfWeek() != 5`,
		"message": "Nothing is deleted on Fridays (UTC).",
	}}
	plan := map[string]any{"organizations": []any{map[string]any{"key": "acme", "steps": []any{
		map[string]any{"n": 1, "address": "acme/variable/OLD", "kind": "variable", "op": "delete"},
		map[string]any{"n": 2, "address": "acme/variable/NEW", "kind": "variable", "op": "create"},
	}}}}
	policies, problems := policy.Decode(list, policy.From{Origin: "guards.yaml", Trusted: true})
	set, more := policy.Compile(policies)
	if len(problems)+len(more) > 0 {
		fmt.Println(problems, more)
		return
	}
	friday := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	verdict, err := set.Evaluate(context.Background(), policy.Input{Plan: plan, Now: friday})
	for _, r := range verdict.Results {
		fmt.Printf("%s %s: %s (%s)\n", r.Severity, r.Address, r.Message, r.ID)
	}
	fmt.Println(verdict.Evaluated, "judged,", err)
	// Output:
	// hold acme/variable/OLD: Nothing is deleted on Fridays (UTC). (deletions-not-on-fridays)
	// 2 judged, <nil>
}

func ExampleCompileWhere() {
	where, problems := policy.CompileWhere("credits.left < 0.1 * credits.total")
	if len(problems) > 0 {
		fmt.Println(problems)
		return
	}
	selection, err := where.Select(context.Background(), []map[string]any{
		{"key": "acme", "credits": map[string]any{"left": 900, "total": 10000}},
		{"key": "studio", "credits": map[string]any{"left": 5000, "total": 10000}},
		{"key": "on-hold"},
	}, time.Time{})
	fmt.Println(where.Reads(), selection.Rows, selection.Missing, err)
	// Output: [credits] [0] [2] <nil>
}
