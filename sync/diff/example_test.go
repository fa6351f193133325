package diff_test

import (
	"fmt"

	"makesync/spec"
	"makesync/sync/diff"
	"makesync/sync/state"
)

// Two values are compared, without a zone: what the documents want, and what is there.
func ExampleOrganization() {
	want := &spec.Organization{Key: "acme", Name: "Acme", Variables: []spec.Variable{
		{Name: "API_BASE", Type: spec.TypeString, Value: spec.Plain("https://api.acme.example")},
		{Name: "RETRIES", Type: spec.TypeNumber, Value: spec.Plain("5")},
	}}
	live := &state.Organization{Organization: spec.Organization{ID: 11, Name: "Acme", Variables: []spec.Variable{
		{Name: "LEFT_OVER", Type: spec.TypeString, Value: spec.Plain("x")},
		{Name: "RETRIES", Type: spec.TypeNumber, Value: spec.Plain("3")},
	}}}
	result := diff.Organization(diff.Input{Want: want, Live: live, Zone: "eu1"})

	for _, c := range result.Changes {
		fmt.Println(c.Op, c.Address, c.Fields)
	}
	fmt.Println("unmanaged:", result.Unmanaged)
	// Output:
	// create acme/variable/API_BASE [{type  string} {value  https://api.acme.example}]
	// update acme/variable/RETRIES [{value 3 5}]
	// unmanaged: map[variable:1]
}
