package apply

import (
	"context"
	"errors"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/observe"
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
	accepted bool // see report.StepReport
	early    bool // it reads as before, which proves nothing yet
}

// last makes it the last one: there is no time to send the write again. What a gateway answered to
// ends nothing, so that it may come yet.
func (r *sendResult) last(address spec.Address) {
	if r.next = noAttempt; r.early {
		const why = "the answer was lost, and it reads as before, which proves nothing so soon"
		r.outcome, r.reason = report.OutcomeUnknown, report.UnknownReason(why, address)
	}
}

// nextAttempt says whether a write that did not happen may be sent again.
type nextAttempt uint8

const (
	noAttempt    nextAttempt = iota
	again                    // after a wait, within the deadline
	againEmptier             // at once, with the next form of an empty body
)

// sender sends the writes of one organization, each with its lines in the journal.
type sender struct {
	writer   plan.Writer
	observer *observe.Observer
	recorder *journalRecorder
	options  *Options
	// fingerprints are the journal's.
	fingerprints *spec.Fingerprints
	// lookAgain tells what stands in the way of a write by now; nil: nothing.
	lookAgain func(context.Context, observe.Write) *stepResult
}

// send performs one write until its outcome is known or time is over. The answer decides, and where
// it says too little the object is read:
//
//	answer                       object is read      as it should be  as before    else
//	2xx                          no                  succeeded
//	2xx that proves no removal   for the lists' lag  succeeded        another form unknown
//	a stop before it was sent    no                  skipped
//	4xx for want of a licence    no                  skipped
//	404 to a deletion            once                already-done *** failed       failed
//	400, 409, 422 to a creation  once                already-done     failed       failed
//	400, 422 to an empty body    once                already-done *** another form failed
//	401                          no                  skipped
//	4xx to a repetition          for the lists' lag  succeeded        failed       failed, unknown *
//	another 4xx, a failed dial   no                  failed
//	5xx, 408, reset, time-out    until it is clear   succeeded        again **     unknown
//
// Another form: it is sent again with another form of an empty body. * unknown where it cannot be
// read. ** without time for that: failed, or unknown where nothing but a gateway has answered.
// *** succeeded where an attempt was sent before it, and where another write of the step follows.
//
// A write that ctx ends before anything of it is sent is skipped, one that is sent is finished. Of
// a step that has begun no half is left undone: then grace ends its writes.
func (c *sender) send(ctx, grace context.Context, sw observe.Write) sendResult {
	clock := c.options.Clock
	deadline := clock.Now().Add(c.options.Timeout)
	sending := ctx
	if sw.Begun {
		sending = grace
	}
	waits := observe.NewWaits(c.options.Jitter)
	var result *sendResult
	for n := 1; ; n++ {
		if err := c.recorder.intent(c.intent(sw, n)); err != nil {
			stopped := unrecorded(result, sw.Step.Address, err)
			if stopped.early {
				c.record(sw, n-1, &stopped)
			}
			return stopped
		}
		result = c.lookAfterLoss(grace, sw, n)
		if result == nil {
			result = c.attempt(ctx, grace, sending, sw, n, deadline)
		}
		wait := waits.Next()
		if result.next == again && (ctx.Err() != nil || clock.Now().Add(wait).After(deadline)) {
			result.last(sw.Step.Address)
		}
		c.record(sw, n, result)
		switch {
		case result.next == noAttempt:
			return *result
		case result.next == againEmptier:
			sw.Empty, _ = sw.Empty.Next()
		case clock.Sleep(grace, wait) != nil || clock.Now().After(deadline):
			if result.last(sw.Step.Address); result.early {
				c.record(sw, n, result)
			}
			return *result
		}
		if result.early {
			sending = grace // it has been sent, and may come yet: a stop does not leave it half known
		}
	}
}

// unrecorded is the result of a write whose next attempt the journal does not take; before is that
// of the last one, nil: there was none.
func unrecorded(before *sendResult, address spec.Address, err error) sendResult {
	if before == nil {
		before = &sendResult{}
	}
	result := sendResult{outcome: report.Skipped, attempts: before.attempts, early: before.early, err: before.err,
		reason: report.Reason{Code: report.ReasonJournal, Text: text.OneLine(err.Error())}}
	result.last(address)
	return result
}

// record keeps what became of the nth attempt.
func (c *sender) record(sw observe.Write, n int, result *sendResult) {
	c.recorder.result(report.Outcome{Step: sw.Step.N, Address: sw.Step.Address, Verb: sw.Verb, Attempt: n,
		Outcome: result.outcome, Answer: result.answer, Reason: result.reason, Error: result.err,
		Resolved: result.resolved, At: c.options.Clock.Now().UTC()})
}

// patience is how long a write that depends on its object's state may wait after the read of it,
// and lastPatience where waits do not end: what was read that long ago counts for nothing.
const (
	patience     = 2 * time.Second
	lastPatience = 2 * time.Minute
	mostLooks    = 3
)

// attempt sends one attempt and judges its answer. One that had to wait before it was sent, for a
// rate window or a connection, is looked at again: somebody may have accepted meanwhile.
func (c *sender) attempt(
	ctx, grace, sending context.Context, sw observe.Write, n int, deadline time.Time,
) *sendResult {
	for looks := 0; ; looks++ {
		if plan.DependOnState[sw.Verb] {
			sw.Within = patience
		}
		if looks == mostLooks {
			sw.Within = lastPatience
		}
		answer, err := c.writer.Write(sending, sw.Write)
		if !errors.Is(err, plan.ErrWaited) || looks == mostLooks {
			result := c.judge(ctx, grace, sw, n, answer, err, deadline)
			return &result
		}
		if result := c.lookAfterWait(sending, grace, sw, n); result != nil {
			return result
		}
	}
}

// lookAfterWait tells what stands in the way of an attempt by now; nil: nothing.
func (c *sender) lookAfterWait(ctx, grace context.Context, sw observe.Write, n int) *sendResult {
	if isRepetition(sw, n) {
		return c.lookAfterLoss(grace, sw, n)
	}
	stopped := c.lookAgain(ctx, sw)
	if stopped == nil {
		return nil
	}
	r := stopped.report(sw.Step)
	return &sendResult{outcome: r.Outcome, reason: r.Reason, err: r.Error, accepted: r.Accepted, attempts: n - 1}
}

// isRepetition tells whether the attempt before may have done it; another form of an empty body is
// sent only after a refusal.
func isRepetition(sw observe.Write, n int) bool {
	return n > 1 && plan.DependOnState[sw.Verb] && sw.Empty == plan.EmptyObject
}

// lookAfterLoss looks once more, before a repetition, at what the attempt before was to change: it
// was as it had been, which was before the wait. Nil: it still is.
func (c *sender) lookAfterLoss(ctx context.Context, sw observe.Write, n int) *sendResult {
	if !isRepetition(sw, n) {
		return nil
	}
	found := c.observer.Inspect(ctx, sw)
	result := sendResult{
		outcome:  report.Succeeded,
		answer:   found.Answer,
		resolved: true,
		accepted: found.Accepted,
		attempts: n - 1,
	}
	switch found.State {
	case observe.NotApplied:
		return nil
	case observe.Unknown, observe.Conflicting:
		result.outcome = report.OutcomeUnknown
		result.reason = report.UnknownReason("an answer was lost, and "+found.Why, sw.Step.Address)
	}
	return &result
}

// intent is the journal's line before an attempt.
func (c *sender) intent(sw observe.Write, n int) report.Intent {
	intent := report.Intent{Step: sw.Step.N, Address: sw.Step.Address, Verb: sw.Verb, Attempt: n, Begun: sw.Begun,
		Before: sw.Images.Before.Fingerprinted(c.fingerprints), After: sw.Images.After.Fingerprinted(c.fingerprints),
		At: c.options.Clock.Now().UTC()}
	if sw.Verb == plan.CreateOrganization {
		intent.Known = c.observer.Creation.IDsBefore
	}
	return intent
}

// judge makes the nth answer to a write its result, by the table above.
func (c *sender) judge(
	ctx, grace context.Context, sw observe.Write, n int, answer plan.Answer, err error, deadline time.Time,
) sendResult {
	call := state.AsCallError(err)
	notHappened := call != nil && call.Certainty == state.NotHappened
	switch {
	case err == nil && sw.Verb == plan.RemoveMember && !answer.Removed:
		return c.judgeRemoval(grace, sw, n)
	case err == nil && (sw.Verb != plan.CreateOrganization || answer.OrganizationID > 0):
		return sendResult{outcome: report.Succeeded, answer: answer, attempts: n}
	case notHappened && call.Class == exit.ClassCancelled && ctx.Err() != nil:
		return sendResult{outcome: report.Skipped, reason: stopReason(ctx), attempts: n - 1}
	case notHappened:
		return c.judgeRefusal(grace, sw, n, call)
	}
	found := c.observer.Resolve(grace, sw, err, deadline)
	result := sendResult{
		outcome:  report.OutcomeUnknown,
		err:      apiError(err),
		resolved: true,
		accepted: found.Accepted,
		attempts: n,
	}
	switch {
	case found.State == observe.Applied:
		result.outcome, result.answer, result.err = report.Succeeded, found.Answer, nil
	case found.State == observe.NotApplied && (plan.Idempotent[sw.Verb] || plan.NonIdempotent[sw.Verb]):
		result.outcome, result.next, result.early = report.Failed, again, found.Early
		result.reason = report.Reason{
			Code: report.ReasonLost,
			Text: "the answer was lost, and reading shows that nothing happened",
		}
	default:
		result.reason = report.UnknownReason("the answer was lost and "+found.Why, sw.Step.Address)
	}
	return result
}

// judgeRemoval reads what became of a removal that the zone took and whose reply does not prove it:
// an empty body in a form that the zone does not take for one may be answered with the role that
// the person still has (published for a null alone).
func (c *sender) judgeRemoval(grace context.Context, sw observe.Write, n int) sendResult {
	found := c.observer.InspectRepetition(grace, sw)
	result := sendResult{outcome: report.OutcomeUnknown, resolved: true, attempts: n}
	_, more := sw.Empty.Next()
	switch {
	case found.State == observe.Applied:
		result.outcome, result.answer = report.Succeeded, found.Answer
	case found.State == observe.NotApplied:
		result.outcome = report.Failed
		result.reason = report.Reason{Code: report.ReasonNotConverged,
			Text: "the zone answers that it is done, and the person is still there"}
		if more {
			result.next = againEmptier
		}
	default:
		result.reason = report.UnknownReason("the reply does not show the removal and "+found.Why, sw.Step.Address)
	}
	return result
}

// judgeRefusal judges an answer that says that the write did not happen. Four of them are looked
// into: what is to be deleted may be gone already, what is to be made may be there, by somebody
// else's hand; the zone may take another form of an empty body, by which a person is removed; and a
// repetition may meet what the first attempt has done late.
// Whether the licence lacks comes first: without it the list of variables is good, and empty.
func (c *sender) judgeRefusal(grace context.Context, sw observe.Write, n int, call *state.CallError) sendResult {
	if isTokenRefusal(call) {
		refused := tokenRefused()
		return sendResult{outcome: refused.outcome, reason: refused.reason, attempts: n}
	}
	lack := report.Reason{}
	if !sw.Step.MovesMoney() {
		lack = c.licenceReason(grace, sw.Write, call)
	}
	if lack != (report.Reason{}) {
		return sendResult{outcome: report.Skipped, reason: lack, err: call.API(), attempts: n}
	}
	gone := call.Status == 404 && sw.Images.After == nil
	empty := sw.Verb == plan.RemoveMember && (call.Status == 400 || call.Status == 422)
	result := sendResult{
		outcome:  report.Failed,
		reason:   report.PaymentReason(sw.Verb, call),
		err:      call.API(),
		attempts: n,
	}
	repeats := n > 1 && sw.Empty == plan.EmptyObject
	var found observe.Evidence
	switch {
	case repeats:
		found = c.observer.InspectRepetition(grace, sw)
	case gone, empty, mayBeThere(sw, call):
		found = c.observer.Inspect(grace, sw)
	default:
		return result
	}
	switch {
	case found.State == observe.Applied && n == 1 && sw.Step.Op != plan.OpReinvite:
		return sendResult{outcome: report.Skipped, reason: alreadyDone().reason, resolved: true, attempts: n}
	case found.State == observe.Applied:
		return sendResult{outcome: report.Succeeded, answer: found.Answer, resolved: true, attempts: n}
	case found.State == observe.Unknown && repeats:
		result.outcome = report.OutcomeUnknown
		why := "an answer was lost, the repetition was refused, and " + found.Why
		result.reason = report.UnknownReason(why, sw.Step.Address)
	case found.State == observe.NotApplied && empty:
		if _, more := sw.Empty.Next(); more {
			result.next = againEmptier
		}
	}
	return result
}

// mayBeThere tells whether a refusal may mean that there is one of the name, or of the e-mail, by
// now. Of organizations there may be several.
func mayBeThere(sw observe.Write, call *state.CallError) bool {
	creates := sw.Verb == plan.CreateVariable || sw.Verb == plan.InviteMember && !sw.Begun
	return creates && (call.Status == 400 || call.Status == 409 || call.Status == 422)
}

// shutsTokensOut is the reason where the plan lets no token in.
var shutsTokensOut = report.Reason{Code: report.ReasonLicence, Text: "the Free plan refuses this call"}

// licenceReason tells whether a refusal means that the organization's plan lacks the feature; none
// when it does not.
func (c *sender) licenceReason(grace context.Context, write plan.Write, call *state.CallError) report.Reason {
	switch {
	case state.ShutsTokensOut(call):
		return shutsTokensOut
	case call.Class == exit.ClassLicence || call.Status == 402:
		return report.Reason{Code: report.ReasonLicence, Text: "the organization's plan lacks this feature"}
	case write.Verb == plan.EnforceTFA && exit.IsTFAUnavailable(call.Status, call.Code):
		return report.Reason{
			Code: report.ReasonLicence,
			Text: "enforcing two-factor authentication is not available to the organization",
		}
	case call.Status == 404 && write.Address.Kind() == spec.KindVariable:
		return c.variablesLack(grace, write.Verb)
	}
	return report.Reason{}
}

// variablesLack reads the licence again: a 404 is the answer for a missing feature (published), and
// also for a variable, or an organization, that is gone.
func (c *sender) variablesLack(grace context.Context, verb plan.Verb) report.Reason {
	license, err := c.observer.License(grace, observe.RightNow)
	switch {
	case err != nil:
		return report.Reason{}
	case license == nil && verb == plan.CreateVariable:
		return report.Reason{Code: report.ReasonLicence, Text: "the organization's plan has no custom variables"}
	}
	return report.ParseReason(state.LacksKind(license, spec.KindVariable))
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
