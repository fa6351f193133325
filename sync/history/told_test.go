package history

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"makesync/spec"
	reconcile "makesync/sync"
)

var (
	heldTrouble = Trouble{ID: "held acme", Organization: "acme"}
	downTrouble = Trouble{ID: "zone down"}
)

func seesAll(string) bool     { return false }
func seesNothing(string) bool { return true }

// tell is one night: what is new, and what is remembered.
func tell(t *testing.T, s *Store, blind func(string) bool, troubles ...Trouble) (fresh []string) {
	t.Helper()
	told, err := s.Told("apply", "clients/")
	if err != nil {
		t.Fatal(err)
	}
	for _, trouble := range troubles {
		if !told.Knows(trouble) {
			fresh = append(fresh, trouble.ID)
		}
	}
	if err := told.Remember(troubles, blind); err != nil {
		t.Fatal(err)
	}
	return fresh
}

func TestToldOnceUntilItEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := Open(Options{Dir: dir, Now: func() time.Time { return time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC) }})
	nights := []struct {
		blind    func(string) bool
		troubles []Trouble
		fresh    int
	}{
		{seesAll, nil, 0},
		{seesAll, []Trouble{heldTrouble}, 1},
		{seesAll, []Trouble{heldTrouble}, 0},
		{seesNothing, []Trouble{downTrouble}, 1}, // the held change is out of sight, not over
		{seesAll, []Trouble{heldTrouble}, 0},
		{seesAll, nil, 0},
		{seesAll, []Trouble{heldTrouble, downTrouble}, 2}, // both came back
	}
	for i, night := range nights {
		if got := tell(t, s, night.blind, night.troubles...); len(got) != night.fresh {
			t.Errorf("night %d: new are %v, want %d", i, got, night.fresh)
		}
	}
	other, err := s.Told("plan", "clients/")
	if err != nil || other.Knows(heldTrouble) {
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
	if got := tell(t, s, seesAll, heldTrouble); len(got) != 1 {
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
	waiting := func(reason string) *reconcile.Plan {
		o := reconcile.OrganizationPlan{Key: "acme"}
		if reason != "" {
			o.Waiting = []reconcile.Waiting{{Address: "acme/owner", Reason: reason}}
		}
		return &reconcile.Plan{Organizations: []reconcile.OrganizationPlan{o}}
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
