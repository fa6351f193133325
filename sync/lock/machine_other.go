//go:build !linux && !windows

package lock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// sharedFolder is where the system keeps what programs remember; a run of root makes it.
const sharedFolder = "/var/db/makesync"

// Machine is the place that all processes of this machine share, whoever started them: files of a
// folder that root made and everybody may write to. Nobody but root could replace it.
func Machine() (Place, error) {
	info, err := os.Lstat(sharedFolder)
	if errors.Is(err, fs.ErrNotExist) && os.Geteuid() == 0 {
		if info, err = makeShared(); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w; root makes it: install -d -m 1777 %s", err, sharedFolder)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || stat.Uid != 0 || info.Mode()&os.ModeSticky == 0 {
		return nil, fmt.Errorf("%s is no folder of root's with mode 1777", sharedFolder)
	}
	return folder{dir: sharedFolder, perm: 0o666, hidden: true}, nil
}

func makeShared() (os.FileInfo, error) {
	if err := os.Mkdir(sharedFolder, 0o700); err != nil {
		return nil, err
	}
	if err := os.Chmod(sharedFolder, 0o777|os.ModeSticky); err != nil {
		return nil, err
	}
	return os.Lstat(sharedFolder)
}
