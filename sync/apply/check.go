package apply

import (
	"context"
	"fmt"
	"strings"

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
	// planSalt is that of the plan's fingerprints.
	planSalt []byte
	// stale are the results that the check of a saved plan has found, by step number.
	stale map[int]stepResult
}

// check gives the result of a step that may not be done; nil: nothing stands in its way. Of the
// checks the first that finds something decides. Nothing of a new organization was there when the
// plan was made, so that nothing of it can be stale.
func (c *checker) check(ctx context.Context, s *plan.Step) *stepResult {
	checks := []func(context.Context, *plan.Step) *stepResult{c.stopped, c.dependsOnFailure, c.checkFresh}
	if c.inNewOrganization(s) {
		checks = append(checks[:2], c.skipUnlicensed, c.bindNewIDs)
	}
	for _, check := range checks {
		if stopped := check(ctx, s); stopped != nil {
			return stopped
		}
	}
	return nil
}

// stopped: the run was stopped, the journal broke, or the zone is not there.
func (c *checker) stopped(ctx context.Context, _ *plan.Step) *stepResult {
	switch {
	case c.recorder.broken() != nil:
		return skip(report.ReasonJournal, text.OneLine(c.recorder.broken().Error()))
	case ctx.Err() != nil:
		return stepResultOfStop(ctx)
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
		if before.Outcome != report.Succeeded {
			return skip(
				report.ReasonDepends,
				fmt.Sprintf("step %d (%s) %s", n, before.Address, outcomeWords[before.Outcome]),
			)
		}
	}
	return nil
}

var outcomeWords = map[report.StepOutcome]string{
	report.Failed:         "failed",
	report.Skipped:        "was skipped",
	report.OutcomeUnknown: "has an unknown outcome",
}

// checkAll checks every step of a saved plan against the live state, as if
// the steps before it had been done, before anything is written.
func (c *checker) checkAll(ctx context.Context) {
	c.stale = map[int]stepResult{}
	if !c.observer.Reachable() {
		return
	}
	for i := range c.list {
		if ctx.Err() != nil {
			return
		}
		if r := c.compare(ctx, &c.list[i], c.list[:i]); r != nil && ctx.Err() == nil { // a stop is no result
			c.stale[c.list[i].N] = *r
		}
	}
}

// hasStale tells whether checkAll has found a step that may not run.
func (c *checker) hasStale() bool {
	for _, r := range c.stale {
		if r.outcome == report.Skipped {
			return true
		}
	}
	return false
}

// checkFresh checks one step just before it is done, when that is due.
func (c *checker) checkFresh(ctx context.Context, s *plan.Step) *stepResult {
	if r, known := c.stale[s.N]; known {
		return &r
	}
	due := c.options.Saved || c.options.Clock.Now().Sub(c.options.Fetched) > observe.MaxAge
	if due || s.Kind == spec.KindOrganization && s.Op == plan.OpCreate {
		return c.compare(ctx, s, c.notDone(s))
	}
	return nil
}

// notDone are the steps before s that were to be done and are not: what the plan expects
// beyond what the zone shows.
func (c *checker) notDone(s *plan.Step) []plan.Step {
	var open []plan.Step
	for i := range c.list {
		if c.list[i].N == s.N {
			break
		}
		if r := c.results[c.list[i].N]; r == nil || r.Outcome != report.Succeeded {
			open = append(open, c.list[i])
		}
	}
	return open
}

// compare compares a step's precondition with the live state.
func (c *checker) compare(ctx context.Context, s *plan.Step, earlier []plan.Step) *stepResult {
	if s.Kind == spec.KindOrganization && s.Op == plan.OpCreate {
		return c.checkCreate(ctx)
	}
	if c.organization.ID == 0 {
		return nil // nothing of it was there when the plan was made
	}
	if err := c.observer.Refresh(ctx, s, false); err != nil {
		if ctx.Err() != nil {
			return stepResultOfStop(ctx)
		}
		return unreadableResult(err, "what this step changes could not be read, so nothing was written")
	}
	if c.observer.Gone() {
		return skip(report.ReasonStale, observe.ErrGone.Error())
	}
	if c.secretChanged(s) {
		reference := s.Arguments.Value.Reference
		return skip(report.ReasonStale, "the value behind "+reference+" is not the one that the plan was made with")
	}
	if why := wrongTarget(c.observer.Live(), s); why != "" {
		return skip(report.ReasonStale, why)
	}
	if plan.Precondition(c.observer.Live(), s, earlier, c.planSalt) != s.Precondition {
		return skip(report.ReasonStale, changedSince(c.observer.View(s)))
	}
	return nil
}

// wrongTarget tells whether the ids of a step belong to something else than its address says. A
// plan of our own making never does that, unless the thing was deleted and made anew.
func wrongTarget(live *state.Organization, s *plan.Step) string {
	name, a := s.Address.Name(), s.Arguments
	switch s.Kind {
	case spec.KindVariable:
		v := state.FindVariable(live.Variables, name)
		keeps := v != nil && s.Op == plan.OpUpdate && !observe.ShowsValue(s)
		if keeps && !observe.SameSide(state.VariableScalar(v), *a.Value) {
			return "its value is not the one that this step leaves as it is"
		}
	case spec.KindFeatureControl:
		if c := state.FindControl(live.FeatureControls, name); c == nil || c.ID != a.ControlID {
			return fmt.Sprintf("the control %q has not the id %d", text.OneLine(name), a.ControlID)
		}
	case spec.KindMember:
		if m := state.FindMember(live.Members, name); m != nil && s.Op != plan.OpInvite && m.UserID != a.UserID {
			return fmt.Sprintf("%s has not the user id %d", text.OneLine(name), a.UserID)
		}
	case spec.KindOwner:
		if m := state.FindUser(live.Members, a.UserID); m == nil ||
			a.Email != "" && !strings.EqualFold(m.Email, a.Email) {
			return fmt.Sprintf("the user %d is not %s", a.UserID, text.OneLine(a.Email))
		}
	}
	return ""
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
		v.Fingerprint != state.SecretFingerprint(v.Value(), c.planSalt)
}
