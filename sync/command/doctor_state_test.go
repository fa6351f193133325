package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"makesync/sync/lock"
)

// TestLockThatNobodySees: a file system of whose locks one process alone knows is no place for a
// state folder, nor is one on which a second process finds out nothing.
func TestLockThatNobodySees(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		seen bool
		err  error
		code int
		says string
	}{
		{true, nil, 0, "ok       lock   a lock that is held is seen by a second process"},
		{false, nil, 1, "failed   lock   a lock that is held is not seen by a second handle or process"},
		{false, fmt.Errorf("%w: no /proc", lock.ErrNoSecond), 0,
			"ok       lock   a lock that is held is seen by a second handle; no second process can be started: no /proc"},
		{false, errors.New("stale file handle"), 1, "failed   lock   no lock can be taken: stale file handle"},
	} {
		env, out, _ := testEnv("", false)
		state := t.TempDir()
		env.LookupEnv = func(name string) (string, bool) { return state, name == "XDG_STATE_HOME" }
		env.SeesLock = func(context.Context, string) (bool, error) { return c.seen, c.err }
		code := Main(context.Background(), []string{"makesync", "doctor", "--state"}, env)
		if said := words(out.String()); code != c.code || !strings.Contains(said, words(c.says)) {
			t.Errorf("exit %d, want %d and %q:\n%s", code, c.code, c.says, out)
		}
	}
}

// words are those of a text, however its lines are wrapped.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }
