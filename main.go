// Command makesync keeps organizations on Make (make.com) as a set of YAML files says.
package main

import (
	"context"
	"crypto/rand"
	"os"
	"runtime/debug"
	"time"

	"golang.org/x/term"

	"makesync/sync/command"
)

func main() {
	ctx, cancel := context.WithCancelCause(context.Background())
	go watchSignals(cancel, notify())
	os.Exit(command.Main(ctx, os.Args, environment()))
}

// What a packager sets, -ldflags "-X main.version=1.2.3 -X main.commit=… -X main.date=…", for a
// tree without its repository.
var version, commit, date string

func environment() command.Env {
	info, _ := debug.ReadBuildInfo()
	return command.Env{
		Stdin: os.Stdin, Stdout: unread(os.Stdout), Stderr: unread(os.Stderr),
		LookupEnv:    os.LookupEnv,
		Terminal:     terminal(),
		Now:          time.Now,
		Random:       rand.Reader,
		MachineLocks: true,
		Build:        command.BuildOf(info).Stamped(version, commit, date),
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
