package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"makesync/sync/exit"
	"makesync/sync/help"
)

// Every command, every flag of it and every topic stands in the manual.
func TestManualHasEverything(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "man")
	env, _, errs := testEnv("", false)
	if code := Main(t.Context(), []string{"makesync", "help", "--man", dir}, env); code != exit.OK.Code {
		t.Fatalf("exit %d: %s", code, errs)
	}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		}
		return strings.ReplaceAll(string(data), `\-`, "-")
	}
	root := read("makesync.1")
	walk(commands(&runtimeEnv{Env: env}), "", func(path string, c *cli.Command) {
		page := read("makesync-" + strings.ReplaceAll(path, " ", "-") + ".1")
		for _, f := range c.Flags {
			if !strings.Contains(page, "--"+f.Names()[0]) {
				t.Errorf("the page of %s has no --%s", path, f.Names()[0])
			}
		}
		if !strings.Contains(path, " ") && !strings.Contains(root, "makesync-"+path+"(1)") {
			t.Errorf("the first page does not name %s", path)
		}
	})
	for _, topic := range help.Names() {
		if read("makesync-"+topic+".7") == "" || !strings.Contains(root, "makesync-"+topic+"(7)") {
			t.Errorf("the first page does not name %s", topic)
		}
	}
}
