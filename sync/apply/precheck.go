package apply

import (
	"context"
	"fmt"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// precheck looks whether something stands in the way of a step; nil: nothing does.
type precheck func(context.Context, *plan.Step) *stepResult

// prechecks are those of a step, in order: the first that finds something decides. Nothing of a new
// organization was there when the plan was made, so that nothing of it can be stale.
func (w *worker) prechecks(s *plan.Step) []precheck {
	if w.inNewOrganization(s) {
		return []precheck{w.stopped, w.dependsOnFailure, w.skipUnlicensed, w.bindNewIDs}
	}
	return []precheck{w.stopped, w.dependsOnFailure, w.checkFresh}
}

// stopped: the run was stopped, the journal broke, or the zone is not there.
func (w *worker) stopped(ctx context.Context, _ *plan.Step) *stepResult {
	switch {
	case w.recorder.broken() != nil:
		return skip(report.ReasonJournal, text.OneLine(w.recorder.broken().Error()))
	case ctx.Err() != nil:
		return stepResultOfStop(ctx)
	case w.observer.reader == nil:
		return failure(report.ReasonZone, fmt.Sprintf("the zone %s is not one of this run", w.organization.Zone), nil)
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
func (w *worker) dependsOnFailure(_ context.Context, s *plan.Step) *stepResult {
	after := s.After
	if w.inNewOrganization(s) {
		after = append([]int{w.steps[0].N}, after...) // nothing of an organization that is not there
	}
	for _, n := range after {
		before := w.results[n]
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
func (w *worker) checkAll(ctx context.Context) {
	w.stale = map[int]stepResult{}
	if w.observer.reader == nil {
		return
	}
	for i := range w.steps {
		if ctx.Err() != nil {
			return
		}
		if r := w.check(ctx, &w.steps[i], w.steps[:i]); r != nil && ctx.Err() == nil { // a stop is no result
			w.stale[w.steps[i].N] = *r
		}
	}
}

// hasStale tells whether checkAll has found a step that may not run.
func (w *worker) hasStale() bool {
	for _, r := range w.stale {
		if r.outcome == report.Skipped {
			return true
		}
	}
	return false
}

// checkFresh checks one step just before it is done, when that is due.
func (w *worker) checkFresh(ctx context.Context, s *plan.Step) *stepResult {
	if r, known := w.stale[s.N]; known {
		return &r
	}
	due := w.options.Saved || w.options.Clock.Now().Sub(w.options.Fetched) > maxAge
	if due || s.Kind == spec.KindOrganization && s.Op == plan.OpCreate {
		return w.check(ctx, s, w.notDone(s))
	}
	return nil
}

// notDone are the steps before s that were to be done and are not: what the plan expects
// beyond what the zone shows.
func (w *worker) notDone(s *plan.Step) []plan.Step {
	var open []plan.Step
	for i := range w.steps {
		if w.steps[i].N == s.N {
			break
		}
		if r := w.results[w.steps[i].N]; r == nil || r.Outcome != report.Succeeded {
			open = append(open, w.steps[i])
		}
	}
	return open
}

// check compares a step's precondition with the live state.
func (w *worker) check(ctx context.Context, s *plan.Step, earlier []plan.Step) *stepResult {
	if s.Kind == spec.KindOrganization && s.Op == plan.OpCreate {
		return w.checkCreate(ctx)
	}
	if w.organization.ID == 0 {
		return nil // nothing of it was there when the plan was made
	}
	if err := w.observer.refresh(ctx, s, false); err != nil {
		if ctx.Err() != nil {
			return stepResultOfStop(ctx)
		}
		return unreadableResult(err, "what this step changes could not be read, so nothing was written")
	}
	if w.observer.gone {
		return skip(report.ReasonStale, errGone.Error())
	}
	if w.secretChanged(s) {
		reference := s.Arguments.Value.Reference
		return skip(report.ReasonStale, "the value behind "+reference+" is not the one that the plan was made with")
	}
	if why := wrongTarget(w.observer.live, s); why != "" {
		return skip(report.ReasonStale, why)
	}
	if plan.Precondition(w.observer.live, s, earlier, w.planSalt) != s.Precondition {
		return skip(report.ReasonStale, changedSince(w.observer.view(s)))
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
		if v != nil && s.Op == plan.OpUpdate && !showsValue(s) && !sameSide(state.VariableScalar(v), *a.Value) {
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
	return "it, or what it relies on, has changed since the plan was made; it is now " + describe(now)
}

// secretChanged tells whether a reference of a saved plan gives another value now than when the
// plan was made.
func (w *worker) secretChanged(s *plan.Step) bool {
	v := s.Arguments.Value
	return w.options.Saved && v != nil && v.IsSensitive() &&
		v.Fingerprint != state.SecretFingerprint(v.Value(), w.planSalt)
}
