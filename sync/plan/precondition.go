package plan

import (
	"sort"

	"makesync/spec"
	"makesync/sync/state"
)

// Reliance is what a step takes for granted about the live state, and what its precondition
// fingerprints: the object itself, and for steps that could lock people out also the rest.
type Reliance struct {
	View   state.View `json:"view"` // null: the object must not be there
	UserID int64      `json:"userId,omitempty"`
	// Admins is the whole set of accepted Owners and Admins just before the step, for steps that
	// lower one.
	Admins []int64 `json:"admins,omitempty"`
	// OwnerID, Accepted and HeirRole: of a transfer. Somebody who was lowered meanwhile must not
	// become Owner.
	OwnerID  int64  `json:"ownerId,omitempty"`
	Accepted bool   `json:"accepted,omitempty"`
	HeirRole string `json:"heirRole,omitempty"`
	// What a deletion of the organization takes along.
	Scenarios *int    `json:"scenarios,omitempty"`
	Teams     []int64 `json:"teams,omitempty"`
	Members   []int64 `json:"members,omitempty"`
	// Name is the organization's, of what moves money: nobody shall pay for another one.
	Name string `json:"name,omitempty"`
}

// relianceOf collects what a step relies on.
func relianceOf(live *state.Organization, s *Step) Reliance {
	name := s.Address.Name()
	r := Reliance{View: state.ViewOf(live, s.Kind, name)}
	if live == nil {
		return r
	}
	switch {
	case s.MovesMoney():
		r.Name = live.Name
	case s.Kind == spec.KindVariable:
		r.View = r.View.MaskedIf(StepIsSecret(s))
	case s.Kind == spec.KindMember:
		if m := state.FindMember(live.Members, name); m != nil {
			r.UserID = m.UserID
		}
	case s.Kind == spec.KindOwner:
		r.OwnerID = live.OwnerID
		m := state.FindUser(live.Members, s.Arguments.UserID)
		if m != nil {
			r.Accepted, r.HeirRole = m.Accepted(), m.Role
		}
	case s.Kind == spec.KindOrganization && s.Op == OpUpdate:
		r.View = onlyTouched(r.View, s.Fields)
	case s.Kind == spec.KindOrganization && s.Op == OpDelete:
		r.Scenarios, r.Teams, r.Members = live.ActiveScenarios, teamIDs(live), peopleIDs(live)
	}
	return r
}

// onlyTouched leaves out what a step does not change: somebody else may change the country while we
// change the time zone.
func onlyTouched(view state.View, fields []Field) state.View {
	if view == nil {
		return nil
	}
	touched := state.View{}
	for _, f := range fields {
		if side, ok := view[f.Path]; ok {
			touched[f.Path] = side
		}
	}
	return touched
}

func teamIDs(live *state.Organization) []int64 {
	var ids []int64
	for _, t := range live.Teams {
		ids = append(ids, t.ID)
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	return ids
}

func peopleIDs(live *state.Organization) []int64 {
	var ids []int64
	for i := range live.Members {
		ids = append(ids, live.Members[i].UserID)
	}
	for _, row := range live.Unreadable {
		ids = append(ids, row.UserID)
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	return ids
}

// StepIsSecret tells whether a step handles a secret; a saved plan remembers just that.
func StepIsSecret(s *Step) bool {
	for _, f := range s.Fields {
		if f.From.IsSensitive() || f.To.IsSensitive() {
			return true
		}
	}
	return s.Arguments.Value != nil && s.Arguments.Value.IsSensitive()
}

// fingerprint is the precondition's text. An organization that is not there relies on nothing.
func (r Reliance) fingerprint(prints *spec.Fingerprints) string {
	r.View = r.View.Fingerprinted(prints)
	return spec.HashJSON(r)
}

// Precondition is the fingerprint of what a step relies on; a step may run when it equals
// Step.Precondition. Live is the organization as it is now, nil when it is not there, with what
// Needs names read and normalised. Earlier are the steps of the same organization, before this one,
// which live does not show yet: all of them when a plan is checked as a whole before its first
// write, none when it is checked step by step. So a run's own steps never make its own plan stale.
func Precondition(live *state.Organization, step *Step, earlier []Step, prints *spec.Fingerprints) string {
	r := relianceOf(live, step)
	admins := AdminsOf(live).After(earlier)
	if admins.Lowers(step) {
		r.Admins = admins.Sorted()
	}
	for i := range earlier {
		r.advance(step, &earlier[i])
	}
	return r.fingerprint(prints)
}

// advance does an earlier step of the run to what a step relies on: the role of who becomes Owner,
// and what a payment method is the default for once another one is.
func (r *Reliance) advance(step, earlier *Step) {
	if step.Kind == spec.KindPaymentMethods && earlier.Kind == step.Kind && earlier.Op == OpUpdate && r.View != nil {
		r.View = r.View.Unpaid(earlier.Arguments.Target)
	}
	if step.Kind == spec.KindOwner && earlier.Kind == spec.KindMember && earlier.Op == OpUpdate &&
		earlier.Arguments.UserID == step.Arguments.UserID {
		r.HeirRole = state.FormatID(earlier.Arguments.RoleID)
	}
}

// Reads is what a check of one step has to read again.
type Reads struct {
	// Detail: the detail call of the organization; the row of the list does as well unless All is
	// set.
	Detail bool
	// All: the list's row is not enough.
	All   bool
	Kinds []spec.Kind
}

// Needs says what Precondition has to know about a step.
func Needs(s *Step) Reads {
	switch {
	case s.MovesMoney():
		return Reads{Detail: true, Kinds: []spec.Kind{s.Kind}}
	case s.Kind == spec.KindOrganization && s.Op == OpDelete:
		return Reads{Detail: true, All: true, Kinds: []spec.Kind{spec.KindMember}}
	case s.Kind == spec.KindOrganization, s.Kind == spec.KindTFA:
		return Reads{Detail: true}
	case s.Kind == spec.KindOwner:
		return Reads{Kinds: []spec.Kind{spec.KindMember}}
	}
	return Reads{Kinds: []spec.Kind{s.Kind}}
}

// SecretsOf are the values of which SetPreconditions needs fingerprints, but for those that are
// known, to which it adds them.
func SecretsOf(changes []Change, known map[string]bool) (secrets []spec.Value) {
	add := func(secret spec.Value) {
		if text := secret.Reveal(); !known[text] {
			known[text] = true
			secrets = append(secrets, secret)
		}
	}
	for i := range changes {
		for _, secret := range changes[i].Relies.View.Secrets() {
			add(secret)
		}
		if v := changes[i].Arguments.Value; v != nil && v.IsSensitive() && !v.Value().IsZero() {
			add(v.Value())
		}
	}
	return secrets
}

// SetPreconditions gives every change its precondition, and every secret of a change its
// fingerprint. Both wait until the guards are done: fingerprints of secrets are slow on purpose,
// and what a step that lowers an Admin relies on is the set of Admins just before it, which depends
// on which changes remain.
func SetPreconditions(changes []Change, admins Admins, prints *spec.Fingerprints) {
	admins = admins.After(nil)
	created := false
	for i := range changes {
		c := &changes[i]
		if c.Lowers {
			c.Relies.Admins = admins.Sorted()
		}
		if c.Phase == PhaseTransfer || c.Kind == spec.KindPaymentMethods {
			for j := range i {
				c.Relies.advance(&c.Step, &changes[j].Step)
			}
		}
		admins.Do(&c.Step)
		c.Relies.View = c.Relies.View.Fingerprinted(prints)
		if c.Kind == spec.KindVariable && c.Before != nil {
			c.Before = c.Relies.View
		}
		if c.Arguments.Value != nil {
			value := c.Arguments.Value.Fingerprinted(prints)
			c.Arguments.Value = &value
		}
		created = created || c.Phase == PhaseCreate
		if !created || c.Phase == PhaseCreate {
			c.Precondition = c.Relies.fingerprint(nil)
		}
	}
}
