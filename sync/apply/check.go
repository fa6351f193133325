package apply

import (
	"context"
	"fmt"
	"slices"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/observe"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// checker looks whether something stands in the way of a step of one organization.
type checker struct {
	*steps
	observer *observe.Observer
	recorder *journalRecorder
	options  *Options
	// fingerprints are the plan's.
	fingerprints *spec.Fingerprints
	// lists are the zones' lists of names, for a saved plan.
	lists zoneLists
	// found are the results that the check of a saved plan has given, by step number.
	found map[int]stepResult
}

// check gives the images of a step, or the result of one that may not be done. Of the checks the
// first that finds something decides. Nothing of a new organization was there when the plan was
// made, so that nothing of it can be stale.
func (c *checker) check(ctx context.Context, s *plan.Step) (observe.Images, *stepResult) {
	for _, check := range checksOf(c, s) {
		if stopped := check(c, ctx, s); stopped != nil {
			return observe.Images{}, stopped
		}
	}
	images, err := c.images(ctx, s)
	switch {
	case err != nil && ctx.Err() != nil:
		return images, stepResultOfStop(ctx)
	case err != nil:
		return images, unreadableResult(err, "the object could not be read, so nothing was written")
	case s.Kind == spec.KindMember && !c.inNewOrganization(s):
		return images, c.checkPerson(ctx, s, images)
	}
	return images, nil
}

// checks are those of a step, in their order.
type checks []func(*checker, context.Context, *plan.Step) *stepResult

var (
	usualChecks  = append(checksOfAll, (*checker).checkFresh)
	boughtChecks = append(checksOfAll, (*checker).skipUnlicensed, (*checker).checkFresh)
	newChecks    = append(checksOfAll, (*checker).skipUnlicensed, (*checker).bindNewIDs)
	checksOfAll  = slices.Clip(checks{
		(*checker).stopped, (*checker).dependsOnFailure, (*checker).refusedBefore, (*checker).foundBefore,
	})
)

func checksOf(c *checker, s *plan.Step) checks {
	bought := c.needsPurchase(s)
	shownLater := s.Kind == spec.KindFeatureControl || s.Kind == spec.KindTFA // by the plan that is bought
	switch {
	case c.inNewOrganization(s), bought && shownLater && s.Before == nil:
		return newChecks
	case bought:
		return boughtChecks
	}
	return usualChecks
}

// images are the step's views before and after. What the plan does not know of the state before is
// read.
func (c *checker) images(ctx context.Context, s *plan.Step) (observe.Images, error) {
	before := s.Before
	if c.observer.HasRead(s) || before == nil && s.Op != plan.OpCreate && s.Op != plan.OpInvite {
		if err := c.observer.Refresh(ctx, s, observe.MaxAge); err != nil {
			return observe.Images{}, err
		}
		before = c.observer.View(s)
	}
	return observe.Images{Before: before, After: observe.AfterImage(before, s)}, nil
}

// stopped: the run was stopped, the journal broke or lacks, or the zone is not there.
func (c *checker) stopped(ctx context.Context, s *plan.Step) *stepResult {
	switch {
	case c.recorder.broken() != nil:
		return skip(report.ReasonJournal, text.OneLine(c.recorder.broken().Error()))
	case ctx.Err() == nil && keepsNoJournal(c, s) != nil:
		return keepsNoJournal(c, s)
	case ctx.Err() != nil:
		return stepResultOfStop(ctx)
	case c.observer.Refused() != nil:
		return tokenRefused()
	case !c.observer.Reachable():
		return failure(report.ReasonZone, fmt.Sprintf("the zone %s is not one of this run", c.organization.Zone), nil)
	}
	return nil
}

// stepResultOfStop is that of a step that a stop cut off.
func stepResultOfStop(ctx context.Context) *stepResult {
	return &stepResult{outcome: report.Skipped, reason: stopReason(ctx)}
}

func stopReason(ctx context.Context) report.Reason {
	if exit.OutOfTime(ctx) {
		return report.Reason{Code: report.ReasonMaxRuntime, Text: "the run's time was over before this step"}
	}
	return report.Reason{Code: report.ReasonInterrupted, Text: "the run was stopped before this step"}
}

// dependsOnFailure names the step without whose success this one makes no sense.
func (c *checker) dependsOnFailure(_ context.Context, s *plan.Step) *stepResult {
	after := s.After
	if c.inNewOrganization(s) {
		after = append([]int{c.list[0].N}, after...) // nothing of an organization that is not there
	}
	for _, n := range after {
		before := c.results[n]
		if before == nil {
			const text = "step %d, which this one comes after, is not part of this organization's plan"
			return skip(report.ReasonDepends, fmt.Sprintf(text, n))
		}
		if !before.IsDone() {
			return skip(
				report.ReasonDepends,
				fmt.Sprintf("step %d (%s) %s", n, before.Address, outcomeWords[before.Outcome]),
			)
		}
	}
	return nil
}

// refusedBefore skips what the organization's plan of Make has refused to a step before, which
// would be refused as well: 48 variables are one write, not 48.
func (c *checker) refusedBefore(_ context.Context, s *plan.Step) *stepResult {
	i := slices.IndexFunc(c.refused, func(before *plan.Step) bool { return needSame(before, s) })
	if i < 0 {
		return nil
	}
	const text = "the organization's plan has refused the same to step %d (%s)"
	return skip(report.ReasonLicence, fmt.Sprintf(text, c.refused[i].N, c.refused[i].Address))
}

// needSame tells whether two steps need the same feature of Make.
func needSame(a, b *plan.Step) bool {
	return slices.ContainsFunc(a.Features(), func(f state.Feature) bool { return slices.Contains(b.Features(), f) })
}

var outcomeWords = map[report.StepOutcome]string{
	report.Failed:         "failed",
	report.Skipped:        "was skipped",
	report.OutcomeUnknown: "has an unknown outcome",
}

// checkAll checks every step of a saved plan against the live state, as if
// the steps before it had been done, before anything is written.
func (c *checker) checkAll(ctx context.Context) {
	c.found = map[int]stepResult{}
	if !c.observer.Reachable() {
		return
	}
	for i := range c.list {
		if ctx.Err() != nil {
			return
		}
		r := c.compare(ctx, &c.list[i], c.list[:i], observe.MaxAge)
		if r != nil && ctx.Err() == nil { // a stop is no result
			c.found[c.list[i].N] = *r
		}
	}
}

// hasStale tells whether checkAll has found a step that may not run.
func (c *checker) hasStale() bool {
	for _, r := range c.found {
		if r.outcome == report.Skipped && r.reason.Code != report.ReasonAlreadyDone &&
			r.reason.Code != report.ReasonTokenRefused {
			return true
		}
	}
	return false
}

// foundBefore is what the check of a saved plan has found.
func (c *checker) foundBefore(_ context.Context, s *plan.Step) *stepResult {
	if r, known := c.found[s.N]; known {
		return &r
	}
	return nil
}

// checkFresh checks one step just before it is done, when that is due. Who takes an Admin out
// relies on who else is one, and has read nothing since the plan: the people of now are read for
// the first such step of an organization.
func (c *checker) checkFresh(ctx context.Context, s *plan.Step) *stepResult {
	due := c.options.Saved || c.options.Clock.Now().Sub(c.options.Fetched) > observe.MaxAge
	switch {
	case dependsOnRest(s):
		return c.compare(ctx, s, c.notDone(s), observe.RightNow)
	case due, s.LowersAdmin():
		return c.compare(ctx, s, c.notDone(s), observe.MaxAge)
	}
	return nil
}

// dependsOnRest tells whether a step's meaning depends on more than its own object, so that all of
// it is read right before the write: a name must be free, a deletion takes everything along, and a
// transfer needs the present Owner.
func dependsOnRest(s *plan.Step) bool {
	return s.Kind == spec.KindOwner || s.Kind == spec.KindOrganization && s.Op != plan.OpUpdate || s.MovesMoney()
}

// notDone are the steps before s that were to be done and are not: what the plan expects
// beyond what the zone shows. What would have given somebody rights, or made a method pay, and came
// to nothing, does not count: s may take the same from another one.
func (c *checker) notDone(s *plan.Step) []plan.Step {
	var open []plan.Step
	for i := range c.list {
		if c.list[i].N == s.N {
			break
		}
		if r := c.results[c.list[i].N]; (r == nil || !r.IsDone()) && !plan.Gives(c.observer.Live(), &c.list[i], s) {
			open = append(open, c.list[i])
		}
	}
	return open
}

// compare compares a step's precondition with the live state, of which nothing may be older than
// the age. Earlier are the steps before it that the live state does not show.
func (c *checker) compare(ctx context.Context, s *plan.Step, earlier []plan.Step, age time.Duration) *stepResult {
	if stopped := c.checkNames(ctx, s); stopped != nil {
		return stopped
	}
	if s.Kind == spec.KindOrganization && s.Op == plan.OpCreate {
		return c.checkCreate(ctx)
	}
	if c.secretChanged(s) {
		reference := s.Arguments.Value.Reference
		return skip(report.ReasonStale, "the value behind "+reference+" is not the one that the plan was made with")
	}
	if c.organization.ID == 0 || c.needsPurchase(s) && !c.purchased(s) {
		return nil // nothing of it was there when the plan was made
	}
	if err := c.observer.Refresh(ctx, s, age); err != nil {
		if ctx.Err() != nil {
			return stepResultOfStop(ctx)
		}
		return unreadableResult(err, "what this step changes could not be read, so nothing was written")
	}
	switch live := c.observer.Live(); {
	case c.observer.Gone() && s.Kind == spec.KindOrganization && s.Op == plan.OpDelete:
		return alreadyDone()
	case c.observer.Gone():
		return skip(report.ReasonStale, observe.ErrGone.Error())
	case plan.Precondition(live, s, earlier, c.fingerprints) == s.Precondition && observe.WrongTarget(live, s) == "":
		if stopped := checkPast(ctx, c, s); stopped != nil {
			return stopped
		}
		return checkMoney(ctx, c, s)
	case isDone(s, observe.AfterImage(s.Before, s), c.observer.View(s)):
		return alreadyDone()
	case observe.WrongTarget(live, s) != "":
		return skip(report.ReasonStale, observe.WrongTarget(live, s))
	}
	return skip(report.ReasonStale, changedSince(c.observer.View(s)))
}

// isDone tells whether an object is as a step would leave it. Who has accepted cannot be invited
// again.
func isDone(s *plan.Step, after, now state.View) bool {
	if s.Kind == spec.KindSubscription && (s.Op != plan.OpUpdate || s.Arguments.Offer) {
		return false // neither a cancel nor a checkout shows
	}
	return observe.Reached(after, now) && (s.Op != plan.OpReinvite || !isAccepted(now))
}

// alreadyDone is the result of a step whose object somebody else has made what it is to be.
func alreadyDone() *stepResult {
	return skip(report.ReasonAlreadyDone, "it is already as this step would make it")
}

// changedSince says what is there now instead of what the plan saw.
func changedSince(now state.View) string {
	if now == nil {
		return "it is not there any more, or what it relies on has changed since the plan was made"
	}
	return "it, or what it relies on, has changed since the plan was made; it is now " + observe.Describe(now)
}

// secretChanged tells whether a reference of a saved plan gives another value now than when the
// plan was made.
func (c *checker) secretChanged(s *plan.Step) bool {
	v := s.Arguments.Value
	return c.options.Saved && v != nil && v.IsSensitive() &&
		v.Fingerprint != c.fingerprints.Of(v.Value())
}
