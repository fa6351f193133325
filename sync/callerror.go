package sync

import (
	"errors"
	"fmt"

	"makesync/spec"
)

// Certainty says whether a failed request happened.
type Certainty uint8

// The certainties: any 4xx but 408 and a failed dial did not happen; of a 5xx, a reset and a broken 2xx
// it is unknown. After a time-out, on this side or of a gateway, it is unknown too, and the zone may do it yet.
const (
	NotHappened Certainty = iota
	Unknown
	UnderWay
)

// CallError is a failed API call.
type CallError struct {
	// Doing is verb and object: "read variables of acme".
	Doing     string
	Status    int    // HTTP status; 0: no answer
	Code      string // IM004, SC403, …
	Message   string // cleaned, without secrets
	Certainty Certainty
	Class     Class
	Hint      string
	Err       error // the transport's error, if any
}

// Error is "Doing: status code message".
func (e *CallError) Error() string {
	text := e.Doing + ": "
	if e.Status != 0 {
		text += fmt.Sprintf("HTTP %d ", e.Status)
	}
	if e.Code != "" {
		text += e.Code + " "
	}
	return text + e.Message
}

// Unwrap gives the transport's error.
func (e *CallError) Unwrap() error { return e.Err }

// API is the form of the error in plans and reports.
func (e *CallError) API() *spec.APIError {
	return &spec.APIError{Status: e.Status, Code: e.Code, Message: e.Message}
}

// AsCallError finds a *CallError in err's chain, or nil.
func AsCallError(err error) *CallError {
	var call *CallError
	if errors.As(err, &call) {
		return call
	}
	return nil
}
