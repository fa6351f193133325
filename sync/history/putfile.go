package history

import (
	"os"
	"path/filepath"
	"strings"

	"makesync/sync/atomicfile"
)

// PutFile puts a file that a person has named into place in one move: a reader never sees half of
// it, and a run that fails before leaves whatever stood there. A link stays, what it points to is
// replaced. A device, a pipe and an open file by the name that the system gives it are written to
// as they are: a move would put a file in the place of /dev/stdout, for every program of the
// machine.
//
// An exact mode is that of the file whatever the umask says and whoever could read the file before;
// else a file that is there keeps its mode.
func PutFile(path string, data []byte, mode os.FileMode, exact bool) error {
	byTheSystem := strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/proc/")
	if target, err := filepath.EvalSymlinks(path); err == nil && !byTheSystem {
		path = target
	}
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, data, mode)
	}
	how := atomicfile.KeepMode
	if exact {
		how = atomicfile.ExactMode
	}
	return atomicfile.Write(path, data, mode, how)
}
