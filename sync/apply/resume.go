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
	for _, q := range r.answer(ctx, story.Open()) {
		outcomes = append(outcomes, r.outcome(q))
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
	// fingerprints are those of the run's journal.
	fingerprints *spec.Fingerprints
	// delay is how long reads have to show nothing before that proves that a write did not happen.
	delay func(plan.Verb) time.Duration
	told  bool // that it waits
	// since is when the present round began, zones their lists in it.
	since time.Time
	zones map[string]*observe.Lists
	// unread is why something could not be read.
	unread map[unreadable]string
}

// delayAfterTheEnd is that delay once the process that has sent the write is gone.
func delayAfterTheEnd(verb plan.Verb) time.Duration {
	return max(observe.ConsistencyDelay(verb), observe.UnderWayDelay)
}

func newResolver(story *report.Run, o ResumeOptions) *resolver {
	return &resolver{story: story, index: story.Index(), began: o.Clock.Now(), o: o,
		observers: map[string]*observe.Observer{}, delay: delayAfterTheEnd, unread: map[unreadable]string{},
		fingerprints: spec.NewFingerprints(report.JournalSalt(story.Run))}
}

// outcome is that of one intent.
func (r *resolver) outcome(q *question) report.Outcome {
	intent, found := q.intent, q.found
	out := report.Outcome{Step: intent.Step, Address: intent.Address, Verb: intent.Verb, Attempt: intent.Attempt,
		Outcome: report.OutcomeUnknown, Resolved: true}
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

// question is what became of one write that a journal tells of.
type question struct {
	intent   report.Intent
	observer *observe.Observer
	write    observe.Write
	left     time.Duration // until what reads as before proves something
	found    observe.Evidence
	looked   bool // whether anything was read for it
	answered bool
}

// ask finds the write that an intent was for. Where there is none, that is the answer.
func (r *resolver) ask(intent report.Intent) *question {
	o, step := r.observer(intent), r.index.Step(intent.Step)
	answered := func(state observe.WriteState, why string) *question {
		return &question{intent: intent, found: observe.Evidence{State: state, Why: why}, answered: true}
	}
	if o != nil && !o.Reachable() {
		return answered(observe.Unknown, "the zone "+o.Live().Zone+" is none of this run")
	}
	if o == nil || step == nil || step.Address != intent.Address {
		return answered(observe.Conflicting, "the journal does not say what it belongs to")
	}
	writes := plan.WritesOf(o.Live().ID, step)
	at := slices.IndexFunc(writes, func(write plan.Write) bool { return write.Verb == intent.Verb })
	if at < 0 {
		return answered(observe.Conflicting, "the journal names a write that its step does not have")
	}
	if o.Live().ID == 0 && intent.Verb != plan.CreateOrganization {
		return answered(observe.Conflicting, "the journal does not say which organization it was for")
	}
	images := observe.Images{Before: intent.Before, After: intent.After} // their secrets are fingerprints
	q := &question{intent: intent, observer: o, write: observe.Write{Write: writes[at], Step: step, Images: images}}
	// Its process has ended before this began, whatever a clock that was set back says.
	sent := intent.At
	if sent.After(r.began) {
		sent = r.began
	}
	q.left = r.delay(intent.Verb) - r.began.Sub(sent)
	return q
}

// answer finds out about writes, in rounds: in each of them every list is read once, for all whom
// it concerns, and those of which it shows nothing wait for the next one together, until they have
// had their time. A stop leaves out what nobody has looked at.
func (r *resolver) answer(ctx context.Context, intents []report.Intent) []*question {
	var asked []*question
	for _, intent := range intents {
		asked = append(asked, r.ask(intent))
	}
	for waits := observe.NewWaits(r.o.Jitter); ; {
		left := time.Duration(0)
		r.round()
		for _, q := range asked {
			if q.answered {
				continue
			}
			if ctx.Err() != nil {
				return stopped(asked)
			}
			if r.look(ctx, q); !q.answered {
				left = max(left, q.left)
			}
		}
		if left == 0 {
			return asked
		}
		r.tell(left)
		wait := min(left, waits.Next())
		if r.o.Clock.Sleep(ctx, wait) != nil {
			return stopped(asked)
		}
		for _, q := range asked {
			q.left -= wait
		}
	}
}

// stopped are those of which there is something to tell when the reading has to end: what reads as
// before and had not its time is unknown, and what nobody has looked at is left out.
func stopped(asked []*question) []*question {
	var told []*question
	for _, q := range asked {
		switch {
		case q.answered:
		case q.looked:
			q.found = observe.StoppedReading
		default:
			continue
		}
		told = append(told, q)
	}
	return told
}

// look inspects one write. Conflicting is no answer before its time either: a list that is behind
// may still show the invitation that was revoked before this one was sent.
func (r *resolver) look(ctx context.Context, q *question) {
	unread := unreadable{q.observer, q.write.Verb}
	if why := r.unread[unread]; why != "" {
		q.found, q.answered = observe.Evidence{State: observe.Unknown, Why: why}, true
		return
	}
	q.looked = true
	q.observer.Creation.IDsBefore, q.observer.Creation.Lists = q.intent.Known, r.lists(q.observer)
	q.write.Age = max(r.o.Clock.Now().Sub(r.since), 1)
	q.found = q.observer.Inspect(ctx, q.write)
	q.answered = q.left <= 0 || q.found.State == observe.Applied || q.found.State == observe.Unknown
	if q.answered && q.found.State == observe.NotApplied {
		q.found = q.observer.Creation.Confirm(ctx, q.write, q.found)
	}
	if q.found.State == observe.Unknown {
		r.unread[unread] = q.found.Why
	}
}

// unreadable are writes of an organization of which nobody can read what became: it is not asked
// again.
type unreadable struct {
	observer *observe.Observer
	verb     plan.Verb
}

// round begins anew: what was read before counts no more.
func (r *resolver) round() {
	r.since, r.zones = r.o.Clock.Now(), map[string]*observe.Lists{}
}

// lists are those of the organization's zone in this round.
func (r *resolver) lists(o *observe.Observer) *observe.Lists {
	zone := o.Live().Zone
	if r.zones[zone] == nil {
		r.zones[zone] = &observe.Lists{}
	}
	return r.zones[zone]
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
		Fingerprints: r.fingerprints, Key: of.Key, Zone: of.Zone, ID: of.ID})
	r.observers[of.Key] = o
	return o
}
