package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Put puts a file that a person has named into place in one move: a reader never sees half of it,
// and a run that fails before leaves whatever stood there. A link stays, what it points to is
// replaced. A device, a pipe and an open file by the name that the system gives it are written to
// as they are: a move would put a file in the place of /dev/stdout, for every program of the
// machine. A link of another user is refused: see Target.
func Put(path string, data []byte, perm os.FileMode, mode Mode) error {
	if !Given(path) {
		target, err := Target(path)
		if err != nil {
			return err
		}
		path = target
	}
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, data, perm)
	}
	return Write(path, data, perm, mode)
}

// TryPut tells why Put could not write there, before a run does what it could then not tell: there
// is no such folder, nothing may be written in it, or the path is a folder itself.
func TryPut(path string) error {
	if Given(path) {
		return nil
	}
	target, err := Target(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	switch {
	case err == nil && info.IsDir():
		return &fs.PathError{Op: "write", Path: path, Err: errors.New("it is a folder")}
	case err == nil && !info.Mode().IsRegular():
		return nil
	}
	folder := filepath.Dir(target)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return &fs.PathError{Op: "write", Path: path, Err: errors.New("there is no folder " + filepath.Dir(path))}
	}
	file, err := os.CreateTemp(folder, ".makesync-*")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// Given tells whether a path is a name that the system gives to an open file, such as /dev/stdout.
func Given(path string) bool {
	if runtime.GOOS == "windows" {
		return false
	}
	path = filepath.Clean(path)
	for _, prefix := range []string{"/proc/", "/dev/fd/"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return path == "/dev/stdin" || path == "/dev/stdout" || path == "/dev/stderr"
}

// LinkError is the error of a path that another user leads.
type LinkError struct{ Link string }

func (e *LinkError) Error() string {
	return e.Link + " is a link that another user made, who chooses what is written over"
}
