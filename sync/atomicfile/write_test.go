package atomicfile_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"makesync/sync/atomicfile"
)

// A file is made beside its target: whatever is wrong with the folder for temporary files, or
// different about it, shows nowhere, and nothing is left behind.
func TestWriteStaysInTheFolder(t *testing.T) {
	elsewhere := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, elsewhere)
	}
	if err := os.Chmod(elsewhere, 0o500); err != nil {
		t.Fatal(err)
	}
	before := modified(t, elsewhere)
	dir := t.TempDir()
	path := filepath.Join(dir, "plan.json")
	for _, text := range []string{"one", "two"} {
		if err := atomicfile.Write(path, []byte(text), 0o600, atomicfile.ExactMode); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); string(got) != text {
			t.Errorf("it holds %q, %v", got, err)
		}
	}
	if now := modified(t, elsewhere); now != before {
		t.Errorf("the folder for temporary files was used: changed at %v", now)
	}
	if names, err := os.ReadDir(dir); len(names) != 1 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

// modified is when a folder's list of names last changed, in nanoseconds.
func modified(t *testing.T, folder string) int64 {
	t.Helper()
	info, err := os.Stat(folder)
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime().UnixNano()
}

func TestWriteModes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permissions of this kind")
	}
	for _, c := range []struct {
		name      string
		was, perm os.FileMode // was 0: there is no file
		mode      atomicfile.Mode
		want      os.FileMode
	}{
		{"new", 0, 0o600, atomicfile.KeepMode, 0o600},
		{"new, exact", 0, 0o644, atomicfile.ExactMode, 0o644},
		{"kept", 0o640, 0o600, atomicfile.KeepMode, 0o640},
		{"narrowed", 0o666, 0o600, atomicfile.ExactMode, 0o600},
	} {
		path := filepath.Join(t.TempDir(), "file")
		if c.was != 0 {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, c.was); err != nil {
				t.Fatal(err)
			}
		}
		if err := atomicfile.Write(path, []byte("text"), c.perm, c.mode); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != c.want {
			t.Errorf("%s: %v, %v, want %v", c.name, info.Mode(), err, c.want)
		}
	}
}

// What fails leaves what stood there, and nothing beside it.
func TestWriteFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "folder")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(path, nil, 0o600, atomicfile.ExactMode); err == nil {
		t.Error("a folder was replaced by a file")
	}
	if names, _ := os.ReadDir(dir); len(names) != 1 || !names[0].IsDir() {
		t.Errorf("left behind: %v", names)
	}
	if err := atomicfile.Write(filepath.Join(dir, "no", "folder"), nil, 0o600, atomicfile.KeepMode); err == nil {
		t.Error("a file in a folder that is not there")
	}
	if err := atomicfile.SyncFolder(dir); err != nil {
		t.Error(err)
	}
}
