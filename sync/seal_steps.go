package sync

import (
	"makesync/spec"
)

// sealSteps gives every step its precondition, and every secret of a step its fingerprint. Both wait
// until the guards are done: fingerprints of secrets are slow on purpose, and what a step that lowers
// an Admin relies on is the set of Admins just before it, which depends on which steps remain.
func (d *draft) sealSteps(salt []byte) {
	admins := d.admins.after(nil)
	created := false
	for i := range d.proposals {
		p := &d.proposals[i]
		if p.lowers {
			p.relies.Admins = admins.sorted()
		}
		if p.phase == phaseTransfer {
			for j := range i {
				p.relies.follow(&p.Step, &d.proposals[j].Step)
			}
		}
		admins.apply(&p.Step)
		p.relies.View = p.relies.View.Fingerprinted(salt)
		if p.Kind == spec.KindVariable && p.Before != nil {
			p.Before = p.relies.View
		}
		if p.Arguments.Value != nil {
			value := p.Arguments.Value.fingerprinted(salt)
			p.Arguments.Value = &value
		}
		created = created || p.phase == phaseCreate
		if !created || p.phase == phaseCreate {
			p.Precondition = p.relies.fingerprint(nil)
		}
	}
}
