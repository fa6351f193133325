package adopt

import (
	"slices"

	"makesync/spec"
	"makesync/spec/document/edit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Live asks for the live values of objects that are declared.
type Live struct {
	// Plan is what an apply would do, with no guard that holds it: each step tells both sides.
	Plan    *plan.Plan
	Desired *spec.Desired
	// State gives what was read of an organization; nil when nothing was.
	State func(zone string, id int64) *state.Organization
	// Targets are the addresses that were named.
	Targets []spec.Glob
	// Since: the plan knows what drifted, and only that is adopted unless it is named.
	Since bool
	// Unattended: nobody is asked, so that what only a person may adopt is left.
	Unattended bool
}

// Into writes what is meant into the texts, or there why it is not written.
func (l Live) Into(texts *Texts) {
	a := &adopting{l, texts}
	for _, c := range a.choose() {
		a.set(c)
	}
}

// adopting is Live under way.
type adopting struct {
	Live
	texts *Texts
}

// choose finds what is to be adopted, and says why the rest of what was asked for is not.
func (a *adopting) choose() (chosen []*candidate) {
	for i := range a.Plan.Organizations {
		o := &a.Plan.Organizations[i]
		want := a.organization(o.Key)
		live := a.State(o.Zone, o.ID)
		for j := range o.Steps {
			c := &candidate{step: &o.Steps[j], want: want, live: live}
			if why := a.notMeant(c.step); why != "" {
				a.texts.leave(c.step.Address, why)
				continue
			}
			if err := c.evaluate(a); err != nil {
				a.texts.leave(c.step.Address, err.Error())
				continue
			}
			chosen = append(chosen, c)
		}
		a.leaveHeld(o)
	}
	return a.profiles(chosen)
}

// leaveHeld says of what was named, and what a guard holds, that it is not adopted.
func (a *adopting) leaveHeld(o *plan.Organization) {
	for _, h := range o.Held {
		switch {
		case len(a.Targets) == 0:
		case h.Kind.Bills():
			a.texts.leave(h.Address, "what is paid for is written by hand; `makesync help billing` shows how")
		default:
			a.texts.leave(h.Address, "a guard holds what would change: "+h.Reason)
		}
	}
}

func (a *adopting) organization(key string) *spec.Organization {
	for i := range a.Desired.Organizations {
		if a.Desired.Organizations[i].Key == key {
			return &a.Desired.Organizations[i]
		}
	}
	return nil
}

// notMeant says why a step is none to adopt: with --since only drift is, and a conflict when it is
// named.
func (a *adopting) notMeant(s *plan.Step) string {
	named := slices.ContainsFunc(a.Targets, func(g spec.Glob) bool { return g.MatchAddress(s.Address) })
	switch {
	case !a.Since, s.Origin == plan.OriginDrift:
		return ""
	case s.Origin == plan.OriginPending:
		return "pending: the documents changed, and the zone is as it was; apply brings it about"
	case named:
		return ""
	case s.Origin == plan.OriginConflict:
		return "conflict: the documents changed too; to take what is in Make, name the address"
	}
	return "unknown: the snapshot does not tell who changed it; to take what is in Make, name the address"
}

// set writes a candidate's values into the text of its file.
func (a *adopting) set(c *candidate) {
	if c.gains && a.Unattended {
		a.texts.leave(c.step.Address,
			"it gives somebody more than the documents do, which --yes never adopts: run without --yes")
		return
	}
	place, path := edit.Place{Organization: c.want.Key}, c.want.At[""].File
	if c.profile != "" {
		place, path = edit.Place{Profile: c.profile}, c.file
	}
	file, err := a.texts.open(path)
	if err == nil {
		err = file.SetAll(place, c.values...)
	}
	if err != nil {
		a.texts.leave(c.step.Address, err.Error())
		return
	}
	a.texts.Written++
}
