package command

import (
	"context"
	"errors"

	"makesync/sync/exit"
	"makesync/sync/state"
)

// exitOfError maps an error that ended a run to its exit, in the order of precedence.
func exitOfError(ctx context.Context, err error) exit.Code {
	var usage usageError
	if errors.As(err, &usage) {
		return exit.Usage
	}
	exits := []exit.Code{exit.StopExit(ctx)}
	var known failure
	call := state.AsCallError(err)
	switch {
	case errors.As(err, &known):
		exits = append(exits, known.exit)
	case call != nil:
		exits = append(exits, exit.OfClass(call.Class))
	case exit.StopExit(ctx) == exit.OK:
		exits = append(exits, exit.Internal)
	}
	if code := exit.Worst(exits...); code != exit.OK {
		return code
	}
	return exit.PartlyVisible // an error is never exit 0: the time was over before everything was read
}

// hintOf is what to do about an error, "" when there is nothing to add.
func hintOf(err error) string {
	var usage usageError
	var known failure
	switch call := state.AsCallError(err); {
	case errors.As(err, &usage):
		return usage.hint
	case errors.As(err, &known) && known.hint != "":
		return known.hint
	case call != nil:
		return call.Hint
	}
	return ""
}
