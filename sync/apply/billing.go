package apply

import (
	"context"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/observe"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// Money is moved by one step of a zone at a time, each after a read of what it is about and of its
// price, and each sent once: after an unclear answer it is read what became of it, and where that
// does not show the outcome is unknown.

// needsPurchase tells whether the step was planned for the licence that another step buys.
func (c *steps) needsPurchase(s *plan.Step) bool { return plan.PurchaseFor(c.list, s) != nil }

// purchased tells whether that step is done.
func (c *steps) purchased(s *plan.Step) bool {
	r := c.results[plan.PurchaseFor(c.list, s).N]
	return r != nil && r.IsDone()
}

// checkMoney refuses to buy what costs something else by now, and to send again what was sent.
func checkMoney(ctx context.Context, c *checker, s *plan.Step) *stepResult {
	why, err := observe.StaleMoney(ctx, c.observer, s, c.options.Billing)
	switch {
	case err != nil && ctx.Err() != nil:
		return stepResultOfStop(ctx)
	case err != nil:
		return unreadableResult(err, "the price could not be read, so nothing was bought")
	case why != "":
		return skip(report.ReasonStale, why)
	}
	return nil
}

// keepsNoJournal refuses to move money without a journal, which alone knows what no zone shows.
func keepsNoJournal(c *checker, s *plan.Step) *stepResult {
	switch {
	case s.MovesMoney() && c.recorder.journal == nil:
		return skip(report.ReasonJournal, "nothing moves money without a journal")
	case s.Kind == spec.KindSubscription && s.Op == plan.OpCreate && c.options.ShowCheckout == nil:
		return skip(report.ReasonDepends, "nobody would see the checkout page; --checkout-file FILE keeps it")
	}
	return nil
}

// awaitsPerson makes the result of a step that opened a checkout waiting: a person has to pay. The
// page is shown to whoever runs this, and kept nowhere.
func (w *worker) awaitsPerson(s *plan.Step, answer plan.Answer, r *report.StepReport) {
	r.Reason = report.Reason{Code: report.ReasonWaiting,
		Text: "a person has to pay on the checkout page; the plan changes only then"}
	if answer.Checkout.IsZero() {
		r.Reason.Text += "; the page's address is not known, since the answer was lost"
		return
	}
	if err := w.showCheckout(s.Address, answer.Checkout); err != nil {
		r.Reason.Text += "; the page's address could not be shown: " + text.OneLine(err.Error())
	}
}
