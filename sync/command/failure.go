package command

import (
	"context"
	"errors"
	"slices"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/render"
	"makesync/sync/state"
)

// failure is an error that ends the run with a known exit.
type failure struct {
	exit          exit.Code
	message, hint string
	cause         error
}

func (f failure) Error() string {
	if f.cause == nil {
		return f.message
	}
	return f.message + ": " + f.cause.Error()
}

func (f failure) Unwrap() error { return f.cause }

// ended is the error of a run whose result, good or bad, is already printed.
type ended struct{ exit exit.Code }

func (e ended) Error() string { return e.exit.Name }

// end is nil for exit 0, so that a command can return it as its error.
func end(code exit.Code) error {
	if code == exit.OK {
		return nil
	}
	return ended{code}
}

// errInvalid: the documents hold errors, and the problems say which.
var errInvalid = errors.New("the documents are not valid")

// errHeld: the plan is past --max-calls, and the problems say so.
var errHeld = errors.New("the plan takes too many calls")

// errForbidden: a policy of severity error is broken, and the problems say which.
var errForbidden = errors.New("a policy forbids to apply anything")

// errJudged: guards or policies hold steps of a saved plan, and the problems say which.
var errJudged = errors.New("guards or policies hold steps of the plan")

// errStale: the saved plan may not be applied any more, and the problems say why.
var errStale = errors.New("the saved plan may not be applied")

// invalidDocuments is the error of a run that problems ended.
type invalidDocuments struct{ problems []spec.Problem }

func (e invalidDocuments) Error() string { return errInvalid.Error() }

func invalid(problems []spec.Problem) error { return invalidDocuments{problems} }

// withError adds the error that ended a run to its problems, unless they are that error.
func withError(ctx context.Context, err error, problems []spec.Problem) ([]spec.Problem, exit.Code) {
	var documents invalidDocuments
	switch {
	case errors.As(err, &documents):
		return documents.problems, exit.Invalid
	case errors.Is(err, errInvalid), errors.Is(err, errForbidden):
		return problems, exit.Invalid
	case errors.Is(err, errStale):
		return problems, exit.Stale
	case errors.Is(err, errHeld), errors.Is(err, errJudged):
		return problems, exit.Held
	}
	return append(slices.Clip(problems), failureProblem(err)), exitOfError(ctx, err)
}

// failureProblem is an error that ended a run, as a problem of its JSON document.
func failureProblem(err error) spec.Problem {
	problem := spec.Problem{
		Severity: spec.Error,
		Rule:     "run",
		Message:  render.Clean(err.Error()),
		Hint:     render.Clean(hintOf(err)),
	}
	if errors.Is(err, errDeclined) {
		problem.Rule = render.RuleDeclined
	}
	if call := state.AsCallError(err); call != nil {
		problem.Error = call.API()
	}
	return problem
}
