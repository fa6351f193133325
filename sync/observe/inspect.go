package observe

import (
	"cmp"
	"context"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// WriteState is what reading shows about a write whose answer says too little.
type WriteState uint8

// The states.
const (
	Unknown     WriteState = iota // it cannot be read
	Applied                       // the object is as it should be
	NotApplied                    // the object is as it was before
	Conflicting                   // somebody else's hand, or a half-done write
)

// Evidence is a state with what shows it.
type Evidence struct {
	State  WriteState
	Why    string
	Answer plan.Answer
	// Behind: it is as it was before a write of the step that is done, which a list may show for a
	// while.
	Behind bool
	// Early: NotApplied was found at once, and the zone may be at work on it still.
	Early bool
	// Accepted: the person of the write is a member, not invited.
	Accepted bool
}

// Write is one of a step's writes, with the views before and after it.
type Write struct {
	plan.Write
	Step   *plan.Step
	Images Images
	// Begun: a write of the step before this one is done.
	Begun bool
	// Age is how long ago what tells of it may have been read; 0: it is read right now. Many writes
	// that are looked at together need each list once.
	Age time.Duration
}

func (w *Write) age() time.Duration { return cmp.Or(w.Age, RightNow) }

// Inspect reads once what became of a write.
func (o *Observer) Inspect(ctx context.Context, w Write) Evidence {
	if w.Verb == plan.CreateOrganization {
		return o.Creation.find(ctx, w.Arguments.Name)
	}
	if err := o.Refresh(ctx, w.Step, w.age()); err != nil {
		return Evidence{State: Unknown, Why: "the object cannot be read (" + text.OneLine(err.Error()) + ")"}
	}
	answer := plan.Answer{}
	person := state.FindMember(o.live.Members, w.Step.Address.Name())
	if person != nil && w.Verb == plan.InviteMember {
		answer.UserID = person.UserID
	}
	if w.Verb == plan.InviteMember && answer.UserID == 0 && o.live.UnreadableInvitations() > 0 {
		return Evidence{State: Conflicting, Why: "a pending invitation that nobody can read may be hers"}
	}
	if w.Verb == plan.DeleteVariable && !state.HasCustom(o.live.Variables) {
		if why := o.variablesHidden(ctx, w.age()); why != "" {
			return Evidence{State: Unknown, Why: why}
		}
	}
	if found, is := judgeBilling(w, o.View(w.Step)); is {
		return found
	}
	now := o.View(w.Step).Fingerprinted(o.fingerprints)
	found := judgeView(w.Images, now)
	found.Answer, found.Accepted = answer, w.Step.Kind == spec.KindMember && person != nil && person.Accepted()
	found.Behind = found.State == Conflicting && w.Begun && Reached(w.Step.Before.Fingerprinted(o.fingerprints), now)
	return found
}

// variablesHidden is why an empty list of variables proves nothing: without the licence the zone
// answers with the system variables alone (published).
func (o *Observer) variablesHidden(ctx context.Context, age time.Duration) string {
	license, err := o.License(ctx, age)
	if err != nil {
		return "the licence, without which the list of variables is empty, cannot be read (" +
			text.OneLine(err.Error()) + ")"
	}
	return state.LacksKind(license, spec.KindVariable)
}

// judgeView tells what an object's view says about a write with the given images.
func judgeView(images Images, now state.View) Evidence {
	switch {
	case Reached(images.After, now):
		return Evidence{State: Applied}
	case Unchanged(images, now):
		return Evidence{State: NotApplied, Why: "it is as it was before"}
	case now == nil:
		return Evidence{State: Conflicting, Why: "it is not there any more"}
	}
	why := "it reads " + Describe(now) + ", which is neither the value before nor the one after"
	return Evidence{State: Conflicting, Why: why}
}

// Resolve inspects a write whose answer was lost until its state is clear or the deadline is over.
// An organization that has been found unreadable once is asked only once for each later step: its
// other steps must not wait for long, too.
func (o *Observer) Resolve(ctx context.Context, w Write, cause error, deadline time.Time) Evidence {
	waits := NewWaits(o.jitter)
	delay := consistencyDelayAfter(w.Verb, cause)
	consistent := o.clock.Now().Add(delay)
	for {
		found := o.Inspect(ctx, w)
		now := o.clock.Now()
		switch {
		case found.State == NotApplied && !now.Before(consistent):
			o.gaveUpReading = false
			found.Early = delay == 0 && !endsWork(cause)
			return o.Creation.Confirm(ctx, w, found)
		case found.State == Applied, found.State == Conflicting && (!found.Behind || !now.Before(consistent)):
			o.gaveUpReading = false
			return found
		case found.State == Unknown && (o.gaveUpReading || o.Refused() != nil || now.After(deadline)):
			o.gaveUpReading = true
			return found
		case (found.State == NotApplied || found.Behind) && now.After(deadline):
			return Evidence{State: Conflicting, Why: "it is not there yet, which proves nothing so soon"}
		}
		if o.clock.Sleep(ctx, waits.Next()) != nil {
			return StoppedReading
		}
	}
}

// StoppedReading is the evidence of a run that was stopped while it waited.
var StoppedReading = Evidence{State: Unknown, Why: "the run was stopped before it could be read"}

// InspectRepetition inspects a write whose repetition is refused. That nothing seems to have
// changed is how it looks, too, when the first attempt has done it and the list does not show it
// yet.
func (o *Observer) InspectRepetition(ctx context.Context, w Write) Evidence {
	found := o.Inspect(ctx, w)
	behind := func() bool { return found.State == NotApplied || found.State == Unknown || found.Behind }
	_ = o.WaitForLag(ctx, o.clock.Now().Add(ListLag), behind, func() error { // a stop leaves what was found last
		found = o.Inspect(ctx, w)
		return nil
	})
	return found
}
