package state

import (
	"context"
	"slices"
	"sort"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/slots"
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
	// ListErrs are why lists could not be read: the zone's, by organization 0, and those of an
	// organization.
	ListErrs map[OwnList]error
	// Problems are warnings: lists that could not be read.
	Problems []spec.Problem
}

// OwnList is a list of an organization, by its id, or of the zone, by 0.
type OwnList struct {
	List         List
	Organization int64
}

// ReadOptions say how much of a zone is read.
type ReadOptions struct {
	// Select tells whether an organization counts, by its row and its key; nil: all do.
	Select func(live *Organization, key string) bool
	// Wanted says how much of an organization is read; nil: every kind, and the detail where the
	// list leaves out a column (see Everything).
	Wanted func(live *Organization, key string) Wanted
	// Memory knows who is behind role rows without an e-mail; nil: nobody does.
	Memory Memory
	// Refusals remember what plans of Make do not offer; nil: nothing is remembered.
	Refusals RefusalMemory
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

// BillingKinds are read where documents declare them, or somebody asks for them by name, and never
// else.
var BillingKinds = []spec.Kind{spec.KindSubscription, spec.KindPaymentMethods}

// Everything is every kind of an organization, and the detail call where the list leaves out a
// column. With the detail it is all that planning ever needs: the detail alone counts active
// scenarios.
func Everything(live *Organization, detail bool) Wanted {
	gaps := live.Country == "" || live.Timezone == "" || live.TFAEnforced == nil
	return Wanted{Detail: detail || gaps, Kinds: ReadKinds, Await: true}
}

// ReadingLists name what live states hold as ids. Regions, which no live state tells, serve only to
// make organizations.
func ReadingLists() []List { return []List{Roles, Countries, Timezones} }

// ReadZone reads a zone. The error is that of a call without which nothing can
// be said (the list of organizations), or the context's; an organization that could not be
// read keeps its errors in Failed.
func ReadZone(ctx context.Context, port Port, options ReadOptions) (*ZoneState, error) {
	s := &ZoneState{Endpoint: port.Endpoint, Names: map[List][]Name{}, Roles: map[int64][]Name{},
		ListErrs: map[OwnList]error{}}
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
	wants := make([]Wanted, len(s.Organizations))
	for i, live := range s.Organizations {
		wants[i] = Everything(live, false)
		if options.Wanted != nil {
			wants[i] = options.Wanted(live, s.Keys[live.ID])
		}
	}
	s.readOrganizations(ctx, port.Reader, options, wants)
	s.readOwnRoles(ctx, port.Reader, wants)
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
		names, err := wholeList(ctx, reader, OwnList{List: list})
		if err != nil {
			s.ListErrs[OwnList{List: list}] = err
			s.Problems = append(s.Problems, ReadProblem("list-unreadable", "",
				"the zone's list of "+string(list)+" could not be read", err))
			continue
		}
		s.Names[list] = names
	}
}

// wholeList reads a list; one that is empty is not nil, which would mean that nobody read it.
func wholeList(ctx context.Context, reader Reader, list OwnList) ([]Name, error) {
	names, err := reader.Names(ctx, list.List, list.Organization)
	if err == nil && names == nil {
		names = []Name{}
	}
	return names, err
}

// readOrganizations reads organizations side by side. Every failure stays with its organization;
// that the Free plan lets tokens see less is an answer, not a failure.
func (s *ZoneState) readOrganizations(ctx context.Context, reader Reader, options ReadOptions, wants []Wanted) {
	places, teamErrs := slots.New(options.Concurrency), make([]error, len(s.Organizations))
	places.Each(len(s.Organizations), func(i int) {
		live, reader := s.Organizations[i], WithSlotOf(places, reader)
		wanted := wants[i]
		if options.Memory != nil {
			wanted.Remembered = func(user int64) string {
				return options.Memory.EmailOf(s.Endpoint.URL, live.ID, user)
			}
		}
		ReadOrganization(ctx, reader, live, wanted)
		if options.Refusals != nil {
			live.Refused = options.Refusals.Refused(s.Endpoint.Name, live.ID, live.Licence())
		}
		if !ShutsTokensOut(live.DetailErr) {
			NoteFailure(live, spec.KindOrganization, live.DetailErr)
		}
		if wanted.Teams && live.Teams == nil {
			live.Teams, teamErrs[i] = wholeList(ctx, reader, OwnList{Teams, live.ID})
		}
	})
	for i, err := range teamErrs {
		if err != nil {
			s.ListErrs[OwnList{Teams, s.Organizations[i].ID}] = err
		}
	}
}

// readOwnRoles reads the roles of organizations in which somebody has a role, or shall have one,
// that the zone's list does not name.
func (s *ZoneState) readOwnRoles(ctx context.Context, reader Reader, wants []Wanted) {
	for i, live := range s.Organizations {
		foreign := hasForeignRole(live, s.Names[Roles]) || slices.ContainsFunc(wants[i].Roles, func(name string) bool {
			return len(MatchNames(s.Names[Roles], name)) == 0
		})
		if !foreign || ctx.Err() != nil {
			continue
		}
		names, err := wholeList(ctx, reader, OwnList{Roles, live.ID})
		if err != nil {
			s.ListErrs[OwnList{Roles, live.ID}] = err
			s.Problems = append(s.Problems, ReadProblem("list-unreadable", spec.Address(s.Keys[live.ID]),
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
		for _, kind := range slices.Concat([]spec.Kind{spec.KindOrganization}, BillingKinds, ReadKinds) {
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
