package sandbox

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// fileLock is a lock of the operating system on a file beside the state file. It
// ends with the process that holds it, however that ends.
type fileLock struct{ file *os.File }

// errLocked is what tryLock answers while somebody else has the lock.
var errLocked = errors.New("locked")

// ErrInUse is in the error of Open when another process has the state file open.
var ErrInUse = errors.New("is in use")

// acquire takes the lock, waiting up to wait while another process has it.
func acquire(path string, wait time.Duration) (*fileLock, error) {
	if err := makeFolder(path); err != nil {
		return nil, fmt.Errorf("lock state file: %w", err)
	}
	deadline := time.Now().Add(wait)
	for {
		f, err := tryLock(path)
		if err == nil {
			return &fileLock{f}, noteHolder(f)
		}
		if !errors.Is(err, errLocked) {
			return nil, fmt.Errorf("lock state file: %w", err)
		}
		if !time.Now().Before(deadline) {
			return nil, fmt.Errorf("state file %s %w%s; wait for it to end, or use another state file",
				strings.TrimSuffix(path, ".lock"), ErrInUse, holder(path))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// noteHolder writes down who has the lock, for the error that others get.
func noteHolder(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	return err
}

func holder(path string) string {
	b, err := os.ReadFile(path)
	if pid := strings.TrimSpace(string(b)); err == nil && pid != "" {
		return " by process " + pid
	}
	return ""
}

func (l *fileLock) release() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
