package planner_test

import (
	"context"
	"fmt"

	"makesync/spec"
	"makesync/sync/planner"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// A zone holds one organization, and the documents want another time zone, a variable and a member.
func ExampleMake() {
	want := spec.Organization{Key: "acme", Name: "Acme", Zone: "eu1", Timezone: "Europe/Berlin",
		Variables: []spec.Variable{zonetest.TextVariable("API_BASE", "https://api.acme.example")},
		Members:   []spec.Member{{Email: "jane@acme.example", Role: "Admin", Invite: &spec.Invite{Name: "Jane Doe"}}},
	}
	p, err := planner.Make(context.Background(), planner.Request{
		Desired: &spec.Desired{Guards: spec.DefaultGuards(), Organizations: []spec.Organization{want}},
		Zones: map[string]state.Port{"eu1": {
			Endpoint: spec.Endpoint{Name: "eu1", Hosts: []string{zonetest.Host}},
			Reader:   zonetest.New(zonetest.Acme()),
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range p.Organizations[0].Steps {
		fmt.Println(s.N, s.Op, s.Address, s.Risk)
	}
	// Output:
	// 1 update acme none
	// 2 create acme/variable/API_BASE none
	// 3 invite acme/member/jane@acme.example caution
}
