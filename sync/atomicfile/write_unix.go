//go:build !windows

package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/google/renameio/v2"
)

// Write replaces path, which is no link, with a file that holds the data.
func Write(path string, data []byte, perm os.FileMode, mode Mode) error {
	clearLeftovers(path)
	options := []renameio.Option{
		renameio.WithTempDir(filepath.Dir(path)), renameio.WithPermissions(perm), renameio.WithExistingPermissions(),
	}
	if info, err := os.Lstat(path); mode == KeepMode && err == nil && laid(path, info, perm) {
		perm, mode = perm&info.Mode().Perm(), ExactMode
	}
	if mode == ExactMode {
		options[2] = renameio.WithStaticPermissions(perm)
	}
	file, err := renameio.NewPendingFile(path, options...)
	if err != nil {
		return err
	}
	defer file.Cleanup()
	if _, err := file.Write(data); err != nil {
		return err
	}
	return file.CloseAtomicallyReplace()
}

// laid tells whether another user may have put a file where it is replaced by one that is only for
// its own user: the folder lets others.
func laid(path string, info fs.FileInfo, perm os.FileMode) bool {
	const ofOthers, writable = 0o077, 0o022
	folder, err := os.Stat(filepath.Dir(path))
	return perm&ofOthers == 0 && !own(info) && (err != nil || folder.Mode()&writable != 0)
}

// patience is how long who reads a pipe may let it wait.
var patience = 10 * time.Second

// writeStream writes to what is no regular file. It is opened as what it is, and not by what could
// meanwhile stand in its place, and it does not wait for ever for somebody at the other end.
func writeStream(path string, data []byte) error {
	file, err := openStream(path)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil && (info.Mode().IsRegular() || info.Mode()&fs.ModeNamedPipe != 0 && !trusted(info)) {
		err = &fs.PathError{Op: "write", Path: path, Err: errors.New("somebody has just put another file there")}
	}
	for err == nil && len(data) > 0 {
		_ = file.SetWriteDeadline(time.Now().Add(patience)) // a device takes none, and does not wait
		var n int
		n, err = file.Write(data[:min(len(data), 32<<10)])
		data = data[n:]
	}
	return errors.Join(err, file.Close())
}

// openStream opens a pipe once somebody reads it, which may be a little later.
func openStream(path string) (*os.File, error) {
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		file, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
		switch {
		case !errors.Is(err, syscall.ENXIO):
			return file, err
		case time.Now().After(end):
			return nil, &fs.PathError{Op: "write", Path: path, Err: errors.New("nobody reads the pipe")}
		}
	}
}

// SyncFolder makes the names of new files as durable as their content. File systems that cannot
// sync a folder, such as those of a network or of a virtual machine's host, are forgiven.
func SyncFolder(path string) error {
	folder, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	err = folder.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, folder.Close())
}
