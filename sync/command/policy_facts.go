package command

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"makesync/spec"
	"makesync/sync/fleet"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// policyFacts are what policies look at of organizations and no plan holds, but for their members:
// what `status` shows of them.
type policyFacts struct {
	zones       *zones // nil: nothing can be read
	concurrency int
	now         time.Time
	// keys are those of a row of `status` that policies name, in the text of expressions.
	keys        []string
	expressions string
	twoFactor   bool // of members
	done        bool
	readings    map[organizationID]*fleet.Reading
}

type organizationID struct {
	zone string
	id   int64
}

// parts are what has to be read.
func (f *policyFacts) parts() []fleet.Part {
	parts := fleet.PartsOfCondition(f.expressions, f.keys)
	if f.twoFactor && !slices.Contains(parts, fleet.PartMembers) {
		parts = append(parts, fleet.PartMembers)
	}
	return parts
}

// read reads once, for all organizations of a plan. What cannot be read is not there.
func (f *policyFacts) read(ctx context.Context, p *plan.Plan) {
	if f.done || f.zones == nil || len(f.keys) == 0 && !f.twoFactor {
		return
	}
	f.done, f.readings = true, map[organizationID]*fleet.Reading{}
	wanted := map[organizationID]string{}
	for i := range p.Organizations {
		o := &p.Organizations[i]
		wanted[organizationID{o.Zone, o.ID}] = o.Key
	}
	for _, name := range f.zones.names() {
		source := fleetSource(f.zones.ports[name])
		if source.Reader == nil {
			continue
		}
		keyOf := func(live *state.Organization) string { return wanted[organizationID{name, live.ID}] }
		zone, err := fleet.ReadZone(ctx, source, fleet.ReadOptions{
			Parts: f.parts(), Key: keyOf, Concurrency: f.concurrency,
			Select: func(live *state.Organization, _ string) bool { return keyOf(live) != "" },
		})
		if err != nil {
			continue
		}
		for i := range zone.Readings {
			r := &zone.Readings[i]
			f.readings[organizationID{name, r.ID()}] = r
		}
	}
}

// of gives what is known of an organization, by key, and the keys that could not be read.
func (f *policyFacts) of(o *plan.Organization) (known map[string]any, unread []string) {
	if len(f.keys) == 0 {
		return nil, nil
	}
	known = map[string]any{}
	failed := f.keys
	if r := f.readings[organizationID{o.Zone, o.ID}]; r != nil {
		failed = nil
		data, err := json.Marshal(fleet.NewRow(r, f.now))
		if err != nil || json.Unmarshal(data, &known) != nil {
			failed = f.keys
		}
		delete(known, "members") // those are counts
		for _, key := range f.keys {
			for _, part := range fleet.PartsOfCondition(f.expressions, []string{key}) {
				if r.Failed[part] != nil && !slices.Contains(failed, key) {
					failed = append(failed, key)
				}
			}
		}
	}
	settled := after(o)
	maps.Copy(known, settled)
	for _, key := range failed {
		if settled[key] == nil {
			unread = append(unread, key)
		}
	}
	return known, unread
}

// after is what an organization's steps say of it once they are done: as with the members, a policy
// is not asked about what the plan is about to end.
func after(o *plan.Organization) map[string]any {
	known := map[string]any{"changes": changesOf(o)}
	for i := range o.Steps {
		switch s := &o.Steps[i]; {
		case s.Foreseen != "": // to be refused: what will be nobody knows
		case s.Kind == spec.KindOwner:
			known["owner"] = s.Arguments.Email
		case s.Kind == spec.KindTFA:
			known["tfaEnforced"] = plan.Enforces(s)
		}
	}
	return known
}

// changesOf are the counts of an organization's changes. Of none it is known that none is drift; of
// others a snapshot tells.
func changesOf(o *plan.Organization) map[string]any {
	none := len(o.Steps)+len(o.Held) == 0
	told := slices.ContainsFunc(o.Steps, func(s plan.Step) bool { return s.Origin != "" }) ||
		slices.ContainsFunc(o.Held, func(h plan.Held) bool { return h.Origin != "" })
	c := fleet.NewChanges(o, none || told)
	known := map[string]any{"pending": c.Pending, "held": c.Held, "waiting": c.Waiting}
	if c.Drift != nil {
		known["drift"], known["conflict"] = *c.Drift, *c.Conflict
	}
	return known
}

// hasTwoFactor tells whether a member uses a second factor; nil: unknown.
func (f *policyFacts) hasTwoFactor(o *plan.Organization, user int64) *bool {
	r := f.readings[organizationID{o.Zone, o.ID}]
	if r == nil || user == 0 {
		return nil
	}
	return r.People[user].TwoFactor
}
