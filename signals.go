package main

import (
	"bytes"
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"makesync/sync/command"
	"makesync/sync/exit"
)

// causes are the signals that ask a run to stop cleanly. On Windows closing the console, logging
// off and shutting down arrive as SIGTERM, ctrl-break as SIGINT.
var causes = map[os.Signal]error{
	syscall.SIGHUP:  exit.ErrHungUp,
	syscall.SIGINT:  exit.ErrInterrupted,
	syscall.SIGQUIT: exit.ErrQuit,
	syscall.SIGTERM: exit.ErrTerminated,
}

// notify catches them, but a hangup that was to be ignored (nohup). A shell has what it starts in
// the background ignore SIGINT and SIGQUIT; a wrapper that passes those on means them all the same.
// A reader that closed its end of stdout (`| head`) must not kill an apply between two writes, so
// SIGPIPE becomes an ordinary write error.
func notify() chan os.Signal {
	signal.Ignore(syscall.SIGPIPE)
	signals := make(chan os.Signal, 8)
	for s := range causes {
		if s == syscall.SIGHUP && signal.Ignored(s) {
			continue
		}
		signal.Notify(signals, s)
	}
	return signals
}

// sameStop is how soon after the first signal a hangup belongs to it: a closed terminal sends one
// itself and has the shell send another, and the end of a session sends SIGTERM and SIGHUP.
const sameStop = time.Second

// watchSignals asks the run to stop cleanly at the first signal; a second one ends the process at
// once, whatever it is at.
func watchSignals(cancel context.CancelCauseFunc, signals chan os.Signal) {
	first := <-signals
	began := time.Now()
	cancel(causes[first])
	go sayStopping() // a terminal that is gone or stopped must not keep the second signal waiting
	for second := range signals {
		if second == syscall.SIGHUP && time.Since(began) < sameStop {
			continue
		}
		os.Exit(exit.OfStop(causes[second]).Code)
	}
}

func sayStopping() {
	var b bytes.Buffer
	if terminal().Stderr {
		b.WriteByte('\n') // a line that tells how far the run is may stand there
	}
	command.SayStopping(&b, os.Args)
	_, _ = os.Stderr.Write(b.Bytes()) // in one piece: the log writes beside it
}
