package atomicfile

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Write replaces path, which is no link, with a file that holds the data. Permissions are those
// that the folder hands down; of perm only the bit that makes a file read-only has a meaning here.
func Write(path string, data []byte, perm os.FileMode, mode Mode) (err error) {
	if info, err := os.Stat(path); err == nil && mode == KeepMode {
		perm = info.Mode().Perm()
	}
	clearLeftovers(path)
	name := fmt.Sprintf(".%s%019d", filepath.Base(path), rand.Int64())
	file, err := os.OpenFile(filepath.Join(filepath.Dir(path), name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, err = file.Write(data)
	if err == nil {
		err = errors.Join(file.Chmod(perm), file.Sync())
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return move(file.Name(), path)
}

// Another program that has the target open at this moment, such as a scanner for viruses or an
// indexer, keeps it from being replaced; it lets go of it soon.
const (
	moveTries = 20
	movePause = 50 * time.Millisecond

	errSharing = syscall.Errno(32) // ERROR_SHARING_VIOLATION
)

func move(from, to string) error {
	for try := 1; ; try++ {
		err := os.Rename(from, to)
		busy := errors.Is(err, errSharing) || errors.Is(err, syscall.ERROR_ACCESS_DENIED)
		if !busy || try == moveTries {
			return err
		}
		time.Sleep(movePause)
	}
}

// SyncFolder does nothing: Windows refuses to flush a folder, and its file system keeps a journal
// of names.
func SyncFolder(string) error { return nil }

// writeStream writes to what is no regular file.
func writeStream(path string, data []byte) error { return os.WriteFile(path, data, 0) }
