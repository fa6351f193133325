package command

import (
	"context"
	"errors"

	reconcile "makesync/sync"
)

// exitOfError maps an error that ended a run to its exit, in the order of precedence.
func exitOfError(ctx context.Context, err error) reconcile.Exit {
	var usage usageError
	if errors.As(err, &usage) {
		return reconcile.ExitUsage
	}
	exits := []reconcile.Exit{reconcile.StopExit(ctx)}
	var known failure
	call := reconcile.AsCallError(err)
	switch {
	case errors.As(err, &known):
		exits = append(exits, known.exit)
	case call != nil:
		exits = append(exits, reconcile.ExitOfClass(call.Class))
	case reconcile.StopExit(ctx) == reconcile.ExitOK:
		exits = append(exits, reconcile.ExitInternal)
	}
	if exit := reconcile.Worst(exits...); exit != reconcile.ExitOK {
		return exit
	}
	return reconcile.ExitPartlyVisible // an error is never exit 0: the time was over before everything was read
}

// hintOf is what to do about an error, "" when there is nothing to add.
func hintOf(err error) string {
	var usage usageError
	var known failure
	switch call := reconcile.AsCallError(err); {
	case errors.As(err, &usage):
		return usage.hint
	case errors.As(err, &known) && known.hint != "":
		return known.hint
	case call != nil:
		return call.Hint
	}
	return ""
}
