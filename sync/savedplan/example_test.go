package savedplan_test

import (
	"bytes"
	"fmt"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/savedplan"
)

// A sealed plan is one that nobody without the key has changed.
func Example() {
	key := spec.Sensitive("the key of MAKESYNC_SEAL_KEY")
	made := &plan.Plan{
		Format: plan.Format, Tool: "1.2.3", Digest: plan.DigestOf(nil), Zones: []plan.Zone{},
		Organizations: []plan.Organization{}, Problems: []spec.Problem{}, Unmanaged: map[spec.Kind]int{}, Exit: exit.OK,
	}
	data, _ := savedplan.Encode(made, key)
	_, problems := savedplan.Decode(data, key)
	fmt.Println("as it was written:", len(problems), "problems")

	_, problems = savedplan.Decode(bytes.Replace(data, []byte(`"tool": "1.2.3"`), []byte(`"tool": "mine"`), 1), key)
	fmt.Println(problems[0].Rule+":", problems[0].Message)
	// Output:
	// as it was written: 0 problems
	// plan-seal: the seal does not fit: the plan was changed, or sealed with another key
}
