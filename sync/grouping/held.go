package grouping

import (
	"cmp"
	"slices"
	"strings"

	"makesync/sync/plan"
)

// HeldGroup is what one guard holds in several organizations, for one or more objects.
type HeldGroup struct {
	Guard string
	// Objects has one of the equal ones for each object.
	Objects []plan.Held
	// Reasons are the different ones, in order of appearance; the address in a reason is cut to
	// the object.
	Reasons       []string
	Organizations []string
	// Allow is one rule that lets all of them through, "" where there is none.
	Allow string
}

// groupHeld first puts equal objects together, then objects that one guard holds in the same
// organizations, since one rule lets those through.
func (g *Grouping) groupHeld(p *plan.Plan, least int) {
	var b bundle
	for i := range g.Rest {
		for j := range g.Rest[i].Held {
			h := &g.Rest[i].Held[j]
			same := []string{string(h.Kind), h.Address.Name(), string(h.Op), h.Gains, h.Guard}
			b.add(strings.Join(same, "\x00"), member{i, j})
		}
	}
	taken, at := map[member]bool{}, map[string]int{}
	type reasonOfGroup struct {
		group  int
		reason string
	}
	told := map[reasonOfGroup]bool{}
	rules := map[int][]string{} // the rules of the members, by group
	for _, members := range b.large(least) {
		first := g.Rest[members[0].organization].Held[members[0].at]
		keys := g.keys(members)
		same := strings.Join(append([]string{string(first.Kind), string(first.Op), first.Guard}, keys...), "\x00")
		n, known := at[same]
		if !known {
			n, at[same] = len(g.Held), len(g.Held)
			g.Held = append(g.Held, HeldGroup{Guard: first.Guard, Organizations: keys})
		}
		group := &g.Held[n]
		group.Objects = append(group.Objects, first)
		for _, m := range members {
			taken[m] = true
			h := &g.Rest[m.organization].Held[m.at]
			if why := (reasonOfGroup{n, reasonOfObject(h)}); !told[why] {
				told[why] = true
				group.Reasons = append(group.Reasons, why.reason)
			}
			rules[n] = append(rules[n], h.Allow)
		}
	}
	for n := range g.Held {
		g.Held[n].Allow = ruleForAll(p, &g.Held[n], rules[n])
	}
	slices.SortStableFunc(g.Held, func(a, b HeldGroup) int {
		return cmp.Compare(len(b.Organizations), len(a.Organizations))
	})
	g.leave(taken, func(o *plan.Organization, left func(int) bool) { o.Held = without(o.Held, left) })
}

// reasonOfObject is the reason with the address cut to the object, so that it is the same in all
// organizations.
func reasonOfObject(h *plan.Held) string {
	if _, below, ok := strings.Cut(string(h.Address), "/"); ok {
		return strings.ReplaceAll(h.Reason, string(h.Address), below)
	}
	return h.Reason
}
