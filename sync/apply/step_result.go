package apply

import (
	"errors"

	"makesync/sync/observe"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// stepResult is what a check says about a step that it does not let through.
type stepResult struct {
	outcome report.StepOutcome
	reason  report.Reason
	err     error
	// accepted: whoever was invited is a member by now.
	accepted bool
}

func skip(code report.ReasonCode, text string) *stepResult {
	return &stepResult{outcome: report.Skipped, reason: report.Reason{Code: code, Text: text}}
}

func failure(code report.ReasonCode, text string, err error) *stepResult {
	return &stepResult{outcome: report.Failed, reason: report.Reason{Code: code, Text: text}, err: err}
}

// unreadableResult is that of a step that relies on what could not be read.
func unreadableResult(err error, text string) *stepResult {
	if isTokenRefusal(err) {
		return tokenRefused()
	}
	var lack observe.LackError
	if errors.As(err, &lack) {
		return skip(report.ReasonLicence, lack.Reason)
	}
	return failure(report.ReasonUnreadable, text, err)
}

func (r *stepResult) report(s *plan.Step) report.StepReport {
	report := report.NewStepReport(s, r.outcome, r.reason)
	report.Accepted = r.accepted
	if call := state.AsCallError(r.err); call != nil {
		report.Error = call.API()
	}
	return report
}

// statusUnauthorized is the answer of a zone that does not accept the token.
const statusUnauthorized = 401

// isTokenRefusal tells whether the zone does not accept the token, which ends the run for it.
func isTokenRefusal(err error) bool {
	call := state.AsCallError(err)
	return call != nil && call.Status == statusUnauthorized || errors.Is(err, state.ErrNotAsked)
}

// tokenRefused is the result of every step of a zone from then on; the answer is told once, by a
// problem.
func tokenRefused() *stepResult {
	return skip(report.ReasonTokenRefused, "the zone does not accept the token any more")
}
