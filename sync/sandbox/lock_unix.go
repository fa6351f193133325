//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package sandbox

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

func tryLock(p *place, name string) (*os.File, error) {
	f, err := p.folder.OpenFile(name, os.O_RDWR|os.O_CREATE|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errLocked
	}
	return nil, err
}

// statLock looks at the file of a lock, whoever has it.
func statLock(p *place, name string) (fs.FileInfo, error) { return p.folder.Lstat(name) }
