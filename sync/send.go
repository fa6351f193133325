package sync

import (
	"context"
	"fmt"
	"time"

	"makesync/spec"
	"makesync/spec/text"
)

// sendResult is what became of one write of a step, with all its repetitions.
type sendResult struct {
	outcome  StepOutcome
	reason   Reason
	answer   Answer
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
			return sendResult{outcome: Skipped, reason: Reason{ReasonJournal, text.OneLine(err.Error())}, attempts: n - 1}
		}
		answer, err := w.writer.Write(sending, sw.Write)
		result := w.judge(ctx, grace, sw, n, answer, err, deadline)
		w.recorder.result(Outcome{Step: sw.step.N, Address: sw.step.Address, Verb: sw.Verb, Attempt: n,
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
func (w *worker) intent(sw stepWrite, n int) Intent {
	salt := journalSalt(w.options.Run)
	intent := Intent{Step: sw.step.N, Address: sw.step.Address, Verb: sw.Verb, Attempt: n,
		Before: sw.images.Before.Fingerprinted(salt), After: sw.images.After.Fingerprinted(salt), At: w.options.Clock.Now().UTC()}
	if sw.Verb == CreateOrganization {
		intent.Known = w.observer.idsBefore
	}
	return intent
}

// journalSalt is the salt of a run's fingerprints: different in each run, known to who can read the
// journal.
func journalSalt(run string) []byte { return []byte("makesync journal " + run) }

// judge makes the nth answer to a write its result, by the table above.
func (w *worker) judge(
	ctx, grace context.Context, sw stepWrite, n int, answer Answer, err error, deadline time.Time,
) sendResult {
	call := AsCallError(err)
	notHappened := call != nil && call.Certainty == NotHappened
	switch {
	case err == nil && (sw.Verb != CreateOrganization || answer.OrganizationID > 0):
		return sendResult{outcome: Succeeded, answer: answer, attempts: n}
	case notHappened && call.Class == ClassCancelled && ctx.Err() != nil:
		return sendResult{outcome: Skipped, reason: stopReason(ctx), attempts: n - 1}
	case notHappened:
		return w.judgeRefusal(grace, sw, n, call)
	}
	found := w.observer.resolve(grace, sw, err, deadline)
	result := sendResult{outcome: OutcomeUnknown, err: apiError(err), resolved: true, attempts: n}
	switch {
	case found.state == applied:
		result.outcome, result.answer, result.err = Succeeded, found.answer, nil
	case found.state == notApplied && (idempotent[sw.Verb] || nonIdempotent[sw.Verb]):
		result.outcome, result.next = Failed, again
		result.reason = Reason{ReasonLost, "the answer was lost, and reading shows that nothing happened"}
	default:
		result.reason = unknownOutcome("the answer was lost and "+found.why, sw.step.Address)
	}
	return result
}

// judgeRefusal judges an answer that says that the write did not happen. Three of them are looked
// into: what is to be deleted may be gone already; an empty body, by which a person is removed, may
// mean no body at all; and a repetition may meet what the first attempt has done late. Whether the
// licence lacks comes first: without it the list of variables is good, and empty.
func (w *worker) judgeRefusal(grace context.Context, sw stepWrite, n int, call *CallError) sendResult {
	if lack := w.licenceReason(grace, sw.Write, call); lack != (Reason{}) {
		return sendResult{outcome: Skipped, reason: lack, err: call.API(), attempts: n}
	}
	gone := call.Status == 404 && sw.images.After == nil
	empty := sw.Verb == RemoveMember && (call.Status == 400 || call.Status == 422)
	result := sendResult{outcome: Failed, reason: Reason{ReasonRefused, call.Hint}, err: call.API(), attempts: n}
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
		return sendResult{outcome: Succeeded, answer: found.answer, resolved: true, attempts: n}
	case found.state == stateUnknown && n > 1 && !sw.NoBody:
		result.outcome = OutcomeUnknown
		why := "an answer was lost, the repetition was refused, and " + found.why
		result.reason = unknownOutcome(why, sw.step.Address)
	case found.state == notApplied && empty && !sw.NoBody:
		result.next = againNoBody
	}
	return result
}

// unknownOutcome is the reason of a write of which nobody knows whether it happened.
func unknownOutcome(why string, address spec.Address) Reason {
	return Reason{ReasonUnknown, fmt.Sprintf("%s; look at %s by hand", why, text.OneLine(string(address)))}
}

// licenceReason tells whether a refusal means that the organization's plan lacks the feature; none
// when it does not.
func (w *worker) licenceReason(grace context.Context, write Write, call *CallError) Reason {
	switch {
	case call.Class == ClassFreePlan:
		return Reason{ReasonLicence, "the Free plan refuses this call"}
	case call.Class == ClassLicence || call.Status == 402:
		return Reason{ReasonLicence, "the organization's plan lacks this feature"}
	case call.Status == 400 && write.Verb == EnforceTFA:
		// The published contract: 400 while the feature is off; the body, a lone boolean, cannot be
		// at fault.
		return Reason{ReasonLicence, "enforcing two-factor authentication is not available to the organization"}
	case call.Status == 404 && write.Address.Kind() == spec.KindVariable:
		return w.variablesLack(grace, write.Verb)
	}
	return Reason{}
}

// variablesLack reads the licence again: a 404 is the answer for a missing feature (published), and
// also for a variable, or an organization, that is gone.
func (w *worker) variablesLack(grace context.Context, verb Verb) Reason {
	live, err := w.observer.reader.Organization(grace, w.observer.live.ID, false)
	switch {
	case err != nil:
		return Reason{}
	case live.License == nil && verb == CreateVariable:
		return Reason{ReasonLicence, "the organization's plan has no custom variables"}
	}
	return ParseReason(LacksKind(live.License, spec.KindVariable))
}

// apiError is the error's form for reports; any error that is not of a call has only its words.
func apiError(err error) *spec.APIError {
	if call := AsCallError(err); call != nil {
		return call.API()
	}
	if err == nil {
		return &spec.APIError{Message: "the reply did not name the new organization"}
	}
	return &spec.APIError{Message: text.OneLine(err.Error())}
}
