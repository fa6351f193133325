package state

import (
	"context"
	"sort"

	"makesync/spec"
	"makesync/sync/exit"
)

// ZoneState is the live state of one zone, with the lists of names that are needed to read it: what
// an export, a snapshot, a migration and a comparison start from.
type ZoneState struct {
	Endpoint spec.Endpoint
	User     User
	// Rows is the whole list of organizations, also of those that live in other zones.
	Rows []*Organization
	// Organizations are the chosen ones of this zone, by name and id, with the chosen kinds read.
	Organizations []*Organization
	// Keys are the keys of all organizations of the zone, by id: chosen or not, so that a key never
	// depends on the choice.
	Keys  map[int64]string
	Names map[List][]Name
	// Roles are an organization's own roles, where a person has one that is not in the zone's list.
	Roles map[int64][]Name
	// Problems are warnings: lists that could not be read.
	Problems []spec.Problem
}

// ReadOptions say how much of a zone is read.
type ReadOptions struct {
	// Select tells whether an organization counts, by its row and its key; nil: all do.
	Select func(live *Organization, key string) bool
	// Kinds tells which kinds of an organization are read; nil: variable, featureControl and
	// member.
	Kinds func(live *Organization, key string) []spec.Kind
	// Detail asks for each chosen organization's detail too, which alone counts active scenarios.
	// Without it that is done only where the list leaves out a column.
	Detail bool
	// OtherHosts are the hosts of all zones known besides (see Candidates).
	OtherHosts []string
	// Lists are the zone's lists to read; nil: those with which live states are read
	// (ReadingLists).
	Lists []List
	// Concurrency bounds the organizations that are read side by side; below 1 counts as 1.
	Concurrency int
}

// ReadKinds are the kinds that take a call of their own per organization; the
// list of organizations brings the rest.
var ReadKinds = []spec.Kind{spec.KindFeatureControl, spec.KindVariable, spec.KindMember}

// ReadingLists name what live states hold as ids. Regions, which no live state tells, serve only to
// make organizations.
func ReadingLists() []List { return []List{Roles, Countries, Timezones} }

// ReadZone reads a zone. The error is that of a call without which nothing can
// be said (the list of organizations), or the context's; an organization that could not be
// read keeps its errors in Failed.
func ReadZone(ctx context.Context, port Port, options ReadOptions) (*ZoneState, error) {
	s := &ZoneState{Endpoint: port.Endpoint, Names: map[List][]Name{}, Roles: map[int64][]Name{}}
	var err error
	if s.User, err = port.Reader.Me(ctx); err != nil {
		return nil, err
	}
	if s.Rows, err = port.Reader.Organizations(ctx); err != nil {
		return nil, err
	}
	here, _ := Candidates(port.Endpoint, s.Rows, options.OtherHosts...)
	s.Keys = DeriveKeys(here)
	for _, live := range here {
		if options.Select == nil || options.Select(live, s.Keys[live.ID]) {
			s.Organizations = append(s.Organizations, live)
		}
	}
	sort.SliceStable(s.Organizations, func(i, j int) bool {
		a, b := s.Organizations[i], s.Organizations[j]
		return a.Name < b.Name || a.Name == b.Name && a.ID < b.ID
	})
	s.readNames(ctx, port.Reader, options.Lists)
	s.readOrganizations(ctx, port.Reader, options)
	s.readOwnRoles(ctx, port.Reader)
	if ctx.Err() != nil && !exit.OutOfTime(ctx) {
		return nil, context.Cause(ctx)
	}
	return s, nil
}

// readNames reads the zone's lists. One that cannot be read is a warning and not in Names: ids then
// stay unnamed.
func (s *ZoneState) readNames(ctx context.Context, reader Reader, lists []List) {
	if lists == nil {
		lists = ReadingLists()
	}
	for _, list := range lists {
		names, err := reader.Names(ctx, list, 0)
		if err != nil {
			s.Problems = append(s.Problems, CallProblem("list-unreadable", "",
				"the zone's list of "+string(list)+" could not be read", err))
			continue
		}
		s.Names[list] = names
	}
}

// readOrganizations reads organizations side by side. Every failure stays with its organization;
// that the Free plan lets tokens see less is an answer, not a failure.
func (s *ZoneState) readOrganizations(ctx context.Context, reader Reader, options ReadOptions) {
	slots := NewSlots(options.Concurrency)
	slots.Each(len(s.Organizations), func(i int) {
		live, kinds := s.Organizations[i], ReadKinds
		if options.Kinds != nil {
			kinds = options.Kinds(live, s.Keys[live.ID])
		}
		detail := options.Detail || live.Country == "" || live.Timezone == "" || live.TFAEnforced == nil
		reading := ReadOrganization(ctx, WithSlotOf(slots, reader), live, Wanted{Detail: detail, Kinds: kinds})
		if call := AsCallError(reading.DetailErr); call == nil || call.Class != exit.ClassFreePlan {
			NoteFailure(live, spec.KindOrganization, reading.DetailErr)
		}
	})
}

// readOwnRoles reads the roles of organizations in which somebody has a role that the zone's list
// does not name.
func (s *ZoneState) readOwnRoles(ctx context.Context, reader Reader) {
	for _, live := range s.Organizations {
		if !hasForeignRole(live, s.Names[Roles]) || ctx.Err() != nil {
			continue
		}
		names, err := reader.Names(ctx, Roles, live.ID)
		if err != nil {
			s.Problems = append(s.Problems, CallProblem("list-unreadable", spec.Address(s.Keys[live.ID]),
				"the organization's own roles could not be read", err))
			continue
		}
		s.Roles[live.ID] = names
	}
}

func hasForeignRole(live *Organization, roles []Name) bool {
	known := map[string]bool{"": true}
	for _, role := range roles {
		known[FormatID(role.ID)] = true
	}
	for _, person := range live.Members {
		if !known[person.Role] {
			return true
		}
	}
	return false
}

// Unread lists what could not be read of the chosen organizations, as warnings, in order.
func (s *ZoneState) Unread() []spec.Problem {
	var problems []spec.Problem
	for _, live := range s.Organizations {
		for _, kind := range append([]spec.Kind{spec.KindOrganization}, ReadKinds...) {
			if err := live.Failed[kind]; err != nil {
				problems = append(problems, UnreadProblem(spec.NewAddress(s.Keys[live.ID], kind, ""),
					"could not be read", err))
			}
		}
	}
	return problems
}

// Complete counts the chosen organizations of which everything was read.
func (s *ZoneState) Complete() int {
	n := 0
	for _, live := range s.Organizations {
		if len(live.Failed) == 0 {
			n++
		}
	}
	return n
}

// Exit is ok when everything was read, partly-visible when something was not (a list of names
// included), and what the calls say (refused, unreachable) when no organization could be read.
func (s *ZoneState) Exit() exit.Code {
	failed, code := len(s.Organizations)-s.Complete(), exit.OK
	if failed > 0 || len(s.Problems) > 0 {
		code = exit.PartlyVisible
	}
	if failed == 0 || failed < len(s.Organizations) || !nothingRead(s.Organizations) {
		return code
	}
	exits := []exit.Code{code}
	for _, live := range s.Organizations {
		for _, err := range live.Failed {
			exits = append(exits, ExitOfFailure(err))
		}
	}
	return exit.Worst(exits...)
}

// nothingRead tells whether nothing at all could be read but the rows of the list.
func nothingRead(organizations []*Organization) bool {
	for _, live := range organizations {
		if len(live.Lacks) > 0 {
			return false
		}
		for _, kind := range ReadKinds {
			if live.Read(kind) || live.Has(kind) {
				return false
			}
		}
	}
	return true
}

// All are the organizations of the zone, chosen ones with their kinds, others as their rows.
func (s *ZoneState) All() []*Organization {
	chosen := map[int64]*Organization{}
	for _, live := range s.Organizations {
		chosen[live.ID] = live
	}
	var all []*Organization
	for _, row := range s.Rows {
		if _, here := s.Keys[row.ID]; !here {
			continue
		}
		if live, ok := chosen[row.ID]; ok {
			row = live
		}
		all = append(all, row)
	}
	sort.SliceStable(all, func(i, j int) bool {
		return all[i].Name < all[j].Name || all[i].Name == all[j].Name && all[i].ID < all[j].ID
	})
	return all
}
