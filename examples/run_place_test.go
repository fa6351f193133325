package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRunKeepsItsCluster: somebody who sets another context or namespace meanwhile, in another
// terminal, does not have the script ask there for its job, nor make the merge there.
func TestRunKeepsItsCluster(t *testing.T) {
	t.Parallel()
	for _, s := range shells(t) {
		k := newScripted(t, s, map[string]string{"context": "ops@a cluster\nfleet\n"})
		code, _, stderr := k.run(t, "apply")
		if code != 0 || !strings.HasPrefix(stderr, "cluster of context ops@a cluster, namespace fleet\n") {
			t.Errorf("%s: exit %d\n%s", s.name, code, stderr)
		}
		asked, err := os.ReadFile(filepath.Join(k.dir, "asked"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(asked)) {
			if !strings.Contains(line, "--context=ops@a cluster --namespace=fleet\n") {
				t.Errorf("%s: kubectl %s", s.name, line)
			}
		}
	}
}

// TestRunFromAnyFolder: what the script says to paste is good wherever it lies and whatever CDPATH
// is, and it takes the manifests beside it.
func TestRunFromAnyFolder(t *testing.T) {
	t.Parallel()
	for _, s := range shells(t) {
		k := newScripted(t, s, map[string]string{"after": "100"})
		root := t.TempDir()
		here := filepath.Join(root, "here")
		copyExample(t, kubernetes, filepath.Join(here, "it's a $HOME"))
		if err := os.MkdirAll(filepath.Join(root, "elsewhere", "it's a $HOME"), 0o700); err != nil {
			t.Fatal(err)
		}
		in := `export CDPATH="$1/elsewhere" && cd "$1/here" && eval "$2"`
		code, _, stderr := k.line(t, in, "sh", root, `sh "it's a \$HOME/run" apply`)
		found := regexp.MustCompile(`(?m): (sh \S.* attach makesync-apply-\S+)$`).FindStringSubmatch(stderr)
		if code != 8 || found == nil {
			t.Fatalf("%s: exit %d\n%s", s.name, code, stderr)
		}
		k.write(t, "after", "1")
		if code, stdout, stderr := k.line(t, in, "sh", root, found[1]); code != 0 || stdout != "makesync: report: merged\n" {
			t.Errorf("%s: %s ended with %d\n%s", s.name, found[1], code, stderr)
		}
	}
}

// TestRunIsEdited: somebody writes the script anew while it waits.
func TestRunIsEdited(t *testing.T) {
	t.Parallel()
	for _, s := range shells(t) {
		here := filepath.Join(t.TempDir(), kubernetes)
		copyExample(t, kubernetes, here)
		k := newScripted(t, s, map[string]string{"edit": filepath.Join(here, "run")})
		if code, stdout, stderr := k.line(t, `sh "$1" apply`, "sh", filepath.Join(here, "run")); code != 0 || stdout != "makesync: report: merged\n" {
			t.Errorf("%s: exit %d\n%s%s", s.name, code, stdout, stderr)
		}
	}
}

// TestRunCannotWrite: a result that does not fit on the disk is not lost.
func TestRunCannotWrite(t *testing.T) {
	t.Parallel()
	for _, s := range shells(t) {
		k := newScripted(t, s, nil)
		code, _, stderr := k.line(t, `sh kubernetes/run apply >/dev/full`)
		if code != 1 || !strings.Contains(stderr, "to add up its results again: sh kubernetes/run attach makesync-apply-") {
			t.Errorf("%s: exit %d\n%s", s.name, code, stderr)
		}
	}
}

// TestRunWithoutKubectl: at once, not after ten minutes of asking.
func TestRunWithoutKubectl(t *testing.T) {
	t.Parallel()
	for _, s := range shells(t) {
		c := s.command("kubernetes/run", "apply")
		c.Env = []string{"PATH=" + t.TempDir()}
		if code, out := result(t, c); code != 1 || out != "kubectl is not on the PATH\n" {
			t.Errorf("%s: exit %d\n%s", s.name, code, out)
		}
	}
}

// TestRunAsksDeniedQuestionsAgain: an API server that is just being started may not know yet who is
// asking. Nobody is asked longer than it takes to be sure.
func TestRunAsksDeniedQuestionsAgain(t *testing.T) {
	t.Parallel()
	for _, s := range shells(t) {
		for _, c := range []struct {
			calls string
			code  int
		}{{"3\n4\n", 0}, {"3\n4\n5\n", 7}, {"1\n", 7}} {
			k := newScripted(t, s, map[string]string{"refuse": c.calls, "refusal": expired})
			if code, _, stderr := k.run(t, "apply"); code != c.code || !strings.Contains(stderr, expired) {
				t.Errorf("%s, calls %q: exit %d, want %d\n%s", s.name, c.calls, code, c.code, stderr)
			}
		}
	}
}

// TestRunShowsWholeResults: a result of which a node has kept the end only is told as that, and no
// other; TestKubernetesRun holds how the binary's begin.
func TestRunShowsWholeResults(t *testing.T) {
	t.Parallel()
	for _, s := range shells(t) {
		for _, c := range []struct {
			head, words string
			cut         bool
		}{
			{"run      x\n", "49 planned", false}, {"zone     x\n", "49 to change", false}, {"", "0 planned", false},
			{"error: shards are missing\n", "1 error, 0 warnings", false},
			{"  organization x\n", "49 planned", true}, {"\n", "49 to change", true},
		} {
			k := newScripted(t, s, map[string]string{"head": c.head, "words": c.words})
			code, stdout, stderr := k.run(t, "apply")
			if code != 0 || strings.Contains(stderr, "the beginning of the result is lost") != c.cut || !strings.HasPrefix(stdout, c.head) {
				t.Errorf("%s: a result that begins with %q: exit %d\n%s%s", s.name, c.head, code, stdout, stderr)
			}
		}
	}
}
