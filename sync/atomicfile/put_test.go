package atomicfile_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"makesync/sync/atomicfile"
)

// TestPutKeepsLinks: who names a link wants what it points to written, and the link left where
// it is.
func TestPutKeepsLinks(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	for i, put := range []func(string, []byte) error{
		func(path string, data []byte) error {
			return atomicfile.Put(path, data, 0o644, atomicfile.KeepMode)
		},
		func(path string, data []byte) error {
			return atomicfile.Put(path, data, 0o600, atomicfile.ExactMode)
		},
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
		t.Errorf("an exact file behind a link has the mode %v, %v", info.Mode(), err)
	}
}

// TestPutWritesToOpenFiles: /dev/stdout is a link to a name of an open file below /proc.
// Neither that link nor the file that is open may be replaced.
func TestPutWritesToOpenFiles(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	name := fmt.Sprintf("/dev/fd/%d", file.Fd())
	if _, err := os.Lstat(name); err != nil {
		t.Skip("this system has no /dev/fd")
	}
	if err := atomicfile.Put(name, []byte("new"), 0o644, atomicfile.KeepMode); err != nil {
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

// TestTargetIsWhereTheSystemGoes: every spelling of a path leads to one name, that of the file.
func TestTargetIsWhereTheSystemGoes(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, folder := range []string{"a/b", "c/d"} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("c/file", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"a/b/up": "../../c", "there": dir + "/c", "file": "there/file", "loop": "loop",
		"deep": "c/d", "a/up": "../deep/../../c/file"} {
		if err := os.Symlink(to, link); err != nil {
			t.Skip("no links here:", err)
		}
	}
	want := filepath.Join(dir, "c", "file")
	for _, path := range []string{
		"c/file", "./c//file", "a/../c/file", "a/b/up/file", "a/b/up/../c/file", "there/file", "file", dir + "/file",
		"a/up",
	} {
		if got, err := atomicfile.Target(path); got != want || err != nil {
			t.Errorf("%s leads to %s, %v", path, got, err)
		}
	}
	if got, err := atomicfile.Target("there/new"); got != filepath.Join(dir, "c", "new") || err != nil {
		t.Errorf("a new file behind a link is %s, %v", got, err)
	}
	if got, err := atomicfile.Target("loop"); err == nil {
		t.Errorf("a loop leads to %s", got)
	}
}

// TestPutRefusesLinksOfOthers: in a shared folder, whoever makes a link by the name of an output
// would choose the file that is written over.
func TestPutRefusesLinksOfOthers(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() != 0 {
		t.Skip("only root can make a link of somebody else")
	}
	dir := t.TempDir()
	precious := filepath.Join(dir, "precious")
	if err := os.WriteFile(precious, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"file": precious, "folder": dir} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
		if err := os.Lchown(filepath.Join(dir, link), 12345, 12345); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"file", "folder/precious", "folder/new", "file/../folder/precious"} {
		var foreign *atomicfile.ForeignError
		err := atomicfile.Put(dir+"/"+name, []byte("new"), 0o600, atomicfile.ExactMode)
		if !errors.As(err, &foreign) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if data, _ := os.ReadFile(precious); string(data) != "precious" {
		t.Errorf("it holds %q", data)
	}
}

// TestTryPut: where Put would fail, TryPut says so; it leaves nothing behind.
func TestTryPut(t *testing.T) {
	dir := t.TempDir()
	there := filepath.Join(dir, "there")
	if err := os.WriteFile(there, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, works := range map[string]bool{
		there:                           true,
		filepath.Join(dir, "new"):       true,
		os.DevNull:                      true,
		dir:                             false,
		filepath.Join(dir, "no", "new"): false,
		filepath.Join(there, "new"):     false,
	} {
		tried := atomicfile.TryPut(path)
		if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
			t.Fatalf("after %s there is %v, %v", path, list, err)
		}
		put := atomicfile.Put(path, []byte("text"), 0o600, atomicfile.KeepMode)
		if (tried == nil) != works || (put == nil) != works {
			t.Errorf("%s: tried %v, put %v", path, tried, put)
		}
		if path != there && works && path != os.DevNull {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
}
