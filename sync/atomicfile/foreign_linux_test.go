package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPutGivesNothingAway: in a folder that others share, neither a pipe nor the permissions of a
// file that another user has put there lead what is written to him.
func TestPutGivesNothingAway(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make a file of somebody else")
	}
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o666), os.Chown(pipe, 12345, 12345)); err != nil {
		t.Fatal(err)
	}
	var foreign *ForeignError
	if err := Put(pipe, []byte("text"), 0o600, KeepMode); !errors.As(err, &foreign) {
		t.Errorf("a pipe: %v", err)
	}
	if err := TryPut(pipe); !errors.As(err, &foreign) {
		t.Errorf("a pipe is tried: %v", err)
	}
	for _, c := range []struct{ folder, there, perm, want os.FileMode }{
		{0o777, 0o666, 0o600, 0o600}, {0o775, 0o644, 0o600, 0o600}, {0o777, 0o600, 0o644, 0o600},
		{0o755, 0o644, 0o600, 0o644}, // root in a checkout of whoever goes on after it
		{0o775, 0o664, 0o644, 0o664}, // a document of a group
	} {
		if err := os.Chmod(dir, c.folder); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "file")
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chown(path, 12345, 12345), os.Chmod(path, c.there)); err != nil {
			t.Fatal(err)
		}
		if err := Put(path, []byte("text"), c.perm, KeepMode); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != c.want {
			t.Errorf("%o over %o of another user in a folder of %o is %v, %v", c.perm, c.there, c.folder, info.Mode(), err)
		}
	}
}

// TestPutIntoPipes: a pipe of one's own takes all that is written, from whoever comes to read it;
// without anybody there, and with one who does not read, writing ends.
func TestPutIntoPipes(t *testing.T) {
	defer func(before time.Duration) { patience = before }(patience)
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	patience = 50 * time.Millisecond
	data := []byte(strings.Repeat("text", 100_000))
	if err := Put(path, data, 0o600, ExactMode); err == nil || !strings.Contains(err.Error(), "nobody reads the pipe") {
		t.Errorf("nobody there: %v", err)
	}
	idle, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := Put(path, data, 0o600, ExactMode); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("nobody reads: %v", err)
	}
	idle.Close()
	patience = time.Minute
	read := make(chan []byte)
	go func() {
		file, err := os.Open(path)
		if err != nil {
			t.Error(err)
		}
		got, _ := io.ReadAll(file)
		file.Close()
		read <- got
	}()
	if err := Put(path, data, 0o600, ExactMode); err != nil {
		t.Fatal(err)
	}
	if got := <-read; string(got) != string(data) {
		t.Errorf("%d of %d bytes were read", len(got), len(data))
	}
}

// TestStreamsAreNotExchanged: what was a pipe a moment ago is not written to once it is a file, or
// a link to one.
func TestStreamsAreNotExchanged(t *testing.T) {
	dir := t.TempDir()
	precious, link := filepath.Join(dir, "precious"), filepath.Join(dir, "link")
	if err := errors.Join(os.WriteFile(precious, []byte("precious"), 0o600), os.Symlink(precious, link)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{precious, link} {
		if err := writeStream(path, []byte("new")); err == nil {
			t.Errorf("%s was written to", path)
		}
	}
	if got, _ := os.ReadFile(precious); string(got) != "precious" {
		t.Errorf("it holds %q", got)
	}
	pipe, toPipe := filepath.Join(dir, "pipe"), filepath.Join(dir, "to-pipe")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.Symlink(pipe, toPipe)); err != nil {
		t.Fatal(err)
	}
	reader, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := writeStream(toPipe, []byte("new")); err == nil {
		t.Error("a link to a pipe was followed")
	}
	if os.Geteuid() != 0 {
		return // only root can make a pipe of somebody else
	}
	if err := os.Chown(pipe, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	if err := writeStream(pipe, []byte("new")); err == nil {
		t.Error("a pipe of another user was written to")
	}
}

// TestWhoseLinksAreFollowed: for who is not root those of root and one's own, and nobody else's.
func TestWhoseLinksAreFollowed(t *testing.T) {
	const caller, other = 12345, 12346
	if os.Geteuid() != 0 {
		t.Skip("only root can be somebody else")
	}
	dir := t.TempDir()
	if err := errors.Join(os.Chmod(filepath.Dir(dir), 0o755), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	owners := map[string]int{"root": 0, "caller": caller, "other": other}
	for name, uid := range owners {
		link := filepath.Join(dir, name)
		if err := errors.Join(os.Symlink("/", link), os.Lchown(link, uid, uid)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Seteuid(caller); err != nil {
		t.Skip("nobody else can be the caller here:", err)
	}
	defer func() {
		if err := syscall.Seteuid(0); err != nil {
			t.Fatal(err)
		}
	}()
	if _, err := os.Lstat(filepath.Join(dir, "root")); err != nil {
		t.Skip("temporary folders are closed to others:", err)
	}
	for name, uid := range owners {
		var foreign *ForeignError
		_, err := Target(filepath.Join(dir, name))
		if refused := errors.As(err, &foreign); refused != (uid == other) || !refused && err != nil {
			t.Errorf("a link of %s: %v", name, err)
		}
	}
}
