package planner_test

import (
	"context"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

func TestCandidates(t *testing.T) {
	t.Parallel()
	row := func(id int64, host string, licensed bool) *state.Organization {
		l := &state.Organization{Host: host}
		l.ID = id
		if licensed {
			l.License = state.License{}
		}
		return l
	}
	for _, c := range []struct {
		name  string
		hosts []string
		rows  []*state.Organization
		here  []int64
	}{
		{"own host", []string{"eu1.make.com"}, []*state.Organization{row(1, "eu1.make.com", false), row(2, "us1.make.com", true)}, []int64{1}},
		{"own host without case", []string{"EU1.make.com"}, []*state.Organization{row(1, "eu1.Make.com", false)}, []int64{1}},
		{"no match, licence", []string{"127.0.0.1:8080"}, []*state.Organization{row(1, "lab.example", true), row(2, "lab.example", false)}, []int64{1}},
		{"no match, licence, no zone", []string{"127.0.0.1:8080"}, []*state.Organization{row(1, "", true)}, []int64{1}},
		{"no match, another zone's licence", []string{"127.0.0.1:8080"}, []*state.Organization{row(1, "us1.make.com", true)}, nil},
		{"a match hides licences", []string{"lab"}, []*state.Organization{row(1, "lab", false), row(2, "other", true)}, []int64{1}},
		{"an empty host is no match", []string{""}, []*state.Organization{row(1, "", false)}, nil},
	} {
		here, elsewhere := state.Candidates(spec.Endpoint{Hosts: c.hosts}, c.rows, "us1.make.com")
		var ids []int64
		for _, l := range here {
			ids = append(ids, l.ID)
		}
		if len(ids) != len(c.here) || len(ids) > 0 && ids[0] != c.here[0] || len(here)+len(elsewhere) != len(c.rows) {
			t.Errorf("%s: %v, want %v", c.name, ids, c.here)
		}
	}
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	nfd := zonetest.Organization(13, "Cafe\u0301")
	us := zonetest.Organization(14, "Away")
	us.Host = "us1.make.com"
	live := func() *zonetest.Zone {
		return zonetest.New(zonetest.Organization(11, "Acme"), zonetest.Organization(12, "Twin"), zonetest.Organization(15, "Twin"), nfd, us)
	}
	for _, c := range []struct {
		name string
		want spec.Organization
		line string
	}{
		{"by name", zonetest.Desired("a", "Acme"), ""},
		{"by name in another normal form", zonetest.Desired("a", "Café"), ""},
		{"by id, renaming", spec.Organization{Key: "a", ID: 11, Name: "Acme 2"}, "1 update a caution name:Acme→Acme 2"},
		{"by id, unmanaged name", spec.Organization{Key: "a", ID: 11}, ""},
		{"two of the name", zonetest.Desired("a", "Twin"), `error ambiguous-organization: 2 organizations of zone eu1 have the name "Twin": ids 12, 15`},
		{"no such id", spec.Organization{Key: "a", ID: 99}, "error no-such-organization: zone eu1 shows no organization with id 99"},
		{"id of another zone", spec.Organization{Key: "a", ID: 14}, "error wrong-zone: organization 14 is not in zone eu1"},
		{"gone, as wanted", spec.Organization{Key: "a", ID: 99, State: spec.Absent}, ""},
		{"create without region", zonetest.Desired("a", "Nova", func(o *spec.Organization) { o.Country, o.Timezone = "CZ", "113" }),
			"held create a by maxCreates: create:organization<=1@a"},
		{"create", zonetest.Desired("a", "Acne", func(o *spec.Organization) { o.Region, o.Country, o.Timezone = "EU", "CZ", "113" }),
			"held create a by maxCreates: create:organization<=1@a"},
	} {
		p := plantest.Make(t, plantest.Request(live(), c.want))
		if got := strings.Join(plantest.Lines(p), "\n"); got != c.line {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.line)
		}
		if c.name == "create" && !strings.Contains(p.Organizations[0].Held[0].Reason, `nearest in the zone: "Acme" (id 11)`) {
			t.Errorf("reason %s", p.Organizations[0].Held[0].Reason)
		}
		if c.name == "id of another zone" && p.Problems[0].Hint != "Away (id 14) lives in us1.make.com" {
			t.Errorf("hint %s", p.Problems[0].Hint)
		}
	}
}

func TestTwoDocumentsOfOneOrganization(t *testing.T) {
	t.Parallel()
	p := plantest.Make(t, plantest.Request(zonetest.New(zonetest.Acme()), zonetest.Desired("a", "Acme"), spec.Organization{Key: "b", ID: 11}))
	plantest.WantLines(t, p, `error same-organization: b and a are the same organization: "Acme" (id 11)`)
	if p.Exit != exit.Invalid {
		t.Errorf("exit %v", p.Exit)
	}
}

func TestNewOrganization(t *testing.T) {
	t.Parallel()
	zone := zonetest.New(zonetest.Acme())
	on := true
	r := plantest.Request(zone, zonetest.Desired("nova", "Nova", zonetest.Variables(zonetest.TextVariable("A", "a")),
		zonetest.Members(spec.Member{Email: "bob@x.example", Role: "Member"}, spec.Member{Email: "ops@acme.example", Role: "Admin"},
			spec.Member{Email: "zoe@x.example", Role: "Admin", Invite: &spec.Invite{Name: "Zoe", Teams: []string{"My Team"}}}),
		func(o *spec.Organization) {
			o.Region, o.Country, o.Timezone, o.Owner, o.TFAEnforced = "1", "CZ", "Europe/Prague", "zoe@x.example", &on
			o.FeatureControls = []spec.FeatureControl{{Name: "Make AI Tools", Enabled: false}}
		}))
	r.Allow = []plan.Allow{plantest.MustAllow(t, "create:organization<=1@nova")}
	p := plantest.Make(t, r)
	plantest.WantLines(t, p,
		"1 create nova irreversible country:→CZ name:→Nova region:→EU timezone:→Europe/Prague",
		"2 update nova/featureControl/Make AI Tools caution enabled:→false after [1]",
		"3 create nova/variable/A none type:→string value:→a after [1]",
		"4 invite nova/member/zoe@x.example caution name:→Zoe role:→Admin teams:→My Team after [1]",
		"5 update nova/tfa caution tfaEnforced:→true after [1]",
		"waiting nova/member/bob@x.example: bob@x.example is not a member, and the documents do not invite: write `bob@x.example: {role: Member, invite: {name: …}}`",
		"waiting nova/owner: zoe@x.example has not accepted yet: the organization is about to be created",
	)
	if s := p.Organizations[0].Steps[3]; s.Arguments.Teams[0] != "My Team" || s.Arguments.RoleID != 12 {
		t.Errorf("invite %+v", s.Arguments)
	}
}

// freeZone shows no members to a token, as the Free plan does.
type freeZone struct{ *zonetest.Zone }

func (freeZone) Read(_ context.Context, live *state.Organization, kind spec.Kind) error {
	live.Lacks = map[spec.Kind]string{kind: "the Free plan refuses tokens"}
	return nil
}

// What could not be read is not counted as none.
func TestDeletingAnOrganizationThatShowsNoMembers(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	live.Teams = []state.Name{}
	r := plantest.Request(zonetest.New(live), spec.Organization{Key: "acme", ID: 11, State: spec.Absent})
	r.Zones["eu1"] = state.Port{Endpoint: r.Zones["eu1"].Endpoint, Reader: freeZone{zonetest.New(live)}}
	r.Allow = []plan.Allow{plantest.MustAllow(t, "delete:organization@acme")}
	s := plantest.Make(t, r).Organizations[0].Steps[0]
	if got := strings.Join(s.Notes, "; "); s.Arguments.Confirmed || got != "active scenarios: not known; 0 teams; members: not known, the Free plan refuses tokens" {
		t.Errorf("%+v %s", s.Arguments, got)
	}
}

func TestDeletingAnOrganization(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	n := 3
	live.ActiveScenarios = &n
	zone := zonetest.New(live)
	gone := spec.Organization{Key: "acme", ID: 11, State: spec.Absent}
	p := plantest.Make(t, plantest.Request(zone, gone))
	plantest.WantLines(t, p, "held delete acme by maxDeletes: delete:organization<=1@acme")
	r := plantest.Request(zone, gone)
	r.Allow = []plan.Allow{plantest.MustAllow(t, p.Organizations[0].Held[0].Allow)}
	p = plantest.Make(t, r)
	plantest.WantLines(t, p, "1 delete acme irreversible name:Acme→")
	s := p.Organizations[0].Steps[0]
	if !s.Arguments.Confirmed || strings.Join(s.Notes, "; ") != "3 active scenarios; 1 team: Ops; 1 member: ops@acme.example" {
		t.Errorf("%+v %v", s.Arguments, s.Notes)
	}
	live.ActiveScenarios = nil
	if p = plantest.Make(t, r); p.Organizations[0].Steps[0].Arguments.Confirmed {
		t.Error("confirmed without having shown the active scenarios")
	}
	live.OwnerID = 7
	plantest.WantLines(t, plantest.Make(t, r), "waiting acme: only the Owner, user 7, can delete the organization; the token is ops@acme.example's")
}

func TestIncompleteCreateWithRoom(t *testing.T) {
	t.Parallel()
	r := plantest.Request(zonetest.New(zonetest.Acme()), zonetest.Desired("nova", "Nova", zonetest.Variables(zonetest.TextVariable("A", "a")), func(o *spec.Organization) { o.Country = "CZ" }))
	r.Desired.Guards.MaxCreates = map[spec.Kind]int{spec.KindOrganization: 1}
	p := plantest.Make(t, r)
	plantest.WantLines(t, p, "error create-incomplete: nova is not in zone eu1, and creating it needs region (EU or US) and timezone (such as Europe/Prague)")
	if p.Exit != exit.Invalid || len(p.Organizations[0].Steps) != 0 {
		t.Errorf("exit %v, steps %v", p.Exit, p.Organizations[0].Steps)
	}
}
