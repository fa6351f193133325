package apply

import (
	"context"
	"time"

	"makesync/spec"
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
	now, stopped := readPerson(ctx, c.observer, s)
	if stopped != nil {
		return stopped
	}
	if s.Before != nil { // what a list of this run shows may be of after the plan
		images.Before = s.Before
	}
	return judgePerson(s, images, now)
}

func readPerson(ctx context.Context, o *observe.Observer, s *plan.Step) (state.View, *stepResult) {
	var now state.View
	var err error
	if s.Op == plan.OpInvite {
		err = o.Refresh(ctx, s, invitationAge)
		now = o.View(s)
	} else {
		now, err = o.ReadPerson(ctx, s)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return now, stepResultOfStop(ctx)
	case err != nil:
		const words = "whether the person has accepted could not be read, so nothing was written"
		return now, unreadableResult(err, words)
	}
	return now, nil
}

// lookAgain looks at what a write depends on and has waited for too long since it was read.
func (c *checker) lookAgain(ctx context.Context, w observe.Write) *stepResult {
	switch s := w.Step; {
	case c.inNewOrganization(s):
		return nil // nobody but this run knows it
	case w.Begun:
		return lookBetween(ctx, c.observer, s)
	case s.Kind == spec.KindMember:
		return c.checkPerson(ctx, s, w.Images)
	default:
		return c.compare(ctx, s, c.notDone(s), observe.RightNow)
	}
}

// lookBetween looks at a person whose invitation is revoked and who is to be invited again: she
// must not be there. A list that is behind may still show the old invitation.
func lookBetween(ctx context.Context, o *observe.Observer, s *plan.Step) *stepResult {
	now, stopped := readPerson(ctx, o, s)
	switch {
	case stopped != nil || now == nil || isSamePerson(s.Before, now):
		return stopped
	}
	why := "somebody else has let her in meanwhile; it is now " + observe.Describe(now)
	return skip(report.ReasonChangedMeanwhile, why)
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
	before := images.Before
	switch {
	case before != nil && !isAccepted(before) && isAccepted(now):
		const why = "the invitation has been accepted meanwhile, so nothing was written"
		result := skip(report.ReasonChangedMeanwhile, why)
		result.accepted = true
		return result
	case isDone(s, images.After, now):
		return alreadyDone()
	case now == nil && before == nil, isSamePerson(before, now):
		return nil
	case now == nil:
		return skip(report.ReasonChangedMeanwhile, "the person is not there any more")
	}
	why := "somebody else has changed it meanwhile; it is now " + observe.Describe(now)
	return skip(report.ReasonChangedMeanwhile, why)
}

// isSamePerson compares two views of one person. An invitation expires by itself.
func isSamePerson(before, now state.View) bool {
	expired := now["invitation"].Value().Reveal() == "expired" && !isAccepted(before)
	return before != nil && now != nil && observe.SameSide(before["role"], now["role"]) &&
		(expired || observe.SameSide(before["invitation"], now["invitation"]))
}

// isAccepted tells whether a person is there and is a member.
func isAccepted(v state.View) bool { return v != nil && v["invitation"].Value().Reveal() == "" }
