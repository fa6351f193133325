//go:build linux && !race

package e2e

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// limited runs a command with 1 GiB for its data and so many seconds of processor time, which the
// kernel keeps to.
const limited = `ulimit -d 1048576; ulimit -t $SECONDS_ALLOWED; exec "$@"`

// promisedSeconds of processor time are what SECURITY.md promises, on a machine that does
// knownWork in knownSeconds.
const (
	promisedSeconds = 10
	knownSeconds    = 1.2
)

// knownWork is started as a process of its own, by this variable.
const knownWork = "MAKESYNC_TEST_KNOWN_WORK"

func init() {
	if os.Getenv(knownWork) == "" {
		return
	}
	text := []byte("[" + strings.Repeat(`{"key":"o1","name":"O","steps":[{"n":1,"fields":["a","b"]}]},`, 60_000) + "0]")
	for range 3 {
		var rows []any
		if err := json.Unmarshal(text, &rows); err != nil {
			panic(err)
		}
	}
	os.Exit(0)
}

// runLimited runs makesync within the limits.
func runLimited(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	return runLimitedWith(t, nil, args...)
}

// runLimitedWith gives what is killed for its processor time another try with as much as the same
// work takes here and now: on a busy or slow machine every second does less. Half of it is added,
// since how busy the machine is changes meanwhile; what has no bound takes minutes.
func runLimitedWith(t *testing.T, stdin io.ReadSeeker, args ...string) (out string, code int) {
	t.Helper()
	out, state := runWithin(t, promisedSeconds, stdin, args...)
	if !killed(state) {
		return out, state.ExitCode()
	}
	slowness := 1.5 * max(1, secondsOfKnownWork(t)/knownSeconds)
	t.Logf("%q took more than %d s, and gets %.1f times as much, by what known work takes now", args, promisedSeconds, slowness)
	if stdin != nil {
		if _, err := stdin.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
	}
	out, state = runWithin(t, int(math.Ceil(promisedSeconds*slowness)), stdin, args...)
	return out, state.ExitCode()
}

func killed(state *os.ProcessState) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled()
}

func runWithin(t *testing.T, seconds int, stdin io.Reader, args ...string) (string, *os.ProcessState) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "sh", append([]string{"-c", limited, "sh", "makesync"}, args...)...)
	c.Env = append(os.Environ(), "HOME="+t.TempDir(), "XDG_STATE_HOME="+t.TempDir(), "SECONDS_ALLOWED="+strconv.Itoa(seconds))
	c.Stdin = stdin
	data, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(data), c.ProcessState
}

func secondsOfKnownWork(t *testing.T) float64 {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), knownWork+"=1")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds()
}
