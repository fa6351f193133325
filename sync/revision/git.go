package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// git runs one command of git in a folder and gives what it prints.
func git(ctx context.Context, folder string, stdin io.Reader, args ...string) ([]byte, error) {
	program, err := exec.LookPath("git")
	if err != nil {
		return nil, errors.New("git is not installed, or not on the PATH")
	}
	args = append([]string{"-C", folder, "--no-pager", "--no-replace-objects", "--literal-pathspecs",
		"-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull}, args...)
	command := exec.CommandContext(ctx, program, args...)
	command.Env, command.Stdin = environment(), stdin
	var out, failure bytes.Buffer
	command.Stdout, command.Stderr = &out, &limited{&failure, 4 << 10}
	if err := command.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if said, _, _ := strings.Cut(strings.TrimSpace(failure.String()), "\n"); said != "" {
			return nil, fmt.Errorf("git says: %s", strings.TrimPrefix(said, "fatal: "))
		}
		return nil, fmt.Errorf("git: %w", err)
	}
	return out.Bytes(), nil
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
