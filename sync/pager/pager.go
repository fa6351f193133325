package pager

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// ErrNotStarted: there is no such program; nothing was shown.
var ErrNotStarted = errors.New("the pager cannot be started")

// patience is how long a pager may take to give the terminal back when the run is stopped.
const patience = 3 * time.Second

// Show has the program show the text on this process's terminal, and waits for its end. How it ends
// is its own business: one that is left before the end of the text is no failure. While the program
// has the terminal ctrl-c is meant for it: mute has this process ignore it, and what mute returns
// ends that.
func Show(ctx context.Context, words []string, text []byte, mute func() (unmute func())) error {
	if len(words) == 0 {
		return ErrNotStarted
	}
	program, err := exec.LookPath(words[0])
	if err != nil {
		return errors.Join(ErrNotStarted, err)
	}
	command := exec.CommandContext(ctx, program, words[1:]...)
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(text), os.Stdout, os.Stderr
	command.Env = environment(os.Environ())
	command.Cancel = func() error { return stop(command.Process) }
	command.WaitDelay = patience
	if err := command.Start(); err != nil {
		return errors.Join(ErrNotStarted, err)
	}
	defer mute()() // only now: a child would inherit it
	_ = command.Wait()
	return nil
}

// stop asks the pager to put the terminal back in order; where nothing can be asked it is ended.
func stop(process *os.Process) error {
	if err := process.Signal(syscall.SIGTERM); err == nil || errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return process.Kill()
}

// passed are the variables that a pager needs; those that begin with LESS or LC_ are passed too. A
// pager can start other programs, and tokens are none of their business.
var passed = []string{"PATH", "HOME", "TERM", "TERMINFO", "TERMINFO_DIRS", "COLORTERM", "COLUMNS", "LINES", "LANG",
	"SHELL", "TMPDIR", "MORE", "BAT_THEME", "BAT_STYLE",
	"SYSTEMROOT", "SYSTEMDRIVE", "PATHEXT", "COMSPEC", "USERPROFILE", "TEMP", "TMP"}

// environment is what a pager gets to know. less shows colours (R), leaves what it has shown on the
// screen (X) and is not there for a text that fits (F), unless the user has other wishes.
func environment(all []string) (env []string) {
	wishes := false
	for _, entry := range all {
		name, _, _ := strings.Cut(entry, "=")
		wishes = wishes || name == "LESS"
		if isPassed(name) {
			env = append(env, entry)
		}
	}
	if !wishes {
		env = append(env, "LESS=FRX")
	}
	return env
}

func isPassed(name string) bool {
	if strings.HasPrefix(name, "LESS") || strings.HasPrefix(name, "LC_") {
		return true
	}
	for _, one := range passed {
		if strings.EqualFold(name, one) {
			return true
		}
	}
	return false
}
