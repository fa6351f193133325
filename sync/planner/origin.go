package planner

import (
	"context"
	"errors"
	"maps"
	"slices"

	"makesync/spec"
	"makesync/sync/diff"
	"makesync/sync/lookup"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Why a step is there follows from three states of its object: that of the documents, that of now,
// and that of an earlier time, the base. A step is there because the first two differ:
//
//	documents ╲ live   as in the base                  other than in the base
//	as the base        unknown, or a time ran out      drift
//	other              pending                         conflict
//
// Both comparisons are those of any plan: the documents with the base as if it were the zone, and
// the live state with the base view by view. So a base that keeps fingerprints tells as much as one
// that keeps values. What the base cannot tell is unknown, and never taken for pending.

// setOrigins says of each change why it is there.
func setOrigins(ctx context.Context, o *organization, in diff.Input) {
	if o.run.Since == nil || len(o.Changes) == 0 {
		return
	}
	c := compareWithBase(ctx, o, in)
	for i := range o.Changes {
		o.Changes[i].Origin = c.origin(&o.Changes[i].Step)
	}
}

// baseComparison is what one organization was, and how the documents differ from that.
type baseComparison struct {
	// same is the origin of all changes where that is clear at once.
	same plan.Origin
	base Baseline
	id   int64
	// now and before give the live state and the base, in which what equals the live state is
	// readable, as far as an object is looked at.
	now, before func(kind spec.Kind, name string) *state.Organization
	// declared are the changes that the documents would make of the base, by Address.Folded.
	declared map[spec.Address]*plan.Step
	// differs has the addresses, folded too, where the documents differ from the base, or may:
	// unclear.
	differs, unclear map[spec.Address]bool
	unread           []spec.Kind
}

func compareWithBase(ctx context.Context, o *organization, in diff.Input) baseComparison {
	base := o.run.Since[o.zone.name]
	switch {
	case base == nil:
		return baseComparison{same: plan.OriginUnknown}
	case o.live == nil && base.Has(o.want):
		return baseComparison{same: plan.OriginDrift} // it was there
	case o.live == nil:
		return baseComparison{same: plan.OriginPending}
	}
	wanted := state.WantedFor(o.live, o.want, o.run.Scope)
	wanted.Detail = o.deletes()
	in.Live = base.Before(ctx, o.id, touched(o.want, o.Changes), wanted)
	before := base.Before(ctx, o.id, touched(&o.live.Organization, o.Changes), wanted)
	if in.Live == nil || before == nil {
		return baseComparison{same: plan.OriginUnknown}
	}
	for _, live := range []*state.Organization{in.Live, before} {
		live.Key = o.want.Key
		live.NameUnreadable(o.zone.me.ID, o.zone.me.Email)
	}
	c := baseComparison{base: base, id: o.id, now: lookup.Narrowing(o.live), before: lookup.Narrowing(before),
		declared: map[spec.Address]*plan.Step{}, differs: map[spec.Address]bool{}, unclear: map[spec.Address]bool{}}
	c.add(compareOffline(in))
	return c
}

// touched is an organization of whose variables only those that change are left: each fingerprint
// that is compared takes a while.
func touched(o *spec.Organization, changes []plan.Change) *spec.Organization {
	names := map[string]bool{}
	for i := range changes {
		if changes[i].Kind == spec.KindVariable {
			names[changes[i].Address.Name()] = true
		}
	}
	few := *o
	few.Variables = slices.DeleteFunc(slices.Clone(o.Variables), func(v spec.Variable) bool { return !names[v.Name] })
	return &few
}

// errNoList is why a list of names is missing that only the base needs.
var errNoList = errors.New("the list was not read")

// compareOffline compares without reading a list: one that only the base needs leaves what needs it
// unclear.
func compareOffline(in diff.Input) diff.Result {
	in.Names = maps.Clone(in.Names)
	for {
		result := diff.Organization(in)
		if len(result.Needs) == 0 {
			return result
		}
		for _, list := range result.Needs {
			in.Names[list] = diff.NameEntries{Err: errNoList}
		}
	}
}

func (c *baseComparison) add(r diff.Result) {
	for i := range r.Changes {
		s := &r.Changes[i].Step
		c.declared[s.Address.Folded()], c.differs[s.Address.Folded()] = s, true
	}
	for _, w := range r.Waiting {
		c.differs[w.Address.Folded()] = c.differs[w.Address.Folded()] || !w.Unanswered
	}
	for _, p := range r.Problems {
		c.unclear[p.Address.Folded()] = true
	}
	c.unread = r.Unread
}

func (c *baseComparison) origin(s *plan.Step) plan.Origin {
	if c.same != "" {
		return c.same
	}
	if c.unclear[s.Address.Folded()] || slices.Contains(c.unread, s.Kind) || c.base.Unknown(c.id, s.Address) {
		return plan.OriginUnknown
	}
	name := s.Address.Name()
	now, then := state.ViewOf(c.now(s.Kind, name), s.Kind, name), state.ViewOf(c.before(s.Kind, name), s.Kind, name)
	if now != nil && then["value"].IsUnseen() { // no document declared it when the snapshot was taken
		return plan.OriginUnknown
	}
	switch documents, live := c.differs[s.Address.Folded()], c.drifted(s, now, then); {
	case documents && live:
		return plan.OriginConflict
	case live:
		return plan.OriginDrift
	case documents, s.Op == plan.OpReinvite: // whose invitation ran out
		return plan.OriginPending
	}
	return plan.OriginUnknown
}

// drifted tells whether the object of a step is another one than in the base. Of an organization
// only the attributes count that the documents change now or would have changed then; whether
// somebody has accepted an invitation counts for none.
func (c *baseComparison) drifted(s *plan.Step, now, then state.View) bool {
	if (now == nil) != (then == nil) {
		return true
	}
	paths := slices.Collect(maps.Keys(now))
	if s.Kind == spec.KindOrganization && s.Op == plan.OpUpdate {
		paths = fieldPaths(s, c.declared[s.Address.Folded()])
	}
	return slices.ContainsFunc(paths, func(path string) bool {
		return path != "invitation" && now[path].Value().Reveal() != then[path].Value().Reveal()
	})
}

func fieldPaths(steps ...*plan.Step) (paths []string) {
	for _, s := range steps {
		if s == nil {
			continue
		}
		for _, f := range s.Fields {
			paths = append(paths, f.Path)
		}
	}
	return paths
}
