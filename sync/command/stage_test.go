package command_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"makesync/sync/command"
	"makesync/sync/makeapi"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/sandbox"
)

// stage is a simulated world in the test's own hands, with documents and a state directory of its own, on which
// the whole program runs. It lives in a synctest bubble, where waits cost nothing.
type stage struct {
	*testing.T
	world     *sandbox.World
	documents string
	home      string
	env       map[string]string
	flags     []string // of every plan and apply
	// tamper stands between the program and the zone; nil: nobody does.
	tamper func(http.RoundTripper) http.RoundTripper
	random *rand.ChaCha8
	// handlers are the world's names of zones that documents call otherwise.
	handlers map[string]string
	// terminal says which streams somebody watches.
	terminal command.Terminal
	// stdout is what a run has printed so far.
	stdout *bytes.Buffer
	// stdin is what somebody types.
	stdin string
}

// newStage puts a world and documents on the stage.
func newStage(t *testing.T, world *sandbox.World, documents string) *stage {
	t.Helper()
	return &stage{T: t, world: world, documents: documents, home: memoryDir(t), flags: []string{"--concurrency", "1"},
		env: map[string]string{}, random: rand.NewChaCha8([32]byte{1})}
}

// transport reaches a zone of the world.
func (s *stage) transport(zone string) http.RoundTripper {
	handler, err := s.world.Handler(cmp.Or(s.handlers[zone], zone))
	if err != nil {
		s.Fatal(err)
	}
	transport := makeapi.HandlerTransport(handler)
	if s.tamper != nil {
		transport = s.tamper(transport)
	}
	return transport
}

// run runs one command line.
func (s *stage) run(args ...string) (code int, stdout, stderr string) {
	return s.runIn(context.Background(), args...)
}

func (s *stage) runIn(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	s.stdout = &out
	code = command.Main(ctx, append([]string{"makesync"}, args...), command.Env{
		Stdin: strings.NewReader(s.stdin), Stdout: &out, Stderr: &errs, Now: time.Now, Random: s.random,
		LookupEnv: s.lookupEnv, Transport: s.transport, Terminal: s.terminal,
	})
	return code, out.String(), errs.String()
}

func (s *stage) lookupEnv(name string) (string, bool) {
	switch name {
	case "HOME":
		return s.home, true
	case "MAKE_API_KEY":
		return s.world.FirstToken(), true
	}
	value, ok := s.env[name]
	return value, ok
}

// on is a command line on the stage's documents.
func (s *stage) on(verb string, more ...string) []string {
	return slices.Concat([]string{verb, "-f", s.documents, "--format", "json"}, s.flags, more)
}

// plan runs `makesync plan`.
func (s *stage) plan(more ...string) *plan.Plan {
	s.Helper()
	return decoded[plan.Plan](s, s.on("plan", more...))
}

// apply runs `makesync apply --yes`; a saved plan may follow the flags.
func (s *stage) apply(more ...string) *report.Report {
	s.Helper()
	return decoded[report.Report](s, s.on("apply", append([]string{"--yes"}, more...)...))
}

// save runs `makesync plan -o` and gives the file.
func (s *stage) save() string {
	s.Helper()
	file := filepath.Join(s.home, "plan.json")
	if code, _, stderr := s.run(s.on("plan", "-o", file)...); code != 0 {
		s.Fatalf("plan -o: exit %d\n%s", code, stderr)
	}
	return file
}

// decoded runs a command line and reads the one JSON document that it prints.
func decoded[T any](s *stage, args []string) *T {
	s.Helper()
	code, stdout, stderr := s.run(args...)
	result := new(T)
	var exit struct{ Exit struct{ Code int } }
	if err := json.Unmarshal([]byte(stdout), &exit); err != nil || exit.Exit.Code != code {
		s.Fatalf("%v: exit %d, and the document says %d: %v\n%s\n%s", args, code, exit.Exit.Code, err, stdout, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), result); err != nil {
		s.Fatalf("%v: %v\n%s", args, err, stdout)
	}
	return result
}

// memory is where a system keeps files in memory, if it has such a place.
const memory = "/dev/shm"

// memoryDir is a folder that goes with the test, in memory where the system has such a place: journals
// are made safe against a loss of power at every write, and on a disk that is most of the time of these tests.
func memoryDir(t testing.TB) string {
	t.Helper()
	clearMemory()
	dir, err := os.MkdirTemp(memory, fmt.Sprintf("makesync-stage-%d-", os.Getpid()))
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// clearMemory removes the folders of test runs that were killed or ran out of time, once in a run: no cleanup came
// to them, and memory is nobody's folder for temporary files, which somebody else would empty.
var clearMemory = sync.OnceFunc(func() { clearStages(memory) })

func clearStages(parent string) {
	folders, _ := filepath.Glob(filepath.Join(parent, "makesync-stage-*-*"))
	for _, folder := range folders {
		var pid int
		if n, _ := fmt.Sscanf(filepath.Base(folder), "makesync-stage-%d-", &pid); n == 1 && hasEnded(pid) {
			_ = os.RemoveAll(folder)
		}
	}
}

func hasEnded(pid int) bool {
	process, err := os.FindProcess(pid)
	return err == nil && errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// TestStagesOfKilledRunsGo: what a test run that was killed has left goes with the next, and nothing else.
func TestStagesOfKilledRunsGo(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a process that has ended is not found there")
	}
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	var kept []string
	for name, stays := range map[string]bool{
		fmt.Sprintf("makesync-stage-%d-1", ended.Process.Pid): false,
		fmt.Sprintf("makesync-stage-%d-1", os.Getpid()):       true,
		"makesync-stage-x-1":                                  true,
		"other":                                               true,
	} {
		if err := os.MkdirAll(filepath.Join(dir, name, "inside"), 0o700); err != nil {
			t.Fatal(err)
		}
		if stays {
			kept = append(kept, name)
		}
	}
	clearStages(dir)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(kept) {
		t.Errorf("%v stay, want %v: %v", entries, kept, err)
	}
	for _, name := range kept {
		if _, err := os.Stat(filepath.Join(dir, name, "inside")); err != nil {
			t.Error(err)
		}
	}
}
