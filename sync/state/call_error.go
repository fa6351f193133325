package state

import (
	"context"
	"errors"
	"fmt"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
)

// Certainty says whether a failed request happened.
type Certainty uint8

// The certainties: any 4xx but 408 and a failed dial did not happen; of a 5xx and a broken 2xx it
// is unknown. After a reset and a time-out, on this side or of a gateway, it is unknown too, and
// the zone may do it yet.
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
	Class     exit.Class
	Hint      string
	Err       error // the transport's error, if any
	// Refused is set where the zone does not accept the token: of the answer that said so, and of
	// calls that were not sent for it.
	Refused *TokenRefusal
}

// TokenRefusal is how a zone has refused a token.
type TokenRefusal struct {
	Zone string
	// From is what names the token: MAKE_API_KEY_EU1; "" is unknown.
	From   string
	Answer spec.APIError
}

// Words say what has happened: "zone eu1 refuses the token of MAKE_API_KEY_EU1".
func (r TokenRefusal) Words() string {
	if r.From == "" {
		return "zone " + text.OneLine(r.Zone) + " refuses the token"
	}
	return "zone " + text.OneLine(r.Zone) + " refuses the token of " + text.OneLine(r.From)
}

// answered adds to the words what the zone said.
func (r TokenRefusal) answered() string {
	return fmt.Sprintf("%s (HTTP %d %s: %s)", r.Words(), r.Answer.Status, r.Answer.Code, r.Answer.Message)
}

// Hint says what to check.
func (r TokenRefusal) Hint() string {
	from := r.From
	if from == "" {
		from = "the token of zone " + r.Zone
	}
	return "check " + text.OneLine(from) + ": the token may be mistyped, revoked or made in another zone"
}

// ErrNotAsked is behind the error of a call that was not sent, since the zone has stopped accepting
// the token.
var ErrNotAsked = errors.New("not asked, since the zone does not accept the token any more")

// Error is "Doing: status code message"; without Doing nothing was asked, and the message is all.
func (e *CallError) Error() string {
	if e.Doing == "" {
		return e.Message
	}
	if e.Refused != nil && e.Status != 0 { // whatever was to be done
		return TokenRefusal{e.Refused.Zone, e.Refused.From, *e.API()}.answered()
	}
	return e.Doing + ": " + e.answer()
}

// answer is "status code message".
func (e *CallError) answer() (words string) {
	if e.Status != 0 {
		words += fmt.Sprintf("HTTP %d ", e.Status)
	}
	if e.Code != "" {
		words += e.Code + " "
	}
	return words + e.Message
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
	_ = errors.As(err, &call) // where there is none it stays nil
	return call
}

// UnreadProblem tells that something could not be read: a warning, since the documents are not to
// blame.
func UnreadProblem(a spec.Address, what string, err error) spec.Problem {
	return ReadProblem(ruleNotRead, a, what, err)
}

const ruleNotRead = "not-read"

// ReadProblem is a warning about something that could not be read. A token that the zone does not
// accept any more is one problem of the zone, the same for whatever was to be read after it.
func ReadProblem(rule string, a spec.Address, what string, err error) spec.Problem {
	call := AsCallError(err)
	if call == nil || call.Refused == nil {
		return CallProblem(rule, a, what, err)
	}
	answer := call.Refused.Answer
	said := CallError{Doing: call.Refused.Words() + ", so the rest was not read",
		Status: answer.Status, Code: answer.Code, Message: answer.Message}
	return spec.Problem{Severity: spec.Warning, Rule: ruleNotRead, Zone: call.Refused.Zone,
		Message: text.OneLine(said.Error()), Error: &answer, Hint: call.Refused.Hint()}
}

// ZoneProblem tells that nothing at all could be read of a zone, in plain words.
func ZoneProblem(zone string, err error) spec.Problem {
	p := spec.Problem{Severity: spec.Warning, Rule: ruleNotRead, Zone: zone}
	said := "zone " + zone + " cannot be read: " + err.Error()
	if call := AsCallError(err); call != nil {
		p.Error, p.Hint = call.API(), call.Hint
		said = call.zoneWords(zone)
		if call.Refused != nil { // this call may be one that was not sent for it
			p.Error, p.Hint = &call.Refused.Answer, call.Refused.Hint()
		}
	}
	p.Message = text.OneLine(said)
	return p
}

func (e *CallError) zoneWords(zone string) string {
	switch {
	case e.Refused != nil:
		return e.Refused.answered()
	case e.Doing == "": // nothing was asked
		return e.Message
	case e.Class == exit.ClassRefused:
		return TokenRefusal{Zone: zone}.Words() + " (" + e.answer() + ")"
	}
	return "zone " + zone + " cannot be read: " + e.answer()
}

// WhyUnread says why something could not be read. That a zone does not accept the token any more is
// told once, in full, by a problem of the zone.
func WhyUnread(err error) string {
	if IsTokenRefused(err) {
		return AsCallError(err).Refused.Words()
	}
	return text.OneLine(err.Error())
}

// IsTokenRefused tells whether an error is that of a token that the zone has stopped accepting.
func IsTokenRefused(err error) bool { c := AsCallError(err); return c != nil && c.Refused != nil }

// ShutsTokensOut tells whether an error is that of a plan that lets no token in: nothing changes it
// but another plan.
func ShutsTokensOut(err error) bool {
	c := AsCallError(err)
	return c != nil && c.Class == exit.ClassFreePlan
}

// IsOutage tells whether a call failed by the state that the zone, or the way to it, is in now.
func IsOutage(err error) bool {
	c := AsCallError(err)
	return c != nil && exit.OfClass(c.Class) == exit.Unreachable
}

// CallProblem is a warning about a failed call: what did not come about, why, the API's own error,
// and what to do.
func CallProblem(rule string, a spec.Address, what string, err error) spec.Problem {
	p := spec.Problem{Severity: spec.Warning, Rule: rule, Address: a, Message: what + ": " + text.OneLine(err.Error())}
	if call := AsCallError(err); call != nil {
		p.Error, p.Hint = call.API(), call.Hint
	}
	return p
}

// ExitOfFailure is the exit that a failed reading stands for. An error that is no call's is
// one of the way to the zone; a call that the run itself stopped says nothing, and is exit.OK.
func ExitOfFailure(err error) exit.Code {
	call := AsCallError(err)
	switch {
	case outOfTimeError(err):
		return exit.OK
	case call == nil:
		return exit.Unreachable
	}
	return exit.OfClass(call.Class)
}

// outOfTimeError tells a stop of the run from a failure of the zone.
func outOfTimeError(err error) bool {
	call := AsCallError(err)
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		call != nil && call.Class == exit.ClassCancelled
}
