package regular_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"makesync/spec/regular"
)

const limit = 8

// TestOnlyRegularFiles: nothing else is opened, by its own name or behind a link, and a pipe to
// which nobody writes is not waited for.
func TestOnlyRegularFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.Symlink(pipe, link)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, link, dir, os.DevNull, "/dev/zero"} {
		if data, err := regular.ReadFile(path, limit); !errors.Is(err, regular.ErrNotRegular) {
			t.Errorf("%s is read: %q, %v", path, data, err)
		}
		for _, open := range []func(string, int64) (*os.File, error){regular.Open, regular.OpenToWrite} {
			if file, err := open(path, limit); !errors.Is(err, regular.ErrNotRegular) {
				t.Errorf("%s is opened: %v", path, err)
				file.Close()
			}
		}
	}
}

// TestLimit: to the byte, also of files that say that they are empty.
func TestLimit(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	for _, c := range []struct {
		size int
		want error
	}{{0, nil}, {limit, nil}, {limit + 1, regular.ErrTooLarge}} {
		if err := os.WriteFile(path, make([]byte, c.size), 0o600); err != nil {
			t.Fatal(err)
		}
		if data, err := regular.ReadFile(path, limit); !errors.Is(err, c.want) || err == nil && len(data) != c.size {
			t.Errorf("of %d bytes %d are read, %v", c.size, len(data), err)
		}
		file, err := regular.Open(path, limit)
		if !errors.Is(err, c.want) {
			t.Errorf("of %d bytes: %v", c.size, err)
		}
		file.Close()
	}
	const says = "/proc/self/status"
	if info, err := os.Stat(says); err != nil || info.Size() != 0 {
		t.Skip("there is no file that says it is empty")
	}
	if data, err := regular.ReadFile(says, limit); !errors.Is(err, regular.ErrTooLarge) {
		t.Errorf("%q is read, %v", data, err)
	}
}

// TestText: the mark of UTF-8 is no part of a text, and UTF-16 is named as what it is.
func TestText(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	for text, want := range map[string]error{
		"a": nil, "\xef\xbb\xbfa": nil, "\xff\xfea\x00": regular.ErrUTF16, "\xfe\xff\x00a": regular.ErrUTF16,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if data, err := regular.ReadText(path, limit); !errors.Is(err, want) || err == nil && string(data) != "a" {
			t.Errorf("%q: %q, %v", text, data, err)
		}
	}
}
