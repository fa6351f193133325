package e2e

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// Whatever command makesync prints can be pasted. When a script is over, every command that stands
// in the output of any of its commands is given to a shell, in the folder and with the environment
// in which it was printed: it may find nothing to do, or be refused, but makesync must understand
// it (never 64).

// scriptT is a test that runs a script and keeps its log, in which all output is.
type scriptT struct {
	*testing.T
	work *string
}

func (t scriptT) Verbose() bool { return true }

func (t scriptT) Run(name string, run func(testscript.T)) {
	t.T.Run(name, func(inner *testing.T) { run(scriptT{inner, new(string)}) })
}

// Log gets the whole log of a script at its end, while its folder is still there.
func (t scriptT) Log(args ...any) {
	if t.Failed() || testing.Verbose() {
		t.T.Log(args...)
	}
	if text, is := args[0].(string); is && !t.Failed() && *t.work != "" {
		t.runPrinted(text)
	}
}

// printedCommand is a command in a line of its own, behind a label, in backquotes, or behind a colon.
var printedCommand = regexp.MustCompile("(?:^|^ +|^ *[a-z][a-z' ]*:? +|`|: )(makesync (?:" + verbs + ")(?: [^`]*)?)(?:`|$)")

const verbs = "validate|plan|apply|approve|show|undo|adopt|status|doctor|runs|report|invitation|billing|init|export|" +
	"snapshot|migrate|compare|sandbox|schema|version|completion|explain|help"

// says is what an error says of a command.
var says = regexp.MustCompile(`^(?:error|warning): |^makesync [a-z ]+:? has no |"message":`)

// notToPaste are forms with something to fill in, and what does not end by itself.
var notToPaste = regexp.MustCompile(`(?:^|[\s=])[A-Z]{2,}(?:\s|$)|…|[\[<|]|sandbox serve|^makesync (?:[0-9]|dev)`)

// proxyToNowhere keeps a pasted command on this machine.
const proxyToNowhere = "http://127.0.0.1:9"

func (t scriptT) runPrinted(text string) {
	environment := append(os.Environ(), "HTTPS_PROXY="+proxyToNowhere, "HTTP_PROXY="+proxyToNowhere)
	dir, seen := *t.work, map[string]bool{}
	lines := strings.Split(strings.ReplaceAll(text, "$WORK", *t.work), "\n")
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, "> cd ") && i+1 < len(lines):
			dir = lines[i+1]
			continue
		case strings.HasPrefix(line, "> env "):
			environment = append(environment, strings.Trim(strings.TrimPrefix(line, "> env "), "'"))
			continue
		case strings.HasPrefix(line, "XDG_STATE_HOME="):
			environment = append(environment, line)
			continue
		case strings.HasPrefix(line, "> "), strings.HasPrefix(line, "# "):
			continue
		}
		found := printedCommand.FindStringSubmatch(strings.TrimRight(line, " .")) // a sentence ends so
		if found == nil || says.MatchString(line) || seen[dir+found[1]] || notToPaste.MatchString(found[1]) {
			continue
		}
		seen[dir+found[1]] = true
		t.paste(found[1], dir, environment)
	}
}

// pasted counts over all scripts: a test of nothing would pass.
var pasted struct {
	sync.Mutex
	commands map[string]int // by verb
}

func (t scriptT) paste(command, dir string, environment []string) {
	// What cannot be read as a command ends at once; a zone that is down is asked again and again.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	// A pipe would be held open by a server that the command starts and that outlives it, as Wine's.
	out, err := os.Create(filepath.Join(t.TempDir(), "printed"))
	if err != nil {
		t.Errorf("%s: %v", command, err)
		return
	}
	defer out.Close()
	cmd := exec.CommandContext(ctx, "bash", "-c", command)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, environment, out, out
	err = cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) && ctx.Err() == nil {
		t.Errorf("%s\ncannot run in %s: %v", command, filepath.Base(dir), err)
		return
	}
	said, err := os.ReadFile(out.Name())
	code := cmd.ProcessState.ExitCode()
	if err != nil || code == 64 || code == 126 || code == 127 || bytes.Contains(said, []byte("syntax error")) {
		t.Errorf("a command that makesync printed ends with %d (%v):\n%s\n%.2000s", code, err, command, said)
	}
	pasted.Lock()
	defer pasted.Unlock()
	if pasted.commands == nil {
		pasted.commands = map[string]int{}
	}
	pasted.commands[strings.Fields(command)[1]]++
}
