//go:build unix

package approval

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// exchanging puts something else in the place of a file between the look at it and its opening.
type exchanging struct {
	fs.ReadLinkFS
	put func(name string)
}

func (e exchanging) Lstat(name string) (fs.FileInfo, error) {
	info, err := e.ReadLinkFS.Lstat(name)
	e.put(name)
	return info, err
}

func TestWhatIsExchangedWhileItIsRead(t *testing.T) {
	t.Parallel()
	for what, put := range map[string]func(path string) error{
		"a pipe":      func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a folder":    func(path string) error { return os.Mkdir(path, 0o700) },
		"a link out":  func(path string) error { return os.Symlink("/etc/hostname", path) },
		"a link away": func(path string) error { return os.Symlink("../../../../etc/hostname", path) },
	} {
		folder := t.TempDir()
		f := signed(t, wanted(), signerOf(1))
		if err := Save(folder, f); err != nil {
			t.Fatal(err)
		}
		root, err := os.OpenRoot(folder)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = root.Close() })
		open := openFolder{root.FS().(fs.ReadLinkFS), root}
		swapping := struct{ exchanging }{exchanging{open, func(name string) {
			path := filepath.Join(folder, name)
			if err := os.Remove(path); err == nil {
				if err := put(path); err != nil {
					t.Error(err)
				}
			}
		}}}
		done := make(chan struct{})
		go func() {
			defer close(done)
			files, err := readIn(swapping)
			if err != nil || len(files) != 1 || files[0].Trouble == "" || strings.Contains(files[0].Trouble, "is missing") {
				t.Errorf("%s: %+v %v", what, files, err)
			}
		}()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Fatalf("%s is waited for", what)
		}
	}
}

func TestFolderThatIsNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, link} {
		if files, err := Read(path); err == nil {
			t.Errorf("%s: %v", path, files)
		}
	}
	if files, err := Read(filepath.Join(dir, "nowhere")); err != nil || files != nil {
		t.Error(files, err)
	}
}
