package revision

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// maxAnswer is more than git answers to a question about one revision.
const maxAnswer = 64 << 10

// patience is how long one command of git may take: in the place of a file of the repository may be
// a pipe, for which git would wait.
var patience = 5 * time.Minute

var errNoAnswer = errors.New("git has not come to an end within 5 minutes; " +
	"look whether all files below .git are plain ones")

// git runs one command of git in a folder and gives what it prints: a line or two.
func git(ctx context.Context, folder string, args ...string) (out []byte, err error) {
	err = stream(ctx, folder, nil, func(answer *bufio.Reader) error {
		if out, err = io.ReadAll(io.LimitReader(answer, maxAnswer+1)); len(out) > maxAnswer {
			return errors.New("git answers more than can be")
		}
		return err
	}, args...)
	return out, err
}

// stream runs one command of git in a folder and has what it prints read while git runs: a commit
// of a few kilobytes can list billions of paths. Git is ended once read wants no more.
func stream(ctx context.Context, folder string, stdin io.Reader, read func(*bufio.Reader) error, args ...string) error {
	program, err := exec.LookPath("git")
	if err != nil {
		return errors.New("git is not installed, or not on the PATH")
	}
	args = append([]string{"-C", folder, "--no-pager", "--no-replace-objects", "--literal-pathspecs",
		"-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull}, args...)
	running, end := context.WithTimeoutCause(ctx, patience, errNoAnswer)
	defer end()
	command := exec.CommandContext(running, program, args...)
	command.Env, command.Stdin, command.WaitDelay = environment(), stdin, time.Second
	var failure bytes.Buffer
	command.Stderr = &limited{&failure, 4 << 10}
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		return fmt.Errorf("git: %w", err)
	}
	unread := read(bufio.NewReader(out))
	cutShort := errors.Is(unread, io.EOF) || errors.Is(unread, io.ErrUnexpectedEOF)
	if unread != nil && !cutShort {
		end()
	}
	err = command.Wait()
	said, _, _ := strings.Cut(strings.TrimSpace(failure.String()), "\n")
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(context.Cause(running), errNoAnswer):
		return errNoAnswer
	case unread != nil && !cutShort, err == nil:
		return unread
	case said != "":
		return fmt.Errorf("git says: %s", strings.TrimPrefix(said, "fatal: "))
	}
	return fmt.Errorf("git: %w", err)
}

// environment is all that git gets to know: where its helpers and its user's own configuration are,
// which may call the folder safe. GIT_ALLOW_PROTOCOL without a protocol that exists keeps a partial
// clone from fetching what it lacks.
func environment() []string {
	env := []string{"GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0",
		"GIT_ATTR_NOSYSTEM=1", "LC_ALL=C"}
	for _, name := range []string{"PATH", "HOME", "XDG_CONFIG_HOME", "USERPROFILE", "SYSTEMROOT", "TMPDIR", "TEMP"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// limited writes until it has enough, and takes the rest without a word.
type limited struct {
	to   *bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	l.to.Write(p[:n])
	return len(p), nil
}

// topOf is the folder of the repository that a folder lies in.
func topOf(folder string) (string, error) {
	for at := folder; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("%s does not lie in a git repository", folder)
		}
	}
}
