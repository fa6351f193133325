package exit

import (
	"context"
	"errors"
)

// The causes with which a caller cancels the context of a run.
var (
	// ErrHungUp is SIGHUP, of a terminal that is closed or a connection that is lost: exit 129.
	ErrHungUp = errors.New("hung up")
	// ErrInterrupted is SIGINT: exit 130.
	ErrInterrupted = errors.New("interrupted")
	// ErrQuit is SIGQUIT: exit 131.
	ErrQuit = errors.New("told to quit")
	// ErrTerminated is SIGTERM: exit 143.
	ErrTerminated = errors.New("terminated")
	// ErrOutOfTime is --max-runtime: a clean stop, whose skipped steps make exit 4.
	ErrOutOfTime = errors.New("out of time")
)

// stops are the exits of what stops a run from outside.
var stops = []struct {
	cause error
	code  Code
}{
	{ErrHungUp, HungUp},
	{ErrInterrupted, Interrupted},
	{ErrQuit, Quit},
	{ErrTerminated, Terminated},
}

// OutOfTime tells whether the run's time was over: by --max-runtime, or by a deadline on the
// context.
func OutOfTime(ctx context.Context) bool {
	cause := context.Cause(ctx)
	return errors.Is(cause, ErrOutOfTime) || errors.Is(cause, context.DeadlineExceeded)
}

// StopExit is the exit of a run whose context was cancelled; ExitOK if it was not, or was only out
// of time.
func StopExit(ctx context.Context) Code {
	if ctx.Err() == nil || OutOfTime(ctx) {
		return OK
	}
	return OfStop(context.Cause(ctx))
}

// OfStop is the exit of a run that was stopped by the cause; one that nobody knows is an interrupt.
func OfStop(cause error) Code {
	for _, stop := range stops {
		if errors.Is(cause, stop.cause) {
			return stop.code
		}
	}
	return Interrupted
}
