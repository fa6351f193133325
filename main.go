// Command makesync keeps organizations on Make (make.com) as a set of YAML files says.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/term"

	"makesync/sync/command"
	"makesync/sync/lock"
	"makesync/sync/pager"
)

// collectLater lets the collector begin at 64 MiB instead of at 4 MiB, which most runs never reach,
// and then whenever what lives, the reserve with it, has doubled. The reserve is never written and
// so takes no memory. The first limit is for making it, which would run the collector at once, for
// 2 ms of every start.
func collectLater() (reserve []byte) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(2400) // of 4 MiB, with the reserve; until the first collection
		runtime.AddCleanup(&struct{ self *int }{}, func(int) { debug.SetGCPercent(100) }, 0)
	}
	return make([]byte, 32<<20)
}

func main() {
	if code, asked := lock.Answer(os.Args); asked {
		os.Exit(code)
	}
	keepNoCore()
	log.SetOutput(io.Discard) // GODEBUG=http2debug=1 has net/http log every header, and so the token
	defer runtime.KeepAlive(collectLater())
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := notify()
	go watchSignals(cancel, signals)
	os.Exit(command.Main(ctx, os.Args, environment(ctx, signals)))
}

// What a packager sets, -ldflags "-X main.version=1.2.3 -X main.commit=… -X main.date=…", for a
// tree without its repository.
var version, commit, date string

func environment(ctx context.Context, signals chan os.Signal) command.Env {
	info, _ := debug.ReadBuildInfo()
	return command.Env{
		Stdin: os.Stdin, Stdout: unread(os.Stdout), Stderr: unread(os.Stderr),
		LookupEnv:  os.LookupEnv,
		Terminal:   terminal(),
		ReadSecret: func(ctx context.Context) (string, error) { return readSecret(ctx, signals) },
		Page: func(words []string, text []byte) error {
			return pager.Show(ctx, words, text, func() func() { return muteInterrupts(signals) })
		},
		Now:          time.Now,
		Random:       rand.Reader,
		MachineLocks: true,
		SeesLock:     lock.SeenByAnother,
		Build:        command.BuildOf(info).Stamped(version, commit, date),
	}
}

func terminal() command.Terminal {
	is := func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
	width, height := size(os.Stdout)
	errorWidth, _ := size(os.Stderr)
	host, _ := os.Hostname() // without one a link names none
	return command.Terminal{Stdin: is(os.Stdin), Stdout: is(os.Stdout), Stderr: is(os.Stderr),
		Width: width, Height: height, ErrorWidth: errorWidth, Host: host}
}

// size is that of a terminal; what is none has none.
func size(f *os.File) (width, height int) {
	width, height, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0, 0
	}
	return width, height
}

// readSecret reads a line from the terminal without showing it. One who gives up gets the terminal
// back as it was; the read itself cannot be stopped and ends with the process.
func readSecret(ctx context.Context, signals chan<- os.Signal) (string, error) {
	stdin := int(os.Stdin.Fd())
	before, err := term.MakeRaw(stdin)
	if err != nil {
		return "", err
	}
	interrupt := func() error {
		signals <- os.Interrupt
		<-ctx.Done()
		return context.Cause(ctx)
	}
	type reply struct {
		line string
		err  error
	}
	replies := make(chan reply, 1)
	go func() {
		line, err := term.NewTerminal(keyboard{interrupt}, "").ReadPassword("")
		replies <- reply{line, err}
	}()
	select {
	case got := <-replies:
		return got.line, errors.Join(got.err, term.Restore(stdin, before))
	case <-ctx.Done():
		return "", errors.Join(context.Cause(ctx), term.Restore(stdin, before))
	}
}

// keyboard is a terminal that passes on every key, as term's NewTerminal wants it: its ReadPassword
// of a descriptor waits on at the end of input.
type keyboard struct{ interrupt func() error }

// Read takes no key of a line that is typed ahead. In this mode ctrl-c makes no signal.
func (k keyboard) Read(p []byte) (int, error) {
	const ctrlC = '\x03'
	n, err := os.Stdin.Read(p[:min(len(p), 1)])
	if n == 1 && p[0] == ctrlC {
		return 0, k.interrupt()
	}
	return n, err
}

func (keyboard) Write(p []byte) (int, error) { return len(p), nil } // nothing is shown
