package sandbox

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// errSharing is ERROR_SHARING_VIOLATION.
const errSharing = syscall.Errno(32)

// tryLock opens the file for itself alone (share mode 0), which ends with the handle.
func tryLock(p *place, name string) (*os.File, error) {
	path := filepath.Join(p.folder.Name(), name)
	wide, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(
		wide,
		syscall.GENERIC_READ|syscall.GENERIC_WRITE,
		0,
		nil,
		syscall.OPEN_ALWAYS,
		syscall.FILE_ATTRIBUTE_NORMAL|syscall.FILE_FLAG_OPEN_REPARSE_POINT,
		0,
	)
	if errors.Is(err, errSharing) {
		return nil, errLocked
	}
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(h), path), nil
}

// statLock looks at the file of a lock, whoever has it. The folder would open it to read, which
// nobody can while somebody has it for himself alone; by its path it is only looked at.
func statLock(p *place, name string) (fs.FileInfo, error) {
	return os.Lstat(filepath.Join(p.folder.Name(), name))
}
