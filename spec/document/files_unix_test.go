//go:build unix

package document

import (
	"path/filepath"
	"syscall"
	"testing"
)

// Nobody writes to the pipe: whoever opens it to read waits for ever.
func TestPipesAreNotOpened(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe.yaml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := firstRule(pipe); got != ruleUnreadable {
		t.Errorf("%q, want %q", got, ruleUnreadable)
	}
}
