package e2e

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a real terminal on which a makesync runs.
type terminal struct {
	*os.File // what a person types and sees
	screen   struct {
		sync.Mutex
		text strings.Builder
	}
	drained chan struct{}
}

// startAtTerminal runs the command on a terminal of so many columns.
func startAtTerminal(t *testing.T, child *exec.Cmd, columns uint16) *terminal {
	t.Helper()
	master, tty, err := openTerminal(columns)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	defer tty.Close()
	child.Stdin, child.Stdout, child.Stderr = tty, tty, tty
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	shown := &terminal{File: master, drained: make(chan struct{})}
	go shown.watch()
	return shown
}

// openTerminal gives both ends of a new terminal: the one with the person, and the one with the program.
func openTerminal(columns uint16) (master, tty *os.File, err error) {
	if master, err = os.OpenFile("/dev/ptmx", os.O_RDWR, 0); err != nil {
		return nil, nil, err
	}
	fd := int(master.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err = errors.Join(err, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0),
		unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: columns})); err != nil {
		master.Close()
		return nil, nil, err
	}
	if tty, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		master.Close()
	}
	return master, tty, err
}

// atTerminal is the program terminal of the scripts: terminal ANSWERS COMMAND… runs the command with a terminal for
// its input and stderr, on which the lines of the file stand typed, and the end of input behind them. What the
// terminal shows goes to stderr, to its last letter: testscript's own terminal is closed before it is read to its end.
func atTerminal(args []string) int {
	answers, err := os.ReadFile(args[0])
	if err != nil {
		panic(err)
	}
	master, tty, err := openTerminal(200)
	if err != nil {
		panic(err)
	}
	if _, err := master.Write(append(answers, '\x04')); err != nil {
		panic(err)
	}
	child := exec.Command(args[1], args[2:]...)
	child.Stdin, child.Stdout, child.Stderr = tty, os.Stdout, tty
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := child.Start(); err != nil {
		panic(err)
	}
	tty.Close()
	_, _ = io.Copy(os.Stderr, master) // ends with an error once nobody has the other end
	_ = child.Wait()
	return child.ProcessState.ExitCode()
}

// watch keeps what appears, until the program ends.
func (s *terminal) watch() {
	defer close(s.drained)
	buffer := make([]byte, 4096)
	for {
		n, err := s.Read(buffer)
		s.screen.Lock()
		s.screen.text.Write(buffer[:n])
		s.screen.Unlock()
		if err != nil {
			return
		}
	}
}

func (s *terminal) seen() string {
	s.screen.Lock()
	defer s.screen.Unlock()
	return s.screen.text.String()
}

// await waits until the words stand on the terminal so many times, in whatever lines.
func (s *terminal) await(t *testing.T, words string, times int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); strings.Count(strings.Join(strings.Fields(s.seen()), " "), words) < times; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %q:\n%s", words, s.seen())
		}
	}
}

// end waits for the program and gives its exit and all that stood on the terminal.
func (s *terminal) end(child *exec.Cmd) (code int, screen string) {
	_ = child.Wait()
	<-s.drained
	return child.ProcessState.ExitCode(), s.seen()
}

// TestQuestionAtATerminal answers when it is asked, as a person does.
func TestQuestionAtATerminal(t *testing.T) {
	t.Parallel()
	const question = "to apply; d for details"
	for _, test := range []struct {
		name  string
		typed []string // each after the question has come once more
		code  int
		want  string
	}{
		{"ctrl-c", []string{"\x03"}, 130, "stopped at the question; nothing was changed"},
		{"end of input", []string{"\x04"}, 5, "Not confirmed. Nothing was changed."},
		{"no after details", []string{"d\n", "no\n"}, 5, "Not confirmed. Nothing was changed."},
		{"the third try", []string{"3\n", "two\n", "2\n"}, 0, "0 failed"},
		{"the fourth try", []string{"3\n", "two\n", "22\n"}, 5, "not confirmed; exit 5 (held)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			zone := newZoneUnderTest(t)
			child := zone.makesync("apply")
			screen := startAtTerminal(t, child, 80)
			for i, line := range test.typed {
				screen.await(t, question, i+1)
				if _, err := screen.WriteString(line); err != nil {
					t.Fatal(err)
				}
			}
			code, shown := screen.end(child)
			if code != test.code || !strings.Contains(shown, test.want) {
				t.Errorf("exit %d, want %d with %q:\n%s", code, test.code, test.want, shown)
			}
			if wrote := len(zone.Log()) > 0; wrote != (test.code == 0) {
				t.Errorf("%d writes", len(zone.Log()))
			}
		})
	}
}

// TestSecretsAtATerminal: what is typed is not shown; the end of input and ctrl-c stop, and a mistake can be taken back.
func TestSecretsAtATerminal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key, saved, phrase := filepath.Join(dir, "key"), filepath.Join(dir, "plan"), " two words "
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", phrase, "-f", key).CombinedOutput(); err != nil {
		t.Skipf("no ssh-keygen: %v %s", err, out)
	}
	newZoneUnderTest(t).run(t, 0, "plan", "-o", saved)
	ask := []string{"makesync", "init", "--zone", "eu1", "--organization", "*", "--workflow", "none", "-o", filepath.Join(dir, "own")}
	approve := []string{"makesync", "approve", "--yes", "--key", key, saved}
	for _, test := range []struct {
		name    string
		command []string
		typed   string
		code    int
		want    string
	}{
		{"token, end of input", ask, "\x04", 5, "stopped at the question; nothing was written"},
		{"token, ctrl-c", ask, "\x03", 130, "interrupted"},
		{"passphrase, end of input", approve, "\x04", 5, "stopped at the question; nothing was written"},
		{"passphrase, ctrl-c", approve, "\x03", 130, "interrupted"},
		{"another passphrase", approve, "two words\r", 3, "the passphrase does not open the key"},
		{"passphrase, a letter taken back", approve, strings.TrimSuffix(phrase, " ") + "x\x7f \r", 0, "signed by SHA256:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			child := exec.Command(test.command[0], test.command[1:]...)
			child.Env = append(os.Environ(), "XDG_STATE_HOME="+t.TempDir(), "MAKE_API_KEY=", "MAKE_API_KEY_EU1=")
			screen := startAtTerminal(t, child, 200)
			screen.awaitQuiet(t)
			if _, err := screen.WriteString(test.typed); err != nil {
				t.Fatal(err)
			}
			code, shown := screen.end(child)
			if code != test.code || !strings.Contains(shown, test.want) || strings.Contains(shown, "two words") {
				t.Errorf("exit %d, want %d with %q:\n%s", code, test.code, test.want, shown)
			}
		})
	}
}

// awaitQuiet waits until the program reads keys that the terminal does not show.
func (s *terminal) awaitQuiet(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		state, err := unix.IoctlGetTermios(int(s.Fd()), unix.TCGETS)
		switch {
		case err == nil && state.Lflag&unix.ECHO == 0:
			return
		case time.Now().After(deadline):
			t.Fatalf("nothing is asked: %v\n%s", err, s.seen())
		}
	}
}
