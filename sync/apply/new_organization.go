package apply

import (
	"context"
	"errors"
	"fmt"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/observe"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// checkCreate refuses to make a second organization of the name.
func (c *checker) checkCreate(ctx context.Context) *stepResult {
	name := c.list[0].Arguments.Name
	same, err := c.observer.Creation.ListNamesakes(ctx, name)
	if err != nil {
		if ctx.Err() != nil {
			return stepResultOfStop(ctx)
		}
		return unreadableResult(err, "the list of organizations could not be read, so nothing was created")
	}
	if len(same) > 0 {
		const words = "an organization named %q is there now (id %d); plan again"
		return skip(report.ReasonStale, fmt.Sprintf(words, text.OneLine(name), same[0]))
	}
	same, err = c.observer.Creation.JoinedButUnlisted(ctx, name)
	switch {
	case err != nil:
		return skip(report.ReasonStale, err.Error()+"; plan again later")
	case len(same) > 0:
		const words = "an organization named %q is there now (id %d), " +
			"which the list does not show yet; plan again later"
		return skip(report.ReasonStale, fmt.Sprintf(words, text.OneLine(name), same[0]))
	}
	return nil
}

// skipUnlicensed waits until an organization that was made, or that has bought another plan, can be
// read, and then skips the steps that its plan does not offer: nobody can know the licence before.
func (c *checker) skipUnlicensed(ctx context.Context, s *plan.Step) *stepResult {
	lack, err := observe.AwaitLicence(ctx, c.observer, s.Kind, c.options.Timeout)
	if err != nil {
		if ctx.Err() != nil {
			return stepResultOfStop(ctx)
		}
		if isTokenRefusal(err) {
			return tokenRefused()
		}
		if state.ShutsTokensOut(err) {
			return &stepResult{outcome: report.Skipped, err: err, reason: shutsTokensOut}
		}
		words := "%s is created (id %d) but cannot be read yet; apply again later"
		if c.needsPurchase(s) {
			words = "%s (id %d) has another plan but cannot be read yet; apply again later"
		}
		reason := report.Reason{Code: report.ReasonDepends, Text: fmt.Sprintf(words, c.address(), c.observer.Live().ID)}
		return &stepResult{outcome: report.Skipped, err: err, reason: reason}
	}
	if lack != "" {
		return &stepResult{outcome: report.Skipped, reason: report.ParseReason(lack)}
	}
	return nil
}

// bindNewIDs turns the names of a step of a new organization into the ids that it has by now.
func (c *checker) bindNewIDs(ctx context.Context, s *plan.Step) *stepResult {
	switch s.Kind {
	case spec.KindFeatureControl:
		return c.bindControl(ctx, s)
	case spec.KindMember:
		return c.bindInvitation(ctx, s)
	}
	return nil
}

func (c *checker) bindControl(ctx context.Context, s *plan.Step) *stepResult {
	var lack observe.LackError
	if err := c.observer.Refresh(ctx, s, observe.MaxAge); err != nil && !errors.As(err, &lack) {
		return unreadableResult(err, "the feature controls of the new organization could not be read")
	}
	control := state.FindControl(c.observer.Live().FeatureControls, s.Address.Name())
	wanted := s.Arguments.Enable != nil && *s.Arguments.Enable
	switch {
	case control != nil && control.Enabled == wanted, control == nil && !wanted:
		return alreadyDone() // a control that is not there is off
	case control == nil:
		return skip(report.ReasonLicence, "the organization's plan offers no control of this name")
	}
	s.Arguments.ControlID = control.ID
	return nil
}

func (c *checker) bindInvitation(ctx context.Context, s *plan.Step) *stepResult {
	ids := make([]int64, 0, len(s.Arguments.Teams))
	for _, team := range s.Arguments.Teams {
		id, failed := c.bindName(ctx, "team", state.Teams, team)
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

func (c *checker) bindName(ctx context.Context, what string, list state.List, text string) (int64, *stepResult) {
	names, err := c.observer.Names(ctx, list)
	if err != nil {
		return 0, unreadableResult(err, "the "+what+"s of the new organization could not be read")
	}
	found, err := state.Bind(what, list, names, text)
	if err != nil {
		return 0, failure(report.ReasonUnbound, err.Error(), nil)
	}
	return found.ID, nil
}

// lookForTwins looks whether somebody else has created an organization of the name in the moments
// between the last look and the creation: between machines nothing keeps two runs apart. What is to
// be done with two of them only people can say.
func (w *worker) lookForTwins(ctx context.Context) {
	s := &w.list[0]
	if w.written[s.N].After == nil || s.Op != plan.OpCreate || s.Kind != spec.KindOrganization {
		return
	}
	name, id := s.Arguments.Name, w.observer.Live().ID
	twins, err := w.observer.Creation.Twins(ctx, name, id)
	if err != nil || len(twins) == 0 { // what cannot be read is told by reading back
		return
	}
	const words = "somebody else created an organization named %q at the same time: " +
		"there are two now, id %d by this run and id %d; nothing was deleted"
	const hint = "look who works on it, keep one of them, and pin it in the documents with `id:`"
	w.twin = &spec.Problem{Severity: spec.Error, Rule: "twin", Address: w.address(),
		Message: fmt.Sprintf(words, text.OneLine(name), id, twins[0]), Hint: hint}
}
