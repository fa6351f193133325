package diff

import (
	"cmp"
	"slices"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/billing"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// forgetful is why a step that must not be sent twice is held without journals, which alone know.
func (s *subscriptionDiff) forgetful(what string) string {
	if s.Remembers {
		return ""
	}
	if s.ForgetErr == nil {
		return "cannot see whether " + what + ": this run keeps no journal"
	}
	return "cannot see whether " + what + ": " + text.OneLine(s.ForgetErr.Error()) +
		"; look in Make what that run has done, then move its journal away"
}

// unseenCancel is why nobody knows whether the subscription is cancelled already. A folder without
// a run is what a machine has that forgets everything between two nights: it would cancel in each.
func (s *subscriptionDiff) unseenCancel() string {
	if s.Remembers && s.Blank {
		return "cannot see whether " + cancelPending + ": the state folder holds no run yet, and no zone shows it; " +
			"keep the folder of earlier runs, or cancel in Make; once a run has changed something, runs cancel, too"
	}
	return s.forgetful(cancelPending)
}

// leave sets the plan Free, at once.
func (s *subscriptionDiff) leave() {
	if s.live == nil {
		s.countUnchanged(s.a)
		return
	}
	fields := allFields(withoutBill(s.before), state.View{"plan": state.Text(spec.FreePlan)})
	s.addStep(plan.PhaseLeavePaid, plan.Step{
		Op: plan.OpUpdate, Fields: fields, Arguments: plan.Arguments{Confirmed: true}, Money: s.nothing(),
		Notes: slices.Concat(s.leaving(), billing.Leaving(s.Live.Account), s.beyond(spec.FreePlan), s.ownership()),
	}, cmp.Or(s.unsettled(), s.secondFree()))
}

// cancel lets the subscription end with what is paid for. What was sent once is not sent again
// before that.
func (s *subscriptionDiff) cancel() {
	if s.live == nil {
		s.countUnchanged(s.a)
		return
	}
	forbidden := s.secondFree()
	switch sent := s.pendingCancel(); {
	case sent != nil && !sent.Unclear:
		s.addWaiting(s.a, "cancelled on "+sent.At.UTC().Format(time.DateOnly)+": ends on "+s.end()+", then Free")
		return
	case sent != nil:
		forbidden = "a cancel was sent at " + sent.At.UTC().Format(time.RFC3339) +
			", and nobody knows whether it arrived; look in Make whether the subscription ends on " + s.end()
	case forbidden == "":
		forbidden = s.unseenCancel()
	}
	s.addStep(plan.PhaseLeavePaid, plan.Step{
		Op: plan.OpDelete, Fields: allFields(withoutBill(s.before), nil), Money: s.nothing(),
		Notes: slices.Concat(s.leaving(), billing.Cancelling(s.Live.Account), s.beyond(spec.FreePlan), s.ownership()),
	}, forbidden)
}

// leaving says which plan is left.
func (s *subscriptionDiff) leaving() []string {
	from, known := s.live.Price()
	from.Operations = s.Live.Account.Tier(s.Live.License.Operations())
	if !known {
		return []string{text.OneLine(s.live.Plan) + " → Free"}
	}
	return []string{from.Full() + " → Free"}
}

// claim claims the offer that Make makes to those who are about to cancel. It is not for those who
// have a discount already (published).
func (s *subscriptionDiff) claim() {
	discount := s.Live.Account.Discount
	if s.live == nil || discount != nil && discount.Active {
		s.addProblem(plan.RulePrice, s.a, s.want.Source, "there is no cancellation offer to claim for "+s.Want.Key,
			"it is for organizations that pay, and have neither a discount nor a coupon")
		return
	}
	s.addStep(plan.PhasePurchase, plan.Step{
		Op: plan.OpUpdate, Arguments: plan.Arguments{Offer: true}, Money: s.nothing(),
		Fields: []plan.Field{{Path: "discount", To: state.Text("cancellation offer")}},
		Notes:  []string{"claims the cancellation offer, once; what it is worth shows when it is claimed"},
	}, cmp.Or(s.hidden("a claim is on its way"), s.Claimed.Claims(state.BillDay(s.live.NextBill))))
}

// unsettled is why no change may be sent now: one was, and nobody can see what became of it.
func (s *subscriptionDiff) unsettled() string {
	return cmp.Or(s.hidden("a change is on its way"), s.Changed.Unsettled(plan.StandingOf(s.before)))
}

// hidden is why what was sent is not known, where a journal cannot be read. Without any journal
// nothing that moves money is applied.
func (s *subscriptionDiff) hidden(what string) string {
	if s.ForgetErr == nil {
		return ""
	}
	return s.forgetful(what)
}

// pendingCancel is the cancel that was sent in the present cycle; nil for none.
func (s *subscriptionDiff) pendingCancel() *billing.Sent {
	if s.Cancelled.Pends(state.BillDay(s.live.NextBill)) {
		return s.Cancelled
	}
	return nil
}

// end is when what is paid for ends.
func (s *subscriptionDiff) end() string {
	if bill := state.BillDay(s.live.NextBill); bill != "" {
		return bill
	}
	if s.Cancelled != nil && s.Cancelled.NextBill != "" {
		return s.Cancelled.NextBill
	}
	return "a day that the zone does not tell"
}

// secondFree is why the organization cannot end on Free: its Owner has another one there.
func (s *subscriptionDiff) secondFree() string {
	if len(s.OtherFree) == 0 {
		return ""
	}
	return "not to Free: the Owner has another Free organization, " + text.Commas(s.OtherFree, 3) +
		", and can have one only"
}

// ownership notes that nobody could look.
func (s *subscriptionDiff) ownership() []string {
	if s.OwnedErr == nil {
		return nil
	}
	return []string{"whether the Owner has another Free organization could not be read; then it does not become Free"}
}
