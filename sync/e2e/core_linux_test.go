package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"
)

// TestNoCoreFile: makesync that waits, for its document on stdin, has no core file to leave behind; one that a signal
// makes crash leaves none.
func TestNoCoreFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := exec.CommandContext(t.Context(), "sh", "-c", "ulimit -c unlimited 2>/dev/null; exec makesync validate -f -")
	c.Dir, c.Env = dir, append(os.Environ(), "GOTRACEBACK=crash", "MAKE_API_KEY=00000000-0000-4000-8000-000000000001")
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	none := regexp.MustCompile(`(?m)^Max core file size +0 +0 `)
	for {
		limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", c.Process.Pid))
		if err != nil {
			t.Fatalf("it ended: %v", err)
		}
		if none.Match(limits) {
			break
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("it may leave a core file:\n%s", limits)
		case <-time.After(10 * time.Millisecond):
		}
		if deadline, ok := t.Deadline(); ok && time.Until(deadline) < time.Minute {
			t.Fatalf("it may leave a core file:\n%s", limits)
		}
	}
	if err := c.Process.Signal(syscall.SIGABRT); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err == nil {
		t.Error("it did not crash")
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}
