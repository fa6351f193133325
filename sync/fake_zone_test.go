package sync

import (
	"context"
	"fmt"
	"strings"
	stdsync "sync"

	"makesync/spec"
)

// fakeZone is a small zone in memory: enough of one to plan from and to apply to.
type fakeZone struct {
	mu    stdsync.Mutex
	me    User
	orgs  []*Live // whole organizations, as if everything had been read
	lists map[List][]Name
	// fail gives the error of a call, named like "variable 11"; nil: none fails.
	fail  func(call string) error
	calls map[string]int
	// users are the e-mails that FindUser knows beside the members.
	users map[string]int64
	next  int64
}

const fakeHost = "eu1.make.com"

func newFakeZone(orgs ...*Live) *fakeZone {
	yes := true
	return &fakeZone{
		me: User{ID: 1, Email: "ops@acme.example", TwoFactor: &yes}, orgs: orgs, calls: map[string]int{}, users: map[string]int64{}, next: 100,
		lists: map[List][]Name{
			Roles:     {{ID: 11, Name: "Owner"}, {ID: 12, Name: "Admin"}, {ID: 13, Name: "Member"}, {ID: 14, Name: "Accountant"}, {ID: 16, Name: "Guest"}},
			Regions:   {{ID: 1, Name: "EU"}},
			Countries: {{ID: 203, Name: "Czechia", Code: "CZ"}, {ID: 276, Name: "Germany", Code: "DE"}},
			Timezones: {{ID: 113, Name: "Europe/Prague", Code: "Europe/Prague"}, {ID: 120, Name: "Europe/Berlin", Code: "Europe/Berlin"}},
		},
	}
}

// organization is a live organization whose user 1 is Owner and accepted, fully licensed.
func liveOrganization(id int64, name string) *Live {
	off := false
	l := &Live{Host: fakeHost, License: License{"customVariables": true, "apiLimit": float64(60)}, Teams: []Name{{ID: id*10 + 1, Name: "Ops"}}, OwnerID: 1}
	l.ID, l.Name, l.Country, l.Timezone, l.TFAEnforced = id, name, "203", "113", &off
	l.FeatureControls = []spec.FeatureControl{{Name: "Make AI Tools", ID: id*10 + 2, Enabled: true}}
	l.Variables = []spec.Variable{{Name: "organizationId", Type: spec.TypeNumber, Value: spec.Sensitive(fmt.Sprint(id)), System: true}}
	l.Members = []spec.Member{{Email: "ops@acme.example", Role: "11", UserID: 1}}
	return l
}

// person adds a member; invitation "" is accepted.
func person(l *Live, user int64, email string, role int64, invitation string) {
	l.Members = append(l.Members, spec.Member{Email: email, Role: idText(role), UserID: user, Invitation: invitation})
}

// variable adds a custom variable, masked as a reader gives it.
func variable(l *Live, name string, t spec.VariableType, text string) {
	l.Variables = append(l.Variables, spec.Variable{Name: name, Type: t, Value: spec.Sensitive(text)})
}

func (z *fakeZone) called(call string) error {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.calls[call]++
	if z.fail == nil {
		return nil
	}
	return z.fail(call)
}

func (z *fakeZone) find(id int64) *Live {
	for _, l := range z.orgs {
		if l.ID == id {
			return l
		}
	}
	return nil
}

func (z *fakeZone) Me(context.Context) (User, error) { return z.me, z.called("me") }

func (z *fakeZone) Organizations(context.Context) ([]*Live, error) {
	if err := z.called("organizations"); err != nil {
		return nil, err
	}
	var rows []*Live
	for _, l := range z.orgs {
		rows = append(rows, fakeRow(l))
	}
	return rows, nil
}

// fakeRow is what the list shows of an organization.
func fakeRow(l *Live) *Live {
	row := &Live{Host: l.Host, License: l.License, Teams: l.Teams}
	row.ID, row.Name, row.Country, row.Timezone, row.TFAEnforced = l.ID, l.Name, l.Country, l.Timezone, l.TFAEnforced
	return row
}

func (z *fakeZone) Names(_ context.Context, list List, organization int64) ([]Name, error) {
	if err := z.called(strings.TrimSuffix(fmt.Sprintf("%s %d", list, organization), " 0")); err != nil {
		return nil, err
	}
	if l := z.find(organization); l != nil && list == Teams {
		return l.Teams, nil
	}
	return z.lists[list], nil
}

func (z *fakeZone) Organization(_ context.Context, id int64, _ bool) (*Live, error) {
	if err := z.called(fmt.Sprintf("detail %d", id)); err != nil {
		return nil, err
	}
	l := z.find(id)
	row := fakeRow(l)
	row.ActiveScenarios = l.ActiveScenarios
	return row, nil
}

func (z *fakeZone) Read(_ context.Context, live *Live, kind spec.Kind) error {
	if err := z.called(fmt.Sprintf("%s %d", kind, live.ID)); err != nil {
		return err
	}
	l := z.find(live.ID)
	live.Lacks = l.Lacks
	switch kind {
	case spec.KindVariable:
		live.Variables = append([]spec.Variable{}, l.Variables...)
	case spec.KindFeatureControl:
		live.FeatureControls = append([]spec.FeatureControl{}, l.FeatureControls...)
	case spec.KindMember:
		live.Members = append([]spec.Member{}, l.Members...)
		live.Unreadable = append([]RoleRow{}, l.Unreadable...)
		live.OwnerID, live.AdminRoles = l.OwnerID, l.AdminRoles
	}
	return nil
}

func (z *fakeZone) FindUser(_ context.Context, organization int64, email string) (int64, error) {
	return z.users[email], z.called(fmt.Sprintf("user %d", organization))
}

// apply does what a plan says, in its order, on the zone itself.
func (z *fakeZone) apply(p *Plan) {
	for _, o := range p.Organizations {
		l := z.find(o.ID)
		for i := range o.Steps {
			l = z.applyStep(l, &o.Steps[i])
		}
	}
}

func (z *fakeZone) applyStep(l *Live, s *Step) *Live {
	a := s.Arguments
	switch s.Kind {
	case spec.KindOrganization:
		return z.applyOrganization(l, s)
	case spec.KindFeatureControl:
		findControl(l.FeatureControls, a.Name).Enabled = *a.Enable
	case spec.KindTFA:
		l.TFAEnforced = a.Enable
	case spec.KindVariable:
		l.Variables = without1(l.Variables, func(v spec.Variable) bool { return v.Name == a.Name })
		if s.Op != OpDelete {
			variable(l, a.Name, a.Type, a.Value.Value().Reveal())
		}
	case spec.KindMember:
		z.applyMember(l, s)
	case spec.KindOwner:
		findUser(l.Members, l.OwnerID).Role = "12"
		findUser(l.Members, a.UserID).Role = "11"
		l.OwnerID = a.UserID
	}
	return l
}

func (z *fakeZone) applyOrganization(l *Live, s *Step) *Live {
	a := s.Arguments
	if s.Op == OpDelete {
		z.orgs = without1(z.orgs, func(o *Live) bool { return o.ID == l.ID })
		return nil
	}
	if s.Op == OpCreate {
		z.next++
		l = liveOrganization(z.next, a.Name)
		z.orgs = append(z.orgs, l)
	}
	if a.Name != "" {
		l.Name = a.Name
	}
	if a.CountryID != 0 {
		l.Country = idText(a.CountryID)
	}
	if a.TimezoneID != 0 {
		l.Timezone = idText(a.TimezoneID)
	}
	return l
}

func (z *fakeZone) applyMember(l *Live, s *Step) {
	a := s.Arguments
	if s.Op == OpUpdate {
		findUser(l.Members, a.UserID).Role = idText(a.RoleID)
		return
	}
	l.Members = without1(l.Members, func(m spec.Member) bool { return m.UserID == a.UserID })
	if s.Op.Counted() == OpInvite {
		z.next++
		person(l, z.next, a.Email, a.RoleID, "pending")
	}
}

func without1[T any](all []T, gone func(T) bool) []T {
	kept := []T{}
	for _, v := range all {
		if !gone(v) {
			kept = append(kept, v)
		}
	}
	return kept
}
