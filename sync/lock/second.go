package lock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// question is the first argument of a process that is only asked whether it finds a file locked;
// the file is the second.
const question = "is-locked"

// Exit codes of such a process.
const (
	codeFree = iota
	codeHeld
	codeCannot
)

// Answer does what such a process is for; asked is false for all others.
func Answer(args []string) (code int, asked bool) {
	if len(args) != 3 || args[1] != question {
		return 0, false
	}
	held, err := isHeld(args[2])
	switch {
	case err != nil:
		return codeCannot, true
	case held:
		return codeHeld, true
	}
	return codeFree, true
}

// isHeld tells whether another handle holds a lock of the file.
func isHeld(path string) (bool, error) {
	file, err := os.OpenFile(path, os.O_RDWR|noFollow, 0)
	if err != nil {
		return false, err
	}
	got, err := File(file, false)
	if !got {
		return err == nil, errors.Join(err, file.Close())
	}
	return false, Unlock(file)
}

// ErrNoSecond says that no second process could be started, as in a root without /proc.
var ErrNoSecond = errors.New("no second process can be started")

// SeenByAnother tells whether a second process of this program finds the file locked. A file system
// of a network may know of locks within one process only.
func SeenByAnother(ctx context.Context, path string) (bool, error) {
	self, err := os.Executable()
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrNoSecond, err)
	}
	second := exec.CommandContext(ctx, self, question, path)
	second.Env = []string{} // it needs none, and ours holds tokens
	if err := second.Start(); err != nil {
		return false, fmt.Errorf("%w: %w", ErrNoSecond, err)
	}
	err = second.Wait()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		switch ended.ExitCode() {
		case codeHeld:
			return true, nil
		case codeCannot:
			return false, fmt.Errorf("a second process cannot open %s", path)
		}
	}
	return false, err
}
