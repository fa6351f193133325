package compare

import (
	"context"
	"slices"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/offline"
	"makesync/sync/state"
)

// Side is one side of a comparison with what was read of it: a zone has its State, a snapshot its
// Snapshot and the State as it tells it, documents are Desired.
type Side struct {
	About    ComparedSide
	State    *state.ZoneState
	Snapshot *offline.Snapshot
	Desired  *spec.Desired
}

// SideOptions say what counts on both sides.
type SideOptions struct {
	// Select tells whether an organization of documents counts; nil: all do. Zones and snapshots
	// are read with a selection.
	Select func(*spec.Organization) bool
	// Sensitive tells what is a secret of a side, beside what its own documents say.
	Sensitive func(*Side, spec.Address) bool
	// Billing: what is paid for counts, too, between zones and snapshots.
	Billing bool
	// Map is the migration through which A is looked at; the zero map changes nothing.
	Map spec.MigrationMap
}

// NewSnapshotSide reads a side of a snapshot.
func NewSnapshotSide(
	ctx context.Context,
	name string,
	s *offline.Snapshot,
	selects func(*state.Organization, string) bool,
) (Side, error) {
	side := Side{About: ComparedSide{Name: name, Kind: SideSnapshot, Zone: s.Zone}, Snapshot: s}
	var err error
	read := state.ReadOptions{Select: selects, Wanted: s.Wanted()}
	side.State, err = state.ReadZone(ctx, s.Port(&spec.Desired{}), read)
	return side, err
}

// CompareSides compares two sides, with the exit and the warnings of what could not be read of
// either.
func CompareSides(a, b Side, options SideOptions) *Comparison {
	sides := [2]*Side{&a, &b}
	var flat [2][]FlatOrganization
	var problems []spec.Problem
	var exits []exit.Code
	for i, side := range sides {
		flat[i] = side.flatten(sides[1-i].lists(), options)
		if side.State != nil {
			problems = append(problems, tokenProblems(side.State)...)
			exits = append(exits, side.State.Exit())
		}
	}
	for i, side := range sides {
		if side.Snapshot != nil {
			MatchHashedEmails(side.Snapshot, flat[i], flat[1-i])
		}
	}
	if a.Snapshot != nil && b.Snapshot != nil {
		matchUsers(a.Snapshot, b.Snapshot, flat[0], flat[1])
	}
	c := Compare(a.About, b.About, MapNames(flat[0], options.Map), flat[1], problems)
	c.Exit = exit.Worst(append(exits, c.Exit)...)
	return c
}

// tokenProblems are those of a zone, and that it has stopped accepting the token, once.
func tokenProblems(zone *state.ZoneState) []spec.Problem {
	problems := zone.Problems
	for _, live := range zone.Organizations {
		for _, kind := range state.ReadKinds {
			if !state.IsTokenRefused(live.Failed[kind]) {
				continue
			}
			problems = append(slices.Clip(problems), state.UnreadProblem("", "", live.Failed[kind]))
		}
	}
	return spec.OnceEach(problems)
}

// flatten gives the organizations of a side. Documents borrow the other side's lists of names.
func (s *Side) flatten(others Lists, options SideOptions) []FlatOrganization {
	sensitive := func(a spec.Address) bool { return options.Sensitive(s, a) || s.declaredSensitive(a) }
	switch {
	case s.Snapshot != nil:
		return FlattenSnapshot(s.Snapshot, s.State, sensitive, options.Billing)
	case s.State != nil:
		return FlattenZone(s.State, sensitive, options.Billing)
	}
	return FlattenDocuments(s.Desired, options.Select, others, sensitive)
}

// declaredSensitive tells what the side's own documents call a secret.
func (s *Side) declaredSensitive(a spec.Address) bool {
	return s.Desired != nil && spec.IsSensitive(a, a.Name(), s.Desired.Sensitive)
}

func (s *Side) lists() Lists {
	if s.State == nil {
		return Lists{}
	}
	return Lists{Names: s.State.Names, Roles: s.State.Roles}
}
