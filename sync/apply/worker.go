package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// worker does the steps of one organization, in order:
//
//	step ─▶ prechecks ─▶ images ─▶ journal ─▶ write ─▶ judge ─▶ journal
//	                               └── for each of its writes ───────┘
//
// Two contexts go through it. The run's own, ctx, ends with a stop: after that nothing is begun.
// Grace outlives it for a while: by it, what has begun is finished and found out.
type worker struct {
	organization *plan.Organization
	steps        []plan.Step                // the organization's, in a copy in which ids are bound
	results      map[int]*report.StepReport // by step number
	observer     *observer
	writer       plan.Writer
	recorder     *journalRecorder
	options      *Options
	// planSalt is that of the plan's fingerprints.
	planSalt []byte
	// stale are the results that the check of a saved plan has found, by step number.
	stale map[int]stepResult
	// written are the images of steps that were written, for the read back.
	written map[int]Images
	// unverified says that what was written could not be read back.
	unverified *spec.Problem
	// tell reports a step that begins (no outcome) or ended.
	tell func(s *plan.Step, outcome report.StepOutcome, reason report.Reason)
}

// stepResult is what a check says about a step that it does not let through.
type stepResult struct {
	outcome report.StepOutcome
	reason  report.Reason
	err     error
}

func skip(code report.ReasonCode, text string) *stepResult {
	return &stepResult{outcome: report.Skipped, reason: report.Reason{Code: code, Text: text}}
}

func failure(code report.ReasonCode, text string, err error) *stepResult {
	return &stepResult{outcome: report.Failed, reason: report.Reason{Code: code, Text: text}, err: err}
}

// unreadableResult is that of a step that relies on what could not be read.
func unreadableResult(err error, text string) *stepResult {
	var lack lackError
	if errors.As(err, &lack) {
		return skip(report.ReasonLicence, lack.reason)
	}
	return failure(report.ReasonUnreadable, text, err)
}

func (r *stepResult) report(s *plan.Step) report.StepReport {
	report := report.NewStepReport(s, r.outcome, r.reason)
	if call := state.AsCallError(r.err); call != nil {
		report.Error = call.API()
	}
	return report
}

func (w *worker) apply(ctx, grace context.Context) {
	for i := range w.steps {
		s := &w.steps[i]
		w.tell(s, "", report.Reason{})
		w.finish(s, w.step(ctx, grace, s))
	}
	w.observer.reset()
}

// refuse skips all steps, stale ones for their own reasons, the others for the given one.
func (w *worker) refuse(reason report.Reason) {
	for i := range w.steps {
		s := &w.steps[i]
		w.tell(s, "", report.Reason{})
		result, stale := w.stale[s.N]
		if !stale {
			result = stepResult{outcome: report.Skipped, reason: reason}
		}
		w.finish(s, result.report(s))
	}
}

func (w *worker) finish(s *plan.Step, report report.StepReport) {
	w.results[s.N] = &report
	w.tell(s, report.Outcome, report.Reason)
}

// step does one step, unless a precheck stops it.
func (w *worker) step(ctx, grace context.Context, s *plan.Step) report.StepReport {
	for _, check := range w.prechecks(s) {
		if stopped := check(ctx, s); stopped != nil {
			return stopped.report(s)
		}
	}
	return w.do(ctx, grace, s)
}

// do performs the writes of a step, one after the other; the first that does not succeed ends it.
func (w *worker) do(ctx, grace context.Context, s *plan.Step) report.StepReport {
	r := report.NewStepReport(s, report.Succeeded, report.Reason{})
	images, err := w.images(grace, s)
	if err != nil {
		return unreadableResult(err, "the object could not be read, so nothing was written").report(s)
	}
	secrets := images.Before.Secrets()
	for i, write := range plan.WritesOf(w.observer.live.ID, s) {
		write.Secrets = secrets
		sent := w.send(ctx, grace, stepWrite{Write: write, step: s, images: imagesOf(write, s, images), begun: i > 0})
		r.Attempts += sent.attempts
		if sent.outcome != report.Succeeded {
			r.Outcome, r.Reason, r.Error = sent.outcome, sent.reason, sent.err
			return partialStep(r, i)
		}
		if write.Verb == plan.CreateOrganization {
			w.observer.created(sent.answer.OrganizationID)
			r.Paste = fmt.Sprintf("id: %d", sent.answer.OrganizationID)
		}
		w.observer.simulate(s, write, sent.answer)
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

// images are the step's views before and after. What the plan does not know of the state before is
// read.
func (w *worker) images(ctx context.Context, s *plan.Step) (Images, error) {
	before := s.Before
	if w.observer.hasRead(s) || before == nil && !makesObject(s) {
		if err := w.observer.refresh(ctx, s, false); err != nil {
			return Images{}, err
		}
		before = w.observer.view(s)
	}
	return Images{Before: before, After: afterImage(before, s)}, nil
}

// makesObject tells whether there is nothing before the step.
func makesObject(s *plan.Step) bool { return s.Op == plan.OpCreate || s.Op == plan.OpInvite }

// inNewOrganization tells whether the step belongs to an organization that this very plan creates,
// and is not the creation.
func (w *worker) inNewOrganization(s *plan.Step) bool {
	return w.organization.ID == 0 && s.N != w.steps[0].N
}

// address is the organization's own.
func (w *worker) address() spec.Address {
	return spec.NewAddress(w.organization.Key, spec.KindOrganization, "")
}
