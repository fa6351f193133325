package history

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"makesync/sync/report"
)

// A journal without its first line is of a run that sent nothing: nothing waits for it, nothing is
// written to it, and its time is that of its name.
func TestJournalWithoutItsFirstLine(t *testing.T) {
	t.Parallel()
	const run = "20261127T101954Z-d70335ba"
	for name, data := range map[string][]byte{
		"empty":  {},
		"half":   []byte(`{"type":"begin","form`),
		"zeroed": make([]byte, 512),
	} {
		s := open(t)
		path := filepath.Join(s.dir, "runs", run+".jsonl")
		if err := makeDir(filepath.Dir(path)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		runs, err := s.List()
		began := time.Date(2026, 11, 27, 10, 19, 54, 0, time.UTC)
		if err != nil || len(runs) != 1 || runs[0].Status != report.RunEmpty || runs[0].Damaged != "" ||
			!runs[0].Started.Equal(began) {
			t.Errorf("%s: %+v, %v", name, runs, err)
		}
		if unfinished, err := s.Unresolved(eu1Only); err != nil || len(unfinished) != 0 {
			t.Errorf("%s: to be resolved: %v, %v", name, unfinished, err)
		}
		if j, err := s.Append(run); err == nil {
			t.Errorf("%s: something may be added to it", name)
			j.Close()
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, data) {
			t.Errorf("%s: the file was changed, %v", name, err)
		}
	}
}
