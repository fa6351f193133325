package apply

import (
	"context"
	"slices"
	"time"

	"makesync/spec"
	"makesync/sync/observe"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// ResumeOptions are what resolving an unfinished run needs.
type ResumeOptions struct {
	Zones  map[string]state.Port
	Clock  state.Clock
	Jitter func() float64 // as in ApplyOptions
	// Waiting is told once how long it takes until the run's writes count as not done; nil: nobody.
	Waiting func(run string, d time.Duration)
}

// Resume finds out by reading what became of the open intents of a run that was killed, and
// writes nothing. Every outcome says succeeded, failed ("nothing happened") or unknown (with the
// reason); the caller adds them to the run's journal and then plans as usual: the plan sees what
// is there, so that it does nothing twice.
//
// What a killed run had just sent may still arrive: what reads as before is taken for not done only
// when the zone had its time since it was sent; else this waits.
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
	index     *report.Index
	began     time.Time
	o         ResumeOptions
	observers map[string]*observe.Observer // by organization key
	// delay is how long reads have to show nothing before that proves that a write did not happen.
	delay func(plan.Verb) time.Duration
	told  bool // that it waits
}

// delayAfterTheEnd is that delay once the process that has sent the write is gone.
func delayAfterTheEnd(verb plan.Verb) time.Duration {
	return max(observe.ConsistencyDelay(verb), observe.UnderWayDelay)
}

func newResolver(story *report.Run, o ResumeOptions) *resolver {
	return &resolver{story: story, index: story.Index(), began: o.Clock.Now(), o: o,
		observers: map[string]*observe.Observer{}, delay: delayAfterTheEnd}
}

// resolve is the outcome of one intent.
func (r *resolver) resolve(ctx context.Context, intent report.Intent) report.Outcome {
	out := report.Outcome{Step: intent.Step, Address: intent.Address, Verb: intent.Verb, Attempt: intent.Attempt,
		Outcome: report.OutcomeUnknown, Resolved: true}
	found := r.inspect(ctx, intent)
	out.At = r.o.Clock.Now().UTC()
	switch found.State {
	case observe.Applied:
		out.Outcome, out.Answer = report.Succeeded, found.Answer
		out.Reason = report.Reason{Code: report.ReasonResolved, Text: "reading shows that it happened"}
	case observe.NotApplied:
		if step := r.index.Step(intent.Step); step != nil && step.MovesMoney() {
			const why = "it reads as before, which proves nothing where money is moved"
			out.Reason = report.UnknownReason(why, intent.Address)
			break
		}
		out.Outcome, out.Reason = report.Failed, report.Reason{
			Code: report.ReasonResolved,
			Text: "reading shows that nothing happened",
		}
	case observe.Conflicting:
		out.Reason = report.UnknownReason(found.Why, intent.Address)
	case observe.Unknown:
		out.Reason = report.Reason{Code: report.ReasonUnknown, Text: found.Why}
		out.Error = &spec.APIError{Message: found.Why}
	}
	return out
}

// inspect finds the write that an intent was for, and reads what became of it.
func (r *resolver) inspect(ctx context.Context, intent report.Intent) observe.Evidence {
	o, step := r.observer(intent), r.index.Step(intent.Step)
	if o != nil && !o.Reachable() {
		return observe.Evidence{State: observe.Unknown, Why: "the zone " + o.Live().Zone + " is none of this run"}
	}
	conflicting := func(why string) observe.Evidence {
		return observe.Evidence{State: observe.Conflicting, Why: why}
	}
	if o == nil || step == nil || step.Address != intent.Address {
		return conflicting("the journal does not say what it belongs to")
	}
	writes := plan.WritesOf(o.Live().ID, step)
	at := slices.IndexFunc(writes, func(write plan.Write) bool { return write.Verb == intent.Verb })
	if at < 0 {
		return conflicting("the journal names a write that its step does not have")
	}
	if o.Live().ID == 0 && intent.Verb != plan.CreateOrganization {
		return conflicting("the journal does not say which organization it was for")
	}
	o.Creation.IDsBefore = intent.Known
	images := observe.Images{Before: intent.Before, After: intent.After} // their secrets are fingerprints
	return r.waitUntilConsistent(ctx, o, observe.Write{Write: writes[at], Step: step, Images: images}, intent)
}

// waitUntilConsistent inspects until what shows nothing has had its time since the intent.
// Conflicting is no end either: a list that is behind may still show the invitation that was
// revoked before this one was sent.
func (r *resolver) waitUntilConsistent(
	ctx context.Context, o *observe.Observer, w observe.Write, intent report.Intent,
) observe.Evidence {
	found := o.Inspect(ctx, w)
	delay := r.delay(w.Verb)
	// Its process has ended before this began, whatever a clock that was set back says.
	sent := intent.At
	if sent.After(r.began) {
		sent = r.began
	}
	left := delay - r.o.Clock.Now().Sub(sent)
	open := func() bool { return found.State == observe.NotApplied || found.State == observe.Conflicting }
	for waits := observe.NewWaits(r.o.Jitter); open() && left > 0; {
		r.tell(left)
		wait := min(left, waits.Next())
		if r.o.Clock.Sleep(ctx, wait) != nil {
			return observe.StoppedReading
		}
		left -= wait
		found = o.Inspect(ctx, w)
	}
	if found.State == observe.NotApplied {
		return o.Creation.Confirm(ctx, w, found)
	}
	return found
}

// tell says once that it waits, and for how long.
func (r *resolver) tell(d time.Duration) {
	if !r.told && r.o.Waiting != nil {
		r.o.Waiting(r.story.Run, d)
	}
	r.told = true
}

// observer is that of the intent's organization; nil when the run's plan has none of the address.
func (r *resolver) observer(intent report.Intent) *observe.Observer {
	of := r.index.Organization(intent.Address)
	if of == nil {
		return nil
	}
	if known := r.observers[of.Key]; known != nil {
		return known
	}
	o := observe.New(observe.Options{Port: r.o.Zones[of.Zone], Clock: r.o.Clock, Jitter: r.o.Jitter,
		Salt: report.JournalSalt(r.story.Run), Key: of.Key, Zone: of.Zone, ID: of.ID})
	r.observers[of.Key] = o
	return o
}
