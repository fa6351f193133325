package report

import (
	"fmt"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Reason says why a step, or a write of it, ended as it did: a code for programs and a text for
// people. In JSON, in logs and in words it is one string, `code: text`.
type Reason struct {
	Code ReasonCode
	Text string
}

// ReasonCode is the stable word at the beginning of a reason.
type ReasonCode string

// The codes. A refused write has none (ReasonRefused): its text is the hint of the API's answer.
const (
	ReasonRefused          ReasonCode = ""
	ReasonLicence          ReasonCode = "licence"
	ReasonTokenRefused     ReasonCode = "refused"
	ReasonStale            ReasonCode = "stale"
	ReasonDepends          ReasonCode = "depends"
	ReasonInterrupted      ReasonCode = "interrupted"
	ReasonMaxRuntime       ReasonCode = "max-runtime"
	ReasonNotConverged     ReasonCode = "not-converged"
	ReasonUnknown          ReasonCode = "unknown"
	ReasonLost             ReasonCode = "lost"
	ReasonHalfDone         ReasonCode = "half done"
	ReasonJournal          ReasonCode = "journal"
	ReasonUnreadable       ReasonCode = "unreadable"
	ReasonUsed             ReasonCode = "used"
	ReasonZone             ReasonCode = "zone"
	ReasonUnbound          ReasonCode = "unbound"
	ReasonNotStarted       ReasonCode = "not-started"
	ReasonResolved         ReasonCode = "resolved"
	ReasonAlreadyDone      ReasonCode = "already-done"
	ReasonChangedMeanwhile ReasonCode = "changed-meanwhile"
	// Of billing: a person has to pay on a checkout page; a purchase was refused.
	ReasonWaiting ReasonCode = "waiting"
	ReasonPayment ReasonCode = "payment"
)

// reasonMeanings says what each code means, and is the list of all codes that a reason is read
// with.
var reasonMeanings = []struct {
	code    ReasonCode
	meaning string
}{
	{ReasonLicence, "the organization's plan of Make does not offer what the step needs"},
	{ReasonTokenRefused, "the zone stopped accepting the token during the run"},
	{ReasonStale, "what the step relies on has changed since the plan was made"},
	{ReasonDepends, "a step before it, without which it makes no sense, did not succeed"},
	{ReasonInterrupted, "a signal stopped the run before the step"},
	{ReasonMaxRuntime, "the run's time was over before the step"},
	{ReasonNotConverged, "it was written, and reading it back shows something else"},
	{ReasonUnknown, "nobody knows whether it was written: look by hand"},
	{ReasonLost, "the answer was lost; reading shows that nothing was written"},
	{ReasonHalfDone, "the first write of the step succeeded, the second did not"},
	{ReasonJournal, "the journal could not be written, and nothing is written without it"},
	{ReasonUnreadable, "what has to be known before writing could not be read"},
	{ReasonUsed, "another run has used the saved plan, or it could not be marked as used"},
	{ReasonZone, "the step's zone is not one of the run"},
	{ReasonUnbound, "a name of the documents fits nothing in the new organization"},
	{ReasonNotStarted, "the run ended before its first step"},
	{ReasonResolved, "found out by reading, by a later run"},
	{ReasonAlreadyDone, "it was already as the step wants it, and nothing was sent"},
	{ReasonWaiting, "a person has to act: to pay on a checkout page"},
	{ReasonPayment, "the zone refused a purchase; nothing was bought"},
	{ReasonChangedMeanwhile, "somebody else changed it after it was planned: a look right before the write shows it"},
}

// ParseReason reads what String wrote. What begins with no known code is text alone.
func ParseReason(text string) Reason {
	before, after, found := strings.Cut(text, ": ")
	if found {
		for _, row := range reasonMeanings {
			if string(row.code) == before {
				return Reason{Code: row.code, Text: after}
			}
		}
	}
	return Reason{Text: text}
}

// String is `code: text`, or the text alone where there is no code; "" for no reason.
func (r Reason) String() string {
	if r.Code == "" {
		return r.Text
	}
	return string(r.Code) + ": " + r.Text
}

// MarshalText makes a reason one string in JSON.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads that string; every text is a reason.
func (r *Reason) UnmarshalText(text []byte) error {
	*r = ParseReason(string(text))
	return nil
}

// PaymentReason is that of a purchase that the zone refuses for the payment; nobody has published
// which answer that is, so a 402, a 400 and a 409 are all taken for one.
func PaymentReason(verb plan.Verb, call *state.CallError) Reason {
	if verb != plan.ChangeSubscription || call.Status != 402 && call.Status != 409 && call.Status != 400 {
		return Reason{Text: call.Hint}
	}
	return Reason{Code: ReasonPayment,
		Text: "the zone refused the purchase; it may be the payment that failed: look at the payment method"}
}

// RefusedProblem tells that a zone has stopped accepting the token in the middle of a run.
func RefusedProblem(zone string, err error, skipped int, written bool) spec.Problem {
	what := "zone " + zone + " stopped accepting the token, so nothing more was sent to it; " +
		text.Count(skipped, "step was", "steps were") + " skipped"
	if written {
		what += ", and what was written may not have been read back"
	}
	p := state.CallProblem("refused", "", what, err)
	p.Severity = spec.Error
	return p
}

// UnknownReason is the reason of a write of which nobody knows whether it happened.
func UnknownReason(why string, address spec.Address) Reason {
	return Reason{ReasonUnknown, fmt.Sprintf("%s; look at %s by hand", why, text.OneLine(string(address)))}
}
