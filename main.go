// Command makesync keeps organizations on Make (make.com) as a set of YAML files says.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"

	"makesync/sync/command"
	"makesync/sync/exit"
)

func main() {
	ctx, cancel := context.WithCancelCause(context.Background())
	go watchSignals(cancel, notify())
	os.Exit(command.Main(ctx, os.Args, environment()))
}

// notify catches SIGINT and SIGTERM. A reader that closed its end of stdout (`| head`) must not
// kill an apply between two writes, so SIGPIPE becomes an ordinary write error.
func notify() chan os.Signal {
	signal.Ignore(syscall.SIGPIPE)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	return signals
}

// watchSignals asks the run to stop cleanly at the first signal; a second one ends the process at
// once.
func watchSignals(cancel context.CancelCauseFunc, signals chan os.Signal) {
	received := <-signals
	signal.Stop(signals)
	cause := exit.ErrInterrupted
	if received == syscall.SIGTERM {
		cause = exit.ErrTerminated
	}
	cancel(cause)
	if terminal().Stderr {
		fmt.Fprintln(os.Stderr) // a line that tells how far the run is may stand there
	}
	fmt.Fprintln(os.Stderr, "stopping cleanly: what is in flight is finished; a second signal ends at once")
}

func environment() command.Env {
	info, _ := debug.ReadBuildInfo()
	return command.Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		LookupEnv: os.LookupEnv,
		Terminal:  terminal(),
		Now:       time.Now,
		Random:    rand.Reader,
		Build:     command.BuildOf(info),
	}
}

func terminal() command.Terminal {
	is := func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		width = 0
	}
	return command.Terminal{Stdin: is(os.Stdin), Stdout: is(os.Stdout), Stderr: is(os.Stderr), Width: width}
}
