package atomicfile

import (
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
