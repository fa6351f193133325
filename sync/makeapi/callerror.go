package makeapi

import (
	"context"
	"errors"
	"net/http"

	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// cancelled is the error of a call that the run no longer wants; nothing of it has been sent.
func (k *call) cancelled(err error) *state.CallError {
	text := "interrupted before it was sent"
	if errors.Is(err, context.DeadlineExceeded) {
		text = "the time of the run was over before it was sent"
	}
	return &state.CallError{Doing: k.description(), Message: text, Class: exit.ClassCancelled, Err: err}
}

// waited is the error of a write that would be sent later than it may; before is why it was not
// taken at once, if it was sent.
func (k *call) waited(before *state.CallError) *state.CallError {
	e := state.CallError{Doing: k.description(), Message: plan.ErrWaited.Error(), Class: exit.ClassRateLimit}
	if before != nil {
		e = *before
	}
	e.Err = plan.ErrWaited
	return &e
}

// notAsked is the error of a call that is not sent, since the zone has refused the token before.
func (k *call) notAsked(refused *state.TokenRefusal) *state.CallError {
	return &state.CallError{
		Doing: k.description(), Message: state.ErrNotAsked.Error(), Class: exit.ClassRefused, Err: state.ErrNotAsked,
		Refused: refused,
	}
}

// unsent is the error of a request that could not be made.
func (k *call) unsent(message string, err error) *state.CallError {
	return &state.CallError{Doing: k.description(), Message: message, Class: exit.ClassInvalid, Err: err}
}

// unwritable is the error of a write that cannot be sent as it is: a defect of makesync or of a
// plan file.
func (k *call) unwritable(err error) *state.CallError {
	return &state.CallError{
		Doing: k.description(), Message: err.Error() + "; nothing was sent", Class: exit.ClassInternal, Err: err,
	}
}

// mismatch is the error of a reply that is sound JSON and still not an answer.
func (k *call) mismatch(why string) *state.CallError {
	return &state.CallError{
		Doing: k.description(), Status: http.StatusOK, Class: exit.ClassBroken, Certainty: state.Unknown,
		Message: "the reply cannot be used: " + why,
	}
}
