package sync

import (
	"strconv"

	"makesync/spec"
	"makesync/spec/text"
)

// diffControls compares the feature controls. Their ids differ between instances, so documents
// name them; without case, as an administrator reads them off a page.
func diffControls(d *draft) {
	if d.creates() {
		for i := range d.want.FeatureControls {
			d.setControl(&d.want.FeatureControls[i], nil)
		}
		return
	}
	taken := map[*spec.FeatureControl]bool{}
	for i := range d.want.FeatureControls {
		want := &d.want.FeatureControls[i]
		live, err := d.bindControl(want)
		taken[live] = true
		switch {
		case err != nil:
			d.unresolved(d.address(spec.KindFeatureControl, want.Name), want.Source, err)
		case live != nil && live.Enabled != want.Enabled:
			d.setControl(want, live)
		default:
			d.same(d.address(spec.KindFeatureControl, want.Name))
		}
	}
	for i := range d.live.FeatureControls {
		if !taken[&d.live.FeatureControls[i]] {
			d.leave(spec.KindFeatureControl)
		}
	}
}

// bindControl finds the live control of a name: nil without an error when it is not there and
// should be off, or is waiting for the licence.
func (d *draft) bindControl(want *spec.FeatureControl) (*spec.FeatureControl, error) {
	var found []*spec.FeatureControl
	var known []Name
	for i := range d.live.FeatureControls {
		c := &d.live.FeatureControls[i]
		known = append(known, Name{ID: c.ID, Name: c.Name})
		if foldName(c.Name) == foldName(want.Name) {
			found = append(found, c)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return nil, &nameError{text.Count(len(found), "feature control", "feature controls") + " go by " + text.Quote(want.Name) + ": ids " + controlIDs(found), "they cannot be told apart by name; take it out of the documents"}
	case !want.Enabled:
		return nil, nil
	}
	return nil, &nameError{"the organization has no feature control " + text.Quote(want.Name), knownNames(Teams, known, want.Name)}
}

func controlIDs(controls []*spec.FeatureControl) string {
	ids := make([]string, len(controls))
	for i, c := range controls {
		ids[i] = strconv.FormatInt(c.ID, 10)
	}
	return text.Commas(ids, 10)
}

// setControl switches a control; one whose organization is yet to be made is found by name later.
func (d *draft) setControl(want, live *spec.FeatureControl) {
	enable := want.Enabled
	s := Step{
		Address: d.address(spec.KindFeatureControl, want.Name), Op: OpUpdate, Source: position(want.Source),
		Arguments: Arguments{Name: want.Name, Enable: &enable},
	}
	if live != nil {
		s.Arguments.ControlID = live.ID
		s.Before = View{"enabled": Bool(live.Enabled)}
	}
	s.Fields = allFields(s.Before, View{"enabled": Bool(enable)})
	d.propose(phaseControl, s)
}

// lacksControls: an organization without any control has none to offer.
func (d *draft) lacksControls() string {
	if why := d.lacks(spec.KindFeatureControl); why != "" {
		return why
	}
	if len(d.live.FeatureControls) == 0 {
		return "licence: the organization's plan offers no feature controls"
	}
	return ""
}

// waitForControls: what should be off is off where it is not to be had.
func (d *draft) waitForControls(why string) {
	for i := range d.want.FeatureControls {
		c := &d.want.FeatureControls[i]
		a := d.address(spec.KindFeatureControl, c.Name)
		if c.Enabled {
			d.wait(a, why)
		} else {
			d.same(a)
		}
	}
}
