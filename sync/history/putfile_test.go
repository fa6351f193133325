package history_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"makesync/sync/history"
)

// TestPutFileKeepsLinks: who names a link wants what it points to written, and the link left where
// it is.
func TestPutFileKeepsLinks(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	for i, put := range []func(string, []byte) error{
		func(path string, data []byte) error { return history.PutFile(path, data, 0o644, false) },
		func(path string, data []byte) error { return history.PutFile(path, data, 0o644, false) },
		history.SavePlan,
	} {
		want := fmt.Sprint("text ", i)
		if err := put(link, []byte(want)); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Fatalf("the link is gone: %v", err)
		}
		if got, err := os.ReadFile(target); string(got) != want {
			t.Errorf("the target holds %q, %v", got, err)
		}
	}
	if info, err := os.Stat(target); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a plan behind a link has the mode %v, %v", info.Mode(), err)
	}
}

// TestPutFileWritesToOpenFiles: /dev/stdout is a link to a name of an open file below /proc.
// Neither that link nor the file that is open may be replaced.
func TestPutFileWritesToOpenFiles(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	name := fmt.Sprintf("/dev/fd/%d", file.Fd())
	if _, err := os.Lstat(name); err != nil {
		t.Skip("this system has no /dev/fd")
	}
	if err := history.PutFile(name, []byte("new"), 0o644, false); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(file.Name()); string(got) != "new" {
		t.Errorf("the file holds %q, %v", got, err)
	}
	open, _ := file.Stat()
	if now, err := os.Stat(file.Name()); err != nil || !os.SameFile(open, now) {
		t.Errorf("the open file was replaced: %v", err)
	}
}
