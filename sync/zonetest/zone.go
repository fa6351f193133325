package zonetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Zone is a small zone in memory: enough of one to plan from and to apply to.
type Zone struct {
	mu    sync.Mutex
	User  state.User
	Orgs  []*state.Organization // whole organizations, as if everything had been read
	Lists map[state.List][]state.Name
	// OwnRoles are the roles of organizations that are not in the zone's list, by id.
	OwnRoles map[int64][]state.Name
	// Sparse: the list gives ids, names and hosts alone, as a zone may that lets no columns be
	// chosen.
	Sparse bool
	// Fail gives the error of a call, named like "variable 11"; nil: none fails.
	Fail func(call string) error
	// Calls counts the calls, named alike.
	Calls map[string]int
	// Users are the e-mails that FindUser knows beside the members.
	Users map[string]int64
	// Next is the last id that was given to something new.
	Next int64
}

// Host is the host of the fake zone.
const Host = "eu1.make.com"

// New is a zone with these organizations, whose token is that of user 1, ops@acme.example.
func New(orgs ...*state.Organization) *Zone {
	yes := true
	return &Zone{
		User: state.User{
			ID:        1,
			Email:     "ops@acme.example",
			TwoFactor: &yes,
		}, Orgs: orgs, Calls: map[string]int{}, Users: map[string]int64{}, Next: 100,
		Lists: map[state.List][]state.Name{
			state.Roles: {
				{ID: 11, Name: "Owner"},
				{ID: 12, Name: "Admin"},
				{ID: 13, Name: "Member"},
				{ID: 14, Name: "Accountant"},
				{ID: 16, Name: "Guest"},
			},
			state.Regions:   {{ID: 1, Name: "EU"}},
			state.Countries: {{ID: 203, Name: "Czechia", Code: "CZ"}, {ID: 276, Name: "Germany", Code: "DE"}},
			state.Timezones: {
				{ID: 113, Name: "Europe/Prague", Code: "Europe/Prague"},
				{ID: 120, Name: "Europe/Berlin", Code: "Europe/Berlin"},
			},
		},
	}
}

// organization is a live organization whose user 1 is Owner and accepted, fully licensed.
func Organization(id int64, name string) *state.Organization {
	off := false
	l := &state.Organization{
		Host:    Host,
		License: state.License{"customVariables": true, "apiLimit": float64(60)},
		Teams:   []state.Name{{ID: id*10 + 1, Name: "Ops"}},
		OwnerID: 1,
	}
	l.ID, l.Name, l.Country, l.Timezone, l.TFAEnforced = id, name, "203", "113", &off
	l.FeatureControls = []spec.FeatureControl{{Name: "Make AI Tools", ID: id*10 + 2, Enabled: true}}
	l.Variables = []spec.Variable{
		{Name: "organizationId", Type: spec.TypeNumber, Value: spec.Sensitive(fmt.Sprint(id)), System: true},
	}
	l.Members = []spec.Member{{Email: "ops@acme.example", Role: "11", UserID: 1}}
	return l
}

// Person adds a member; invitation "" is accepted.
func Person(l *state.Organization, user int64, email string, role int64, invitation string) {
	l.Members = append(
		l.Members,
		spec.Member{Email: email, Role: state.FormatID(role), UserID: user, Invitation: invitation},
	)
}

// Variable adds a custom variable, masked as a reader gives it.
func Variable(l *state.Organization, name string, t spec.VariableType, text string) {
	l.Variables = append(l.Variables, spec.Variable{Name: name, Type: t, Value: spec.Sensitive(text)})
}

func (z *Zone) called(call string) error {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.Calls[call]++
	if z.Fail == nil {
		return nil
	}
	return z.Fail(call)
}

// Find is an organization by its id; nil when there is none.
func (z *Zone) Find(id int64) *state.Organization {
	for _, l := range z.Orgs {
		if l.ID == id {
			return l
		}
	}
	return nil
}

// Me is the token's user.
func (z *Zone) Me(context.Context) (state.User, error) { return z.User, z.called("me") }

// Organizations are the rows of the list.
func (z *Zone) Organizations(context.Context) ([]*state.Organization, error) {
	if err := z.called("organizations"); err != nil {
		return nil, err
	}
	var rows []*state.Organization
	for _, l := range z.Orgs {
		row := fakeRow(l)
		if z.Sparse {
			row.Plan, row.License, row.Teams, row.Country, row.Timezone, row.TFAEnforced = "", nil, nil, "", "", nil
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// OrganizationNames is the narrow list.
func (z *Zone) OrganizationNames(context.Context) ([]*state.Organization, error) {
	if err := z.called("names"); err != nil {
		return nil, err
	}
	var rows []*state.Organization
	for _, l := range z.Orgs {
		rows = append(rows, &state.Organization{Organization: spec.Organization{ID: l.ID, Name: l.Name}, Host: l.Host})
	}
	return rows, nil
}

// RoleRow is the row of a member, or of one that matches no user.
func (z *Zone) RoleRow(_ context.Context, organization, user int64) (*state.RoleRow, error) {
	if err := z.called(fmt.Sprintf("role %d", organization)); err != nil {
		return nil, err
	}
	l := z.Find(organization)
	if m := state.FindUser(l.Members, user); m != nil {
		role, err := strconv.ParseInt(m.Role, 10, 64)
		return &state.RoleRow{UserID: user, RoleID: role, Invitation: m.Invitation}, err
	}
	for _, row := range l.Unreadable {
		if row.UserID == user {
			return &row, nil
		}
	}
	return nil, nil
}

// fakeRow is what the list shows of an organization.
func fakeRow(l *state.Organization) *state.Organization {
	row := &state.Organization{Host: l.Host, Plan: l.Plan, License: l.License, Teams: l.Teams}
	row.ID, row.Name, row.Country, row.Timezone, row.TFAEnforced = l.ID, l.Name, l.Country, l.Timezone, l.TFAEnforced
	return row
}

// Names is one of the lists; every organization has its own teams.
func (z *Zone) Names(_ context.Context, list state.List, organization int64) ([]state.Name, error) {
	if err := z.called(strings.TrimSuffix(fmt.Sprintf("%s %d", list, organization), " 0")); err != nil {
		return nil, err
	}
	if l := z.Find(organization); l != nil {
		switch list {
		case state.Teams:
			return l.Teams, nil
		case state.Roles:
			return append(append([]state.Name{}, z.Lists[list]...), z.OwnRoles[organization]...), nil
		}
	}
	return z.Lists[list], nil
}

// Organization is the row, with the number of active scenarios.
func (z *Zone) Organization(_ context.Context, id int64, _ bool) (*state.Organization, error) {
	if err := z.called(fmt.Sprintf("detail %d", id)); err != nil {
		return nil, err
	}
	l := z.Find(id)
	row := fakeRow(l)
	row.ActiveScenarios = l.ActiveScenarios
	return row, nil
}

// Read fills in a kind.
func (z *Zone) Read(_ context.Context, live *state.Organization, kind spec.Kind) error {
	if err := z.called(fmt.Sprintf("%s %d", kind, live.ID)); err != nil {
		return err
	}
	l := z.Find(live.ID)
	if why, lacks := l.Lacks[kind]; lacks { // as the client does: a refusal of tokens tells of TFA, too
		live.Lacks = maps.Clone(live.Lacks)
		if live.Lacks == nil {
			live.Lacks = map[spec.Kind]string{}
		}
		live.Lacks[kind] = why
		if tfa, lacks := l.Lacks[spec.KindTFA]; lacks {
			live.Lacks[spec.KindTFA] = tfa
		}
		return nil
	}
	switch kind {
	case spec.KindVariable:
		live.Variables = append([]spec.Variable{}, l.Variables...)
	case spec.KindFeatureControl:
		live.FeatureControls = append([]spec.FeatureControl{}, l.FeatureControls...)
	case spec.KindMember:
		live.Members = append([]spec.Member{}, l.Members...)
		live.Unreadable = append([]state.RoleRow{}, l.Unreadable...)
		live.OwnerID, live.AdminRoles = l.OwnerID, l.AdminRoles
	case spec.KindSubscription:
		live.Account = l.Account
	case spec.KindPaymentMethods:
		live.PaymentMethods = slices.Clone(l.PaymentMethods)
	}
	return nil
}

// FindUser knows Users.
func (z *Zone) FindUser(_ context.Context, organization int64, email string) (int64, error) {
	return z.Users[email], z.called(fmt.Sprintf("user %d", organization))
}

// Apply does what a plan says, in its order, on the zone itself.
func (z *Zone) Apply(p *plan.Plan) {
	for _, o := range p.Organizations {
		l := z.Find(o.ID)
		for i := range o.Steps {
			l = z.ApplyStep(l, &o.Steps[i])
		}
	}
}

// ApplyStep does one step on the organization, and gives it back: a new one after a create, nil
// after a deletion.
func (z *Zone) ApplyStep(l *state.Organization, s *plan.Step) *state.Organization {
	a := s.Arguments
	switch s.Kind {
	case spec.KindOrganization:
		return z.ApplyOrganization(l, s)
	case spec.KindSubscription, spec.KindPaymentMethods:
		z.ApplyBilling(l, s)
	case spec.KindFeatureControl:
		state.FindControl(l.FeatureControls, a.Name).Enabled = *a.Enable
	case spec.KindTFA:
		l.TFAEnforced = a.Enable
	case spec.KindVariable:
		l.Variables = Without(l.Variables, func(v spec.Variable) bool { return v.Name == a.Name })
		if s.Op != plan.OpDelete {
			Variable(l, a.Name, a.Type, a.Value.Value().Reveal())
		}
	case spec.KindMember:
		z.applyMember(l, s)
	case spec.KindOwner:
		state.FindUser(l.Members, l.OwnerID).Role = "12"
		state.FindUser(l.Members, a.UserID).Role = "11"
		l.OwnerID = a.UserID
	}
	return l
}

// ApplyOrganization is ApplyStep for steps of organizations.
func (z *Zone) ApplyOrganization(l *state.Organization, s *plan.Step) *state.Organization {
	a := s.Arguments
	if s.Op == plan.OpDelete {
		z.Orgs = Without(z.Orgs, func(o *state.Organization) bool { return o.ID == l.ID })
		return nil
	}
	if s.Op == plan.OpCreate {
		z.Next++
		l = Organization(z.Next, a.Name)
		z.Orgs = append(z.Orgs, l)
	}
	if a.Name != "" {
		l.Name = a.Name
	}
	if a.CountryID != 0 {
		l.Country = state.FormatID(a.CountryID)
	}
	if a.TimezoneID != 0 {
		l.Timezone = state.FormatID(a.TimezoneID)
	}
	return l
}

func (z *Zone) applyMember(l *state.Organization, s *plan.Step) {
	a := s.Arguments
	if s.Op == plan.OpUpdate {
		state.FindUser(l.Members, a.UserID).Role = state.FormatID(a.RoleID)
		return
	}
	l.Members = Without(l.Members, func(m spec.Member) bool { return m.UserID == a.UserID })
	if s.Op.Counted() == plan.OpInvite {
		z.Next++
		Person(l, z.Next, a.Email, a.RoleID, "pending")
	}
}

// Without are those that are not gone; never nil.
func Without[T any](all []T, gone func(T) bool) []T {
	kept := []T{}
	for _, v := range all {
		if !gone(v) {
			kept = append(kept, v)
		}
	}
	return kept
}
