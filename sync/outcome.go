package sync

import (
	"context"
	"fmt"
	"time"

	"makesync/spec"
	"makesync/spec/text"
)

// delivery is what became of one write of a step, with all its repetitions.
type delivery struct {
	outcome  StepOutcome
	reason   string
	attempts int
	answer   Answer
	api      *spec.APIError
	resolved bool // found out by reading
	unsent   bool // the last attempt never left
	again    bool // nothing happened, and the write may be sent again
	noBody   bool // again, but without a body
}

// send performs one write until its outcome is known or time is over:
//
//	answer                        outcome
//	2xx                           succeeded
//	4xx but 408, failed dial      it did not happen: failed, or skipped if it is the licence that lacks
//	5xx, reset, time-out, …       unknown; the object is read:
//	  as it should be             succeeded
//	  as it was before            it did not happen: sent again, within the deadline
//	  neither, or unreadable      unknown, said with what to look at
//
// Some refusals are read as well, since they can be the answer for something that is done: see refusal.
//
// A write that ctx ends before anything of it is sent is skipped; one that is sent is finished.
func (w *worker) send(ctx context.Context, s *Step, write Write, images Images) delivery {
	deadline := w.o.Clock.Now().Add(w.o.Timeout)
	waits := newWaits(w.o.Jitter)
	for attempt := 1; ; attempt++ {
		d := w.attempt(ctx, s, write, images, attempt, deadline)
		d.attempts = attempt
		if d.unsent {
			d.attempts--
		}
		if !d.again {
			return d
		}
		if d.noBody {
			write.NoBody = true
			continue
		}
		if w.stopping.Err() != nil || w.o.Clock.Sleep(w.writing, waits.next()) != nil || w.o.Clock.Now().After(deadline) {
			return d // it did not happen, and there is no time left to send it again
		}
	}
}

// attempt sends the write once, between its two lines in the journal.
func (w *worker) attempt(ctx context.Context, s *Step, write Write, images Images, n int, deadline time.Time) delivery {
	intent := Intent{Step: s.N, Address: s.Address, Verb: write.Verb, Attempt: n,
		Before: w.journalled(images.Before), After: w.journalled(images.After), At: w.o.Clock.Now().UTC()}
	if write.Verb == CreateOrganization {
		intent.Known = w.known
	}
	if err := w.gate.intent(intent); err != nil {
		return delivery{outcome: Skipped, reason: "journal: " + text.OneLine(err.Error()), unsent: true}
	}
	answer, err := w.port.Writer.Write(ctx, write)
	d := w.judge(s, write, images, answer, err, n, deadline)
	w.gate.result(Outcome{Step: s.N, Address: s.Address, Verb: write.Verb, Attempt: n, Outcome: d.outcome,
		Answer: d.answer, Reason: d.reason, Error: d.api, Resolved: d.resolved, At: w.o.Clock.Now().UTC()})
	return d
}

func (w *worker) judge(s *Step, write Write, images Images, answer Answer, err error, n int, deadline time.Time) delivery {
	call := AsCallError(err)
	switch {
	case err == nil && (write.Verb != CreateOrganization || answer.OrganizationID > 0):
		return delivery{outcome: Succeeded, answer: answer}
	case call != nil && call.Class == ClassCancelled && call.Certainty == NotHappened && w.stopping.Err() != nil:
		return delivery{outcome: Skipped, reason: stopReason(w.stopping), unsent: true}
	case call != nil && call.Certainty == NotHappened:
		return w.refusal(s, write, images, call, n)
	}
	return w.lostAnswer(s, write, images, err, deadline)
}

// refusal is an answer that says that the write did not happen. Three of them are
// looked into: what is to be deleted may be gone already; an empty body, by which a
// person is removed, may mean no body at all; and a repetition may meet what the first attempt has done late.
// Whether the licence lacks comes first: without it the list of variables is good, and empty.
func (w *worker) refusal(s *Step, write Write, images Images, call *CallError, n int) delivery {
	d := delivery{outcome: Failed, api: call.API(), reason: call.Hint}
	if reason := w.licenceReason(write, call); reason != "" {
		d.outcome, d.reason = Skipped, reason
		return d
	}
	gone := call.Status == 404 && images.After == nil
	empty := write.Verb == RemoveMember && (call.Status == 400 || call.Status == 422)
	if gone || empty || n > 1 {
		found := w.inspect(s, write, images)
		if n > 1 {
			found = w.watch(s, write, images, found)
		}
		if found.state == happened {
			return delivery{outcome: Succeeded, answer: found.answer, resolved: true}
		}
		if n > 1 && !write.NoBody && found.state == unreadable {
			d.outcome = OutcomeUnknown
			d.reason = fmt.Sprintf("unknown: an answer was lost, the repetition was refused, and %s; look at %s by hand", found.why, text.OneLine(string(s.Address)))
		}
		if empty && !write.NoBody && found.state == nothing {
			d.again, d.noBody = true, true
		}
	}
	return d
}

// licenceReason tells whether a refusal means that the organization's plan lacks the feature; "" when it does not.
func (w *worker) licenceReason(write Write, call *CallError) string {
	switch {
	case call.Class == ClassFreePlan:
		return "licence: the Free plan refuses this call"
	case call.Class == ClassLicence || call.Status == 402:
		return "licence: the organization's plan lacks this feature"
	case call.Status == 400 && write.Verb == EnforceTFA:
		// The published contract: 400 while the feature is off; the body, a lone boolean, cannot be at fault.
		return "licence: enforcing two-factor authentication is not available to the organization"
	case call.Status == 404 && write.Address.Kind() == spec.KindVariable:
		return w.variablesLack(write.Verb)
	}
	return ""
}

// variablesLack reads the licence again: a 404 is the answer for a missing feature (published), and also for a
// variable, or an organization, that is gone.
func (w *worker) variablesLack(verb Verb) string {
	live, err := w.port.Reader.Organization(w.writing, w.id, false)
	switch {
	case err != nil:
		return ""
	case live.License == nil && verb == CreateVariable:
		return "licence: the organization's plan has no custom variables"
	}
	return LacksKind(live.License, spec.KindVariable)
}

// lostAnswer finds out by reading what became of a write whose answer says nothing.
func (w *worker) lostAnswer(s *Step, write Write, images Images, err error, deadline time.Time) delivery {
	d := delivery{outcome: OutcomeUnknown, api: apiError(err), resolved: true}
	found := w.resolve(s, write, images, err, deadline)
	switch {
	case found.state == happened:
		d.outcome, d.answer, d.api = Succeeded, found.answer, nil
	case found.state == nothing && (repeatable[write.Verb] || provable[write.Verb]):
		d.outcome, d.again = Failed, true
		d.reason = "lost: the answer was lost, and reading shows that nothing happened"
	default:
		d.reason = fmt.Sprintf("unknown: the answer was lost and %s; look at %s by hand", found.why, text.OneLine(string(s.Address)))
	}
	return d
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

// journalled is a view as the journal keeps it: secrets as fingerprints, salted by the run.
func (w *worker) journalled(v View) View { return v.Fingerprinted(journalSalt(w.o.Run)) }

// journalSalt is the salt of a run's fingerprints: different in each run, known to who can read the journal.
func journalSalt(run string) []byte { return []byte("makesync journal " + run) }
