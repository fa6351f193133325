package apply

import (
	"context"
	"slices"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// writeState is what reading shows about a write whose answer says too little.
type writeState uint8

const (
	stateUnknown writeState = iota // it cannot be read
	applied                        // the object is as it should be
	notApplied                     // the object is as it was before
	conflicting                    // somebody else's hand, or a half-done write
)

// evidence is a state with what shows it.
type evidence struct {
	state  writeState
	why    string
	answer plan.Answer
}

// stepWrite is one of a step's writes, with the views before and after it.
type stepWrite struct {
	plan.Write
	step   *plan.Step
	images Images
	// begun: a write of the step before this one is done.
	begun bool
}

// inspect reads once what became of a write.
func (o *observer) inspect(ctx context.Context, w stepWrite) evidence {
	if w.Verb == plan.CreateOrganization {
		return o.findCreated(ctx, w.Arguments.Name)
	}
	if err := o.refresh(ctx, w.step, true); err != nil {
		return evidence{state: stateUnknown, why: "the object cannot be read (" + text.OneLine(err.Error()) + ")"}
	}
	answer := plan.Answer{}
	if m := state.FindMember(o.live.Members, w.step.Address.Name()); m != nil && w.Verb == plan.InviteMember {
		answer.UserID = m.UserID
	}
	if w.Verb == plan.InviteMember && answer.UserID == 0 && hasPending(o.live.Unreadable) {
		return evidence{state: conflicting, why: "a pending invitation that nobody can read may be hers"}
	}
	if w.Verb == plan.DeleteVariable && !state.HasCustom(o.live.Variables) {
		if why := o.variablesHidden(ctx); why != "" {
			return evidence{state: stateUnknown, why: why}
		}
	}
	found := judgeView(w.images, o.view(w.step).Fingerprinted(o.salt))
	found.answer = answer
	return found
}

// variablesHidden is why an empty list of variables proves nothing: without the licence the zone
// answers with the system variables alone (published).
func (o *observer) variablesHidden(ctx context.Context) string {
	live, err := o.reader.Organization(ctx, o.live.ID, false)
	if err != nil {
		return "the licence, without which the list of variables is empty, cannot be read (" +
			text.OneLine(err.Error()) + ")"
	}
	return state.LacksKind(live.License, spec.KindVariable)
}

func hasPending(rows []state.RoleRow) bool {
	return slices.ContainsFunc(rows, func(row state.RoleRow) bool { return row.Invitation != "" })
}

// judgeView tells what an object's view says about a write with the given images.
func judgeView(images Images, now state.View) evidence {
	switch {
	case reached(images.After, now):
		return evidence{state: applied}
	case unchanged(images, now):
		return evidence{state: notApplied, why: "it is as it was before"}
	case now == nil:
		return evidence{state: conflicting, why: "it is not there any more"}
	}
	why := "it reads " + describe(now) + ", which is neither the value before nor the one after"
	return evidence{state: conflicting, why: why}
}

// resolve inspects a write whose answer was lost until its state is clear or the deadline is over.
// An organization that has been found unreadable once is asked only once for each later step: its
// other steps must not wait for long, too.
func (o *observer) resolve(ctx context.Context, w stepWrite, cause error, deadline time.Time) evidence {
	waits := newWaits(o.jitter)
	consistent := o.clock.Now().Add(consistencyDelayAfter(w.Verb, cause))
	for {
		found := o.inspect(ctx, w)
		now := o.clock.Now()
		switch {
		case found.state == notApplied && !now.Before(consistent):
			o.gaveUpReading = false
			return o.confirmNotCreated(ctx, w, found)
		case found.state == applied, found.state == conflicting:
			o.gaveUpReading = false
			return found
		case found.state == stateUnknown && (o.gaveUpReading || now.After(deadline)):
			o.gaveUpReading = true
			return found
		case found.state == notApplied && now.After(deadline):
			return evidence{state: conflicting, why: "it is not there yet, which proves nothing so soon"}
		}
		if o.clock.Sleep(ctx, waits.next()) != nil {
			return stoppedReading
		}
	}
}

var stoppedReading = evidence{state: stateUnknown, why: "the run was stopped before it could be read"}

// inspectRepetition inspects a write whose repetition is refused. That nothing seems to have
// changed is how it looks, too, when the first attempt has done it and the list does not show it
// yet.
func (o *observer) inspectRepetition(ctx context.Context, w stepWrite) evidence {
	found := o.inspect(ctx, w)
	behind := func() bool { return found.state == notApplied || found.state == stateUnknown }
	_ = o.waitForLag(ctx, o.clock.Now().Add(listLag), behind, func() error { // a stop leaves what was found last
		found = o.inspect(ctx, w)
		return nil
	})
	return found
}
