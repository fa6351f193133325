package sync

import (
	"context"
	"errors"
	"fmt"

	"makesync/spec"
)

// newborn tells whether the step belongs to an organization that this very plan creates, and is not the creation.
func (w *worker) newborn(s *Step) bool { return w.organization.ID == 0 && s.N != w.steps[0].N }

// lacking waits until a new organization can be read, and then skips the steps that its plan does not
// offer: nobody can know the licence before.
func (w *worker) lacking(ctx context.Context, s *Step) *verdict {
	if !w.newborn(s) {
		return nil
	}
	if w.sight.at[spec.KindOrganization].IsZero() {
		if err := w.awaitBirth(ctx); err != nil {
			if ctx.Err() != nil {
				return skip(stopReason(ctx))
			}
			return &verdict{outcome: Skipped, err: err,
				reason: fmt.Sprintf("depends: %s is created (id %d) but cannot be read yet; apply again later", w.address(), w.id)}
		}
	}
	if reason := LacksKind(w.sight.live.License, s.Kind); reason != "" {
		return skip(reason)
	}
	return nil
}

// awaitBirth asks for the new organization with wait=true, and again as long as the zone does not
// know it: the central backend creates it, and the zones learn of it a little later.
func (w *worker) awaitBirth(ctx context.Context) error {
	deadline := w.o.Clock.Now().Add(w.o.Timeout)
	waits := newWaits(w.o.Jitter)
	for {
		live, err := w.port.Reader.Organization(ctx, w.id, true)
		if err == nil {
			normalise(live)
			live.Key, live.Zone, live.ID = w.organization.Key, w.organization.Zone, w.id
			w.sight.live = live
			w.sight.at[spec.KindOrganization] = w.o.Clock.Now()
			return nil
		}
		if w.blind || w.o.Clock.Now().After(deadline) {
			w.blind = true
			return err
		}
		if stopped := w.o.Clock.Sleep(ctx, waits.next()); stopped != nil {
			return stopped
		}
	}
}

// bindLate turns the names of a step of a new organization into the ids that it has by now.
func (w *worker) bindLate(ctx context.Context, s *Step) *verdict {
	if !w.newborn(s) {
		return nil
	}
	switch s.Kind {
	case spec.KindFeatureControl:
		return w.bindControl(ctx, s)
	case spec.KindMember:
		return w.bindInvitation(ctx, s)
	}
	return nil
}

func (w *worker) bindControl(ctx context.Context, s *Step) *verdict {
	var lack lackError
	if err := w.sight.look(ctx, s, false); err != nil && !errors.As(err, &lack) {
		return failure("unreadable: the feature controls of the new organization could not be read", err)
	}
	c := findControl(w.sight.live.FeatureControls, s.Address.Name())
	wanted := s.Arguments.Enable != nil && *s.Arguments.Enable
	switch {
	case c != nil && c.Enabled == wanted, c == nil && !wanted:
		return &verdict{outcome: Succeeded} // a control that is not there is off
	case c == nil:
		return skip("licence: the organization's plan offers no control of this name")
	}
	s.Arguments.ControlID = c.ID
	return nil
}

func (w *worker) bindInvitation(ctx context.Context, s *Step) *verdict {
	if s.Arguments.Role != "" && s.Arguments.RoleID == 0 {
		role, v := w.bindName(ctx, "role", Roles, s.Arguments.Role)
		if v != nil {
			return v
		}
		s.Arguments.RoleID = role
	}
	ids := make([]int64, 0, len(s.Arguments.Teams))
	for _, team := range s.Arguments.Teams {
		id, v := w.bindName(ctx, "team", Teams, team)
		if v != nil {
			return v
		}
		ids = append(ids, id)
	}
	if len(ids) > 0 {
		s.Arguments.TeamIDs = ids
	}
	return nil
}

func (w *worker) bindName(ctx context.Context, what string, list List, text string) (int64, *verdict) {
	names, err := w.port.Reader.Names(ctx, list, w.id)
	if err != nil {
		return 0, failure("unreadable: the "+what+"s of the new organization could not be read", err)
	}
	found, err := Bind(what, list, names, text)
	if err != nil {
		return 0, failure("unbound: "+err.Error(), nil)
	}
	return found.ID, nil
}
