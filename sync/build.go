package sync

import (
	"context"
	"runtime"
	"slices"
	"strings"

	"makesync/spec"
)

// planRun is one call of MakePlan.
type planRun struct {
	*Request
	use *patternUse
	// pinned are the ids that documents give, with the key that gives each.
	pinned map[int64]string
	// sealing has a place for each core: each fingerprint of a secret takes one, and 8 MiB.
	sealing chan struct{}
	// ownBounds and sharedBounds are the numeric guards: those of one organization, and those that count over several.
	ownBounds, sharedBounds []bound
}

// MakePlan reads the live state and makes the plan that leads from it to the desired state.
// Organizations are read side by side and each is let go of once it is compared, so that memory
// grows with those in flight; they come into the plan in the order of their keys (see assembly), so that
// it is the same at any concurrency.
//
// What cannot be read is part of the plan (NotRead, Problems, Exit) and no error. The error is the
// context's when the run was interrupted; running out of time (a deadline) leaves the rest unread.
func MakePlan(ctx context.Context, r Request) (*Plan, error) {
	run := &planRun{Request: &r, use: newPatternUse(r.Scope), pinned: map[int64]string{}, sealing: make(chan struct{}, runtime.GOMAXPROCS(0))}
	run.ownBounds, run.sharedBounds = run.boundsOf(ownLimits), run.boundsOf(sharedLimits)
	run.use.seeDeclared(r.Desired)
	for i := range r.Desired.Organizations {
		if o := &r.Desired.Organizations[i]; o.ID != 0 {
			run.pinned[o.ID] = o.Key
		}
	}
	zones := run.openZones(ctx)
	a := run.newAssembly(zones, run.identifyAll(zones))
	a.compareAll(ctx)
	if interrupted(ctx) {
		return nil, context.Cause(ctx)
	}
	a.takeRest()
	return a.finish(), nil
}

// interrupted tells whether nobody wants the plan any more; out of time it is wanted as far as it goes.
func interrupted(ctx context.Context) bool { return ctx.Err() != nil && !outOfTime(ctx) }

// chosen tells whether the run looks at an organization at all.
func (run *planRun) chosen(o *spec.Organization) bool {
	return run.inZone(o) && run.Shard.Has(o.Key) && run.Scope.reaches(o)
}

func (run *planRun) inZone(o *spec.Organization) bool {
	return run.Scope.Zone == "" || o.Zone == run.Scope.Zone
}

// openZones opens the zones that the chosen organizations need, side by side, sorted by name.
func (run *planRun) openZones(ctx context.Context) []*zoneRun {
	wanted := map[string][]*spec.Organization{}
	for i := range run.Desired.Organizations {
		if o := &run.Desired.Organizations[i]; run.chosen(o) {
			wanted[o.Zone] = append(wanted[o.Zone], o)
		}
	}
	names := make([]string, 0, len(wanted))
	for name := range wanted {
		names = append(names, name)
	}
	slices.Sort(names)
	zones := make([]*zoneRun, len(names))
	var group spec.Group
	for i, name := range names {
		group.Go(func() error { zones[i] = openZone(ctx, run.Request, name, wanted[name]); return nil })
	}
	_ = group.Wait() // a zone keeps its own error
	return zones
}

// identifyAll makes the drafts of the chosen organizations, sorted by key. All organizations of a
// zone are identified, also those out of scope: what one of them is, no other may be.
func (run *planRun) identifyAll(zones []*zoneRun) []*draft {
	var chosen []*draft
	for _, z := range zones {
		var all []*spec.Organization
		for i := range run.Desired.Organizations {
			if o := &run.Desired.Organizations[i]; o.Zone == z.name {
				all = append(all, o)
			}
		}
		for _, d := range run.identify(z, all) {
			if d.live != nil {
				z.managed++
			}
			if run.chosen(d.want) {
				chosen = append(chosen, d)
			}
		}
	}
	slices.SortFunc(chosen, func(a, b *draft) int { return strings.Compare(a.want.Key, b.want.Key) })
	return chosen
}

func (run *planRun) newDraft(z *zoneRun, o *spec.Organization) *draft {
	return &draft{run: run, zone: z, want: o, id: o.ID, name: o.Name, unmanaged: map[spec.Kind]int{}, admins: adminsOf(nil)}
}
