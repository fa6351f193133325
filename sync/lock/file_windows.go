package lock

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// noFollow: links need rights here, and a state folder is its owner's.
const noFollow = 0

// The locked byte lies beyond everything that a file holds: a lock here keeps others from reading.
func far() *windows.Overlapped {
	return &windows.Overlapped{Offset: 0xfffffffe, OffsetHigh: 0x7fffffff}
}

func tryFile(file *os.File, shared bool) (bool, error) {
	flags := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if !shared {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	err := windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, far())
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	return err == nil, err
}

func unlockFile(file *os.File) error {
	return windows.UnlockFileEx(windows.Handle(file.Fd()), 0, 1, 0, far())
}

func ownFile(info os.FileInfo) bool { return info.Mode().IsRegular() }

// userID: users have no numbers here.
func userID() *int { return nil }
