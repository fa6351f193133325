package history

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/plan"
)

var (
	heldAlert = Alert{ID: "held acme", Organization: "acme"}
	downAlert = Alert{ID: "zone down"}
)

func seesAll(string) bool     { return false }
func seesNothing(string) bool { return true }

// tell is one night: what is new, and what is remembered.
func tell(t *testing.T, s *Store, blind func(string) bool, alerts ...Alert) (fresh []string) {
	t.Helper()
	told, err := s.Notified("apply", "clients/")
	if err != nil {
		t.Fatal(err)
	}
	for _, alert := range alerts {
		if !told.Contains(alert) {
			fresh = append(fresh, alert.ID)
		}
	}
	if err := told.Remember(alerts, blind); err != nil {
		t.Fatal(err)
	}
	return fresh
}

func TestToldOnceUntilItEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := Open(Options{Dir: dir, Now: func() time.Time { return time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC) }})
	nights := []struct {
		blind  func(string) bool
		alerts []Alert
		fresh  int
	}{
		{seesAll, nil, 0},
		{seesAll, []Alert{heldAlert}, 1},
		{seesAll, []Alert{heldAlert}, 0},
		{seesNothing, []Alert{downAlert}, 1}, // the held change is out of sight, not over
		{seesAll, []Alert{heldAlert}, 0},
		{seesAll, nil, 0},
		{seesAll, []Alert{heldAlert, downAlert}, 2}, // both came back
	}
	for i, night := range nights {
		if got := tell(t, s, night.blind, night.alerts...); len(got) != night.fresh {
			t.Errorf("night %d: new are %v, want %d", i, got, night.fresh)
		}
	}
	other, err := s.Notified("plan", "clients/")
	if err != nil || other.Contains(heldAlert) {
		t.Errorf("another job was told: %v", err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "told", "*.json"))
	if len(files) != 1 {
		t.Fatalf("files %v", files)
	}
	info, err := os.Stat(files[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	// A damaged file costs one repetition, never a run.
	if err := os.WriteFile(files[0], []byte("{tor"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := tell(t, s, seesAll, heldAlert); len(got) != 1 {
		t.Errorf("after damage: %v", got)
	}
}

func TestNothingToldLeavesNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tell(t, Open(Options{Dir: dir}), seesAll)
	if _, err := os.Stat(filepath.Join(dir, "told")); !os.IsNotExist(err) {
		t.Errorf("told/ is there: %v", err)
	}
}

func TestRunsThatSawItWaiting(t *testing.T) {
	t.Parallel()
	s := Open(Options{Dir: t.TempDir()})
	waiting := func(reason string) *plan.Plan {
		o := plan.Organization{Key: "acme"}
		if reason != "" {
			o.Waiting = []plan.Waiting{{Address: "acme/owner", Reason: reason}}
		}
		return &plan.Plan{Organizations: []plan.Organization{o}}
	}
	for i, run := range []struct {
		reason string
		want   int
	}{{"a", 1}, {"a", 2}, {"a", 3}, {"b", 1}, {"", 0}, {"b", 1}} {
		seen, err := s.Seen()
		if err != nil {
			t.Fatal(err)
		}
		if err := seen.Remember(waiting(run.reason)); err != nil {
			t.Fatal(err)
		}
		if got := seen.Runs(spec.Address("acme/owner"), run.reason); got != run.want {
			t.Errorf("run %d: seen %d times, want %d", i, got, run.want)
		}
	}
}
