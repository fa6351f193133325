package lock

import (
	"context"
	"errors"
	"os"
	"time"
)

// Poll is how often whoever waits for a lock looks again.
const Poll = 100 * time.Millisecond

// File locks an open file, exclusively or shared, without waiting; Unlock lets go of it. The lock
// is on the handle and not on a second one, and others may read the file meanwhile: on Windows that
// takes a lock on a byte that the file does not have. For an exclusive lock the file is open for
// writing, as file systems of networks want it.
func File(file *os.File, shared bool) (bool, error) { return tryFile(file, shared) }

// Unlock lets go of a lock and closes the file. To close it is not enough at once: a process that
// is just being started has the handle too for a moment, and Windows takes its time.
func Unlock(file *os.File) error { return errors.Join(unlockFile(file), file.Close()) }

// AwaitFile does so exclusively, as often as the context lets it.
func AwaitFile(ctx context.Context, file *os.File) (bool, error) {
	for {
		if ok, err := File(file, false); ok || err != nil {
			return ok, err
		}
		select {
		case <-ctx.Done():
			return false, nil
		case <-time.After(Poll):
		}
	}
}
