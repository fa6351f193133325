// Command makesync keeps organizations on Make (make.com) as a set of YAML files says.
package main

import (
	"context"
	"crypto/rand"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"

	"makesync/sync"
	"makesync/sync/command"
)

func main() {
	ctx, cancel := context.WithCancelCause(context.Background())
	go watchSignals(cancel)
	os.Exit(command.Main(ctx, os.Args, environment()))
}

// watchSignals asks the run to stop cleanly at the first SIGINT or SIGTERM; a second one ends
// the process at once. A reader that closed its end of stdout (`| head`) must not kill an
// apply between two writes, so SIGPIPE becomes an ordinary write error.
func watchSignals(cancel context.CancelCauseFunc) {
	signal.Ignore(syscall.SIGPIPE)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	received := <-signals
	signal.Stop(signals)
	if received == syscall.SIGTERM {
		cancel(sync.ErrTerminated)
		return
	}
	cancel(sync.ErrInterrupted)
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
