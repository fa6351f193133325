package apply

import (
	"context"
	"errors"
	"fmt"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// checkCreate refuses to make a second organization of the name.
func (w *worker) checkCreate(ctx context.Context) *stepResult {
	name := w.steps[0].Arguments.Name
	same, err := w.observer.listNamesakes(ctx, name, w.options.otherHosts(w.observer.endpoint))
	if err != nil {
		if ctx.Err() != nil {
			return stepResultOfStop(ctx)
		}
		return failure(
			report.ReasonUnreadable,
			"the list of organizations could not be read, so nothing was created",
			err,
		)
	}
	if len(same) > 0 {
		const words = "an organization named %q is there now (id %d); plan again"
		return skip(report.ReasonStale, fmt.Sprintf(words, text.OneLine(name), same[0]))
	}
	same, err = w.observer.joinedButUnlisted(ctx, name)
	switch {
	case err != nil:
		return skip(report.ReasonStale, err.Error()+"; plan again later")
	case len(same) > 0:
		const words = "an organization named %q is there now (id %d), which the list does not show yet; plan again later"
		return skip(report.ReasonStale, fmt.Sprintf(words, text.OneLine(name), same[0]))
	}
	return nil
}

// skipUnlicensed waits until a new organization can be read, and then skips the steps that its plan
// does not offer: nobody can know the licence before.
func (w *worker) skipUnlicensed(ctx context.Context, s *plan.Step) *stepResult {
	if w.observer.readAt[spec.KindOrganization].IsZero() {
		if err := w.observer.waitUntilReadable(ctx, w.options.Timeout); err != nil {
			if ctx.Err() != nil {
				return stepResultOfStop(ctx)
			}
			created := fmt.Sprintf("%s is created (id %d)", w.address(), w.observer.live.ID)
			return &stepResult{outcome: report.Skipped, err: err,
				reason: report.Reason{
					Code: report.ReasonDepends,
					Text: created + " but cannot be read yet; apply again later",
				}}
		}
	}
	if reason := state.LacksKind(w.observer.live.License, s.Kind); reason != "" {
		return &stepResult{outcome: report.Skipped, reason: report.ParseReason(reason)}
	}
	return nil
}

// bindNewIDs turns the names of a step of a new organization into the ids that it has by now.
func (w *worker) bindNewIDs(ctx context.Context, s *plan.Step) *stepResult {
	switch s.Kind {
	case spec.KindFeatureControl:
		return w.bindControl(ctx, s)
	case spec.KindMember:
		return w.bindInvitation(ctx, s)
	}
	return nil
}

func (w *worker) bindControl(ctx context.Context, s *plan.Step) *stepResult {
	var lack lackError
	if err := w.observer.refresh(ctx, s, false); err != nil && !errors.As(err, &lack) {
		return failure(report.ReasonUnreadable, "the feature controls of the new organization could not be read", err)
	}
	c := state.FindControl(w.observer.live.FeatureControls, s.Address.Name())
	wanted := s.Arguments.Enable != nil && *s.Arguments.Enable
	switch {
	case c != nil && c.Enabled == wanted, c == nil && !wanted:
		return &stepResult{outcome: report.Succeeded} // a control that is not there is off
	case c == nil:
		return skip(report.ReasonLicence, "the organization's plan offers no control of this name")
	}
	s.Arguments.ControlID = c.ID
	return nil
}

func (w *worker) bindInvitation(ctx context.Context, s *plan.Step) *stepResult {
	if s.Arguments.Role != "" && s.Arguments.RoleID == 0 {
		role, failed := w.bindName(ctx, "role", state.Roles, s.Arguments.Role)
		if failed != nil {
			return failed
		}
		s.Arguments.RoleID = role
	}
	ids := make([]int64, 0, len(s.Arguments.Teams))
	for _, team := range s.Arguments.Teams {
		id, failed := w.bindName(ctx, "team", state.Teams, team)
		if failed != nil {
			return failed
		}
		ids = append(ids, id)
	}
	if len(ids) > 0 {
		s.Arguments.TeamIDs = ids
	}
	return nil
}

func (w *worker) bindName(ctx context.Context, what string, list state.List, text string) (int64, *stepResult) {
	names, err := w.observer.reader.Names(ctx, list, w.observer.live.ID)
	if err != nil {
		return 0, failure(report.ReasonUnreadable, "the "+what+"s of the new organization could not be read", err)
	}
	found, err := state.Bind(what, list, names, text)
	if err != nil {
		return 0, failure(report.ReasonUnbound, err.Error(), nil)
	}
	return found.ID, nil
}
