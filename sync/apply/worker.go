package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/observe"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// worker does the steps of one organization, in order:
//
//	step ─▶ checker ─▶ images ─▶ sender: journal ─▶ write ─▶ judge ─▶ journal
//	                                     └── for each of its writes ──────┘
//
// Two contexts go through it. The run's own, ctx, ends with a stop: after that nothing is begun.
// Grace outlives it for a while: by it, what has begun is finished and found out.
type worker struct {
	*steps
	observer *observe.Observer
	checker  *checker
	sender   *sender
	timeout  time.Duration // of one write, and of waiting for a new organization
	clock    state.Clock
	// written are the images of steps that were written and not yet read back.
	written map[int]observe.Images
	// twin says that somebody else has created an organization of the name of this one.
	twin *spec.Problem
	// payment says that what was bought is not paid.
	payment *spec.Problem
	// money keeps the zone's steps that move money apart.
	money        billing.Turns
	showCheckout func(spec.Address, spec.Value) error
	// unverified says that what was written could not be read back.
	unverified *spec.Problem
	// tell reports a step that begins (no outcome) or ended.
	tell func(s *plan.Step, outcome report.StepOutcome, reason report.Reason)
}

// newWorker is the worker of one organization of the applier's plan, which gives it a slot.
func (a *applier) newWorker(o *plan.Organization) *worker {
	port := a.options.Zones[o.Zone].withSlotOf(a.slots)
	steps := &steps{organization: o, list: slices.Clone(o.Steps), results: map[int]*report.StepReport{}}
	observer := observe.New(observe.Options{Port: port.Port, Clock: a.options.Clock, Jitter: a.options.Jitter,
		OtherHosts: a.options.otherHosts(port.Endpoint), Key: o.Key, Zone: o.Zone, ID: o.ID})
	checker := &checker{steps: steps, observer: observer, recorder: a.recorder, options: &a.options,
		fingerprints: a.planned}
	return &worker{
		steps: steps, observer: observer, timeout: a.options.Timeout, clock: a.options.Clock,
		checker: checker,
		sender: &sender{writer: port.Writer, observer: observer, recorder: a.recorder, options: &a.options,
			fingerprints: a.journalled, lookAgain: checker.lookAgain},
		written: map[int]observe.Images{}, tell: a.tell,
		money: a.money, showCheckout: a.options.ShowCheckout,
	}
}

func (w *worker) apply(ctx, grace context.Context) {
	for i := range w.list {
		s := &w.list[i]
		w.tell(s, "", report.Reason{})
		w.finish(s, w.step(ctx, grace, s))
	}
	w.observer.Reset()
}

// refuse skips all steps, stale ones for their own reasons, the others for the given one.
func (w *worker) refuse(reason report.Reason) {
	for i := range w.list {
		s := &w.list[i]
		w.tell(s, "", report.Reason{})
		result, stale := w.checker.found[s.N]
		if !stale {
			result = stepResult{outcome: report.Skipped, reason: reason}
		}
		w.finish(s, result.report(s))
	}
}

func (w *worker) finish(s *plan.Step, report report.StepReport) {
	w.results[s.N] = &report
	if report.Refused() {
		w.refused = append(w.refused, s)
	}
	w.tell(s, report.Outcome, report.Reason)
}

// step does one step, unless a check stops it.
func (w *worker) step(ctx, grace context.Context, s *plan.Step) report.StepReport {
	if s.MovesMoney() {
		defer w.money.Take(w.organization.Zone)()
	}
	images, stopped := w.checker.check(ctx, s)
	if stopped != nil {
		return stopped.report(s)
	}
	return w.do(ctx, grace, s, images)
}

// do performs the writes of a step, one after the other; the first that does not succeed ends it.
func (w *worker) do(ctx, grace context.Context, s *plan.Step, images observe.Images) report.StepReport {
	r := report.NewStepReport(s, report.Succeeded, report.Reason{})
	secrets := images.Before.Secrets()
	for i, write := range plan.WritesOf(w.observer.Live().ID, s) {
		write.Secrets = secrets
		images := observe.ImagesOf(write, s, images)
		sent := w.sender.send(ctx, grace, observe.Write{Write: write, Step: s, Images: images, Begun: i > 0})
		r.Attempts += sent.attempts
		if sent.outcome != report.Succeeded {
			r.Outcome, r.Reason, r.Error, r.Accepted = sent.outcome, sent.reason, sent.err, sent.accepted
			return partialStep(r, i)
		}
		if write.Verb == plan.CreateOrganization {
			w.observer.Created(sent.answer.OrganizationID)
			r.Paste = fmt.Sprintf("id: %d", sent.answer.OrganizationID)
		}
		if write.Verb == plan.BeginSubscription {
			w.awaitsPerson(s, sent.answer, &r)
		}
		w.observer.Follow(s, write, sent.answer)
	}
	w.written[s.N] = images
	return r
}

// partialStep: of a step that has written something already, nothing can be skipped any more.
func partialStep(r report.StepReport, written int) report.StepReport {
	if written == 0 {
		return r
	}
	if r.Outcome == report.Skipped {
		r.Outcome = report.Failed
	}
	text := "the old invitation is revoked, the new one is not sent; " + r.Reason.String()
	r.Reason = report.Reason{Code: report.ReasonHalfDone, Text: strings.TrimSuffix(text, "; ")}
	return r
}
