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

// stopReason is the stable word and the words for steps that a stop cut off.
func stopReason(ctx context.Context) string {
	if outOfTime(ctx) {
		return "max-runtime: the run's time was over before this step"
	}
	return "interrupted: the run was stopped before this step"
}

// outOfTime: a deadline on the context is a limit of the run as well.
func outOfTime(ctx context.Context) bool {
	cause := context.Cause(ctx)
	return errors.Is(cause, ErrOutOfTime) || errors.Is(cause, context.DeadlineExceeded)
}

// StopExit is the exit of a run whose context was cancelled; ExitOK if it was not, or was only out of time.
func StopExit(ctx context.Context) Exit {
	switch {
	case ctx.Err() == nil || outOfTime(ctx):
		return ExitOK
	case errors.Is(context.Cause(ctx), ErrTerminated):
		return ExitTerminated
	}
	return ExitInterrupted
}

// outlive gives the context of the writes: it survives an interrupt for the grace time, so that the write
// in flight is finished and its outcome known. Release ends it.
func (a *applier) outlive(ctx context.Context) (writing context.Context, release func()) {
	writing, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		_ = a.o.Clock.Sleep(writing, a.o.Grace) // ends early when the run does
		cancel()
	})
	return writing, func() {
		stop()
		cancel()
	}
}
