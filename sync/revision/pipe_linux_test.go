package revision

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestPipesInARepository: git waits for whoever would write into a pipe in the place of one of its
// files; it is ended.
func TestPipesInARepository(t *testing.T) {
	defer func(before time.Duration) { patience = before }(patience)
	for _, name := range []string{"HEAD", "packed-refs", "objects/info/alternates"} {
		patience = time.Minute
		top := repository(t, map[string]string{"docs/a.yaml": "one"})
		commit := run(t, top, "rev-parse", "HEAD")
		pipe := filepath.Join(top, ".git", name)
		_ = os.Remove(pipe)
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		patience = 500 * time.Millisecond
		revision := "nowhere"
		if name == "objects/info/alternates" {
			revision = commit
		}
		if _, _, err := extract(t, revision, filepath.Join(top, "docs")); !errors.Is(err, errNoAnswer) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
