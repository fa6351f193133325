package grouping

import (
	"slices"
	"strings"

	"makesync/spec"
	"makesync/sync/plan"
)

// ruleForAll is one --allow rule that lets a group through: the rule of its members where all have
// the same one, else one over a pattern of keys. Such a rule counts every change of its op and kind
// that its pattern matches, held or not, so its number is how many of these the plan has.
func ruleForAll(p *plan.Plan, group *HeldGroup, rules []string) string {
	slices.Sort(rules)
	if rules = slices.Compact(rules); len(rules) == 1 {
		return rules[0]
	}
	first, err := plan.ParseAllow(group.Objects[0].Allow)
	if err != nil { // only a foreign plan has a rule that cannot be read
		return ""
	}
	key, err := spec.ParseGlob(patternOf(group.Organizations))
	if err != nil {
		return ""
	}
	wide := plan.Allow{Op: first.Op, Kind: first.Kind, Key: key}
	return plan.AllowRule(wide.Op, wide.Kind, p.Shard.Total(matchedBy(p, wide)), key.String())
}

// matchedBy is how many changes of the plan, held ones too, a rule speaks of.
func matchedBy(p *plan.Plan, rule plan.Allow) (n int) {
	for i := range p.Organizations {
		o := &p.Organizations[i]
		for j := range o.Steps {
			if rule.Matches(o.Key, &o.Steps[j]) {
				n++
			}
		}
		for _, h := range o.Held {
			step := plan.Step{Kind: h.Kind, Op: h.Op, Origin: h.Origin}
			if h.Kind == spec.KindTFA { // a held one has no arguments to see what it switches
				enforces := strings.HasPrefix(h.Allow, string(plan.OpEnforce)+":")
				step.Arguments.Enable = &enforces
			}
			if rule.Matches(o.Key, &step) {
				n++
			}
		}
	}
	return n
}

// patternOf is a narrow pattern that matches all keys: what they begin with, up to a hyphen, and a
// star.
func patternOf(keys []string) string {
	if len(keys) == 1 {
		return keys[0]
	}
	shared := keys[0]
	for _, key := range keys[1:] {
		for !strings.HasPrefix(key, shared) {
			shared = shared[:len(shared)-1]
		}
	}
	return shared[:strings.LastIndexByte(shared, '-')+1] + "*"
}
