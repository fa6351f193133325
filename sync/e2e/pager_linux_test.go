package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pagerScript is a pager that notes what it is given, shows the text and waits for a line, as one
// waits for q. Ctrl-c does not end it.
const pagerScript = `#!/bin/sh
trap '' INT
env >"$(dirname "$0")/environment"
echo "$@" >"$(dirname "$0")/arguments"
cat >"$(dirname "$0")/text"
echo PAGER-SHOWS-$(wc -l <"$(dirname "$0")/text")
read line </dev/tty
exit 9
`

func newPager(t *testing.T) (script, dir string) {
	t.Helper()
	dir = t.TempDir()
	script = filepath.Join(dir, "pager")
	if err := os.WriteFile(script, []byte(pagerScript), 0o700); err != nil {
		t.Fatal(err)
	}
	return script, dir
}

func noted(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// withVariables gives a child's environment some variables, in place of those that it has.
func withVariables(child *exec.Cmd, variables ...string) *exec.Cmd {
	child.Env = append(child.Env, append([]string{"TERM=xterm-kitty", "CI=", "NO_COLOR=", "TMUX="}, variables...)...)
	return child
}

// TestPager: a long plan goes through the pager, which learns no token; the exit code is the plan's,
// ctrl-c is the pager's own, and the question of apply comes after it.
func TestPager(t *testing.T) {
	t.Parallel()
	script, dir := newPager(t)
	zone := newZoneUnderTest(t)
	child := withVariables(zone.makesync("plan", "--exit-code"), "MAKESYNC_PAGER="+script+" -x one", "PAGER=false")
	screen := startAtTerminal(t, child, 100)
	screen.await(t, "PAGER-SHOWS-", 1)
	if _, err := screen.WriteString("\x03\n"); err != nil {
		t.Fatal(err)
	}
	if code, shown := screen.end(child); code != 2 || strings.Contains(shown, "stopping cleanly") ||
		strings.Contains(shown, "18 to change") {
		t.Errorf("exit %d:\n%s", code, shown)
	}
	text := noted(t, dir, "text")
	if !strings.Contains(text, "18 to change") || strings.Contains(text, "\x1b]8;") || !strings.Contains(text, "\x1b[") {
		t.Errorf("the pager was given:\n%s", text)
	}
	if got := strings.TrimSpace(noted(t, dir, "arguments")); got != "-x one" {
		t.Errorf("the pager's arguments are %q", got)
	}
	if strings.Contains(noted(t, dir, "environment"), "MAKE") {
		t.Errorf("the pager knows of\n%s", noted(t, dir, "environment"))
	}

	child = withVariables(zone.makesync("apply"), "MAKESYNC_PAGER="+script)
	screen = startAtTerminal(t, child, 100)
	screen.await(t, "PAGER-SHOWS-", 1)
	if strings.Contains(screen.seen(), "to apply; d for details") {
		t.Error("the question comes before the pager is left")
	}
	if _, err := screen.WriteString("q\n"); err != nil {
		t.Fatal(err)
	}
	screen.await(t, "to apply; d for details", 1)
	if _, err := screen.WriteString("n\n"); err != nil {
		t.Fatal(err)
	}
	if code, shown := screen.end(child); code != 5 || len(zone.Log()) > 0 {
		t.Errorf("exit %d, %d writes:\n%s", code, len(zone.Log()), shown)
	}
}

// TestNoPager: who does not want to turn pages, or is not there, gets the text at once.
func TestNoPager(t *testing.T) {
	t.Parallel()
	script, dir := newPager(t)
	for name, test := range map[string]struct {
		arguments, variables []string
		code                 int
	}{
		"asked not to":       {[]string{"plan", "--no-pager"}, nil, 0},
		"an empty variable":  {[]string{"plan"}, []string{"MAKESYNC_PAGER="}, 0},
		"no such program":    {[]string{"plan"}, []string{"MAKESYNC_PAGER=no-such-pager-here"}, 0},
		"a CI":               {[]string{"plan"}, []string{"CI=true"}, 0},
		"a dumb terminal":    {[]string{"plan"}, []string{"TERM=dumb"}, 0},
		"JSON":               {[]string{"plan", "--format", "json"}, nil, 0},
		"nobody is asked":    {[]string{"apply", "--yes"}, nil, 0},
		"nothing is to do":   {[]string{"plan", "--target", "acme/variable/NOTHING"}, nil, 3},
		"a short plan":       {[]string{"plan", "--target", "acme/variable/RETRIES"}, nil, 0},
		"the report is told": {[]string{"runs", "list"}, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			zone := newZoneUnderTest(t)
			child := withVariables(zone.makesync(test.arguments...),
				append([]string{"MAKESYNC_PAGER=" + script}, test.variables...)...)
			if test.arguments[0] == "runs" {
				child = withVariables(exec.Command("makesync", test.arguments...), "PATH="+os.Getenv("PATH"),
					"XDG_STATE_HOME="+zone.state, "MAKESYNC_PAGER="+script)
			}
			code, shown := startAtTerminal(t, child, 100).end(child)
			if _, err := os.Stat(filepath.Join(dir, "text")); err == nil {
				t.Errorf("the pager was used:\n%s", shown)
			}
			if code != test.code || len(shown) < 10 {
				t.Errorf("exit %d:\n%s", code, shown)
			}
		})
	}
}

// TestLinksAtATerminal: only a terminal that says that it knows links gets some.
func TestLinksAtATerminal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wrong := filepath.Join(dir, "a b#c.yaml")
	if err := os.WriteFile(wrong, []byte("apiVersion: makesync/v1\nzone: eu1\norganizations:\n  acme: {tfa: 1}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	link := "\x1b]8;;file://" + host + filepath.ToSlash(dir) + "/a%20b%23c.yaml#4\x1b\\"
	for name, test := range map[string]struct {
		variables []string
		arguments []string
		want      bool
	}{
		"kitty":          {nil, nil, true},
		"VTE":            {[]string{"TERM=xterm-256color", "VTE_VERSION=6800"}, nil, true},
		"an old VTE":     {[]string{"TERM=xterm-256color", "VTE_VERSION=4402"}, nil, false},
		"unknown":        {[]string{"TERM=xterm-256color"}, nil, false},
		"in tmux":        {[]string{"TMUX=/tmp/tmux"}, nil, false},
		"dumb":           {[]string{"TERM=dumb"}, nil, false},
		"NO_COLOR":       {[]string{"NO_COLOR=1"}, []string{"--color", "always"}, false},
		"without colour": {nil, []string{"--color", "never"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			child := exec.Command("makesync", append([]string{"validate", "-f", wrong}, test.arguments...)...)
			child.Env = os.Environ()
			withVariables(child, append([]string{"VTE_VERSION=", "KONSOLE_VERSION=", "TERM_PROGRAM=", "WT_SESSION="}, test.variables...)...)
			_, shown := startAtTerminal(t, child, 100).end(child)
			if got := strings.Contains(shown, link); got != test.want || !test.want && strings.Contains(shown, "\x1b]8") {
				t.Errorf("a link: %v, want %v with %q:\n%q", got, test.want, link, shown)
			}
		})
	}
	piped := exec.Command("makesync", "validate", "-f", wrong, "--color", "always")
	withVariables(piped, "PATH="+os.Getenv("PATH"))
	if out, _ := piped.CombinedOutput(); strings.Contains(string(out), "\x1b]8") || !strings.Contains(string(out), "#c.yaml") {
		t.Errorf("a pipe gets %q", out)
	}
}
