package sync

import (
	"context"
	"errors"
	stdsync "sync"
	"time"

	"makesync/spec"
	"makesync/spec/text"
)

// WritePort is a zone to apply to.
type WritePort struct {
	ZonePort
	Writer Writer
}

// ApplyOptions are what an apply needs besides its plan.
type ApplyOptions struct {
	// Run is the id under which the journal keeps the story.
	Run string
	// Zones by name; one that the plan names and that is missing here fails its steps.
	Zones map[string]WritePort
	// Journal is nil with --no-journal.
	Journal Journal
	Clock   Clock
	// Jitter gives numbers in [0, 1) that spread the waits, also from several goroutines; nil: no spread.
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
	// written: it marks a saved plan as used. ErrUsed stops the run with exit 9, another error with exit 1. May be nil.
	BeforeWriting func() error
	// Progress is called from several goroutines; nil: nobody looks.
	Progress func(StepEvent)
}

// ErrUsed is what BeforeWriting says of a saved plan that another run has used.
var ErrUsed = errors.New("the plan was used")

// The defaults of ApplyOptions.
const (
	defaultConcurrency = 8
	defaultTimeout     = 2 * time.Minute
	defaultGrace       = 30 * time.Second
)

func (o ApplyOptions) withDefaults() ApplyOptions {
	if o.Concurrency < 1 {
		o.Concurrency = defaultConcurrency
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Grace <= 0 {
		o.Grace = defaultGrace
	}
	if o.Jitter == nil {
		o.Jitter = func() float64 { return 0.5 }
	}
	return o
}

// StepEvent tells about a step that begins (Outcome "") or ended.
type StepEvent struct {
	N, Of   int
	Address spec.Address
	Op      Op
	Outcome StepOutcome
	Reason  string
}

// Apply does the steps of a plan and reports. Organizations run side by side,
// the steps of one in order. It decides nothing: what to write stands in the
// plan, and whether it may is the plan's precondition.
//
// A cancelled ctx stops it cleanly: the write in flight is finished, the rest is
// skipped. The cause of the cancellation says which exit that is (see ErrInterrupted).
func Apply(ctx context.Context, plan *Plan, o ApplyOptions) *Report {
	salt, _ := ReadSalt(plan.Salt) // a saved plan's was checked, any other is our own
	a := &applier{plan: plan, o: o.withDefaults(), salt: salt, planned: countSteps(plan)}
	a.gate.journal = o.Journal
	return a.run(ctx)
}

// applier is one apply.
type applier struct {
	plan    *Plan
	o       ApplyOptions
	salt    []byte
	planned int // steps
	gate    gate
	// refused is why nothing may be written at all; "" when it may.
	refused string
	exit    Exit // of a refusal

	mu       stdsync.Mutex
	problems []spec.Problem
}

func (a *applier) run(ctx context.Context) *Report {
	started := a.o.Clock.Now()
	writing, release := a.outlive(ctx)
	defer release()
	workers := a.workers(ctx, writing)
	if len(workers) > 0 {
		a.prepare(ctx, workers)
		a.each(ctx, workers, (*worker).apply)
		if ctx.Err() == nil && a.refused == "" {
			a.each(ctx, workers, (*worker).readBack)
		}
	}
	return a.report(ctx, workers, started)
}

// prepare does what comes before the first write: the check of a saved plan, the mark, the journal's first line.
func (a *applier) prepare(ctx context.Context, workers []*worker) {
	if a.o.Saved {
		a.each(ctx, workers, (*worker).checkAll)
		if !a.o.AllowPartial && anyStale(workers) {
			a.refuse(ExitStale, "stale: another step of this saved plan is stale, and nothing was written; --allow-partial applies the rest")
			return
		}
	}
	if ctx.Err() != nil {
		return
	}
	if a.o.Journal != nil {
		a.gate.begin(a.o.Run, a.plan)
	}
	if a.o.BeforeWriting == nil || a.gate.broken() != nil { // without a journal nothing is written, and the plan stays unused
		return
	}
	if err := a.o.BeforeWriting(); err != nil {
		a.refuse(map[bool]Exit{true: ExitStale, false: ExitInternal}[errors.Is(err, ErrUsed)], "used: "+text.OneLine(err.Error()))
	}
}

func (a *applier) refuse(exit Exit, reason string) { a.exit, a.refused = exit, reason }

// each runs one function over the organizations, side by side.
func (a *applier) each(ctx context.Context, workers []*worker, do func(*worker, context.Context)) {
	slots := newSlots(a.o.Concurrency)
	slots.each(len(workers), func(i int) {
		w := workers[i]
		w.port = w.port.withSlotOf(slots)
		do(w, ctx)
	})
}

// workers are the organizations that have steps, each with steps of its own to bind ids in.
func (a *applier) workers(ctx, writing context.Context) []*worker {
	var workers []*worker
	for i := range a.plan.Organizations {
		o := &a.plan.Organizations[i]
		if len(o.Steps) == 0 {
			continue
		}
		port, known := a.o.Zones[o.Zone]
		w := &worker{applier: a, organization: o, port: port, unknownZone: !known, stopping: ctx, writing: writing, id: o.ID,
			steps: append([]Step(nil), o.Steps...), reports: map[int]*StepReport{}, sent: map[int]Images{}}
		w.sight = newSight(w)
		workers = append(workers, w)
	}
	return workers
}

// warn keeps a problem for the report.
func (a *applier) warn(p spec.Problem) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.problems = append(a.problems, p)
}

func (a *applier) tell(s *Step, outcome StepOutcome, reason string) {
	if a.o.Progress != nil {
		a.o.Progress(StepEvent{N: s.N, Of: a.planned, Address: s.Address, Op: s.Op, Outcome: outcome, Reason: reason})
	}
}

func countSteps(plan *Plan) int {
	n := 0
	for i := range plan.Organizations {
		n += len(plan.Organizations[i].Steps)
	}
	return n
}
