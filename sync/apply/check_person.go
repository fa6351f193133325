package apply

import (
	"context"
	"time"

	"makesync/sync/observe"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// invitationAge is how old the list of people may be in which an invitee must not stand.
const invitationAge = 30 * time.Second

// checkPerson looks at a person right before the write: on the wire a revocation is a removal, and
// she may have accepted since she was last looked at. An invitee has no row yet, so that one list
// serves the invitations of half a minute; anybody else is one row.
func (c *checker) checkPerson(ctx context.Context, s *plan.Step, images observe.Images) *stepResult {
	var now state.View
	var err error
	if s.Op == plan.OpInvite {
		err = c.observer.RefreshOlder(ctx, s, invitationAge)
		now = c.observer.View(s)
	} else {
		now, err = c.observer.ReadPerson(ctx, s)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return stepResultOfStop(ctx)
	case err != nil:
		return unreadableResult(err, "whether the person has accepted could not be read, so nothing was written")
	}
	if s.Before != nil { // what a list of this run shows may be of after the plan
		images.Before = s.Before
	}
	return judgePerson(s, images, now)
}

// judgePerson tells whether a step still means what it meant; nil when it does:
//
//	the row before      now                   the step
//	invited, any state  accepted              changed-meanwhile: it would remove a member
//	any                 as it should become   already-done
//	the same            the same              goes on
//	pending             expired               goes on: nobody did that
//	anything else       anything else         changed-meanwhile
func judgePerson(s *plan.Step, images observe.Images, now state.View) *stepResult {
	invitation := func(v state.View) string { return v["invitation"].Value().Reveal() }
	accepted := now != nil && invitation(now) == ""
	switch {
	case images.Before != nil && invitation(images.Before) != "" && accepted:
		return skip(report.ReasonChangedMeanwhile, "the invitation has been accepted meanwhile, so nothing was written")
	case observe.Reached(images.After, now) && (s.Op != plan.OpInvite || !accepted):
		return alreadyDone()
	case now == nil && images.Before == nil:
		return nil
	case now == nil:
		return skip(report.ReasonChangedMeanwhile, "the person is not there any more")
	case images.Before != nil && observe.SameSide(images.Before["role"], now["role"]) &&
		(invitation(images.Before) == invitation(now) || invitation(now) == "expired"):
		return nil
	}
	return skip(report.ReasonChangedMeanwhile, "somebody else has changed it meanwhile; it is now "+observe.Describe(now))
}
