package atomicfile_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"makesync/sync/atomicfile"
)

// TestWriteClearsLeftovers: who writes a file again removes what runs that were killed while they
// wrote it have left, and nothing that could be somebody else's.
func TestWriteClearsLeftovers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const number = "8123456789012345678"
	old := time.Now().Add(-2 * time.Hour)
	want := []string{"plan.json"}
	for name, stays := range map[string]bool{
		".plan.json" + number:          false,
		".plan.json7123456789012345":   false,
		".plan.json20261128043000":     true, // a date
		".plan.json" + number + ".txt": true,
		".plan.json.1" + number:        true,
		".plan.yaml" + number:          true, // another's to clear
		"plan.json" + number:           true,
		".1" + number:                  true,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(dir, name), old, old); err != nil {
			t.Fatal(err)
		}
		if stays {
			want = append(want, name)
		}
	}
	young, folder := ".plan.json9"+number[1:], ".plan.json6"+number[1:]
	if err := os.WriteFile(filepath.Join(dir, young), nil, 0o600); err != nil { // it may be written just now
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(dir, folder), old, old); err != nil {
		t.Fatal(err)
	}
	want = append(want, young, folder)
	if runtime.GOOS != "windows" && os.Geteuid() == 0 {
		others := ".plan.json5" + number[1:]
		if err := os.WriteFile(filepath.Join(dir, others), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(filepath.Join(dir, others), 12345, 12345); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(dir, others), old, old); err != nil {
			t.Fatal(err)
		}
		want = append(want, others)
	}
	path := filepath.Join(dir, "plan.json")
	if err := atomicfile.Write(path, []byte("new"), 0o600, atomicfile.ExactMode); err != nil {
		t.Fatal(err)
	}
	var got []string
	entries, err := os.ReadDir(dir)
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if slices.Sort(want); err != nil || !slices.Equal(got, want) {
		t.Errorf("there are\n%q, want\n%q: %v", got, want, err)
	}
}
