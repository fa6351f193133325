package examples_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// shell is what /bin/sh is somewhere, and the path on which it stands first.
type shell struct{ name, path string }

// shells are those that the examples meet: bash and dash among GNU's commands, and BusyBox, as in
// Alpine's images, with its own commands and just those others that a pipeline installs there.
func shells(t *testing.T) []shell {
	t.Helper()
	dir := t.TempDir()
	var all []shell
	for _, name := range []string{"bash", "dash", "busybox"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Logf("CANNOT CHECK HERE: %s is not installed", name)
			continue
		}
		commands := filepath.Join(dir, name)
		if err := os.Mkdir(commands, 0o700); err != nil {
			t.Fatal(err)
		}
		s := shell{name, commands + string(os.PathListSeparator) + os.Getenv("PATH")}
		names := []string{"sh"}
		if name == "busybox" {
			out, err := exec.Command(path, "--list").Output()
			if err != nil {
				t.Fatal(err)
			}
			names, s.path = strings.Fields(string(out)), commands
			for _, installed := range []string{"makesync", "git", "jq", "gpg", "tar"} {
				link(t, commands, installed, installed)
			}
		}
		for _, applet := range names {
			link(t, commands, name, applet)
		}
		all = append(all, s)
	}
	return all
}

// link puts a program into a folder under a name, unless there is one already or no such program.
func link(t *testing.T, dir, program, name string) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		return
	}
	if err := os.Symlink(path, filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrExist) {
		t.Fatal(err)
	}
}

// command runs a script of the examples with this shell; more variables follow the path.
func (s shell) command(script string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(filepath.SplitList(s.path)[0], "sh"), append([]string{script}, args...)...)
	c.Env = []string{"PATH=" + s.path}
	return c
}

// TestScript runs testdata/script with each shell, one script for each topic, each in a folder and
// with a state of its own. gh and curl are those of testdata/bin.
func TestScript(t *testing.T) {
	t.Parallel()
	examples, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	all := shells(t)
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			testscript.Run(t, testscript.Params{
				// The shell of GitLab's pipeline, for what only runs there and takes its time.
				Condition: func(string) (bool, error) { return s == all[len(all)-1], nil },
				Dir:       filepath.Join("testdata", "script"),
				Setup: func(e *testscript.Env) error {
					e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, ".state"))
					e.Setenv("PATH", filepath.Join(examples, "testdata", "bin")+string(os.PathListSeparator)+s.path)
					e.Setenv("CI_SCRIPTS", filepath.Join(examples, "ci"))
					e.Setenv("PAUSE", "0")
					return nil
				},
				Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": scriptCode},
			})
		})
	}
}

// scriptCode runs a command that must end with an exit code: code 3 sh preview.sh.
func scriptCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
