package plan

import "makesync/sync/state"

// Change is a step before the guards have looked at it, with what they and the order of the plan
// need to know besides.
type Change struct {
	Step
	Phase Phase
	// Raises: the step may give somebody more rights. Lowers: it takes an Owner or Admin out.
	Raises, Lowers bool
	// Unlicensed is why the organization's present plan does not offer the change, which waits for
	// the purchase of another one in the same run; "" for none.
	Unlicensed string
	// Buys is the plan that the run buys before the change; "" for none. Forecast is what is said
	// of the change if it does not.
	Forecast, Buys string
	// Forbidden is a reason for which the change is held whatever rules allow; "" for none.
	Forbidden string
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

// HeldBy is the change as a guard or a policy has stopped it.
func (c *Change) HeldBy(guard, reason, allow string) Held {
	return Held{Address: c.Address, Op: c.Op, Kind: c.Kind, Guard: guard, Reason: reason, Allow: allow,
		Gains: c.Gains(), Source: c.Source, Origin: c.Origin, Money: c.Money}
}

// CountedType is the change's type as guards count it: a reinvite as an invite, a revoke as a
// delete.
func (c *Change) CountedType() StepType { return StepType{c.Kind, c.Op.Counted()} }
