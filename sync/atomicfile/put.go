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
// machine. A link or a pipe of another user is refused: see Target.
func Put(path string, data []byte, perm os.FileMode, mode Mode) error {
	if Given(path) {
		return os.WriteFile(path, data, perm)
	}
	target, err := Target(path)
	if err != nil {
		return err
	}
	if info, err := os.Lstat(target); err == nil && !info.Mode().IsRegular() {
		return writeStream(target, data)
	}
	return Write(target, data, perm, mode)
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

// ForeignError is the error of a path at which another user has put a link or a pipe.
type ForeignError struct{ Path, What string }

func (e *ForeignError) Error() string { return e.Path + " is " + e.What }

const (
	foreignLink = "a link that another user made, who chooses what is written over"
	foreignPipe = "a pipe that another user made, who reads what is written"
)
