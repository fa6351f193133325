package apply

import (
	"context"
	"fmt"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// sendResult is what became of one write of a step, with all its repetitions.
type sendResult struct {
	outcome  report.StepOutcome
	reason   report.Reason
	answer   plan.Answer
	err      *spec.APIError
	resolved bool // found out by reading
	attempts int  // that left
	next     nextAttempt
}

// nextAttempt says whether a write that did not happen may be sent again.
type nextAttempt uint8

const (
	noAttempt   nextAttempt = iota
	again                   // after a wait, within the deadline
	againNoBody             // at once, without a body
)

// send performs one write until its outcome is known or time is over. The answer decides, and where
// it says too little the object is read:
//
//	answer                       object is read      as it should be  as before    else
//	2xx                          no                  succeeded
//	a stop before it was sent    no                  skipped
//	4xx for want of a licence    no                  skipped
//	404 to a deletion            once                succeeded        failed       failed
//	400, 422 to an empty body    once                succeeded        without any  failed
//	4xx to a repetition          for the lists' lag  succeeded        failed       failed, unknown *
//	another 4xx, a failed dial   no                  failed
//	5xx, 408, reset, time-out    until it is clear   succeeded        again        unknown
//
// Without any: it is sent again without a body. * unknown where it cannot be read.
//
// A write that ctx ends before anything of it is sent is skipped, one that is sent is finished. Of
// a step that has begun no half is left undone: then grace ends its writes.
func (w *worker) send(ctx, grace context.Context, sw stepWrite) sendResult {
	clock := w.options.Clock
	deadline := clock.Now().Add(w.options.Timeout)
	sending := ctx
	if sw.begun {
		sending = grace
	}
	waits := newWaits(w.options.Jitter)
	for n := 1; ; n++ {
		if err := w.recorder.intent(w.intent(sw, n)); err != nil {
			return sendResult{
				outcome:  report.Skipped,
				reason:   report.Reason{Code: report.ReasonJournal, Text: text.OneLine(err.Error())},
				attempts: n - 1,
			}
		}
		answer, err := w.writer.Write(sending, sw.Write)
		result := w.judge(ctx, grace, sw, n, answer, err, deadline)
		w.recorder.result(report.Outcome{Step: sw.step.N, Address: sw.step.Address, Verb: sw.Verb, Attempt: n,
			Outcome: result.outcome, Answer: result.answer, Reason: result.reason, Error: result.err,
			Resolved: result.resolved, At: clock.Now().UTC()})
		switch {
		case result.next == noAttempt:
			return result
		case result.next == againNoBody:
			sw.NoBody = true
		case ctx.Err() != nil || clock.Sleep(grace, waits.next()) != nil || clock.Now().After(deadline):
			return result // it did not happen, and there is no time left to send it again
		}
	}
}

// intent is the journal's line before an attempt.
func (w *worker) intent(sw stepWrite, n int) report.Intent {
	salt := journalSalt(w.options.Run)
	intent := report.Intent{Step: sw.step.N, Address: sw.step.Address, Verb: sw.Verb, Attempt: n,
		Before: sw.images.Before.Fingerprinted(
			salt,
		), After: sw.images.After.Fingerprinted(salt), At: w.options.Clock.Now().UTC()}
	if sw.Verb == plan.CreateOrganization {
		intent.Known = w.observer.idsBefore
	}
	return intent
}

// journalSalt is the salt of a run's fingerprints: different in each run, known to who can read the
// journal.
func journalSalt(run string) []byte { return []byte("makesync journal " + run) }

// judge makes the nth answer to a write its result, by the table above.
func (w *worker) judge(
	ctx, grace context.Context, sw stepWrite, n int, answer plan.Answer, err error, deadline time.Time,
) sendResult {
	call := state.AsCallError(err)
	notHappened := call != nil && call.Certainty == state.NotHappened
	switch {
	case err == nil && (sw.Verb != plan.CreateOrganization || answer.OrganizationID > 0):
		return sendResult{outcome: report.Succeeded, answer: answer, attempts: n}
	case notHappened && call.Class == exit.ClassCancelled && ctx.Err() != nil:
		return sendResult{outcome: report.Skipped, reason: stopReason(ctx), attempts: n - 1}
	case notHappened:
		return w.judgeRefusal(grace, sw, n, call)
	}
	found := w.observer.resolve(grace, sw, err, deadline)
	result := sendResult{outcome: report.OutcomeUnknown, err: apiError(err), resolved: true, attempts: n}
	switch {
	case found.state == applied:
		result.outcome, result.answer, result.err = report.Succeeded, found.answer, nil
	case found.state == notApplied && (plan.Idempotent[sw.Verb] || plan.NonIdempotent[sw.Verb]):
		result.outcome, result.next = report.Failed, again
		result.reason = report.Reason{
			Code: report.ReasonLost,
			Text: "the answer was lost, and reading shows that nothing happened",
		}
	default:
		result.reason = unknownOutcome("the answer was lost and "+found.why, sw.step.Address)
	}
	return result
}

// judgeRefusal judges an answer that says that the write did not happen. Three of them are looked
// into: what is to be deleted may be gone already; an empty body, by which a person is removed, may
// mean no body at all; and a repetition may meet what the first attempt has done late. Whether the
// licence lacks comes first: without it the list of variables is good, and empty.
func (w *worker) judgeRefusal(grace context.Context, sw stepWrite, n int, call *state.CallError) sendResult {
	if lack := w.licenceReason(grace, sw.Write, call); lack != (report.Reason{}) {
		return sendResult{outcome: report.Skipped, reason: lack, err: call.API(), attempts: n}
	}
	gone := call.Status == 404 && sw.images.After == nil
	empty := sw.Verb == plan.RemoveMember && (call.Status == 400 || call.Status == 422)
	result := sendResult{
		outcome:  report.Failed,
		reason:   report.Reason{Code: report.ReasonRefused, Text: call.Hint},
		err:      call.API(),
		attempts: n,
	}
	var found evidence
	switch {
	case n > 1:
		found = w.observer.inspectRepetition(grace, sw)
	case gone, empty:
		found = w.observer.inspect(grace, sw)
	default:
		return result
	}
	switch {
	case found.state == applied:
		return sendResult{outcome: report.Succeeded, answer: found.answer, resolved: true, attempts: n}
	case found.state == stateUnknown && n > 1 && !sw.NoBody:
		result.outcome = report.OutcomeUnknown
		why := "an answer was lost, the repetition was refused, and " + found.why
		result.reason = unknownOutcome(why, sw.step.Address)
	case found.state == notApplied && empty && !sw.NoBody:
		result.next = againNoBody
	}
	return result
}

// unknownOutcome is the reason of a write of which nobody knows whether it happened.
func unknownOutcome(why string, address spec.Address) report.Reason {
	return report.Reason{
		Code: report.ReasonUnknown,
		Text: fmt.Sprintf("%s; look at %s by hand", why, text.OneLine(string(address))),
	}
}

// licenceReason tells whether a refusal means that the organization's plan lacks the feature; none
// when it does not.
func (w *worker) licenceReason(grace context.Context, write plan.Write, call *state.CallError) report.Reason {
	switch {
	case call.Class == exit.ClassFreePlan:
		return report.Reason{Code: report.ReasonLicence, Text: "the Free plan refuses this call"}
	case call.Class == exit.ClassLicence || call.Status == 402:
		return report.Reason{Code: report.ReasonLicence, Text: "the organization's plan lacks this feature"}
	case call.Status == 400 && write.Verb == plan.EnforceTFA:
		// The published contract: 400 while the feature is off; the body, a lone boolean, cannot be
		// at fault.
		return report.Reason{
			Code: report.ReasonLicence,
			Text: "enforcing two-factor authentication is not available to the organization",
		}
	case call.Status == 404 && write.Address.Kind() == spec.KindVariable:
		return w.variablesLack(grace, write.Verb)
	}
	return report.Reason{}
}

// variablesLack reads the licence again: a 404 is the answer for a missing feature (published), and
// also for a variable, or an organization, that is gone.
func (w *worker) variablesLack(grace context.Context, verb plan.Verb) report.Reason {
	live, err := w.observer.reader.Organization(grace, w.observer.live.ID, false)
	switch {
	case err != nil:
		return report.Reason{}
	case live.License == nil && verb == plan.CreateVariable:
		return report.Reason{Code: report.ReasonLicence, Text: "the organization's plan has no custom variables"}
	}
	return report.ParseReason(state.LacksKind(live.License, spec.KindVariable))
}

// apiError is the error's form for reports; any error that is not of a call has only its words.
func apiError(err error) *spec.APIError {
	if call := state.AsCallError(err); call != nil {
		return call.API()
	}
	if err == nil {
		return &spec.APIError{Message: "the reply did not name the new organization"}
	}
	return &spec.APIError{Message: text.OneLine(err.Error())}
}
