package e2e

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestModesUnderAnyUmask: whatever the umask allows, a file that can hold people is its owner's, and
// nothing is written that everybody may change.
func TestModesUnderAnyUmask(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	document := "apiVersion: makesync/v1\nzone: demo\nzones: {demo: {sandbox: {}}}\n" +
		"organizations: {acme: {name: Acme Automation, variables: {A: x}}}\n"
	if err := os.WriteFile(filepath.Join(dir, "makesync.yaml"), []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "sh", "-ec", `umask 0
makesync plan -o plan.json
makesync plan --out-json preview.json
makesync apply --yes plan.json
makesync apply --yes --out-json report.json --metrics-file m.prom --snapshot-out base.json
makesync snapshot -f makesync.yaml -o snapshot.json`)
	c.Dir, c.Env = dir, append(os.Environ(), "HOME="+dir, "XDG_STATE_HOME="+filepath.Join(dir, "state"))
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	found := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		mode, name := info.Mode().Perm(), filepath.Base(path)
		found[name] = true
		kept, _ := filepath.Rel(filepath.Join(dir, "state"), path)
		held := strings.HasSuffix(name, ".json") || filepath.IsLocal(kept) && !entry.IsDir()
		if held && mode != 0o600 || mode&0o022 != 0 {
			t.Errorf("%s has the mode %o", path, mode)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"plan.json", "preview.json", "report.json", "m.prom", "base.json", "snapshot.json"} {
		if !found[name] {
			t.Errorf("there is no %s", name)
		}
	}
}
