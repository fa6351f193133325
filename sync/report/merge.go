package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
)

// The shards of one run look at disjoint sets of organizations, so adding them up is putting the
// organizations back in order of their keys, numbering the steps as one run would have, and
// asking for the exit of the whole. What each shard says of the zone as a whole (its
// warnings, its unmanaged organizations) is said once.

// MergeReports adds up the reports of all shards of a run, in any order. A shard that is
// missing or there twice, and reports of different runs' sizes, are errors.
func MergeReports(reports []*Report) (*Report, error) {
	if err := checkShards(shardsOf(reports, func(r *Report) *spec.Shard { return r.Shard })); err != nil {
		return nil, err
	}
	reports = inOrder(reports, func(r *Report) *spec.Shard { return r.Shard })
	whole := &Report{Format: Format, Steps: []StepReport{}, Problems: []spec.Problem{}}
	digests := map[string]string{}
	runs := []string{}
	for _, r := range reports {
		runs = append(runs, r.Run)
		whole.Zones = mergeZones(whole.Zones, r.Zones)
		for _, name := range r.ApprovedBy {
			if !slices.Contains(whole.ApprovedBy, name) {
				whole.ApprovedBy = append(whole.ApprovedBy, name)
			}
		}
		whole.Steps = append(whole.Steps, r.Steps...)
		whole.Problems = append(whole.Problems, r.Problems...)
		whole.addCounts(r)
		whole.Waiting += r.Waiting
		whole.Held += r.Held
		whole.Calls.Add(r.Calls)
		whole.Seconds = max(whole.Seconds, r.Seconds)
		whole.mergeStarted(r)
		maps.Copy(digests, r.Digests)
		whole.StillHasAccess = append(whole.StillHasAccess, r.StillHasAccess...)
		whole.NotLookedInto = append(whole.NotLookedInto, r.NotLookedInto...)
	}
	whole.Run = strings.Join(runs, ",")
	whole.Plan = plan.JoinDigests(digests)
	whole.Problems = mergeProblems(whole.Problems)
	whole.StillHasAccess = plan.SortAccess(whole.StillHasAccess)
	slices.Sort(whole.NotLookedInto)
	slices.SortStableFunc(whole.Steps, func(a, b StepReport) int {
		return cmp.Compare(a.Address.Key(), b.Address.Key())
	})
	for i := range whole.Steps {
		whole.Steps[i].N = i + 1
	}
	whole.Exit = mergeExits(reports, func(r *Report) exit.Code { return r.Exit }, exit.Partial)
	return whole, nil
}

// addCounts adds numbers rather than counting steps again: a shard that was refused before its
// first step reports how many it skipped, and lists none.
func (r *Report) addCounts(part *Report) {
	r.Planned += part.Planned
	r.Succeeded += part.Succeeded
	r.Failed += part.Failed
	r.Skipped += part.Skipped
	r.Unknown += part.Unknown
}

func (r *Report) mergeStarted(part *Report) {
	if part.Started != nil && (r.Started == nil || part.Started.Before(*r.Started)) {
		r.Started = part.Started
	}
}

// MergePlans adds up the plans of all shards, as MergeReports does. The result is for reading: it
// carries no shard, and no seal that would let it be applied as if it had been one plan.
func MergePlans(plans []*plan.Plan) (*plan.Plan, error) {
	if err := checkShards(shardsOf(plans, func(p *plan.Plan) *spec.Shard { return p.Shard })); err != nil {
		return nil, err
	}
	plans = inOrder(plans, func(p *plan.Plan) *spec.Shard { return p.Shard })
	first := plans[0]
	whole := &plan.Plan{
		Format:        plan.Format,
		Created:       first.Created,
		Expires:       first.Expires,
		Seal:          "none",
		Tool:          first.Tool,
		Unmanaged:     map[spec.Kind]int{},
		Organizations: []plan.Organization{},
		Problems:      []spec.Problem{},
	}
	mergeRules(whole, plans)
	for _, p := range plans {
		addPart(whole, p)
	}
	whole.Problems = mergeProblems(whole.Problems)
	slices.SortStableFunc(whole.Organizations, func(a, b plan.Organization) int { return cmp.Compare(a.Key, b.Key) })
	whole.StillHasAccess = plan.SortAccess(whole.StillHasAccess)
	slices.Sort(whole.NotLookedInto)
	renumber(whole.Organizations)
	planned := func(p *plan.Plan) bool { return p.Digest != "" }
	if slices.ContainsFunc(plans, planned) { // else no shard has come to a plan
		whole.Digest = plan.DigestOf(whole.Organizations)
	}
	whole.Summary, whole.NotCovered = plan.Summarize(whole.Organizations), plan.Uncovered(whole.Organizations)
	whole.Exit = mergeExits(plans, func(p *plan.Plan) exit.Code { return p.Exit }, exit.PartlyVisible)
	return whole, nil
}

// addPart adds the plan of one shard to the whole.
func addPart(whole, part *plan.Plan) {
	mergeCreated(whole, part)
	whole.Zones = mergeZones(whole.Zones, part.Zones)
	whole.Organizations = append(whole.Organizations, part.Organizations...)
	whole.Problems = append(whole.Problems, part.Problems...)
	whole.Calls.Add(part.Calls)
	whole.StillHasAccess = append(whole.StillHasAccess, part.StillHasAccess...)
	whole.NotLookedInto = append(whole.NotLookedInto, part.NotLookedInto...)
	for _, o := range part.UnmanagedOrganizations {
		if !slices.Contains(whole.UnmanagedOrganizations, o) {
			whole.UnmanagedOrganizations = append(whole.UnmanagedOrganizations, o)
		}
	}
	for kind, n := range part.Unmanaged { // each shard sees the whole list
		whole.Unmanaged[kind] = max(whole.Unmanaged[kind], n)
	}
}

// mergeCreated takes the times of the shard that was planned first; one that failed before it had a
// plan has none.
func mergeCreated(p, part *plan.Plan) {
	if !part.Expires.IsZero() && (p.Expires.IsZero() || part.Expires.Before(p.Expires)) {
		p.Created, p.Expires = part.Created, part.Expires
	}
}

// mergeRules takes the rules of the shards. Every shard loads all documents and so has all rules;
// one that failed before it had a plan has none. Shards that were planned under different rules
// have no digest in common, and the changes of all are told.
func mergeRules(whole *plan.Plan, plans []*plan.Plan) {
	digests := map[string]bool{}
	for _, p := range plans {
		if p.RulesDigest == "" || digests[p.RulesDigest] {
			continue
		}
		digests[p.RulesDigest] = true
		for _, change := range p.Rules {
			told := func(c spec.RuleChange) bool {
				return c.Path == change.Path && c.From == change.From && c.To == change.To
			}
			if !slices.ContainsFunc(whole.Rules, told) {
				whole.Rules = append(whole.Rules, change)
			}
		}
		whole.RulesDigest = p.RulesDigest
	}
	if len(digests) > 1 {
		whole.RulesDigest = ""
	}
	mergePolicies(whole, plans)
}

// mergePolicies takes what policies said of the shards. All were judged by the same ones, unless
// their digests differ.
func mergePolicies(whole *plan.Plan, plans []*plan.Plan) {
	digests, results := map[string]bool{}, spec.PolicyResults{}
	for _, p := range plans {
		if p.GuardsDigest != "" {
			digests[p.GuardsDigest], whole.GuardsDigest = true, p.GuardsDigest
		}
		if p.Policies == nil {
			continue
		}
		if whole.Policies == nil {
			whole.Policies = &spec.Policies{Results: []spec.PolicyResult{}}
		}
		all := whole.Policies
		all.InForce = max(all.InForce, p.Policies.InForce)
		for _, read := range p.Policies.Reads {
			if !slices.ContainsFunc(all.Reads, func(r spec.PolicyRead) bool { return r.Key == read.Key }) {
				all.Reads = append(all.Reads, read)
			}
		}
		for _, r := range p.Policies.Results {
			results.Add(r)
		}
	}
	if whole.Policies != nil {
		whole.Policies.Results = append(whole.Policies.Results, results.All...)
	}
	if whole.Policies.Sum(); len(digests) > 1 {
		whole.GuardsDigest = ""
	}
}

// renumber gives the steps the numbers of one run; After stays inside an organization.
func renumber(organizations []plan.Organization) {
	n := 0
	for i := range organizations {
		steps := slices.Clone(organizations[i].Steps)
		fresh := map[int]int{}
		for j := range steps {
			n++
			fresh[steps[j].N] = n
			steps[j].N = n
		}
		for j := range steps {
			after := make([]int, len(steps[j].After))
			for k, old := range steps[j].After {
				after[k] = fresh[old]
			}
			steps[j].After = after
		}
		organizations[i].Steps = steps
	}
}

func shardsOf[T any](parts []T, shard func(T) *spec.Shard) []*spec.Shard {
	shards := make([]*spec.Shard, len(parts))
	for i, p := range parts {
		shards[i] = shard(p)
	}
	return shards
}

func inOrder[T any](parts []T, shard func(T) *spec.Shard) []T {
	return slices.SortedFunc(slices.Values(parts), func(a, b T) int {
		return cmp.Compare(shard(a).Index, shard(b).Index)
	})
}

// checkShards checks that the shards are 1 to Count, each once.
func checkShards(shards []*spec.Shard) error {
	if len(shards) == 0 {
		return fmt.Errorf("nothing to merge: name the files of all shards")
	}
	seen := map[int]bool{}
	for _, s := range shards {
		switch {
		case s == nil:
			return fmt.Errorf("one of the files is no part of a sharded run: it carries no shard")
		case s.Count != shards[0].Count:
			return fmt.Errorf("the files are parts of different runs: one of %d shards, one of %d", shards[0].Count,
				s.Count)
		case s.Index < 1 || s.Index > s.Count:
			return fmt.Errorf("shard %d of %d cannot be", s.Index, s.Count)
		case seen[s.Index]:
			return fmt.Errorf("shard %d of %d is there twice", s.Index, s.Count)
		}
		seen[s.Index] = true
	}
	var missing []string
	const most = 20
	for i := 1; i <= shards[0].Count && len(missing) < most; i++ {
		if !seen[i] {
			missing = append(missing, fmt.Sprint(i))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("shards are missing, %d of %d: %s", shards[0].Count-len(seen), shards[0].Count,
			strings.Join(missing, ", ")+more(shards[0].Count-len(seen) > most))
	}
	return nil
}

func more(is bool) string {
	if is {
		return ", …"
	}
	return ""
}

// mergeExits is the exit of the whole. A shard that could read nothing is only a part of a run of
// which other shards could, so its refused or unreachable becomes partly.
func mergeExits[T any](parts []T, code func(T) exit.Code, partly exit.Code) exit.Code {
	exits := make([]exit.Code, len(parts))
	blind := 0
	for i, p := range parts {
		exits[i] = code(p)
		if exits[i] == exit.Refused || exits[i] == exit.Unreachable {
			blind++
		}
	}
	if blind < len(parts) {
		for i, e := range exits {
			if e == exit.Refused || e == exit.Unreachable {
				exits[i] = partly
			}
		}
	}
	return exit.Worst(exits...)
}

func mergeZones(zones, more []plan.Zone) []plan.Zone {
	for _, z := range more {
		if !slices.ContainsFunc(zones, func(have plan.Zone) bool { return have.Name == z.Name }) {
			zones = append(zones, z)
		}
	}
	slices.SortFunc(zones, func(a, b plan.Zone) int { return cmp.Compare(a.Name, b.Name) })
	return zones
}

// mergeProblems keeps the first of equal problems, since every shard says the same of the documents
// and the zone, and puts them into the order of one run.
func mergeProblems(problems []spec.Problem) []spec.Problem {
	seen := map[string]bool{}
	kept := []spec.Problem{}
	for _, p := range problems {
		if key := spec.HashJSON(p); !seen[key] {
			seen[key] = true
			kept = append(kept, p)
		}
	}
	return spec.OnceEach(spec.ByKey(kept))
}
