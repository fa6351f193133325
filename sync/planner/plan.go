package planner

import (
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// plan numbers the steps and sums up.
func (r *run) plan() *plan.Plan {
	p := &plan.Plan{
		Format: plan.Format, Created: r.Now.UTC(), Expires: r.Now.UTC().Add(plan.Lifetime), Seal: plan.Unsealed,
		Tool: r.Tool, Shard: r.Shard,
		Zones: []plan.Zone{}, Organizations: make([]plan.Organization, 0, len(r.organizations)),
		Unmanaged: map[spec.Kind]int{}, Problems: append([]spec.Problem{}, r.Problems...),
	}
	if p.Rules = r.Rules; r.Desired.Settings != nil {
		p.RulesDigest = spec.RulesDigest(r.Desired)
	}
	p.GuardsDigest, p.Policies = r.GuardsDigest, r.judging.policies()
	if len(r.Salt) > 0 {
		p.Salt = spec.SaltText(r.Salt)
	}
	n := 1
	for _, o := range r.organizations {
		n = plan.NumberChanges(o.Changes, n)
		p.Organizations = append(p.Organizations, o.plan())
		p.Calls.Write += p.Organizations[len(p.Organizations)-1].PlannedWrites()
	}
	for _, z := range r.zones {
		z.sumUp(p)
		if r.ListUnmanaged {
			p.UnmanagedOrganizations = append(p.UnmanagedOrganizations, z.listUnmanaged()...)
		}
	}
	for _, o := range r.organizations {
		p.Problems = append(p.Problems, o.Problems...)
	}
	p.Problems = append(p.Problems, r.idleAllows()...)
	p.Problems = append(p.Problems, r.patterns.Problems(r.Desired, r.Shard)...)
	p.Problems = spec.OnceEach(p.Problems)
	addAccess(r, p)
	p.Money = plan.MoneyOf(p.Organizations)
	p.Summary, p.Digest = plan.Summarize(p.Organizations), plan.DigestOf(p.Organizations)
	p.NotCovered = plan.Uncovered(p.Organizations)
	p.Exit = r.exit(p)
	return p
}

// idleAllows tells of --allow rules for which the documents declare no organization at all.
func (r *run) idleAllows() (problems []spec.Problem) {
	keys := make([]string, len(r.Desired.Organizations))
	for i := range r.Desired.Organizations {
		keys[i] = r.Desired.Organizations[i].Key
	}
	for _, rule := range r.Allow {
		if len(keys) > 0 && !slices.ContainsFunc(keys, rule.Key.Match) {
			problems = append(problems, spec.Problem{Severity: spec.Error, Rule: plan.RuleIdleAllow,
				Message: "--allow " + text.OneLine(rule.String()) + ": no document declares such an organization",
				Hint:    text.DidYouMean(rule.Key.String(), keys)})
		}
	}
	return problems
}

// sumUp adds to a plan what the zone was asked and holds besides, or why it could not be read.
func (z *zone) sumUp(p *plan.Plan) {
	e := z.port.Endpoint
	p.Zones = append(p.Zones, plan.ZoneAt(e, z.me))
	if z.port.Calls != nil {
		p.Calls.Read += z.port.Calls().Read
	}
	if z.err != nil {
		p.Problems = append(p.Problems, state.ZoneProblem(z.name, z.err))
		return
	}
	if n := len(z.unmanaged); n > 0 {
		p.Unmanaged[spec.KindOrganization] += n
	}
}

// listUnmanaged names the organizations of which no document speaks.
func (z *zone) listUnmanaged() (all []plan.LiveOrganization) {
	for _, l := range z.unmanaged {
		all = append(all, plan.LiveOrganization{Zone: z.name, ID: l.ID, Name: l.Name})
	}
	return all
}

// plan is the organization as part of the plan.
func (o *organization) plan() plan.Organization {
	p := plan.Organization{
		Key: o.want.Key, Zone: o.zone.name, ID: o.id, Name: o.name, APILimit: o.apiLimit, Licence: o.licence,
		Steps:   []plan.Step{},
		Waiting: append([]plan.Waiting{}, o.Waiting...), Held: append([]plan.Held{}, o.held...),
		UnmanagedAddresses: o.UnmanagedAddresses,
		Unmanaged:          o.Unmanaged, Unchanged: o.Unchanged, NotRead: append([]spec.Kind{}, o.Unread...),
	}
	for i := range o.Changes {
		p.Steps = append(p.Steps, o.Changes[i].Step)
	}
	slices.SortStableFunc(
		p.Waiting,
		func(a, b plan.Waiting) int { return strings.Compare(string(a.Address), string(b.Address)) },
	)
	slices.SortStableFunc(
		p.Held,
		func(a, b plan.Held) int { return strings.Compare(string(a.Address), string(b.Address)) },
	)
	if o.run.FirstSeen != nil {
		for i := range p.Waiting {
			if since, ok := o.run.FirstSeen.Since(p.Waiting[i].Address, p.Waiting[i].Reason); ok {
				p.Waiting[i].Since = &since
			}
		}
	}
	return p
}
