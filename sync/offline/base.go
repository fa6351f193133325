package offline

import (
	"cmp"
	"context"
	"sort"

	"makesync/spec"
	"makesync/sync/lookup"
	"makesync/sync/state"
)

// Base makes zones out of documents, to plan head documents against: what does this change of the
// documents change? There is no token and no network behind it, and no live state either: what
// neither side states is not known. Both sides have been resolved without references (Unknown);
// equal references count as equal values.
//
//	in base and head, equal        nothing
//	in base and head, different    a step
//	in head only                   a create, an invitation; a switch or a field from nothing
//	in base only                   nothing, unless head says absent or purges; NoLongerManaged warns of it
//
// It gives the head to plan, in which references stand for their values, and a port for each zone.
func Base(base, head *spec.Desired) (*spec.Desired, map[string]state.Port) {
	b := baseMaker{ids: newNameIDs(), head: map[string]*spec.Organization{}}
	former := spec.FormerKeys(base, head, nil)
	planned := *head
	planned.Organizations = withReferences(head.Organizations)
	before := withReferences(base.Organizations)
	for i := range planned.Organizations {
		b.head[planned.Organizations[i].Key] = &planned.Organizations[i]
		if before := former[planned.Organizations[i].Key]; before != "" { // the same one under another key
			b.head[before] = &planned.Organizations[i]
		}
		b.ids.register(&planned.Organizations[i])
	}
	zones := map[string]*baseZone{}
	for i := range planned.Organizations {
		zones[planned.Organizations[i].Zone] = &baseZone{ids: b.ids, byID: map[int64]*state.Organization{}}
	}
	for i := range before {
		o := &before[i]
		now := b.head[o.Key]
		switch {
		case now == nil || o.State == spec.Absent && now.State == spec.Absent || now.Zone != o.Zone:
		default:
			zones[o.Zone].add(b.live(o, now, int64(i)))
		}
	}
	ports := map[string]state.Port{}
	for name, zone := range zones {
		ports[name] = state.Port{Endpoint: spec.Endpoint{Name: name, Hosts: []string{baseHost}}, Reader: zone}
	}
	return &planned, ports
}

// baseHost marks the organizations of base as candidates of whatever zone they are in.
const baseHost = "base.invalid"

// withReferences copies organizations, with the text of each reference that was not evaluated in
// the place of its value.
func withReferences(organizations []spec.Organization) []spec.Organization {
	out := append([]spec.Organization(nil), organizations...)
	for i := range out {
		if out[i].Variables == nil {
			continue
		}
		out[i].Variables = append([]spec.Variable{}, out[i].Variables...)
		for j := range out[i].Variables {
			if v := &out[i].Variables[j]; v.Unknown {
				v.Value, v.Unknown = spec.Sensitive("reference "+v.Reference), false
			}
		}
	}
	return out
}

// baseMaker turns base organizations into live ones.
type baseMaker struct {
	ids  *nameIDs
	head map[string]*spec.Organization
}

// live is the base organization as if the zone were exactly so.
func (b *baseMaker) live(o, now *spec.Organization, n int64) *state.Organization {
	l := &state.Organization{
		Host:    baseHost,
		License: state.License{"customVariables": true},
		OwnerID: baseUser,
		Teams:   b.ids.names(state.Teams),
	}
	l.ID, l.Name = baseID(o, now, n), o.Name
	if l.Name == "" || now.Name == "" {
		l.Name = cmp.Or(now.Name, o.Name, o.Key)
	}
	l.Country, l.Timezone = b.ids.text(state.Countries, o.Country), b.ids.text(state.Timezones, o.Timezone)
	if l.TFAEnforced = o.TFAEnforced; l.TFAEnforced == nil && now.TFAEnforced != nil {
		before := !*now.TFAEnforced
		l.TFAEnforced = &before
	}
	l.FeatureControls = b.controls(o, now)
	l.Variables = b.variables(o, now)
	l.Members = b.members(o, now)
	return l
}

// baseID is the pinned id, so that pins agree; else a number that no pin uses.
func baseID(o, now *spec.Organization, n int64) int64 {
	return cmp.Or(now.ID, o.ID, state.FirstSynthetic+n)
}

// controls are those of base; one that only head declares was the other way round, as far as a plan
// can show it.
func (b *baseMaker) controls(o, now *spec.Organization) []spec.FeatureControl {
	var live []spec.FeatureControl
	before := lookup.Controls(o.FeatureControls)
	for i, c := range o.FeatureControls {
		live = append(live, spec.FeatureControl{Name: c.Name, ID: int64(i + 1), Enabled: c.Enabled})
	}
	for _, c := range now.FeatureControls {
		if before(c.Name) == nil {
			live = append(live, spec.FeatureControl{Name: c.Name, ID: int64(len(live) + 1), Enabled: !c.Enabled})
		}
	}
	return live
}

// variables are those of base, and those that head deletes without base speaking of them: they may
// be there.
func (b *baseMaker) variables(o, now *spec.Organization) []spec.Variable {
	live, before := []spec.Variable{}, lookup.Variables(o.Variables)
	for _, v := range o.Variables {
		if v.State == spec.Absent {
			continue
		}
		live = append(live, spec.Variable{Name: v.Name, Type: v.Type, Value: v.Value.Masked()})
	}
	for _, v := range now.Variables {
		if v.State == spec.Absent && before(v.Name) == nil {
			live = append(live, spec.Variable{Name: v.Name, Type: spec.TypeString,
				Value: spec.Sensitive("(not known)")})
		}
	}
	sort.SliceStable(live, func(i, j int) bool { return live[i].Name < live[j].Name })
	return live
}

// baseUser is the user id of the token's user and of every Owner, so that a change of owner is
// planned as a transfer.
const baseUser int64 = 1

// members are those of base, all accepted, and those whom head removes without base speaking of
// them.
func (b *baseMaker) members(o, now *spec.Organization) []spec.Member {
	live, before := []spec.Member{}, lookup.Members(o.Members)
	add := func(m spec.Member, role string) {
		person := spec.Member{Email: m.Email, UserID: int64(len(live) + 2), Role: b.ids.text(state.Roles, role)}
		if m.Email == o.Owner {
			person.UserID, person.Role = baseUser, state.FormatID(state.OwnerRole)
		}
		live = append(live, person)
	}
	for _, m := range o.Members {
		if m.State == spec.Absent {
			continue
		}
		role := m.Role
		if role == "" { // base does not manage it, so head's is no change that could be shown from → to
			role = "role not managed"
		}
		add(m, role)
	}
	for _, m := range now.Members {
		if m.State == spec.Absent && before(m.Email) == nil {
			add(m, "role not known")
		}
	}
	if o.Owner == "" {
		live = append(live, spec.Member{Email: "owner-not-in-base@hashed.invalid", UserID: baseUser,
			Role: state.FormatID(state.OwnerRole)})
	}
	sort.SliceStable(live, func(i, j int) bool { return live[i].Email < live[j].Email })
	return live
}

// baseZone is a zone made of documents.
type baseZone struct {
	ids           *nameIDs
	organizations []*state.Organization
	byID          map[int64]*state.Organization // of several with one id the first
}

func (z *baseZone) add(live *state.Organization) {
	z.organizations = append(z.organizations, live)
	if z.byID[live.ID] == nil {
		z.byID[live.ID] = live
	}
}

func (z *baseZone) find(id int64) *state.Organization {
	if live := z.byID[id]; live != nil {
		return live
	}
	return &state.Organization{}
}

// Me is nobody: there is no token. He counts as having two-factor authentication, since no preview
// can know.
func (z *baseZone) Me(context.Context) (state.User, error) {
	yes := true
	return state.User{ID: baseUser, TwoFactor: &yes}, nil
}

// Organizations are those of base.
func (z *baseZone) Organizations(context.Context) ([]*state.Organization, error) {
	var rows []*state.Organization
	for _, live := range z.organizations {
		row := *live
		row.FeatureControls, row.Variables, row.Members, row.OwnerID = nil, nil, nil, 0
		rows = append(rows, &row)
	}
	return rows, nil
}

// OrganizationNames are the rows themselves: nothing here costs a call.
func (z *baseZone) OrganizationNames(ctx context.Context) ([]*state.Organization, error) {
	return z.Organizations(ctx)
}

// Names are all names that the documents use, each an entry of its own.
func (z *baseZone) Names(_ context.Context, list state.List, _ int64) ([]state.Name, error) {
	return z.ids.names(list), nil
}

// Organization is the row: documents know no more.
func (z *baseZone) Organization(_ context.Context, id int64, _ bool) (*state.Organization, error) {
	row := *z.find(id)
	none := 0
	row.ActiveScenarios = &none
	return &row, nil
}

// Read fills in what base declares.
func (z *baseZone) Read(_ context.Context, live *state.Organization, kind spec.Kind) error {
	from := z.find(live.ID)
	switch kind {
	case spec.KindFeatureControl:
		live.FeatureControls = append([]spec.FeatureControl{}, from.FeatureControls...)
	case spec.KindVariable:
		live.Variables = append([]spec.Variable{}, from.Variables...)
	case spec.KindMember:
		live.Members = append([]spec.Member{}, from.Members...)
		live.OwnerID = from.OwnerID
	}
	return nil
}

// RoleRow is asked for before a write, and nothing is written to documents.
func (z *baseZone) RoleRow(context.Context, int64, int64) (*state.RoleRow, error) {
	return nil, errNotWritten
}

// FindUser knows nobody: everybody of base is a member already.
func (z *baseZone) FindUser(context.Context, int64, string) (int64, error) { return 0, nil }
