package grouping

import (
	"slices"

	"makesync/sync/plan"
)

// Grouping is a plan of which equal parts are told once.
type Grouping struct {
	Groups  []plan.Group
	Held    []HeldGroup
	Waiting []WaitingGroup
	// Rest are all organizations of the plan, without what stands in a group.
	Rest []plan.Organization
}

// Of puts together what is equal in at least so many organizations; fewer than two: nothing.
func Of(p *plan.Plan, least int) Grouping {
	g := Grouping{Rest: slices.Clone(p.Organizations)}
	if least < 2 {
		return g
	}
	g.groupSteps(least)
	g.groupHeld(p, least)
	g.groupWaiting(least)
	return g
}

func (g *Grouping) groupSteps(least int) {
	g.Groups = plan.GroupsOf(g.Rest, least)
	taken := map[*plan.Step]bool{}
	for i := range g.Groups {
		for _, step := range g.Groups[i].Steps {
			taken[step] = true
		}
	}
	for i := range g.Rest {
		o := &g.Rest[i]
		o.Steps = without(o.Steps, func(j int) bool { return !taken[&o.Steps[j]] })
	}
}

// member is one of several equal things: the organization's place and its own place in there.
type member struct{ organization, at int }

func sameOrganization(x, y member) bool { return x.organization == y.organization }

// bundle gathers equal things, in order of appearance.
type bundle struct {
	keys    []string
	members map[string][]member
}

func (b *bundle) add(key string, m member) {
	if b.members == nil {
		b.members = map[string][]member{}
	}
	if b.members[key] == nil {
		b.keys = append(b.keys, key)
	}
	b.members[key] = append(b.members[key], m)
}

// large are the bundles with members of at least so many organizations. What stands twice in one
// organization, which is in no plan that makesync made, is counted once.
func (b *bundle) large(least int) [][]member {
	var large [][]member
	for _, key := range b.keys {
		members := slices.CompactFunc(b.members[key], sameOrganization)
		if len(members) >= least {
			large = append(large, members)
		}
	}
	return large
}

// keys are those of the members' organizations.
func (g *Grouping) keys(members []member) []string {
	keys := make([]string, len(members))
	for i, m := range members {
		keys[i] = g.Rest[m.organization].Key
	}
	return keys
}

// leave takes what stands in a group out of the organizations, on copies.
func (g *Grouping) leave(taken map[member]bool, take func(o *plan.Organization, left func(int) bool)) {
	if len(taken) == 0 {
		return
	}
	for i := range g.Rest {
		take(&g.Rest[i], func(j int) bool { return !taken[member{i, j}] })
	}
}

func without[T any](list []T, left func(int) bool) []T {
	var kept []T
	for i := range list {
		if left(i) {
			kept = append(kept, list[i])
		}
	}
	return kept
}
