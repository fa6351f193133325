package export_test

import (
	"context"
	"fmt"

	"makesync/spec"
	"makesync/sync/export"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// A live organization becomes one of the documents: ids are names there, and secrets references.
func ExampleExporter_Document() {
	acme := zonetest.Acme()
	zonetest.Variable(acme, "API_TOKEN", spec.TypeString, "hunter2")
	zone, _ := state.ReadZone(context.Background(), state.Port{
		Endpoint: spec.Endpoint{Name: "eu1", Hosts: []string{zonetest.Host}},
		Reader:   zonetest.New(acme),
	}, state.ReadOptions{})

	e := export.Exporter{Zone: "eu1", Names: zone.Names, Sensitive: func(a spec.Address) bool {
		return spec.IsSensitive(a, a.Name(), nil)
	}}
	live := zone.Organizations[0]
	document := e.Document(live, zone.Keys[live.ID])
	o := document.Organization
	fmt.Println(o.Key, o.Name, o.Country, o.Timezone, "owned by", o.Owner)
	for _, v := range o.Variables {
		fmt.Println(v.Name, v.Reference)
	}
	// Output:
	// acme Acme CZ Europe/Prague owned by ops@acme.example
	// API_TOKEN ${env:ACME_API_TOKEN}
}
