package sync

import (
	"errors"
	"fmt"

	"makesync/spec"
)

// Verb is one kind of write request (published).
type Verb string

// The verbs. setRole and removeMember are one empty body apart on the wire; they are two verbs so
// that one can never become the other.
const (
	CreateOrganization Verb = "createOrganization"
	UpdateOrganization Verb = "updateOrganization"
	DeleteOrganization Verb = "deleteOrganization"
	CreateVariable     Verb = "createVariable"
	UpdateVariable     Verb = "updateVariable"
	DeleteVariable     Verb = "deleteVariable"
	SetControl         Verb = "setControl"
	EnforceTFA         Verb = "enforceTFA"
	InviteMember       Verb = "inviteMember"
	SetRole            Verb = "setRole"
	RemoveMember       Verb = "removeMember"
	TransferOwner      Verb = "transferOwner"
	AcceptInvitation   Verb = "acceptInvitation"
)

// Write is one request, as data.
type Write struct {
	Verb         Verb
	Organization int64 // 0 for CreateOrganization
	Address      spec.Address
	Arguments    Arguments
	// NoBody makes RemoveMember send no body at all instead of {} (documented: an empty body
	// removes; which of both that means is not said).
	NoBody bool
	// Secrets are what the object held before. They are not sent; no message may repeat them.
	Secrets []spec.Value
}

// Answer is what a write's reply said; only fields that the reply held are set.
type Answer struct {
	OrganizationID int64   `json:"organizationId,omitempty"` // of a created organization
	UserID         int64   `json:"userId,omitempty"`         // of an invited person
	License        License `json:"-"`
}

// Certainty says whether a failed request happened.
type Certainty uint8

// The certainties: any 4xx but 408 and a failed dial did not happen; of a 5xx, a reset and a broken
// 2xx it is unknown. After a time-out, on this side or of a gateway, it is unknown too, and the
// zone may do it yet.
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

// Class is why a call failed, for exit codes and words.
type Class string

// The classes.
const (
	ClassRefused     Class = "refused"      // 401, 403 of the token itself
	ClassForbidden   Class = "forbidden"    // 403 for this object: rights, wrong zone
	ClassFreePlan    Class = "free-plan"    // 403 "Forbidden to use token authorization for this organization."
	ClassNotFound    Class = "not-found"    // 404
	ClassLicence     Class = "licence"      // 402, or a feature that is off
	ClassInvalid     Class = "invalid"      // 400, 406, 413, 422
	ClassRateLimit   Class = "rate-limit"   // 429 after all waiting
	ClassServer      Class = "server"       // 5xx
	ClassUnreachable Class = "unreachable"  // dial, TLS, DNS, time-out, reset
	ClassBroken      Class = "broken-reply" // a 2xx that cannot be read
	ClassCancelled   Class = "cancelled"    // the run was interrupted
	ClassInternal    Class = "internal"     // a defect of makesync itself, such as a write on a reader
)

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
