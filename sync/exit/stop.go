package exit

import (
	"context"
	"errors"
)

// The causes with which a caller cancels the context of a run.
var (
	// ErrInterrupted is SIGINT: exit 130.
	ErrInterrupted = errors.New("interrupted")
	// ErrTerminated is SIGTERM: exit 143.
	ErrTerminated = errors.New("terminated")
	// ErrOutOfTime is --max-runtime: a clean stop, whose skipped steps make exit 4.
	ErrOutOfTime = errors.New("out of time")
)

// OutOfTime tells whether the run's time was over: by --max-runtime, or by a deadline on the
// context.
func OutOfTime(ctx context.Context) bool {
	cause := context.Cause(ctx)
	return errors.Is(cause, ErrOutOfTime) || errors.Is(cause, context.DeadlineExceeded)
}

// StopExit is the exit of a run whose context was cancelled; OK if it was not, or was only out
// of time.
func StopExit(ctx context.Context) Code {
	switch {
	case ctx.Err() == nil || OutOfTime(ctx):
		return OK
	case errors.Is(context.Cause(ctx), ErrTerminated):
		return Terminated
	}
	return Interrupted
}
