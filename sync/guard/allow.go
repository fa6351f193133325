package guard

import (
	"slices"
	"strconv"

	"makesync/spec"
	"makesync/sync/plan"
)

// allowances are the --allow rules with what they matched, over all organizations of the run. A
// rule that names one organization matches in that one alone.
type allowances struct {
	rules  []plan.Allow
	counts []int // of the rules, in their order
	// proposed are the changes by op and kind, for the rules that guards print.
	proposed map[plan.StepType]int
	// shard has its part of the numbers of rules that speak of several organizations.
	shard *spec.Shard
}

// allowances counts what the organizations propose, before any guard.
func (g *Guard) allowances(reviews []*review) *allowances {
	a := &allowances{
		rules: g.allow, shard: g.shard, counts: make([]int, len(g.allow)), proposed: map[plan.StepType]int{},
	}
	for _, r := range reviews {
		for i := range r.Changes {
			c := &r.Changes[i]
			a.proposed[c.CountedType()]++
			for n := range a.rules {
				if a.rules[n].Matches(r.Key, &c.Step) {
					a.counts[n]++
				}
			}
		}
	}
	return a
}

// quota is how many steps a rule lets through here; negative: any number. One organization is in
// one shard, which has its whole number.
func (a *allowances) quota(rule plan.Allow) int {
	if rule.Single() {
		return rule.Max
	}
	return a.shard.Share(rule.Max)
}

// allowed tells whether a rule lets the step through. A rule with a number that more steps
// match than it allows lets none of them through: which ones would be an arbitrary choice. Rules
// that revert drift lift that guard and no other.
func (a *allowances) allowed(key string, s *plan.Step) bool { return a.allows(key, s, false) }

// mayRevert tells whether a rule lets a step through that reverts drift.
func (a *allowances) mayRevert(key string, s *plan.Step) bool { return a.allows(key, s, true) }

func (a *allowances) allows(key string, s *plan.Step, reverts bool) bool {
	for i, rule := range a.rules {
		quota, fits := a.quota(rule), (rule.Op == plan.OpRevert) == reverts && rule.Matches(key, s) && rule.Affords(s)
		if fits && (quota < 0 || a.counts[i] <= quota) {
			return true
		}
	}
	return false
}

// exceededRule tells of a rule that would have let the step through had fewer matched it.
func (a *allowances) exceededRule(key string, s *plan.Step) string { return a.exceeded(key, s, false) }

func (a *allowances) exceeded(key string, s *plan.Step, reverts bool) string {
	for i, rule := range a.rules {
		fits := (rule.Op == plan.OpRevert) == reverts && rule.Matches(key, s)
		if fits && !rule.Affords(s) {
			return "; --allow " + rule.String() + " does not cover it"
		}
		if fits {
			return "; --allow " + rule.String() + " is not enough for " + strconv.Itoa(a.counts[i])
		}
	}
	return ""
}

// sortedOnce are the texts in order, each once.
func sortedOnce(texts []string) []string { return slices.Compact(slices.Sorted(slices.Values(texts))) }
