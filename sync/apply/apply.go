package apply

import (
	"context"
	"errors"
	"slices"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/billing"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/slots"
	"makesync/sync/state"
)

// Port is a zone to apply to.
type Port struct {
	state.Port
	Writer plan.Writer
}

// place is where the zone is: the same for all of its names.
func (p Port) place() string { return p.Endpoint.Place() }

// refusal is the answer by which the zone has stopped accepting the token; nil while it accepts it.
func (p Port) refusal() error {
	if p.Refused == nil {
		return nil
	}
	return p.Refused()
}

// withSlotOf is the port for whoever holds the slot.
func (p Port) withSlotOf(slot slots.Slot) Port {
	p.Reader = state.WithSlotOf(slot, p.Reader)
	if client, ok := p.Writer.(state.SlotClient); ok {
		if writer, ok := client.WithSlot(slot).(plan.Writer); ok {
			p.Writer = writer
		}
	}
	return p
}

// Options are what an apply needs besides its plan.
type Options struct {
	// Run is the id under which the journal keeps the story.
	Run string
	// Zones by name; one that the plan names and that is missing here fails its steps.
	Zones map[string]Port
	// Journal is nil with --no-journal.
	Journal Journal
	Clock   state.Clock
	// Jitter gives numbers in [0, 1) that spread the waits, also from several goroutines; nil: no
	// spread.
	Jitter func() float64
	// Concurrency is the number of organizations worked on at a time; below 1: 8.
	Concurrency int
	// Timeout bounds one write with its reads and repetitions; 0: two minutes.
	Timeout time.Duration
	// Grace bounds how long the write in flight may take after an interrupt; 0: thirty seconds.
	Grace time.Duration
	// Fetched is when the plan's live state was read. A step is checked against the
	// live state again when that is more than a minute ago.
	Fetched time.Time
	// Saved: the plan comes from a file; every step is checked before anything is written, and
	// a step that is stale stops all, unless AllowPartial.
	Saved        bool
	AllowPartial bool
	// BeforeWriting is called once, when everything is checked and something is about to be
	// written: it marks a saved plan as used. ErrUsed stops the run with exit 9, another error with
	// exit 1. May be nil.
	BeforeWriting func() error
	// ShowCheckout shows the page on which a person has to pay to whoever runs this, once. It is a
	// secret. Nil: steps that open one are not done.
	ShowCheckout func(address spec.Address, page spec.Value) error
	// Billing knows what earlier runs have sent; nil: nobody, so nothing is begun or cancelled.
	Billing state.BillingMemory
	// Progress is called from several goroutines; nil: nobody looks.
	Progress func(report.StepEvent)
}

// The defaults of ApplyOptions.
const (
	defaultConcurrency = 8
	defaultTimeout     = 2 * time.Minute
	defaultGrace       = 30 * time.Second
)

func (o Options) withDefaults() Options {
	if o.Concurrency < 1 {
		o.Concurrency = defaultConcurrency
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Grace <= 0 {
		o.Grace = defaultGrace
	}
	return o
}

// otherHosts are the hosts of all zones but the endpoint's.
func (o *Options) otherHosts(e spec.Endpoint) []string {
	var used []spec.Endpoint
	for _, port := range o.Zones {
		used = append(used, port.Endpoint)
	}
	return state.KnownHosts(e, nil, used...)
}

// Run does the steps of a plan and reports. Organizations run side by side,
// the steps of one in order. It decides nothing: what to write stands in the
// plan, and whether it may is the plan's precondition.
//
// A cancelled ctx stops it cleanly: the write in flight is finished, the rest is
// skipped. The cause of the cancellation says which exit that is (see ErrInterrupted).
func Run(ctx context.Context, plan *plan.Plan, o Options) *report.Report {
	o = o.withDefaults()
	grace, release := graceContext(ctx, o.Clock, o.Grace)
	defer release()
	places := slots.New(o.Concurrency)
	o.Clock = state.YieldingClock(o.Clock, places) // from here on all waits are a worker's
	salt, _ := spec.ReadSalt(plan.Salt)            // a saved plan's was checked, any other is our own
	a := &applier{plan: plan, options: o, recorder: &journalRecorder{journal: o.Journal}, slots: places,
		steps: countSteps(plan), money: billing.NewTurns(o.Zones, Port.place),
		planned: spec.NewFingerprints(salt), journalled: spec.NewFingerprints(report.JournalSalt(o.Run))}
	return a.run(ctx, grace)
}

// applier walks one plan, with a worker for each organization.
type applier struct {
	plan     *plan.Plan
	options  Options
	recorder *journalRecorder
	slots    *slots.Slots
	lists    zoneLists
	steps    int // of the plan
	money    billing.Turns
	// planned and journalled are the fingerprints of the plan and of the journal.
	planned, journalled *spec.Fingerprints
}

// refusal is why nothing of a plan may be written at all.
type refusal struct {
	reason report.Reason
	exit   exit.Code
}

func (a *applier) run(ctx, grace context.Context) *report.Report {
	started := a.options.Clock.Now()
	workers := a.workers()
	if len(workers) == 0 {
		return a.report(ctx, workers, nil, started)
	}
	refused := a.prepare(ctx, workers)
	if refused != nil {
		for _, w := range workers {
			w.refuse(refused.reason)
		}
		return a.report(ctx, workers, refused, started)
	}
	a.each(workers, func(w *worker) {
		w.apply(ctx, grace)
		if ctx.Err() == nil {
			w.readBack(ctx)
		}
	})
	return a.report(ctx, workers, nil, started)
}

// graceContext gives the context of what has begun: it survives an interrupt for the grace time, so
// that the write in flight is finished and its outcome known. Release ends it.
func graceContext(ctx context.Context, clock state.Clock, grace time.Duration) (context.Context, func()) {
	outliving, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		_ = clock.Sleep(outliving, grace) // ends early when the run does
		cancel()
	})
	return outliving, func() {
		stop()
		cancel()
	}
}

// prepare does what comes before the first write: the check of a saved plan, the journal's first
// line, the mark.
func (a *applier) prepare(ctx context.Context, workers []*worker) *refusal {
	if a.options.Saved {
		a.readLists(ctx, workers)
		a.each(workers, func(w *worker) { w.checker.checkAll(ctx) })
		anyStale := slices.ContainsFunc(workers, func(w *worker) bool { return w.checker.hasStale() })
		switch {
		case a.options.AllowPartial:
		case a.refused():
			return &refusal{tokenRefused().reason, exit.Refused}
		case anyStale:
			const words = "another step of this saved plan is stale, and nothing was written; " +
				"--allow-partial applies the rest"
			return &refusal{report.Reason{Code: report.ReasonStale, Text: words}, exit.Stale}
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	if a.options.Journal != nil {
		a.recorder.begin(a.options.Run, a.plan)
	}
	if a.options.BeforeWriting == nil || a.recorder.broken() != nil {
		return nil // without a journal nothing is written, and the plan stays unused
	}
	err := a.options.BeforeWriting()
	if err == nil {
		return nil
	}
	code := exit.Internal
	if errors.Is(err, plan.ErrUsed) {
		code = exit.Stale
	}
	return &refusal{report.Reason{Code: report.ReasonUsed, Text: text.OneLine(err.Error())}, code}
}

// refused tells whether a zone of the run does not accept its token any more.
func (a *applier) refused() bool {
	for _, port := range a.options.Zones {
		if port.refusal() != nil {
			return true
		}
	}
	return false
}

// each runs one function over the organizations, side by side.
func (a *applier) each(workers []*worker, do func(*worker)) {
	a.slots.Each(len(workers), func(i int) { do(workers[i]) })
}

// workers are those of the organizations that have steps.
func (a *applier) workers() []*worker {
	var workers []*worker
	for i := range a.plan.Organizations {
		if o := &a.plan.Organizations[i]; len(o.Steps) > 0 {
			workers = append(workers, a.newWorker(o))
		}
	}
	return workers
}

func (a *applier) tell(s *plan.Step, outcome report.StepOutcome, reason report.Reason) {
	if a.options.Progress != nil {
		a.options.Progress(report.StepEvent{N: s.N, Of: a.steps, Address: s.Address, Op: s.Op,
			Outcome: outcome, Reason: reason})
	}
}

func countSteps(plan *plan.Plan) int {
	n := 0
	for i := range plan.Organizations {
		n += len(plan.Organizations[i].Steps)
	}
	return n
}
