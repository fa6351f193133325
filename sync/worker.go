package sync

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// worker does the steps of one organization, in order.
type worker struct {
	*applier
	organization *OrganizationPlan
	port         WritePort
	unknownZone  bool
	// writing is the context of writes and of the reads that decide about them.
	writing context.Context
	// stopping is the run's own context: once it is over, nothing is sent again.
	stopping context.Context
	id       int64 // the organization's; 0 until it is created
	steps    []Step
	reports  map[int]*StepReport // by step number
	// stale holds the reasons that checkAll found.
	stale map[int]verdict
	// sent are the images of steps that were written, for the read back.
	sent  map[int]Images
	sight *sight
	// known are the ids of organizations of the name before this one was created.
	known []int64
	// listed are the ids, sorted, of all organizations in the list that was read last for a creation.
	listed []int64
	// blind: reading it has failed for a whole deadline.
	blind bool
	// viewSalt salts the secrets of views that are compared with a journal's; nil: they are compared as they are.
	viewSalt []byte
}

// Images are an object's views around a write.
type Images struct{ Before, After View }

// verdict is what a check says about a step that may not run.
type verdict struct {
	outcome StepOutcome
	reason  string
	err     error
}

func (w *worker) apply(ctx context.Context) {
	for i := range w.steps {
		s := &w.steps[i]
		w.tell(s, "", "")
		r := w.step(ctx, s)
		w.reports[s.N] = &r
		w.tell(s, r.Outcome, r.Reason)
	}
	w.sight = w.freshSight() // what was read is done with: memory shall not grow with all organizations
}

// step runs one step, unless something stands in its way.
func (w *worker) step(ctx context.Context, s *Step) StepReport {
	for _, hindrance := range []func(context.Context, *Step) *verdict{
		w.cutOff, w.dependsOnFailure, w.lacking, w.bindLate, w.staleNow,
	} {
		if v := hindrance(ctx, s); v != nil {
			return reportOf(s, *v)
		}
	}
	return w.do(s)
}

func reportOf(s *Step, v verdict) StepReport {
	r := StepReport{N: s.N, Address: s.Address, Kind: s.Kind, Op: s.Op, Outcome: v.outcome, Reason: v.reason}
	if call := AsCallError(v.err); call != nil {
		r.Error = call.API()
	}
	return r
}

func skip(reason string) *verdict { return &verdict{outcome: Skipped, reason: reason} }

func failure(reason string, err error) *verdict {
	return &verdict{outcome: Failed, reason: reason, err: err}
}

// cutOff: the run was refused or stopped, or the journal broke.
func (w *worker) cutOff(ctx context.Context, s *Step) *verdict {
	switch {
	case w.refused != "":
		if v, stale := w.stale[s.N]; stale {
			return &v
		}
		return skip(w.refused)
	case w.gate.broken() != nil:
		return skip("journal: " + text.OneLine(w.gate.broken().Error()))
	case ctx.Err() != nil:
		return skip(stopReason(ctx))
	case w.unknownZone:
		return failure(fmt.Sprintf("zone: the zone %s is not one of this run", w.organization.Zone), nil)
	}
	return nil
}

// dependsOnFailure names the step without whose success this one makes no sense.
func (w *worker) dependsOnFailure(_ context.Context, s *Step) *verdict {
	after := s.After
	if w.organization.ID == 0 && s.N != w.steps[0].N {
		after = append([]int{w.steps[0].N}, after...) // nothing of an organization that is not there
	}
	for _, n := range after {
		before := w.reports[n]
		if before == nil {
			return skip(fmt.Sprintf("depends: step %d, which this one comes after, is not part of this organization's plan", n))
		}
		if before.Outcome != Succeeded {
			return skip(fmt.Sprintf("depends: step %d (%s) %s", n, before.Address, passive[before.Outcome]))
		}
	}
	return nil
}

var passive = map[StepOutcome]string{Failed: "failed", Skipped: "was skipped", OutcomeUnknown: "has an unknown outcome"}

// do performs the writes of a step, one after the other; the first that does not succeed ends it.
func (w *worker) do(s *Step) StepReport {
	report := StepReport{N: s.N, Address: s.Address, Kind: s.Kind, Op: s.Op, Outcome: Succeeded}
	images, err := w.images(s)
	if err != nil {
		return reportOf(s, *unseen(err, "unreadable: the object could not be read, so nothing was written"))
	}
	ctx := w.stopping // a stop cuts off a wait for the rate limit before the step's first write …
	secrets := images.Before.secrets()
	for i, write := range writesOf(w.id, s) {
		write.Secrets = secrets
		d := w.send(ctx, s, write, imagesOf(write, s, images))
		ctx = w.writing // … but of a step that has begun no half is left undone
		report.Attempts += d.attempts
		if d.outcome != Succeeded {
			report.Outcome, report.Reason, report.Error = d.outcome, d.reason, d.api
			return halfDone(report, i)
		}
		if write.Verb == CreateOrganization {
			w.id = d.answer.OrganizationID
			report.Paste = fmt.Sprintf("id: %d", w.id)
		}
		w.sight.enact(s, write, d.answer)
	}
	w.sent[s.N] = images
	return report
}

// halfDone: of a step that has written something already, nothing can be skipped any more.
func halfDone(r StepReport, written int) StepReport {
	if written > 0 {
		if r.Outcome == Skipped {
			r.Outcome = Failed
		}
		r.Reason = strings.TrimSuffix("half done: the old invitation is revoked, the new one is not sent; "+r.Reason, "; ")
	}
	return r
}

// images are the step's views before and after. What the plan does not know of the state before is read.
func (w *worker) images(s *Step) (Images, error) {
	before := s.Before
	if w.sight.has(s) || before == nil && !makesObject(s) {
		if err := w.sight.look(w.writing, s, false); err != nil {
			return Images{}, err
		}
		before = w.sight.view(s)
	}
	return Images{Before: before, After: afterImage(before, s)}, nil
}

// makesObject tells whether there is nothing before the step.
func makesObject(s *Step) bool { return s.Op == OpCreate || s.Op == OpInvite }

// anyStale tells whether the check of a saved plan found a step that may not run.
func anyStale(workers []*worker) bool {
	for _, w := range workers {
		for _, v := range w.stale {
			if v.outcome == Skipped {
				return true
			}
		}
	}
	return false
}

// errGone is what reading an organization that is not there ends in.
var errGone = errors.New("the organization is not there, or this token's user is no member of it")

// address is the organization's own.
func (w *worker) address() spec.Address {
	return spec.NewAddress(w.organization.Key, spec.KindOrganization, "")
}
