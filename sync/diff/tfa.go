package diff

import (
	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// diffTFA compares the enforcement of two-factor authentication. An organization whose zone does
// not show it cannot have it (Enterprise), or is new; then "off" is reached.
func diffTFA(c *comparison) {
	a, enable := c.address(spec.KindTFA, ""), *c.Want.TFAEnforced
	var before state.View
	if !c.creates() {
		before = state.ViewTFA(c.Live, "")
	}
	why := lacksTFA(c)
	switch {
	case before == nil && !enable:
		c.countUnchanged(a)
		return
	case before != nil && *c.Live.TFAEnforced == enable:
		c.countUnchanged(a)
		return
	case why != "" && enable && !c.comesWithPurchase(spec.KindTFA):
		c.addWaiting(a, why)
		return
	}
	if enable {
		c.unlicensed = why
	}
	s := plan.Step{
		Address:   a,
		Op:        plan.OpUpdate,
		Arguments: plan.Arguments{Enable: &enable},
		Source:    c.Want.PositionOf("tfaEnforced"),
		Before:    before,
	}
	s.Fields = allFields(before, state.View{"tfaEnforced": state.Bool(enable)})
	if enable {
		s.Notes = []string{plan.NoteTFA}
	}
	c.addChange(plan.PhaseTFA, s)
}

func lacksTFA(c *comparison) string {
	switch {
	case c.creates():
		return ""
	case c.Live.Lacks[spec.KindTFA] != "":
		return "licence: " + text.OneLine(c.Live.Lacks[spec.KindTFA])
	case c.Live.TFAEnforced == nil:
		return "licence: the zone shows no enforcement of two-factor authentication for this organization; " +
			"it comes with the plan Enterprise"
	}
	return ""
}
