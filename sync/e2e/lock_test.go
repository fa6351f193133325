package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestOneRunOnAMachine has the zone hold a write of one run. A second with a state folder of its
// own, as another user's is, is told who is at work, or waits.
func TestOneRunOnAMachine(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" && runtime.GOOS != "windows" {
		t.Skip("here the folder of this machine's locks has to be made by root")
	}
	zone := newZoneUnderTest(t)
	hold := zone.Hold(1, false)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	first := zone.makesync("apply", "--yes")
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := hold.Wait(ctx); err != nil {
		_ = first.Process.Kill()
		t.Fatal(err)
	}
	for _, more := range [][]string{nil, {"--lock-timeout", "1s"}, {"--shard", "1/2"}} {
		second, said := elsewhere(t, zone, more...)
		_ = second.Run()
		owner := fmt.Sprintf("process %d of the user with uid ", first.Process.Pid)
		if got := second.ProcessState.ExitCode(); got != 8 ||
			runtime.GOOS == "linux" && !strings.Contains(said.String(), owner) {
			t.Errorf("%v: exit %d\n%s", more, got, said)
		}
	}
	waiting, said := elsewhere(t, zone, "--lock-timeout", "1m")
	if err := waiting.Start(); err != nil {
		t.Fatal(err)
	}
	hold.Release(true)
	if err := first.Wait(); err != nil {
		t.Errorf("the first run: %v", err)
	}
	if err := waiting.Wait(); err != nil {
		t.Errorf("the run that waited: %v\n%s", err, said)
	}
	zone.run(t, 0, "plan", "--exit-code")
}

// elsewhere is an apply with a state folder of its own, that writes the zone's host otherwise.
func elsewhere(t *testing.T, zone *zoneUnderTest, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	other := *zone
	other.state = t.TempDir()
	other.url = strings.Replace(zone.url, "http://", "HTTP://", 1)
	c := other.makesync(append([]string{"apply", "--yes"}, args...)...)
	said := &bytes.Buffer{}
	c.Stdout, c.Stderr = said, said
	return c, said
}
