package sync

import (
	"context"
	"slices"

	"makesync/spec"
	"makesync/spec/text"
)

// ResolveOptions are what resolving an unfinished run needs.
type ResolveOptions struct {
	Zones  map[string]ZonePort
	Clock  Clock
	Jitter func() float64
}

// ResolveRun finds out by reading what became of the open intents of a run that was killed, and
// writes nothing. Every outcome says succeeded, failed ("nothing happened") or unknown (with the
// reason); the caller adds them to the run's journal and then plans as usual: the plan sees what
// is there, so that it does nothing twice.
//
// What a killed run had just sent may still arrive. Creating an organization and inviting are therefore
// taken for not done only when as much time has passed as that takes; else this waits.
func ResolveRun(ctx context.Context, story *Run, o ResolveOptions) []Outcome {
	r := newResolver(story, o)
	var outcomes []Outcome
	for _, intent := range story.Open() {
		if ctx.Err() != nil {
			break
		}
		outcomes = append(outcomes, r.outcome(ctx, intent))
	}
	return outcomes
}

// Unresolved tells whether one of the outcomes leaves its intent open because it could not be
// read: the next run tries again. One that was read and is neither stays unknown, and is told.
func Unresolved(outcomes []Outcome) bool {
	return slices.ContainsFunc(outcomes, func(o Outcome) bool { return o.Outcome == OutcomeUnknown && o.Error != nil })
}

type resolver struct {
	story   *Run
	o       ResolveOptions
	workers map[string]*worker // by organization key
}

func newResolver(story *Run, o ResolveOptions) *resolver {
	if o.Jitter == nil {
		o.Jitter = func() float64 { return 0.5 }
	}
	return &resolver{story: story, o: o, workers: map[string]*worker{}}
}

func (r *resolver) outcome(ctx context.Context, intent Intent) Outcome {
	out := Outcome{Step: intent.Step, Address: intent.Address, Verb: intent.Verb, Attempt: intent.Attempt,
		Outcome: OutcomeUnknown, Resolved: true}
	found := r.find(ctx, intent)
	out.At = r.o.Clock.Now().UTC()
	switch found.state {
	case happened:
		out.Outcome, out.Answer, out.Reason = Succeeded, found.answer, "resolved: reading shows that it happened"
	case nothing:
		out.Outcome, out.Reason = Failed, "resolved: reading shows that nothing happened"
	case neither:
		out.Reason = "unknown: " + found.why + "; look at " + text.OneLine(string(intent.Address)) + " by hand"
	case unreadable:
		out.Reason = "unknown: " + found.why
		out.Error = &spec.APIError{Message: found.why}
	}
	return out
}

func (r *resolver) find(ctx context.Context, intent Intent) finding {
	w, step := r.worker(ctx, intent), r.story.Step(intent.Step)
	if w != nil && w.unknownZone {
		return finding{state: unreadable, why: "the zone " + w.organization.Zone + " is none of this run"}
	}
	if w == nil || step == nil || step.Address != intent.Address {
		return finding{state: neither, why: "the journal does not say what it belongs to"}
	}
	writes := writesOf(w.id, step)
	at := slices.IndexFunc(writes, func(write Write) bool { return write.Verb == intent.Verb })
	if at < 0 {
		return finding{state: neither, why: "the journal names a write that its step does not have"}
	}
	if w.id == 0 && intent.Verb != CreateOrganization {
		return finding{state: neither, why: "the journal does not say which organization it was for"}
	}
	w.known = intent.Known
	return r.settled(ctx, w, step, writes[at], intent)
}

// settled inspects until what shows nothing has had its time. Neither is no end either: a list that is behind may still
// show the invitation that was revoked before this one was sent.
func (r *resolver) settled(ctx context.Context, w *worker, step *Step, write Write, intent Intent) finding {
	found := w.inspect(step, write, r.salted(intent))
	settles := settling[intent.Verb]
	left := min(settles-r.o.Clock.Now().Sub(intent.At), settles) // min: a clock may have been set back
	for waits := newWaits(r.o.Jitter); (found.state == nothing || found.state == neither) && left > 0; {
		wait := min(left, waits.next())
		if r.o.Clock.Sleep(ctx, wait) != nil {
			return finding{state: unreadable, why: "the run was stopped before it could be read"}
		}
		left -= wait
		found = w.inspect(step, write, r.salted(intent))
	}
	if found.state == nothing {
		return w.hearWitness(write, found)
	}
	return found
}

// salted are the images of the journal, whose secrets are fingerprints.
func (r *resolver) salted(intent Intent) Images {
	return Images{Before: intent.Before, After: intent.After}
}

// worker reads for one organization of the run.
func (r *resolver) worker(ctx context.Context, intent Intent) *worker {
	o := r.story.Organization(intent.Address)
	if o == nil {
		return nil
	}
	if w := r.workers[o.Key]; w != nil {
		return w
	}
	port, known := r.o.Zones[o.Zone]
	w := &worker{applier: &applier{o: ApplyOptions{Clock: r.o.Clock, Jitter: r.o.Jitter, Run: r.story.Run}},
		organization: &OrganizationPlan{Key: o.Key, Zone: o.Zone, ID: o.ID, Name: o.Name, Steps: o.Steps},
		port:         WritePort{ZonePort: port}, id: o.ID, writing: ctx, stopping: ctx, steps: o.Steps,
		viewSalt: journalSalt(r.story.Run), unknownZone: !known}
	w.sight = newSight(w)
	r.workers[o.Key] = w
	return w
}
