package lock_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"makesync/sync/lock"
)

// TestSeenByAnother: a second process sees a lock while it is held, and only then.
func TestSeenByAnother(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	if _, err := lock.SeenByAnother(context.Background(), path); err == nil {
		t.Error("there is no file, and it says something of it")
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if seen, err := lock.SeenByAnother(context.Background(), path); seen || err != nil {
		t.Errorf("of a free file: %v, %v", seen, err)
	}
	if got, err := lock.File(file, false); !got || err != nil {
		t.Fatal(got, err)
	}
	if seen, err := lock.SeenByAnother(context.Background(), path); !seen || err != nil {
		t.Errorf("of a locked file: %v, %v", seen, err)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if seen, err := lock.SeenByAnother(stopped, path); seen || err == nil {
		t.Errorf("stopped: %v, %v", seen, err)
	}
	if err := lock.Unlock(file); err != nil {
		t.Fatal(err)
	}
	if seen, err := lock.SeenByAnother(context.Background(), path); seen || err != nil {
		t.Errorf("after it was let go: %v, %v", seen, err)
	}
}
