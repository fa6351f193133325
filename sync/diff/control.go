package diff

import (
	"strconv"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// diffControls compares the feature controls. Their ids differ between instances, so documents
// name them; without case, as an administrator reads them off a page.
func diffControls(c *comparison) {
	if c.creates() || c.unlicensed != "" {
		for i := range c.Want.FeatureControls {
			setControl(c, &c.Want.FeatureControls[i], nil)
		}
		return
	}
	taken := map[*spec.FeatureControl]bool{}
	for i := range c.Want.FeatureControls {
		want := &c.Want.FeatureControls[i]
		live, err := bindControl(c.Live, want)
		taken[live] = true
		switch {
		case err != nil:
			c.unresolved(c.address(spec.KindFeatureControl, want.Name), want.Source, own(err))
		case live != nil && live.Enabled != want.Enabled:
			setControl(c, want, live)
		default:
			c.countUnchanged(c.address(spec.KindFeatureControl, want.Name))
		}
	}
	for i := range c.Live.FeatureControls {
		if !taken[&c.Live.FeatureControls[i]] {
			c.countUnmanaged(spec.KindFeatureControl, c.Live.FeatureControls[i].Name)
		}
	}
}

// bindControl finds the live control of a name: nil without an error when it is not there and
// should be off, or is waiting for the licence.
func bindControl(organization *state.Organization, want *spec.FeatureControl) (*spec.FeatureControl, error) {
	var found, exact []*spec.FeatureControl
	var known []state.Name
	for i := range organization.FeatureControls {
		c := &organization.FeatureControls[i]
		known = append(known, state.Name{ID: c.ID, Name: c.Name})
		if spec.FoldName(c.Name) == spec.FoldName(want.Name) {
			found = append(found, c)
		}
		if c.Name == want.Name {
			exact = append(exact, c)
		}
	}
	if len(exact) > 0 {
		found = exact
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return nil, &state.NameError{
			Message: text.Count(len(found), "feature control", "feature controls") + " go by " + text.Quote(want.Name) +
				": ids " + controlIDs(found),
			Hint: "they cannot be told apart by name; take it out of the documents",
		}
	case !want.Enabled:
		return nil, nil
	}
	return nil, &state.NameError{
		Message: "the organization has no feature control " + text.Quote(want.Name),
		Hint:    state.KnownNames(state.Teams, known, want.Name),
	}
}

func controlIDs(controls []*spec.FeatureControl) string {
	ids := make([]string, len(controls))
	for i, c := range controls {
		ids[i] = strconv.FormatInt(c.ID, 10)
	}
	return text.Commas(ids, 10)
}

// setControl switches a control; one whose organization is yet to be made is found by name later.
// The step goes by the name in Make, which policies know: documents write it without case.
func setControl(c *comparison, want, live *spec.FeatureControl) {
	enable, name := want.Enabled, want.Name
	if live != nil {
		name = live.Name
	}
	s := plan.Step{
		Address: c.address(spec.KindFeatureControl, name), Op: plan.OpUpdate, Source: want.Source.Position(),
		Arguments: plan.Arguments{Name: name, Enable: &enable},
	}
	if live != nil {
		s.Arguments.ControlID = live.ID
		s.Before = state.View{"enabled": state.Bool(live.Enabled)}
	}
	s.Fields = allFields(s.Before, state.View{"enabled": state.Bool(enable)})
	c.addChange(plan.PhaseControl, s)
}

// lacksControls: an organization without any control has none to offer.
func lacksControls(c *comparison) string {
	if why := c.Live.LackOf(spec.KindFeatureControl); why != "" {
		return why
	}
	if len(c.Live.FeatureControls) == 0 {
		return "licence: the organization's plan offers no feature controls"
	}
	return ""
}

// waitForControls: what should be off is off where it is not to be had.
func waitForControls(c *comparison, why string) {
	for i := range c.Want.FeatureControls {
		control := &c.Want.FeatureControls[i]
		a := c.address(spec.KindFeatureControl, control.Name)
		if control.Enabled {
			c.addWaiting(a, why)
		} else {
			c.countUnchanged(a)
		}
	}
}
