package planner

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/guard"
	"makesync/sync/plan"
	"makesync/sync/slots"
	"makesync/sync/state"
)

// run is one call of Make.
type run struct {
	*Request
	patterns spec.PatternUse
	// pinned are the ids that documents give.
	pinned map[int64]bool
	// leaving are the e-mails that documents of some organization want gone.
	leaving map[string]bool
	zones   []*zone
	// organizations are the chosen ones, in the order of their keys.
	organizations []*organization
	lookalikes    *spec.Lookalikes
	judging       *judging
	tooMany       atomic.Bool // changes
	fingerprints  *spec.Fingerprints
}

// ErrTooManyChanges says that the plan would have more than Request.MostChanges.
var ErrTooManyChanges = errors.New("the plan has too many changes")

// ErrTooManySecrets says that the plan needs fingerprints of more than Request.MostSecrets values.
var ErrTooManySecrets = errors.New("the plan has too many different sensitive values")

// Make reads the live state and makes the plan that leads from it to the desired state:
//
//	zones ─▶ identify ─▶ read, bind, diff (side by side) ─▶ guards ─▶ policies ─▶ preconditions
//	─▶ number, sum up
//
// Organizations are read side by side, and each is let go of once it is compared, so that of what
// was read only the changes stay in memory; they come into the plan in the order of their keys, so
// that it is the same at any concurrency.
//
// What cannot be read is part of the plan (NotRead, Problems, Exit) and no error. The error is the
// context's when the run was interrupted; running out of time (a deadline) leaves the rest unread.
func Make(ctx context.Context, r Request) (*plan.Plan, error) {
	run := &run{Request: &r, patterns: r.Scope.Patterns(), pinned: map[int64]bool{}, leaving: leaving(&r),
		lookalikes: spec.NewLookalikes(r.Desired), fingerprints: spec.NewFingerprints(r.Salt)}
	run.patterns.MarkDeclared(r.Desired)
	for i := range r.Desired.Organizations {
		if id := r.Desired.Organizations[i].ID; id != 0 {
			run.pinned[id] = true
		}
	}
	run.openZones(ctx)
	run.identifyAll()
	run.compareAll(ctx)
	if interrupted(ctx) {
		return nil, context.Cause(ctx)
	}
	if run.tooMany.Load() {
		return nil, ErrTooManyChanges
	}
	noteTaken(run)
	run.guard()
	for _, o := range run.organizations {
		o.settle()
	}
	run.judging = &judging{judge: r.Judge, organizations: run.organizations, draft: run.plan}
	if err := run.judging.do(ctx); err != nil {
		return nil, err
	}
	if err := run.finishAll(ctx); err != nil {
		return nil, err
	}
	return run.plan(), nil
}

// interrupted tells whether nobody wants the plan any more; out of time it is wanted as far as it
// goes.
func interrupted(ctx context.Context) bool { return ctx.Err() != nil && !exit.OutOfTime(ctx) }

// chosen tells whether the run looks at an organization at all.
func (r *run) chosen(o *spec.Organization) bool {
	inZone := r.Scope.Zone == "" || o.Zone == r.Scope.Zone
	return !o.NamesOnly && inZone && r.Shard.Has(o.Key) && r.Scope.Reaches(o)
}

// openZones opens the zones that the chosen organizations need, side by side, sorted by name.
func (r *run) openZones(ctx context.Context) {
	wanted := map[string][]*spec.Organization{}
	for i := range r.Desired.Organizations {
		if o := &r.Desired.Organizations[i]; r.chosen(o) {
			wanted[o.Zone] = append(wanted[o.Zone], o)
		}
	}
	names := make([]string, 0, len(wanted))
	for name := range wanted {
		names = append(names, name)
	}
	slices.Sort(names)
	r.zones = make([]*zone, len(names))
	var group spec.Group
	for i, name := range names {
		group.Go(func() error { r.zones[i] = openZone(ctx, r.Request, name, wanted[name]); return nil })
	}
	_ = group.Wait() // a zone keeps its own error
}

// identifyAll finds out which live organization each chosen one is. All organizations of a
// zone are identified, also those out of scope: what one of them is, no other may be.
func (r *run) identifyAll() {
	taken := map[string]map[int64]string{} // by place
	for _, z := range r.zones {
		if taken[z.place] == nil {
			taken[z.place] = map[int64]string{}
		}
		for _, o := range r.identify(z, r.declaredIn(z), taken[z.place]) {
			if r.chosen(o.want) {
				r.organizations = append(r.organizations, o)
			}
		}
	}
	for _, z := range r.zones {
		z.findUnmanaged(taken[z.place])
	}
	slices.SortFunc(r.organizations, func(a, b *organization) int { return strings.Compare(a.want.Key, b.want.Key) })
}

// declaredIn are the organizations of a zone, also by a name of it that the run does not use.
func (r *run) declaredIn(z *zone) (all []*spec.Organization) {
	means := map[string]bool{}
	for i := range r.Desired.Organizations {
		o := &r.Desired.Organizations[i]
		if _, known := means[o.Zone]; !known {
			opened := slices.ContainsFunc(r.zones, func(other *zone) bool { return other.name == o.Zone })
			means[o.Zone] = o.Zone == z.name || !opened && placeOf(r.Request, o.Zone) == z.place
		}
		if means[o.Zone] {
			all = append(all, o)
		}
	}
	return all
}

// compareAll reads and compares the organizations side by side, at most Concurrency at a time.
func (r *run) compareAll(ctx context.Context) {
	var mu sync.Mutex
	done, changes := 0, 0
	places := slots.New(r.Concurrency)
	places.Each(len(r.organizations), func(i int) {
		if r.tooMany.Load() {
			return
		}
		o := r.organizations[i]
		o.reader = state.WithSlotOf(places, o.zone.port.Reader)
		o.compare(ctx)
		mu.Lock()
		defer mu.Unlock()
		done++
		changes += len(o.Changes) + len(o.Waiting)
		r.tooMany.Store(r.MostChanges > 0 && changes > r.MostChanges)
		r.patterns.Add(o.Patterns)
		if r.Progress != nil {
			r.Progress(plan.Progress{Done: done, Total: len(r.organizations), Organization: o.want.Key})
		}
	})
}

// guard takes out what the guards hold.
func (r *run) guard() {
	guarded := make([]guard.Guarded, len(r.organizations))
	for i, o := range r.organizations {
		guarded[i] = guard.Guarded{
			Key:          o.want.Key,
			ID:           o.id,
			Zone:         o.zone.name,
			Place:        o.zone.place,
			Name:         o.want.Name,
			Token:        o.zone.me.Name(),
			TwoFactor:    o.zone.me.TwoFactor,
			Changes:      o.Changes,
			Admins:       o.admins,
			Lacking:      o.Lacking,
			CreationHint: o.hints().usualReasons,
		}
	}
	for i, verdict := range guard.New(r.Desired.Guards, r.Allow, r.Shard).WithoutMoney(r.NoMoney).Review(guarded) {
		o := r.organizations[i]
		o.Changes, o.held = verdict.Changes, append(o.held, verdict.Held...)
	}
}

// finishAll ends what is to be said of each organization but for the numbers of its steps. Before,
// it makes the fingerprints of all secrets, which takes long, unless nobody wants the plan now.
func (r *run) finishAll(ctx context.Context) error {
	for _, o := range r.organizations {
		waitForPurchase(o) // a policy may have held it
	}
	if err := r.fingerprint(ctx); err != nil {
		return err
	}
	var group spec.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, o := range r.organizations {
		group.Go(func() error {
			o.warnAdmins()
			plan.SetPreconditions(o.Changes, o.admins, r.fingerprints)
			return nil
		})
	}
	return group.Wait() // nothing fails
}

func (r *run) fingerprint(ctx context.Context) error {
	if len(r.Salt) == 0 {
		return nil
	}
	var secrets []spec.Value
	known := map[string]bool{}
	for _, o := range r.organizations {
		secrets = append(secrets, plan.SecretsOf(o.Changes, known)...)
	}
	if r.MostSecrets > 0 && len(secrets) > r.MostSecrets {
		return ErrTooManySecrets
	}
	return r.fingerprints.Make(ctx, secrets, func(ctx context.Context) error {
		if interrupted(ctx) {
			return context.Cause(ctx)
		}
		return nil
	})
}
