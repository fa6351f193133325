package plan

import (
	"makesync/spec"
	"makesync/sync/state"
)

// Change is a step before the guards have looked at it, with what they and the order of the plan
// need to know besides.
type Change struct {
	Step
	Phase Phase
	// Raises: the step gives somebody more rights. Lowers: it takes an Owner or Admin out.
	Raises, Lowers bool
	// Relies is what the step takes for granted about the live state; its fingerprint becomes the
	// precondition.
	Relies Reliance
}

// NewChange makes a change of a step: its kind and risk follow from the step itself. Live is the
// organization as it was compared, nil when it is to be created; admins are its Owners and Admins.
func NewChange(phase Phase, s Step, live *state.Organization, admins Admins) Change {
	s.Kind = s.Address.Kind()
	s.Risk = riskOf(&s)
	return Change{
		Step:   s,
		Phase:  phase,
		Raises: phase == PhasePromote,
		Lowers: admins.Lowers(&s),
		Relies: relianceOf(live, &s),
	}
}

// OpKind is an op as guards count it, with the kind of its object.
type OpKind struct {
	Op   Op
	Kind spec.Kind
}

func (c *Change) OpKind() OpKind { return OpKind{c.Op.Counted(), c.Kind} }
