package offline_test

import (
	"context"
	"fmt"
	"time"

	"makesync/spec"
	"makesync/sync/offline"
	"makesync/sync/planner"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// A snapshot is taken of a zone, and plans are made from it without the zone.
func ExampleMakeSnapshot() {
	ctx := context.Background()
	endpoint := spec.Endpoint{Name: "eu1", Hosts: []string{zonetest.Host}}
	port := state.Port{Endpoint: endpoint, Reader: zonetest.New(zonetest.Acme())}
	zone, _ := state.ReadZone(ctx, port, state.ReadOptions{})
	snapshot := offline.MakeSnapshot(zone, offline.SnapshotOptions{
		Taken:  time.Date(2026, 11, 22, 3, 15, 0, 0, time.UTC),
		Values: offline.ValuesFingerprint,
	})

	desired := &spec.Desired{Guards: spec.DefaultGuards(), Organizations: []spec.Organization{
		{Key: "acme", Name: "Acme", Zone: "eu1", Country: "DE"},
	}}
	p, _ := planner.Make(ctx, planner.Request{
		Desired: desired,
		Zones:   map[string]state.Port{"eu1": snapshot.Port(desired)},
	})
	fmt.Println(snapshot.Zone, snapshot.Taken.Format(time.DateTime), len(snapshot.Organizations))
	for _, s := range p.Organizations[0].Steps {
		fmt.Println(s.Op, s.Address, s.Fields)
	}
	// Output:
	// eu1 2026-11-22 03:15:00 1
	// update acme [{country CZ DE}]
}
