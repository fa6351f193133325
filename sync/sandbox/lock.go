package sandbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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

// acquire takes the lock of a state file, waiting up to wait while another process has it.
func acquire(p *place, wait time.Duration) (*fileLock, error) {
	name := p.name + ".lock"
	deadline := time.Now().Add(wait)
	for {
		f, err := openLock(p, name)
		if err == nil {
			return &fileLock{f}, nil
		}
		if !errors.Is(err, errLocked) {
			return nil, fmt.Errorf("lock state file %s: %w", p.path, err)
		}
		if !time.Now().Before(deadline) {
			return nil, fmt.Errorf("state file %s %w%s; wait for it to end, or use another state file",
				p.path, ErrInUse, holder(p, name))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// openLock locks the file of a lock, and writes down who has it. What stands there by its name and
// is somebody's file, or a link to one, is left as it is.
func openLock(p *place, name string) (*os.File, error) {
	before, err := statLock(p, name)
	if err == nil {
		err = checkRegular(name, before)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	f, err := tryLock(p, name)
	if err != nil {
		return nil, err
	}
	if err = noteHolder(p, name, f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// noteHolder writes down who has the lock, for the error that others get.
func noteHolder(p *place, name string, f *os.File) error {
	now, err := statLock(p, name)
	opened, unread := f.Stat()
	if err = errors.Join(err, unread); err != nil {
		return err
	}
	held := make([]byte, mostHeld+1)
	n, err := f.ReadAt(held, 0)
	switch text := strings.TrimSpace(string(held[:n])); {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case !os.SameFile(now, opened), n > mostHeld, text != "" && !isNumber(text):
		return fmt.Errorf("%s is no lock: it holds something else", filepath.Base(name))
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	return err
}

// mostHeld is the longest that the file of a lock is: a process and a line feed.
const mostHeld = 24

func holder(p *place, name string) string {
	b, err := p.head(name, mostHeld)
	if pid := strings.TrimSpace(string(b)); err == nil && isNumber(pid) {
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
