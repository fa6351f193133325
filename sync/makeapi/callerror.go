package makeapi

import (
	"context"
	"errors"
	"net/http"

	reconcile "makesync/sync"
)

// cancelled is the error of a call that the run no longer wants; nothing of it has been sent.
func (k *call) cancelled(err error) *reconcile.CallError {
	text := "interrupted before it was sent"
	if errors.Is(err, context.DeadlineExceeded) {
		text = "the time of the run was over before it was sent"
	}
	return &reconcile.CallError{Doing: k.description(), Message: text, Class: reconcile.ClassCancelled, Err: err}
}

// unsent is the error of a request that could not be made.
func (k *call) unsent(message string, err error) *reconcile.CallError {
	return &reconcile.CallError{Doing: k.description(), Message: message, Class: reconcile.ClassInvalid, Err: err}
}

// unwritable is the error of a write that cannot be sent as it is: a defect of makesync or of a
// plan file.
func (k *call) unwritable(err error) *reconcile.CallError {
	return &reconcile.CallError{
		Doing: k.description(), Message: err.Error() + "; nothing was sent", Class: reconcile.ClassInternal, Err: err,
	}
}

// mismatch is the error of a reply that is sound JSON and still not an answer.
func (k *call) mismatch(why string) *reconcile.CallError {
	return &reconcile.CallError{
		Doing: k.description(), Status: http.StatusOK, Class: reconcile.ClassBroken, Certainty: reconcile.Unknown,
		Message: "the reply cannot be used: " + why,
	}
}
