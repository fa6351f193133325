//go:build !windows

package lock

import (
	"errors"
	"os"
	"syscall"
)

// noFollow keeps a link from leading a lock's file elsewhere.
const noFollow = syscall.O_NOFOLLOW

func tryFile(file *os.File, shared bool) (bool, error) {
	how := syscall.LOCK_EX
	if shared {
		how = syscall.LOCK_SH
	}
	for {
		err := syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		}
		return err == nil, err
	}
}

func unlockFile(file *os.File) error { return syscall.Flock(int(file.Fd()), syscall.LOCK_UN) }

// ownFile tells whether a file is a plain one under a single name: in a folder that everybody may
// write to, a second name could make it anybody's file.
func ownFile(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.Mode().IsRegular() && stat.Nlink == 1
}

func userID() *int {
	uid := os.Getuid()
	return &uid
}
