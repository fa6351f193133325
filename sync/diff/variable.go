package diff

import (
	"slices"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// diffVariables compares the custom variables. Both lists are sorted by name, so one walk over
// both pairs them, and a pair that is equal costs a comparison of two texts.
func diffVariables(c *comparison) {
	live := liveVariables(c)
	c.Changes = slices.Grow(c.Changes, max(0, len(c.Want.Variables)-len(live)))
	i := 0
	for w := range c.Want.Variables {
		want := &c.Want.Variables[w]
		for ; i < len(live) && live[i].Name < want.Name; i++ {
			undeclaredVariable(c, &live[i])
		}
		if i < len(live) && live[i].Name == want.Name {
			pairVariable(c, &live[i], want)
			i++
			continue
		}
		missingVariable(c, want)
	}
	for ; i < len(live); i++ {
		undeclaredVariable(c, &live[i])
	}
}

func liveVariables(c *comparison) []spec.Variable {
	if c.creates() {
		return nil
	}
	return c.Live.Variables
}

func lacksVariables(c *comparison) string { return c.Live.LackOf(spec.KindVariable) }

// waitForVariables: a variable that shall not be there is not there, whatever was bought.
func waitForVariables(c *comparison, why string) {
	for i := range c.Want.Variables {
		v := &c.Want.Variables[i]
		a := c.address(spec.KindVariable, v.Name)
		if v.State == spec.Absent {
			c.countUnchanged(a)
		} else {
			c.addWaiting(a, why)
		}
	}
}

// undeclaredVariable is one that no document speaks of: left alone, or deleted by purge. Those of
// Make itself, which every organization has, are nobody's.
func undeclaredVariable(c *comparison, v *spec.Variable) {
	if v.System { // nobody can manage it
		return
	}
	a := c.address(spec.KindVariable, v.Name)
	if !c.Want.Purges(spec.KindVariable) || c.Guards.Protects(a, c.id()) {
		c.countUnmanaged(spec.KindVariable, v.Name)
		return
	}
	deleteVariable(c, v, false, c.Want.SourceOf("purge"))
}

func pairVariable(c *comparison, live, want *spec.Variable) {
	switch {
	case live.System:
		c.addProblem(
			plan.RuleSystemVariable,
			c.address(spec.KindVariable, want.Name),
			want.Source,
			want.Name+" is a system variable of Make, which nobody can change",
			"take it out of the documents",
		)
	case want.State == spec.Absent:
		deleteVariable(c, live, want.LiveSecret, want.Source)
	case want.IgnoreValue, sameVariable(live, want):
		c.countUnchangedName(spec.KindVariable, want.Name)
	default:
		updateVariable(c, live, want)
	}
}

// sameVariable compares canonical forms. A live value without a valid form equals nothing; one
// that nobody evaluated equals anything of its type; one that nobody has seen equals nothing else.
func sameVariable(live, want *spec.Variable) bool {
	if live.Type != want.Type || live.Invalid != "" || live.Unseen {
		return live.Type == want.Type && live.Unseen && want.Unknown
	}
	if want.Type == spec.TypeNumber && spec.SameNumber(live.Value.Reveal(), want.Value.Reveal()) {
		return true
	}
	return want.Unknown || live.Value.Reveal() == want.Value.Reveal()
}

func updateVariable(c *comparison, live, want *spec.Variable) {
	a := c.address(spec.KindVariable, want.Name)
	from, to := shownView(c, live), state.VariableView(want)
	if c.sensitive(a) || from["value"].IsSensitive() {
		to = to.Masked()
	}
	fields := changedFields(from, to)
	if len(fields) == 0 { // the live value reads the same but has no valid form
		fields = allFields(from, to)
	}
	s := plan.Step{
		Address:   a,
		Op:        plan.OpUpdate,
		Fields:    bothMasked(fields),
		Arguments: variableArguments(want, to["value"]),
		Source:    want.Source.Position(),
		Before:    from,
		Notes:     unknownNote(want),
	}
	if plan.StepIsSecret(&s) {
		s.Before = from.Masked()
	}
	c.addChange(plan.PhaseVariableUpdate, s)
}

func missingVariable(c *comparison, want *spec.Variable) {
	a := c.address(spec.KindVariable, want.Name)
	if want.State == spec.Absent {
		c.countUnchanged(a)
		return
	}
	to := state.VariableView(want)
	if c.sensitive(a) {
		to = to.Masked()
	}
	c.addChange(
		plan.PhaseVariableCreate,
		plan.Step{
			Address:   a,
			Op:        plan.OpCreate,
			Fields:    bothMasked(allFields(nil, to)),
			Arguments: variableArguments(want, to["value"]),
			Source:    want.Source.Position(),
			Notes:     unknownNote(want),
		},
	)
}

func deleteVariable(c *comparison, live *spec.Variable, secret bool, at spec.Source) {
	a := c.address(spec.KindVariable, live.Name)
	if !spec.IsPathSegment(live.Name) {
		c.addWaiting(a, "its name cannot stand in the path of a call, so that no run deletes it: delete it in Make")
		return
	}
	from := shownView(c, live)
	if secret {
		from = from.Masked()
	}
	c.addChange(
		plan.PhaseVariableDelete,
		plan.Step{
			Address:   a,
			Op:        plan.OpDelete,
			Fields:    bothMasked(allFields(from, nil)),
			Arguments: plan.Arguments{Name: live.Name, Confirmed: true},
			Source:    at.Position(),
			Before:    from,
		},
	)
}

func variableArguments(v *spec.Variable, value state.Scalar) plan.Arguments {
	return plan.Arguments{Name: v.Name, Type: v.Type, Value: &value, IgnoreValue: v.IgnoreValue}
}

func unknownNote(v *spec.Variable) []string {
	if !v.Unknown {
		return nil
	}
	return []string{"the value is not known: " + v.Reference + " was not evaluated"}
}

// sensitive tells whether an address is masked by its name or by the documents' patterns.
func (c *comparison) sensitive(a spec.Address) bool {
	return spec.IsSensitiveIn(a, c.id(), c.Sensitive)
}

// shownView is the view of a live variable, which comes masked from the reader, with its value
// shown when neither its name nor a pattern makes it a secret.
func shownView(c *comparison, v *spec.Variable) state.View {
	return state.VariableView(v).MaskedIf(c.sensitive(c.address(spec.KindVariable, v.Name)))
}
