package sync

import (
	"context"
	"runtime"
	"slices"
	"strings"
	stdsync "sync"

	"makesync/spec"
)

// assembly puts the plan together while organizations are still being read:
//
//	compared ─▶ guarded ─▶ sealed ─▶ numbered, in the plan
//
// An organization goes through the first three by itself, as far as that can be: where a guard or an --allow rule that counts
// over several organizations may still take something out of it, it waits until that is settled, at the latest when all are compared. They
// come into the plan in the order of their keys, so the first that waits holds up those behind it. What is in the plan is final:
// the sink is told at once.
type assembly struct {
	run    *planRun
	zones  []*zoneRun
	drafts []*draft // in the order of their keys
	mu     stdsync.Mutex
	done   int      // drafts that are compared
	known  *excuses // what the compared ones propose
	room   *ceilings
	plan   *Plan
	n      int // the number of the next step
	// digests and facts are those of the organizations in the plan.
	digests map[string]string
	facts   Facts
}

func (run *planRun) newAssembly(zones []*zoneRun, drafts []*draft) *assembly {
	p := &Plan{
		Format: PlanFormat, Created: run.Now.UTC(), Expires: run.Now.UTC().Add(PlanLifetime), Seal: "none", Tool: run.Tool, Shard: run.Shard,
		Zones: []PlanZone{}, Organizations: make([]OrganizationPlan, 0, len(drafts)), Unmanaged: map[spec.Kind]int{}, Problems: append([]spec.Problem{}, run.Problems...),
	}
	if len(run.Salt) > 0 {
		p.Salt = saltText(run.Salt)
	}
	for _, z := range zones {
		e := z.port.Endpoint
		p.Zones = append(p.Zones, PlanZone{Name: z.name, URL: e.URL, User: z.me, Sandbox: e.Sandbox != nil})
	}
	return &assembly{run: run, zones: zones, drafts: drafts, known: run.newExcuses(), room: newCeilings(run, drafts), plan: p, n: 1, digests: map[string]string{}}
}

// begin tells the sink what is known once the zones are open.
func (a *assembly) begin(ctx context.Context) {
	if a.run.Sink != nil && !interrupted(ctx) {
		a.run.Sink.Begin(a.plan)
	}
}

// compareAll compares the organizations side by side, at most Concurrency at a time.
func (a *assembly) compareAll(ctx context.Context) {
	newTurns(a.run.Concurrency).each(ctx, len(a.drafts), func(ctx context.Context, i int) {
		d := a.drafts[i]
		d.compare(ctx)
		d.judge()
		a.takeIn(ctx, d)
	})
}

// judge takes an organization as far as it can come without the others.
func (d *draft) judge() {
	if d.own = d.excuses(); d.own != nil {
		if d.own.shared() {
			return
		}
		d.guardAlone(d.own)
	}
	d.guarded = true
	if !d.countsTogether() {
		d.seal()
	}
}

// countsTogether tells whether a limit over several organizations counts a step of this one.
func (d *draft) countsTogether() bool {
	return slices.ContainsFunc(d.run.sharedBounds, func(b bound) bool { return b.stepsOf(d, b.kind, d.own) > 0 })
}

// takeIn notes that an organization is compared, and puts into the plan what is ready for it.
func (a *assembly) takeIn(ctx context.Context, d *draft) {
	a.mu.Lock()
	defer a.mu.Unlock()
	d.compared = true
	a.known.add(d.own)
	a.room.learn(d)
	a.done++
	if a.run.Progress != nil {
		a.run.Progress(Progress{Done: a.done, Total: len(a.drafts), Organization: d.want.Key})
	}
	for rest := a.rest(); len(rest) > 0 && a.final(rest[0]) && !interrupted(ctx); rest = rest[1:] {
		a.include(rest[0])
	}
}

// final tells whether nothing can change any more what the plan says of an organization.
func (a *assembly) final(d *draft) bool {
	return d.compared && (d.sealed || d.guarded && !a.room.mayHold(d))
}

// rest are the drafts that are not in the plan yet.
func (a *assembly) rest() []*draft { return a.drafts[len(a.plan.Organizations):] }

// takeRest puts the others into the plan, when all are compared.
func (a *assembly) takeRest() {
	rest := a.rest()
	a.run.guardTogether(rest, a.known)
	var group spec.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, d := range rest {
		if !d.sealed {
			group.Go(func() error { d.seal(); return nil })
		}
	}
	_ = group.Wait() // nothing fails
	for _, d := range rest {
		a.include(d)
	}
}

// seal ends what is to be said of an organization but for the numbers of its steps.
func (d *draft) seal() {
	d.refuseIncomplete()
	d.dropUncreated()
	d.warnAdmins()
	d.order()
	if len(d.proposals) > 0 {
		d.run.sealing <- struct{}{}
		defer func() { <-d.run.sealing }()
		d.sealSteps(d.run.Salt)
	}
	d.sealed = true
}

// include numbers the steps of the next organization and puts it into the plan.
func (a *assembly) include(d *draft) {
	if !d.sealed {
		d.seal()
	}
	a.n = d.link(a.n)
	a.plan.Organizations = append(a.plan.Organizations, d.plan())
	o := &a.plan.Organizations[len(a.plan.Organizations)-1]
	o.addDigest(a.digests)
	a.facts.add(o)
	a.plan.Summary.add(o)
	a.plan.Calls.Write += o.plannedWrites()
	if a.run.Sink != nil {
		a.run.Sink.Organization(o)
	}
	if a.run.Forget {
		o.Steps, o.Held = []Step{}, []Held{}
	}
	d.proposals, d.waiting, d.held, d.people, d.admins = nil, nil, nil, nil, adminSet{}
}

// finish sums up.
func (a *assembly) finish() *Plan {
	p, run := a.plan, a.run
	for _, z := range a.zones {
		p.addZone(z)
	}
	for _, d := range a.drafts {
		p.Problems = append(p.Problems, d.problems...)
	}
	if run.Shard == nil || !run.purges() {
		p.Problems = append(p.Problems, run.use.problems()...)
	}
	p.Problems = onceEach(p.Problems)
	p.Digest = joinDigests(a.digests)
	p.Exit = PlanExit(a.allFacts(), run.ExitCode)
	return p
}

// purges: a pattern may mean an undeclared object in another shard, so a shard cannot call it idle.
func (run *planRun) purges() bool {
	return slices.ContainsFunc(run.Desired.Organizations, func(o spec.Organization) bool { return len(o.Purge) > 0 })
}

// addZone counts what a zone was asked and holds besides, or tells why it could not be read.
func (p *Plan) addZone(z *zoneRun) {
	if z.port.Calls != nil {
		p.Calls.Read += z.port.Calls().Read
	}
	if z.err != nil {
		p.Problems = append(p.Problems, unreadProblem("", "could not read zone "+z.name, z.err))
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
