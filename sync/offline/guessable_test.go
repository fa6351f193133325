package offline_test

import (
	"testing"

	"makesync/spec"
	"makesync/sync/offline"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// TestGuessable: fingerprints of short values are counted, to the byte; nothing else is.
func TestGuessable(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	var declared []spec.Variable
	for name, value := range map[string]string{"EMPTY": "", "SHORT": "1234567", "LONG": "12345678", "OPEN": "1"} {
		zonetest.Variable(live, name, spec.TypeString, value)
		declared = append(declared, zonetest.TextVariable(name, value))
	}
	zonetest.Variable(live, "UNDECLARED", spec.TypeString, "1")
	desired := zonetest.Desired("acme", "Acme", zonetest.Variables(declared...))
	desired.Zone = "eu1"
	needed := offline.NeededOf(&spec.Desired{Organizations: []spec.Organization{desired}}, "eu1")
	port := state.Port{Endpoint: spec.Endpoint{Name: "eu1", Hosts: []string{zonetest.Host}}, Reader: zonetest.New(live)}
	zone, err := state.ReadZone(t.Context(), port, state.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for values, want := range map[offline.SavedValues]int{
		offline.ValuesFingerprint: 2, offline.ValuesNone: 0, offline.ValuesPlain: 0,
	} {
		snapshot := offline.MakeSnapshot(zone, offline.SnapshotOptions{
			Values: values, Salt: []byte("salt"), Needed: needed,
			Sensitive: func(a spec.Address) bool { return a.Name() != "OPEN" },
		})
		if snapshot.Guessable != want {
			t.Errorf("values %s: %d are guessable, want %d", values, snapshot.Guessable, want)
		}
	}
}
