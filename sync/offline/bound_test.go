package offline_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/offline"
	"makesync/sync/state"
)

// TestMostFingerprints: however many fingerprints a snapshot has, no more than so many cost a run
// their time, and the plan says that the values beyond are not compared.
func TestMostFingerprints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ beyond, bare int }{{0, 0}, {3, 0}, {1, 1}} { // bare: 10,000, and one that has none
		beyond := c.beyond
		now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
		saved := offline.SavedOrganization{Kinds: []spec.Kind{spec.KindVariable}}
		saved.ID, saved.Name, saved.Host = 11, "Acme", "eu1.make.com"
		o := spec.Organization{Key: "acme", ID: 11, Zone: "eu1"}
		for i := range offline.MostFingerprints - 1 + beyond {
			name := fmt.Sprintf("V%d", i)
			saved.Variables = append(saved.Variables, offline.SavedVariable{Name: name, Type: "text", Fingerprint: "scrypt:x"})
			o.Variables = append(o.Variables, spec.Variable{Name: name, Value: spec.Sensitive("x")})
		}
		for i := range c.bare {
			name := fmt.Sprintf("BARE%d", i)
			saved.Variables = append(saved.Variables, offline.SavedVariable{Name: name, Type: "text", Sensitive: true})
			o.Variables = append(o.Variables, spec.Variable{Name: name, Value: spec.Sensitive("x")})
		}
		data, err := offline.EncodeSnapshot(&offline.Snapshot{
			Format: offline.SnapshotFormat, Taken: now, Zone: "eu1", Values: offline.ValuesFingerprint,
			Organizations: []offline.SavedOrganization{saved},
		})
		if err != nil {
			t.Fatal(err)
		}
		snapshot, err := offline.DecodeSnapshot(data)
		if err != nil {
			t.Fatal(err)
		}
		left := 0
		for _, v := range snapshot.Organizations[0].Variables {
			if v.Fingerprint != "" {
				left++
			}
		}
		if want := min(offline.MostFingerprints, offline.MostFingerprints-1+beyond); left != want {
			t.Errorf("%d fingerprints are looked at, not %d", left, want)
		}
		desired := &spec.Desired{Organizations: []spec.Organization{o}}
		problems := offline.Check([]*offline.Snapshot{snapshot}, desired, spec.Scope{}, now, 0)
		lost := max(0, beyond-1) + c.bare
		told := len(problems) == 1 && problems[0].Rule == "snapshot-values" && strings.HasPrefix(problems[0].Message,
			text.Count(lost, "value is", "values are")) && strings.Contains(problems[0].Message,
			"not compared: the snapshot of eu1 holds 10,000 secrets already")
		if told != (beyond > 0) || beyond == 0 && len(problems) > 0 {
			t.Errorf("%d beyond: %+v", beyond, problems)
		}
	}
}

// TestAStopIsHeeded: the values of a snapshot are not compared to their end by a run that is stopped.
func TestAStopIsHeeded(t *testing.T) {
	t.Parallel()
	saved := offline.SavedOrganization{Kinds: []spec.Kind{spec.KindVariable},
		Variables: []offline.SavedVariable{{Name: "V", Type: "text", Fingerprint: "scrypt:x"}}}
	saved.ID, saved.Name = 11, "Acme"
	snapshot := &offline.Snapshot{Zone: "eu1", Organizations: []offline.SavedOrganization{saved}}
	reader := snapshot.Port(&spec.Desired{}).Reader
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for _, want := range []error{nil, context.Canceled} {
		live := &state.Organization{}
		live.ID = 11
		if err := reader.Read(ctx, live, spec.KindVariable); !errors.Is(err, want) {
			t.Errorf("%v instead of %v", err, want)
		}
		stop()
	}
}
