package apply

import (
	"context"
	"slices"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// ResumeOptions are what resolving an unfinished run needs.
type ResumeOptions struct {
	Zones  map[string]state.Port
	Clock  state.Clock
	Jitter func() float64 // as in ApplyOptions
}

// Resume finds out by reading what became of the open intents of a run that was killed, and
// writes nothing. Every outcome says succeeded, failed ("nothing happened") or unknown (with the
// reason); the caller adds them to the run's journal and then plans as usual: the plan sees what
// is there, so that it does nothing twice.
//
// What a killed run had just sent may still arrive. Creating an organization and inviting are
// therefore taken for not done only when as much time has passed as that takes; else this waits.
func Resume(ctx context.Context, story *report.Run, o ResumeOptions) []report.Outcome {
	r := newResolver(story, o)
	var outcomes []report.Outcome
	for _, intent := range story.Open() {
		if ctx.Err() != nil {
			break
		}
		outcomes = append(outcomes, r.resolve(ctx, intent))
	}
	return outcomes
}

// Unresolved tells whether one of the outcomes leaves its intent open because it could not be
// read: the next run tries again. One that was read and is conflicting stays unknown, and is told.
func Unresolved(outcomes []report.Outcome) bool {
	return slices.ContainsFunc(
		outcomes,
		func(o report.Outcome) bool { return o.Outcome == report.OutcomeUnknown && o.Error != nil },
	)
}

// resolver reads what became of the writes of one run.
type resolver struct {
	story     *report.Run
	o         ResumeOptions
	observers map[string]*observer // by organization key
}

func newResolver(story *report.Run, o ResumeOptions) *resolver {
	return &resolver{story: story, o: o, observers: map[string]*observer{}}
}

// resolve is the outcome of one intent.
func (r *resolver) resolve(ctx context.Context, intent report.Intent) report.Outcome {
	out := report.Outcome{Step: intent.Step, Address: intent.Address, Verb: intent.Verb, Attempt: intent.Attempt,
		Outcome: report.OutcomeUnknown, Resolved: true}
	found := r.inspect(ctx, intent)
	out.At = r.o.Clock.Now().UTC()
	switch found.state {
	case applied:
		out.Outcome, out.Answer = report.Succeeded, found.answer
		out.Reason = report.Reason{Code: report.ReasonResolved, Text: "reading shows that it happened"}
	case notApplied:
		out.Outcome, out.Reason = report.Failed, report.Reason{
			Code: report.ReasonResolved,
			Text: "reading shows that nothing happened",
		}
	case conflicting:
		out.Reason = unknownOutcome(found.why, intent.Address)
	case stateUnknown:
		out.Reason = report.Reason{Code: report.ReasonUnknown, Text: found.why}
		out.Error = &spec.APIError{Message: found.why}
	}
	return out
}

// inspect finds the write that an intent was for, and reads what became of it.
func (r *resolver) inspect(ctx context.Context, intent report.Intent) evidence {
	o, step := r.observer(intent), r.story.Step(intent.Step)
	if o != nil && o.reader == nil {
		return evidence{state: stateUnknown, why: "the zone " + o.live.Zone + " is none of this run"}
	}
	if o == nil || step == nil || step.Address != intent.Address {
		return evidence{state: conflicting, why: "the journal does not say what it belongs to"}
	}
	writes := plan.WritesOf(o.live.ID, step)
	at := slices.IndexFunc(writes, func(write plan.Write) bool { return write.Verb == intent.Verb })
	if at < 0 {
		return evidence{state: conflicting, why: "the journal names a write that its step does not have"}
	}
	if o.live.ID == 0 && intent.Verb != plan.CreateOrganization {
		return evidence{state: conflicting, why: "the journal does not say which organization it was for"}
	}
	o.idsBefore = intent.Known
	images := Images{Before: intent.Before, After: intent.After} // their secrets are fingerprints
	return r.waitUntilConsistent(ctx, o, stepWrite{Write: writes[at], step: step, images: images}, intent)
}

// waitUntilConsistent inspects until what shows nothing has had its time since the intent.
// Conflicting is no end either: a list that is behind may still show the invitation that was
// revoked before this one was sent.
func (r *resolver) waitUntilConsistent(ctx context.Context, o *observer, w stepWrite, intent report.Intent) evidence {
	found := o.inspect(ctx, w)
	delay := consistencyDelays[w.Verb]
	left := min(delay-r.o.Clock.Now().Sub(intent.At), delay) // min: a clock may have been set back
	for waits := newWaits(o.jitter); (found.state == notApplied || found.state == conflicting) && left > 0; {
		wait := min(left, waits.next())
		if r.o.Clock.Sleep(ctx, wait) != nil {
			return stoppedReading
		}
		left -= wait
		found = o.inspect(ctx, w)
	}
	if found.state == notApplied {
		return o.confirmNotCreated(ctx, w, found)
	}
	return found
}

// observer is that of the intent's organization; nil when the run's plan has none of the address.
func (r *resolver) observer(intent report.Intent) *observer {
	of := r.story.Organization(intent.Address)
	if of == nil {
		return nil
	}
	if known := r.observers[of.Key]; known != nil {
		return known
	}
	o := newObserver(r.o.Zones[of.Zone], r.o.Clock, r.o.Jitter, of.Key, of.Zone, of.ID)
	o.salt = journalSalt(r.story.Run)
	r.observers[of.Key] = o
	return o
}
