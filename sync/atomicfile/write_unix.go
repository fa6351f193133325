//go:build !windows

package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/google/renameio/v2"
)

// Write replaces path, which is no link, with a file that holds the data.
func Write(path string, data []byte, perm os.FileMode, mode Mode) error {
	clearLeftovers(path)
	options := []renameio.Option{
		renameio.WithTempDir(filepath.Dir(path)), renameio.WithPermissions(perm), renameio.WithExistingPermissions(),
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
