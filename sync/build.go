package sync

import (
	"context"
	"slices"
	"strings"
	stdsync "sync"

	"makesync/spec"
)

// planRun is one call of MakePlan.
type planRun struct {
	*Request
	use *patternUse
	// pinned are the ids that documents give, with the key that gives each.
	pinned map[int64]string
}

// MakePlan reads the live state and makes the plan that leads from it to the desired state.
// Organizations are read side by side and each is let go of once it is compared, so that memory
// grows with those in flight; guards, numbers and digest come in one pass afterwards, in the
// order of the keys, so that the plan is the same at any concurrency.
//
// What cannot be read is part of the plan (NotRead, Problems, Exit) and no error. The error is the
// context's when the run was interrupted; running out of time (a deadline) leaves the rest unread.
func MakePlan(ctx context.Context, r Request) (*Plan, error) {
	run := &planRun{Request: &r, use: newPatternUse(r.Scope), pinned: map[int64]string{}}
	run.use.seeDeclared(r.Desired)
	for i := range r.Desired.Organizations {
		if o := &r.Desired.Organizations[i]; o.ID != 0 {
			run.pinned[o.ID] = o.Key
		}
	}
	zones := run.openZones(ctx)
	drafts := run.identifyAll(zones)
	run.compareAll(ctx, drafts)
	if err := ctx.Err(); err != nil && !outOfTime(ctx) {
		return nil, context.Cause(ctx)
	}
	run.guard(drafts)
	return run.assemble(zones, drafts), nil
}

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

// compareAll compares the organizations side by side, at most Concurrency at a time.
func (run *planRun) compareAll(ctx context.Context, drafts []*draft) {
	var group spec.Group
	group.SetLimit(max(1, run.Concurrency))
	var mu stdsync.Mutex
	done := 0
	for _, d := range drafts {
		group.Go(func() error {
			d.compare(ctx)
			if run.Progress != nil {
				mu.Lock()
				defer mu.Unlock()
				done++
				run.Progress(Progress{Done: done, Total: len(drafts), Organization: d.want.Key})
			}
			return nil
		})
	}
	_ = group.Wait() // an organization keeps its own errors
}

// assemble numbers and sums up what the drafts hold.
func (run *planRun) assemble(zones []*zoneRun, drafts []*draft) *Plan {
	p := &Plan{
		Format: PlanFormat, Created: run.Now.UTC(), Expires: run.Now.UTC().Add(PlanLifetime), Seal: "none", Tool: run.Tool, Shard: run.Shard,
		Zones: []PlanZone{}, Organizations: []OrganizationPlan{}, Unmanaged: map[spec.Kind]int{}, Problems: append([]spec.Problem{}, run.Problems...),
	}
	if len(run.Salt) > 0 {
		p.Salt = saltText(run.Salt)
	}
	for _, z := range zones {
		run.addZone(p, z)
	}
	n := 1
	for _, d := range drafts {
		d.order()
		n = d.link(n)
	}
	run.seal(drafts)
	for _, d := range drafts {
		p.Organizations = append(p.Organizations, d.plan())
		p.Problems = append(p.Problems, d.problems...)
	}
	if run.Shard == nil || !run.purges() {
		p.Problems = append(p.Problems, run.use.problems()...)
	}
	p.Problems = onceEach(p.Problems)
	p.Digest = DigestOf(p.Organizations)
	p.Summary = Summarize(p.Organizations)
	p.Calls.Write = plannedWrites(p.Organizations)
	p.Exit = PlanExit(run.facts(p, zones, drafts), run.ExitCode)
	return p
}

// purges: a pattern may mean an undeclared object in another shard, so a shard cannot call it idle.
func (run *planRun) purges() bool {
	return slices.ContainsFunc(run.Desired.Organizations, func(o spec.Organization) bool { return len(o.Purge) > 0 })
}

func (run *planRun) addZone(p *Plan, z *zoneRun) {
	e := z.port.Endpoint
	p.Zones = append(p.Zones, PlanZone{Name: z.name, URL: e.URL, User: z.me, Sandbox: e.Sandbox != nil})
	if z.port.Calls != nil {
		p.Calls.Read += z.port.Calls().Read
	}
	if z.err != nil {
		problem := unreadProblem("", "could not read zone "+z.name, z.err)
		p.Problems = append(p.Problems, problem)
		return
	}
	if n := len(z.here) - z.managed; n > 0 {
		p.Unmanaged[spec.KindOrganization] += n
	}
}

// plan is the draft as part of the plan.
func (d *draft) plan() OrganizationPlan {
	o := OrganizationPlan{
		Key: d.want.Key, Zone: d.zone.name, ID: d.id, Name: d.name, APILimit: d.apiLimit, Steps: []Step{},
		Waiting: append([]Waiting{}, d.waiting...), Held: append([]Held{}, d.held...),
		Unmanaged: d.unmanaged, Unchanged: d.unchanged, NotRead: append([]spec.Kind{}, d.notRead...),
	}
	for i := range d.proposals {
		o.Steps = append(o.Steps, d.proposals[i].Step)
	}
	slices.SortStableFunc(o.Waiting, func(a, b Waiting) int { return strings.Compare(string(a.Address), string(b.Address)) })
	slices.SortStableFunc(o.Held, func(a, b Held) int { return strings.Compare(string(a.Address), string(b.Address)) })
	if d.run.FirstSeen != nil {
		for i := range o.Waiting {
			if since, ok := d.run.FirstSeen.Since(o.Waiting[i].Address, o.Waiting[i].Reason); ok {
				o.Waiting[i].Since = &since
			}
		}
	}
	return o
}

// onceEach drops problems that say the same of the same place: a wrong name in a profile is one
// mistake, however many organizations use the profile.
func onceEach(problems []spec.Problem) []spec.Problem {
	type place struct {
		source        spec.Source
		rule, message string
	}
	seen := map[place]bool{}
	kept := []spec.Problem{}
	for _, p := range problems {
		if p.Source != nil {
			at := place{*p.Source, p.Rule, p.Message}
			if seen[at] {
				continue
			}
			seen[at] = true
		}
		kept = append(kept, p)
	}
	return kept
}
