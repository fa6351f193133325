package state_test

import (
	"context"
	"fmt"

	"makesync/spec"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// A zone is asked for one organization: its variables and its people.
func ExampleReadOrganization() {
	zone := zonetest.New(zonetest.Acme())
	rows, _ := zone.Organizations(context.Background())
	kinds := []spec.Kind{spec.KindVariable}
	reading := state.ReadOrganization(context.Background(), zone, rows[0], state.Wanted{Kinds: kinds})

	live := reading.Organization
	fmt.Println(live.Name, "lives in", live.Host)
	fmt.Println("variables read:", live.Read(spec.KindVariable), "members read:", live.Read(spec.KindMember))
	fmt.Println(state.ViewOf(live, spec.KindOrganization, ""))
	// Output:
	// Acme lives in eu1.make.com
	// variables read: true members read: false
	// map[country:203 name:Acme timezone:113]
}
