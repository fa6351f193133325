package sync

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

// outOfTime: a deadline on the context is a limit of the run as well.
func outOfTime(ctx context.Context) bool {
	cause := context.Cause(ctx)
	return errors.Is(cause, ErrOutOfTime) || errors.Is(cause, context.DeadlineExceeded)
}

// StopExit is the exit of a run whose context was cancelled; ExitOK if it was not, or was only out
// of time.
func StopExit(ctx context.Context) Exit {
	switch {
	case ctx.Err() == nil || outOfTime(ctx):
		return ExitOK
	case errors.Is(context.Cause(ctx), ErrTerminated):
		return ExitTerminated
	}
	return ExitInterrupted
}
