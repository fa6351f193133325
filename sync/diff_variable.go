package sync

import (
	"makesync/spec"
)

// diffVariables compares the custom variables. Both lists are sorted by name, so one walk over
// both pairs them, and a pair that is equal costs a comparison of two texts.
func diffVariables(d *draft) {
	if why := d.lacksVariables(); why != "" {
		d.waitForVariables(why)
		return
	}
	live := d.liveVariables()
	i := 0
	for w := range d.want.Variables {
		want := &d.want.Variables[w]
		for ; i < len(live) && live[i].Name < want.Name; i++ {
			d.undeclaredVariable(&live[i])
		}
		if i < len(live) && live[i].Name == want.Name {
			d.pairVariable(&live[i], want)
			i++
			continue
		}
		d.missingVariable(want)
	}
	for ; i < len(live); i++ {
		d.undeclaredVariable(&live[i])
	}
}

func (d *draft) liveVariables() []spec.Variable {
	if d.creates() {
		return nil
	}
	return d.live.Variables
}

func (d *draft) lacksVariables() string {
	if d.creates() {
		return ""
	}
	return d.lacks(spec.KindVariable)
}

// waitForVariables: a variable that shall not be there is not there, whatever was bought.
func (d *draft) waitForVariables(why string) {
	for i := range d.want.Variables {
		v := &d.want.Variables[i]
		a := d.address(spec.KindVariable, v.Name)
		if v.State == spec.Absent {
			d.same(a)
		} else {
			d.wait(a, why)
		}
	}
}

// undeclaredVariable is one that no document speaks of: left alone, or deleted by purge.
func (d *draft) undeclaredVariable(v *spec.Variable) {
	a := d.address(spec.KindVariable, v.Name)
	if v.System || !d.want.Purges(spec.KindVariable) || d.protected(a) {
		d.leave(spec.KindVariable)
		return
	}
	d.deleteVariable(v, false, d.at("purge"))
}

func (d *draft) pairVariable(live, want *spec.Variable) {
	switch {
	case live.System:
		d.fail("system-variable", d.address(spec.KindVariable, want.Name), want.Source, want.Name+" is a system variable of Make, which nobody can change", "take it out of the documents")
	case want.State == spec.Absent:
		d.deleteVariable(live, want.LiveSecret, want.Source)
	case want.IgnoreValue, sameVariable(live, want):
		d.sameNamed(spec.KindVariable, want.Name)
	default:
		d.updateVariable(live, want)
	}
}

// sameVariable compares canonical forms. A live value without a valid form equals nothing; one
// that nobody evaluated equals anything of its type.
func sameVariable(live, want *spec.Variable) bool {
	if live.Type != want.Type || live.Invalid != "" {
		return false
	}
	return want.Unknown || live.Value.Reveal() == want.Value.Reveal()
}

func (d *draft) updateVariable(live, want *spec.Variable) {
	a := d.address(spec.KindVariable, want.Name)
	from, to := d.shownView(live), variableView(want)
	if d.sensitive(a) {
		to = to.Masked()
	}
	fields := changedFields(from, to)
	if len(fields) == 0 { // the live value reads the same but has no valid form
		fields = allFields(from, to)
	}
	s := Step{Address: a, Op: OpUpdate, Fields: bothMasked(fields), Arguments: variableArguments(want, to["value"]), Source: position(want.Source), Before: from, Notes: unknownNote(want)}
	if stepIsSecret(&s) {
		s.Before = from.Masked()
	}
	d.propose(phaseVariableUpdate, s)
}

func (d *draft) missingVariable(want *spec.Variable) {
	a := d.address(spec.KindVariable, want.Name)
	if want.State == spec.Absent {
		d.same(a)
		return
	}
	to := variableView(want)
	if d.sensitive(a) {
		to = to.Masked()
	}
	d.propose(phaseVariableCreate, Step{Address: a, Op: OpCreate, Fields: bothMasked(allFields(nil, to)), Arguments: variableArguments(want, to["value"]), Source: position(want.Source), Notes: unknownNote(want)})
}

func (d *draft) deleteVariable(live *spec.Variable, secret bool, at spec.Source) {
	a := d.address(spec.KindVariable, live.Name)
	from := d.shownView(live)
	if secret {
		from = from.Masked()
	}
	d.propose(phaseVariableDelete, Step{Address: a, Op: OpDelete, Fields: bothMasked(allFields(from, nil)), Arguments: Arguments{Name: live.Name, Confirmed: true}, Source: position(at), Before: from})
}

func variableArguments(v *spec.Variable, value Scalar) Arguments {
	return Arguments{Name: v.Name, Type: v.Type, Value: &value, IgnoreValue: v.IgnoreValue}
}

func unknownNote(v *spec.Variable) []string {
	if !v.Unknown {
		return nil
	}
	return []string{"the value is not known: " + v.Reference + " was not evaluated"}
}

// sensitive tells whether an address is masked by its name or by the documents' patterns.
func (d *draft) sensitive(a spec.Address) bool {
	return spec.IsSensitive(a, a.Name(), d.run.Desired.Sensitive)
}

// shownView is the view of a live variable, which comes masked from the reader, with its value
// shown when neither its name nor a pattern makes it a secret.
func (d *draft) shownView(v *spec.Variable) View {
	return variableView(v).masked(d.sensitive(d.address(spec.KindVariable, v.Name)))
}
