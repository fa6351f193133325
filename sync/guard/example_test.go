package guard_test

import (
	"fmt"

	"makesync/spec"
	"makesync/sync/guard"
	"makesync/sync/plan"
)

// Two variables would go, and the documents allow one deletion: both are held, with the rule that
// would let them through.
func ExampleGuard_Review() {
	var changes []plan.Change
	for _, name := range []string{"OLD", "OLDER"} {
		changes = append(changes, plan.NewChange(plan.PhaseVariableDelete, plan.Step{
			Address: spec.NewAddress("acme", spec.KindVariable, name), Op: plan.OpDelete,
		}, nil, plan.AdminsOf(nil)))
	}
	guards := spec.DefaultGuards()
	guards.MaxDeletes = map[spec.Kind]int{spec.KindVariable: 1}
	verdicts := guard.New(guards, nil, nil).Review([]guard.Guarded{{Key: "acme", Zone: "eu1", Changes: changes}})

	fmt.Println("may run:", len(verdicts[0].Changes))
	for _, held := range verdicts[0].Held {
		fmt.Println(held.Address, held.Guard, "--allow", held.Allow)
	}
	fmt.Println(verdicts[0].Held[0].Reason)
	// Output:
	// may run: 0
	// acme/variable/OLD maxDeletes --allow delete:variable<=2@acme
	// acme/variable/OLDER maxDeletes --allow delete:variable<=2@acme
	// 2 variable deletes in acme, and guards.maxDeletes allows 1
}
