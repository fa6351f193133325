package sync

import (
	"makesync/spec"
	"makesync/spec/text"
)

// diffTFA compares the enforcement of two-factor authentication. An organization whose zone does
// not show it cannot have it (Enterprise), or is new; then "off" is reached.
func diffTFA(d *draft) {
	a, enable := d.address(spec.KindTFA, ""), *d.want.TFAEnforced
	var before View
	if !d.creates() {
		before = viewTFA(d.live, "")
	}
	switch why := d.lacksTFA(); {
	case before == nil && !enable:
		d.same(a)
		return
	case before != nil && *d.live.TFAEnforced == enable:
		d.same(a)
		return
	case why != "" && enable:
		d.wait(a, why)
		return
	}
	s := Step{Address: a, Op: OpUpdate, Arguments: Arguments{Enable: &enable}, Source: position(d.at("tfaEnforced")), Before: before}
	s.Fields = allFields(before, View{"tfaEnforced": Bool(enable)})
	if enable {
		s.Notes = []string{"signs out at once everybody who has a password and no two-factor authentication"}
	}
	d.propose(phaseTFA, s)
}

func (d *draft) lacksTFA() string {
	switch {
	case d.creates():
		return ""
	case d.live.Lacks[spec.KindTFA] != "":
		return "licence: " + text.OneLine(d.live.Lacks[spec.KindTFA])
	case d.live.TFAEnforced == nil:
		return "licence: the zone shows no enforcement of two-factor authentication for this organization; it comes with the plan Enterprise"
	}
	return ""
}
