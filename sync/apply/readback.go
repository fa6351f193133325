package apply

import (
	"context"
	"fmt"
	"slices"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/observe"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// readBack reads what the run has touched of its organization again, once for each kind, beside
// the writes of others, and fails the steps whose object is not as the answer to the write made
// believe. Where it is as if nothing had been written the zone's lists may be behind, and it is
// read for a little longer.
func (w *worker) readBack(ctx context.Context) {
	defer w.observer.Reset()
	if w.observer.Refused() != nil {
		return
	}
	w.lookForTwins(ctx)
	until := w.clock.Now().Add(observe.ListLag)
	for _, s := range w.toReadBack() {
		found, err := w.lookAgain(ctx, s, until)
		if err != nil {
			if ctx.Err() == nil && w.observer.Refused() == nil { // a zone that refuses is told once
				w.unverified = unverified(w.address(), err)
			}
			return
		}
		if p := observe.UnpaidPurchase(ctx, w.observer, s); p != nil {
			w.payment = p
		}
		if found != nil {
			w.results[s.N].Outcome, w.results[s.N].Reason = found.outcome, found.reason
		}
	}
	clear(w.written) // of a run of many thousand steps all images would stay
}

// lookAgain reads what a step has written, for as long as it may only be behind, and tells what is
// wrong with it; nil: nothing.
func (w *worker) lookAgain(ctx context.Context, s *plan.Step, until time.Time) (found *stepResult, err error) {
	if err := w.readAgain(ctx, s); err != nil {
		return nil, err
	}
	behind := func() bool {
		found = w.notConverged(s)
		return found != nil && observe.Unchanged(w.written[s.N], w.observer.View(s))
	}
	again := func() error { return w.observer.Refresh(ctx, s, observe.RightNow) }
	err = w.observer.WaitForLag(ctx, until, behind, again)
	return found, err
}

// readAgain reads what a step has written. The zone may not know a new organization yet. One that
// is gone says nothing about what was written: a transfer, or somebody else, may have cost the
// token's user the membership.
func (w *worker) readAgain(ctx context.Context, s *plan.Step) error {
	if w.organization.ID == 0 {
		if err := w.observer.WaitUntilReadable(ctx, w.timeout); err != nil {
			return err
		}
	}
	err := w.observer.Refresh(ctx, s, observe.MaxAge)
	deletes := s.Kind == spec.KindOrganization && s.Op == plan.OpDelete
	if err == nil && w.observer.Gone() && !deletes {
		return observe.ErrGone
	}
	return err
}

// toReadBack are the steps to look at: those that succeeded by writing, and of several on one
// object the last.
func (w *worker) toReadBack() []*plan.Step {
	var steps []*plan.Step
	seen := map[spec.Address]bool{}
	for i := len(w.list) - 1; i >= 0; i-- {
		s := &w.list[i]
		_, sent := w.written[s.N]
		if sent && !seen[s.Address] {
			steps = append(steps, s)
		}
		seen[s.Address] = seen[s.Address] || sent || w.results[s.N].Outcome == report.OutcomeUnknown
	}
	slices.Reverse(steps)
	return steps
}

// unverified is the warning that an organization could not be read back.
func unverified(address spec.Address, err error) *spec.Problem {
	p := &spec.Problem{Severity: spec.Warning, Rule: "not-verified", Address: address,
		Message: "what was written could not be read back: " + text.OneLine(err.Error()),
		Hint:    "`makesync plan` shows whether it is as it should be"}
	if call := state.AsCallError(err); call != nil {
		p.Error = call.API()
	}
	return p
}

// notConverged compares the object with what the step should have made of it; nil when it is so.
func (w *worker) notConverged(s *plan.Step) *stepResult {
	images := w.written[s.N]
	now := w.observer.View(s)
	if s.Kind == spec.KindSubscription && s.Op != plan.OpUpdate {
		return nil // a cancel and a checkout show later
	}
	want := w.comparable(s, images.After, now)
	if s.Op == plan.OpInvite || s.Op == plan.OpReinvite {
		if now == nil && w.observer.Live().UnreadableInvitations() > 0 {
			return nil // the zone does not say who is behind its pending rows
		}
	}
	if s.Arguments.Offer && now["discount"].IsNone() { // what was claimed shows nowhere else
		const why = "the zone answers that the offer is claimed, and no discount shows; it is not claimed again"
		return &stepResult{outcome: report.OutcomeUnknown, reason: report.UnknownReason(why, s.Address)}
	}
	if observe.Reached(want, now) {
		return nil
	}
	text := fmt.Sprintf("it should be %s and is %s", observe.OrAbsent(want), observe.OrAbsent(now))
	if !observe.Unchanged(images, now) {
		text += "; somebody else changed it meanwhile"
	}
	if s.Purchases() {
		text += "; the payment may have failed, and nothing is sent again"
	}
	return failure(report.ReasonNotConverged, text, nil)
}

// comparable leaves out what may rightly differ already: the value of a variable
// that scenarios write, and the role of who has become Owner in this run.
func (w *worker) comparable(s *plan.Step, after, now state.View) state.View {
	if s.Kind == spec.KindVariable && !s.Arguments.IgnoreValue || after == nil {
		return after
	}
	want := state.View{}
	for path, side := range after {
		if s.Kind == spec.KindSubscription && (path == "price" || now[path].IsNone()) || path == "method" {
			continue // a discount may lower it, no zone has to tell the rest, and a card may run out
		}
		owner := s.Kind == spec.KindMember && path == "role" && w.isOwner(s.Address.Name())
		ignored := path == "value" && s.Arguments.IgnoreValue && now != nil
		if !owner && !ignored {
			want[path] = side
		}
	}
	return want
}

func (w *worker) isOwner(email string) bool {
	m := state.FindMember(w.observer.Live().Members, email)
	return m != nil && m.UserID == w.observer.Live().OwnerID
}
