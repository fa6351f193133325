package sandbox

import (
	"os"
	"path/filepath"
	"strings"
)

// makeFolder makes the folder of a state file, and the folders above it. A hidden one that was not
// there, as .makesync, is made invisible to git: a world that changes with every run is nothing to
// commit. Any other folder may be meant for a seed, which is.
func makeFolder(path string) error {
	folder := filepath.Dir(path)
	if _, err := os.Stat(folder); err == nil {
		return nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if !strings.HasPrefix(filepath.Base(folder), ".") {
		return nil
	}
	return os.WriteFile(filepath.Join(folder, ".gitignore"), []byte("*\n"), 0o644)
}
