package planner_test

import (
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// refusals is a memory that knows the same of every organization.
type refusals []state.Refusal

func (r refusals) Refused(string, int64, string) []state.Refusal { return r }

// everything wants a change of each feature of Acme, which has as many people as that takes.
func everything() (*state.Organization, spec.Organization) {
	live := zonetest.Acme()
	zonetest.Variable(live, "A", spec.TypeString, "old")
	zonetest.Person(live, 2, "jane@acme.example", 13, "")
	zonetest.Person(live, 3, "gone@acme.example", 13, "")
	zonetest.Person(live, 4, "heir@acme.example", 12, "")
	return live, zonetest.Desired("acme", "Acme", func(o *spec.Organization) {
		o.Country, o.Timezone, o.TFAEnforced, o.Owner = "DE", "Europe/Berlin", zonetest.Ptr(true), "heir@acme.example"
		o.FeatureControls = []spec.FeatureControl{{Name: "Make AI Tools", Enabled: false}}
		o.Variables = []spec.Variable{zonetest.TextVariable("A", "new"), zonetest.TextVariable("B", "b")}
		o.Members = []spec.Member{
			{Email: "bob@acme.example", Role: "Member", Invite: &spec.Invite{Name: "Bob"}},
			{Email: "gone@acme.example", State: spec.Absent}, {Email: "heir@acme.example"},
			{Email: "jane@acme.example", Role: "Admin"},
		}
	})
}

func planOf(t *testing.T, live *state.Organization, want spec.Organization, change func(*planner.Request)) *plan.Plan {
	t.Helper()
	r := plantest.Request(zonetest.New(live), want)
	change(&r)
	return plantest.Make(t, r)
}

// What is remembered of one feature keeps that one waiting, and nothing else.
func TestRefusedChangesWait(t *testing.T) {
	t.Parallel()
	live, want := everything()
	whole := planOf(t, live, want, func(*planner.Request) {})
	steps := len(whole.Organizations[0].Steps)
	at := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		feature state.Feature
		waiting []string // addresses
		fewer   int
	}{
		{state.Feature{Kind: spec.KindOrganization, Name: "country"}, []string{"acme"}, 0},
		{state.Feature{Kind: spec.KindFeatureControl, Name: "make ai tools"}, []string{"acme/featureControl/Make AI Tools"}, 1},
		{state.Feature{Kind: spec.KindVariable}, []string{"acme/variable/A", "acme/variable/B"}, 2},
		{state.Feature{Kind: spec.KindMember, Name: "invite"}, []string{"acme/member/bob@acme.example"}, 1},
		{state.Feature{Kind: spec.KindMember, Name: "update"}, []string{"acme/member/jane@acme.example"}, 1},
		{state.Feature{Kind: spec.KindMember, Name: "delete"}, []string{"acme/member/gone@acme.example"}, 1},
		{state.Feature{Kind: spec.KindTFA}, []string{"acme/tfa"}, 1},
		{state.Feature{Kind: spec.KindOwner}, []string{"acme/owner"}, 1},
		{state.Feature{Kind: spec.KindOrganization, Name: "name"}, nil, 0},
	} {
		p := planOf(t, live, want, func(r *planner.Request) {
			r.Refusals = refusals{{Feature: c.feature, At: at, Message: "HTTP 402 SC402: upgrade your plan"}}
		})
		var waiting []string
		for _, w := range p.Organizations[0].Waiting {
			waiting = append(waiting, string(w.Address))
			if !strings.HasPrefix(w.Reason, "licence: the zone refused this on 2026-11-20 (HTTP 402 SC402: upgrade your plan); "+
				"it is tried again when the organization's plan changes, or from 2026-11-27 on") {
				t.Errorf("%v: %s", c.feature, w.Reason)
			}
		}
		if strings.Join(waiting, " ") != strings.Join(c.waiting, " ") {
			t.Errorf("%v: waiting %v", c.feature, waiting)
		}
		if n := len(p.Organizations[0].Steps); n != steps-c.fewer {
			t.Errorf("%v: %d steps of %d", c.feature, n, steps)
		}
	}
}

// Of two attributes, of which one was refused, the other is still written.
func TestAnotherAttributeIsStillWritten(t *testing.T) {
	t.Parallel()
	live, want := everything()
	p := planOf(t, live, want, func(r *planner.Request) {
		r.Refusals = refusals{{Feature: state.Feature{Kind: spec.KindOrganization, Name: "country"}, Message: "no"}}
	})
	s := p.Organizations[0].Steps[0]
	if s.Kind != spec.KindOrganization || s.Arguments.CountryID != 0 || s.Arguments.TimezoneID != 120 || len(s.Fields) != 1 {
		t.Errorf("%+v", s)
	}
}

// What the plan's name promises is shown, and keeps nothing from being tried.
func TestForecastIsANote(t *testing.T) {
	t.Parallel()
	for plan, kinds := range map[string]string{
		"Free": "organization variable variable member member member tfa owner", "Core": "variable variable tfa",
		"Pro": "tfa", "Teams": "tfa", "Enterprise": "", "A plan of our own": "", "": "",
	} {
		live, want := everything()
		live.Plan = plan
		p := planOf(t, live, want, func(*planner.Request) {})
		var noted []string
		for _, s := range p.Organizations[0].Steps {
			if strings.Contains(strings.Join(s.Notes, "\n"), "licence: the zone may refuse this") {
				noted = append(noted, string(s.Kind))
			}
		}
		if strings.Join(noted, " ") != kinds || len(p.Organizations[0].Waiting) > 0 {
			t.Errorf("%s: %v, waiting %v", plan, noted, p.Organizations[0].Waiting)
		}
	}
}

func TestLicenceIsThatOfPlanAndKeys(t *testing.T) {
	t.Parallel()
	prints := map[string]bool{}
	for _, change := range []func(*state.Organization){
		func(*state.Organization) {},
		func(l *state.Organization) { l.Plan = "Core" },
		func(l *state.Organization) { l.License = state.License{"apiLimit": float64(60)} },
		func(l *state.Organization) { l.License = nil },
	} {
		live := zonetest.Acme()
		change(live)
		prints[live.Licence()] = true
	}
	if len(prints) != 4 {
		t.Errorf("%d fingerprints of 4 licences", len(prints))
	}
	if a, b := zonetest.Acme(), zonetest.Acme(); a.Licence() != b.Licence() {
		t.Error("the fingerprint is not that of the licence alone")
	}
}
