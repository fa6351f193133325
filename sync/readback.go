package sync

import (
	"context"
	"fmt"
	"slices"

	"makesync/spec"
	"makesync/spec/text"
)

// readBack reads what the run has touched again, once for each kind, and fails the steps
// whose object is not as the answer to the write made believe. Where it is as if nothing had been written the
// zone's lists may be behind, and it is read for a little longer.
func (w *worker) readBack(ctx context.Context) {
	defer func() { w.sight = w.freshSight() }()
	shows := w.o.Clock.Now().Add(behind)
	for _, s := range w.written() {
		err := w.lookBack(ctx, s)
		for waits := newWaits(w.o.Jitter); err == nil && w.untouched(s) && w.o.Clock.Now().Before(shows); {
			if err = w.o.Clock.Sleep(ctx, waits.next()); err == nil {
				err = w.sight.look(ctx, s, true)
			}
		}
		if err != nil {
			if ctx.Err() == nil {
				w.unverified(err)
			}
			return
		}
		if v := w.diverged(s); v != nil {
			r := w.reports[s.N]
			r.Outcome, r.Reason = v.outcome, v.reason
		}
	}
}

// untouched tells whether an object still is as it was before it was written.
func (w *worker) untouched(s *Step) bool {
	return w.diverged(s) != nil && unchanged(w.sent[s.N], w.sight.view(s))
}

// lookBack reads what a step has written. The zone may not know a new organization yet. One that is gone says nothing
// about what was written: a transfer, or somebody else, may have cost the token's user the membership.
func (w *worker) lookBack(ctx context.Context, s *Step) error {
	if w.organization.ID == 0 && w.sight.at[spec.KindOrganization].IsZero() {
		if err := w.awaitBirth(ctx); err != nil {
			return err
		}
	}
	err := w.sight.look(ctx, s, false)
	if deletes := s.Kind == spec.KindOrganization && s.Op == OpDelete; err == nil && w.sight.gone && !deletes {
		return errGone
	}
	return err
}

// freshSight has read nothing yet.
func (w *worker) freshSight() *sight {
	fresh := newSight(w)
	fresh.live.ID, fresh.live.License, fresh.live.Host = w.id, w.sight.live.License, w.sight.live.Host
	return fresh
}

// written are the steps to look at: those that succeeded by writing, and of several on one object the last.
func (w *worker) written() []*Step {
	var steps []*Step
	seen := map[spec.Address]bool{}
	for i := len(w.steps) - 1; i >= 0; i-- {
		s := &w.steps[i]
		_, sent := w.sent[s.N]
		if sent && !seen[s.Address] {
			steps = append(steps, s)
		}
		seen[s.Address] = seen[s.Address] || sent || w.reports[s.N].Outcome == OutcomeUnknown
	}
	slices.Reverse(steps)
	return steps
}

func (w *worker) unverified(err error) {
	p := spec.Problem{Severity: spec.Warning, Rule: "not-verified", Address: w.address(),
		Message: "what was written could not be read back: " + text.OneLine(err.Error()),
		Hint:    "`makesync plan` shows whether it is as it should be"}
	if call := AsCallError(err); call != nil {
		p.Error = call.API()
	}
	w.warn(p)
}

// diverged compares the object with what the step should have made of it.
func (w *worker) diverged(s *Step) *verdict {
	images := w.sent[s.N]
	now := w.sight.view(s)
	want := w.comparable(s, images.After, now)
	if s.Op == OpInvite || s.Op == OpReinvite {
		if now == nil && hasPending(w.sight.live.Unreadable) {
			return nil // the zone does not say who is behind its pending rows
		}
	}
	if reached(want, now) {
		return nil
	}
	reason := fmt.Sprintf("not-converged: it should be %s and is %s", orAbsent(want), orAbsent(now))
	if !unchanged(Images{Before: images.Before, After: images.After}, now) {
		reason += "; somebody else changed it meanwhile"
	}
	return failure(reason, nil)
}

// comparable leaves out what may rightly differ already: the value of a variable
// that scenarios write, and the role of who has become Owner in this run.
func (w *worker) comparable(s *Step, after, now View) View {
	if after == nil {
		return nil
	}
	want := View{}
	for path, side := range after {
		owner := s.Kind == spec.KindMember && path == "role" && w.isOwner(s.Address.Name())
		ignored := path == "value" && s.Arguments.IgnoreValue && now != nil
		if !owner && !ignored {
			want[path] = side
		}
	}
	return want
}

func (w *worker) isOwner(email string) bool {
	m := findMember(w.sight.live.Members, email)
	return m != nil && m.UserID == w.sight.live.OwnerID
}

func orAbsent(v View) string {
	if v == nil {
		return "absent"
	}
	return describe(v)
}
