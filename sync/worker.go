package sync

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"makesync/spec"
)

// worker does the steps of one organization, in order:
//
//	step ─▶ prechecks ─▶ images ─▶ journal ─▶ write ─▶ judge ─▶ journal
//	                               └── for each of its writes ───────┘
//
// Two contexts go through it. The run's own, ctx, ends with a stop: after that nothing is begun.
// Grace outlives it for a while: by it, what has begun is finished and found out.
type worker struct {
	organization *OrganizationPlan
	steps        []Step              // the organization's, in a copy in which ids are bound
	results      map[int]*StepReport // by step number
	observer     *observer
	writer       Writer
	recorder     *journalRecorder
	options      *ApplyOptions
	// planSalt is that of the plan's fingerprints.
	planSalt []byte
	// stale are the results that the check of a saved plan has found, by step number.
	stale map[int]stepResult
	// written are the images of steps that were written, for the read back.
	written map[int]Images
	// unverified says that what was written could not be read back.
	unverified *spec.Problem
	// tell reports a step that begins (no outcome) or ended.
	tell func(s *Step, outcome StepOutcome, reason Reason)
}

// stepResult is what a check says about a step that it does not let through.
type stepResult struct {
	outcome StepOutcome
	reason  Reason
	err     error
}

func skip(code ReasonCode, text string) *stepResult {
	return &stepResult{outcome: Skipped, reason: Reason{code, text}}
}

func failure(code ReasonCode, text string, err error) *stepResult {
	return &stepResult{outcome: Failed, reason: Reason{code, text}, err: err}
}

// unreadableResult is that of a step that relies on what could not be read.
func unreadableResult(err error, text string) *stepResult {
	var lack lackError
	if errors.As(err, &lack) {
		return skip(ReasonLicence, lack.reason)
	}
	return failure(ReasonUnreadable, text, err)
}

func (r *stepResult) report(s *Step) StepReport {
	report := newStepReport(s, r.outcome, r.reason)
	if call := AsCallError(r.err); call != nil {
		report.Error = call.API()
	}
	return report
}

func (w *worker) apply(ctx, grace context.Context) {
	for i := range w.steps {
		s := &w.steps[i]
		w.tell(s, "", Reason{})
		w.finish(s, w.step(ctx, grace, s))
	}
	w.observer.reset()
}

// refuse skips all steps, stale ones for their own reasons, the others for the given one.
func (w *worker) refuse(reason Reason) {
	for i := range w.steps {
		s := &w.steps[i]
		w.tell(s, "", Reason{})
		result, stale := w.stale[s.N]
		if !stale {
			result = stepResult{outcome: Skipped, reason: reason}
		}
		w.finish(s, result.report(s))
	}
}

func (w *worker) finish(s *Step, report StepReport) {
	w.results[s.N] = &report
	w.tell(s, report.Outcome, report.Reason)
}

// step does one step, unless a precheck stops it.
func (w *worker) step(ctx, grace context.Context, s *Step) StepReport {
	for _, check := range w.prechecks(s) {
		if stopped := check(ctx, s); stopped != nil {
			return stopped.report(s)
		}
	}
	return w.do(ctx, grace, s)
}

// do performs the writes of a step, one after the other; the first that does not succeed ends it.
func (w *worker) do(ctx, grace context.Context, s *Step) StepReport {
	report := newStepReport(s, Succeeded, Reason{})
	images, err := w.images(grace, s)
	if err != nil {
		return unreadableResult(err, "the object could not be read, so nothing was written").report(s)
	}
	secrets := images.Before.secrets()
	for i, write := range writesOf(w.observer.live.ID, s) {
		write.Secrets = secrets
		sent := w.send(ctx, grace, stepWrite{Write: write, step: s, images: imagesOf(write, s, images), begun: i > 0})
		report.Attempts += sent.attempts
		if sent.outcome != Succeeded {
			report.Outcome, report.Reason, report.Error = sent.outcome, sent.reason, sent.err
			return partialStep(report, i)
		}
		if write.Verb == CreateOrganization {
			w.observer.created(sent.answer.OrganizationID)
			report.Paste = fmt.Sprintf("id: %d", sent.answer.OrganizationID)
		}
		w.observer.simulate(s, write, sent.answer)
	}
	w.written[s.N] = images
	return report
}

// partialStep: of a step that has written something already, nothing can be skipped any more.
func partialStep(r StepReport, written int) StepReport {
	if written == 0 {
		return r
	}
	if r.Outcome == Skipped {
		r.Outcome = Failed
	}
	text := "the old invitation is revoked, the new one is not sent; " + r.Reason.String()
	r.Reason = Reason{ReasonHalfDone, strings.TrimSuffix(text, "; ")}
	return r
}

// images are the step's views before and after. What the plan does not know of the state before is
// read.
func (w *worker) images(ctx context.Context, s *Step) (Images, error) {
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
func makesObject(s *Step) bool { return s.Op == OpCreate || s.Op == OpInvite }

// inNewOrganization tells whether the step belongs to an organization that this very plan creates,
// and is not the creation.
func (w *worker) inNewOrganization(s *Step) bool {
	return w.organization.ID == 0 && s.N != w.steps[0].N
}

// address is the organization's own.
func (w *worker) address() spec.Address {
	return spec.NewAddress(w.organization.Key, spec.KindOrganization, "")
}
