package sync

import (
	"context"
	"strings"
	"testing"

	"makesync/spec"
)

func TestCandidates(t *testing.T) {
	t.Parallel()
	row := func(id int64, host string, licensed bool) *Live {
		l := &Live{Host: host}
		l.ID = id
		if licensed {
			l.License = License{}
		}
		return l
	}
	for _, c := range []struct {
		name  string
		hosts []string
		rows  []*Live
		here  []int64
	}{
		{"own host", []string{"eu1.make.com"}, []*Live{row(1, "eu1.make.com", false), row(2, "us1.make.com", true)}, []int64{1}},
		{"own host without case", []string{"EU1.make.com"}, []*Live{row(1, "eu1.Make.com", false)}, []int64{1}},
		{"no match, licence", []string{"127.0.0.1:8080"}, []*Live{row(1, "lab.example", true), row(2, "lab.example", false)}, []int64{1}},
		{"no match, licence, no zone", []string{"127.0.0.1:8080"}, []*Live{row(1, "", true)}, []int64{1}},
		{"no match, another zone's licence", []string{"127.0.0.1:8080"}, []*Live{row(1, "us1.make.com", true)}, nil},
		{"a match hides licences", []string{"lab"}, []*Live{row(1, "lab", false), row(2, "other", true)}, []int64{1}},
		{"an empty host is no match", []string{""}, []*Live{row(1, "", false)}, nil},
	} {
		here, elsewhere := Candidates(spec.Endpoint{Hosts: c.hosts}, c.rows, "us1.make.com")
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
	nfd := liveOrganization(13, "Cafe\u0301")
	us := liveOrganization(14, "Away")
	us.Host = "us1.make.com"
	live := func() *fakeZone {
		return newFakeZone(liveOrganization(11, "Acme"), liveOrganization(12, "Twin"), liveOrganization(15, "Twin"), nfd, us)
	}
	for _, c := range []struct {
		name string
		want spec.Organization
		line string
	}{
		{"by name", desired("a", "Acme"), ""},
		{"by name in another normal form", desired("a", "Café"), ""},
		{"by id, renaming", spec.Organization{Key: "a", ID: 11, Name: "Acme 2"}, "1 update a caution name:Acme→Acme 2"},
		{"by id, unmanaged name", spec.Organization{Key: "a", ID: 11}, ""},
		{"two of the name", desired("a", "Twin"), `error ambiguous-organization: 2 organizations of zone eu1 have the name "Twin": ids 12, 15`},
		{"no such id", spec.Organization{Key: "a", ID: 99}, "error no-such-organization: zone eu1 shows no organization with id 99"},
		{"id of another zone", spec.Organization{Key: "a", ID: 14}, "error wrong-zone: organization 14 is not in zone eu1"},
		{"gone, as wanted", spec.Organization{Key: "a", ID: 99, State: spec.Absent}, ""},
		{"create without region", desired("a", "Nova", func(o *spec.Organization) { o.Country, o.Timezone = "CZ", "113" }),
			"held create a by maxCreates: create:organization<=1@a"},
		{"create", desired("a", "Acne", func(o *spec.Organization) { o.Region, o.Country, o.Timezone = "EU", "CZ", "113" }),
			"held create a by maxCreates: create:organization<=1@a"},
	} {
		p := makePlan(t, request(live(), c.want))
		if got := strings.Join(lines(p), "\n"); got != c.line {
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
	p := makePlan(t, request(newFakeZone(acme()), desired("a", "Acme"), spec.Organization{Key: "b", ID: 11}))
	wantLines(t, p, `error same-organization: b and a are the same organization: "Acme" (id 11)`)
	if p.Exit != ExitInvalid {
		t.Errorf("exit %v", p.Exit)
	}
}

func TestNewOrganization(t *testing.T) {
	t.Parallel()
	zone := newFakeZone(acme())
	on := true
	r := request(zone, desired("nova", "Nova", variables(textVariable("A", "a")),
		members(spec.Member{Email: "bob@x.example", Role: "Member"}, spec.Member{Email: "ops@acme.example", Role: "Admin"},
			spec.Member{Email: "zoe@x.example", Role: "Admin", Invite: &spec.Invite{Name: "Zoe", Teams: []string{"My Team"}}}),
		func(o *spec.Organization) {
			o.Region, o.Country, o.Timezone, o.Owner, o.TFAEnforced = "1", "CZ", "Europe/Prague", "zoe@x.example", &on
			o.FeatureControls = []spec.FeatureControl{{Name: "Make AI Tools", Enabled: false}}
		}))
	r.Allow = []Allow{mustAllow(t, "create:organization<=1@nova")}
	p := makePlan(t, r)
	wantLines(t, p,
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
type freeZone struct{ *fakeZone }

func (freeZone) Read(_ context.Context, live *Live, kind spec.Kind) error {
	live.Lacks = map[spec.Kind]string{kind: "the Free plan refuses tokens"}
	return nil
}

// What could not be read is not counted as none.
func TestDeletingAnOrganizationThatShowsNoMembers(t *testing.T) {
	t.Parallel()
	live := acme()
	live.Teams = []Name{}
	r := request(newFakeZone(live), spec.Organization{Key: "acme", ID: 11, State: spec.Absent})
	r.Zones["eu1"] = ZonePort{Endpoint: r.Zones["eu1"].Endpoint, Reader: freeZone{newFakeZone(live)}}
	r.Allow = []Allow{mustAllow(t, "delete:organization@acme")}
	s := makePlan(t, r).Organizations[0].Steps[0]
	if got := strings.Join(s.Notes, "; "); s.Arguments.Confirmed || got != "active scenarios: not known; 0 teams; members: not known, the Free plan refuses tokens" {
		t.Errorf("%+v %s", s.Arguments, got)
	}
}

func TestDeletingAnOrganization(t *testing.T) {
	t.Parallel()
	live := acme()
	n := 3
	live.ActiveScenarios = &n
	zone := newFakeZone(live)
	gone := spec.Organization{Key: "acme", ID: 11, State: spec.Absent}
	p := makePlan(t, request(zone, gone))
	wantLines(t, p, "held delete acme by maxDeletes: delete:organization<=1@acme")
	r := request(zone, gone)
	r.Allow = []Allow{mustAllow(t, p.Organizations[0].Held[0].Allow)}
	p = makePlan(t, r)
	wantLines(t, p, "1 delete acme irreversible name:Acme→")
	s := p.Organizations[0].Steps[0]
	if !s.Arguments.Confirmed || strings.Join(s.Notes, "; ") != "3 active scenarios; 1 team: Ops; 1 member: ops@acme.example" {
		t.Errorf("%+v %v", s.Arguments, s.Notes)
	}
	live.ActiveScenarios = nil
	if p = makePlan(t, r); p.Organizations[0].Steps[0].Arguments.Confirmed {
		t.Error("confirmed without having shown the active scenarios")
	}
	live.OwnerID = 7
	wantLines(t, makePlan(t, r), "waiting acme: only the Owner, user 7, can delete the organization; the token is ops@acme.example's")
}

func mustAllow(t interface {
	Helper()
	Fatalf(string, ...any)
}, rule string) Allow {
	t.Helper()
	a, err := ParseAllow(rule)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return a
}

func TestIncompleteCreateWithRoom(t *testing.T) {
	t.Parallel()
	r := request(newFakeZone(acme()), desired("nova", "Nova", variables(textVariable("A", "a")), func(o *spec.Organization) { o.Country = "CZ" }))
	r.Desired.Guards.MaxCreates = map[spec.Kind]int{spec.KindOrganization: 1}
	p := makePlan(t, r)
	wantLines(t, p, "error create-incomplete: nova is not in zone eu1, and creating it needs region and timezone")
	if p.Exit != ExitInvalid || len(p.Organizations[0].Steps) != 0 {
		t.Errorf("exit %v, steps %v", p.Exit, p.Organizations[0].Steps)
	}
}
