package plantest

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// DrawZone makes a zone of a few organizations in all sorts of states.
func DrawZone(t *rapid.T) *zonetest.Zone {
	zone := zonetest.New()
	zone.User.TwoFactor = rapid.SampledFrom([]*bool{nil, new(bool), zonetest.Ptr(true)}).Draw(t, "two factor")
	for i := range rapid.IntRange(0, 4).Draw(t, "organizations") {
		live := zonetest.Organization(int64(i+1), fmt.Sprint("Org ", i))
		drawVariables(t, live)
		drawPeople(t, live)
		live.TFAEnforced = zonetest.Ptr(rapid.Bool().Draw(t, "tfa"))
		live.Timezone = rapid.SampledFrom([]string{"113", "120"}).Draw(t, "timezone")
		live.FeatureControls[0].Enabled = rapid.Bool().Draw(t, "control")
		zone.Orgs = append(zone.Orgs, live)
	}
	return zone
}

// values are canonical texts of each type.
var values = map[spec.VariableType][]string{
	spec.TypeNumber: {
		"5",
		"7.5",
	},
	spec.TypeString:  {"a", "5", "naïve"},
	spec.TypeBoolean: {"true", "false"},
	spec.TypeDate:    {"2026-11-20T00:00:00.000Z"},
}

func drawValue(t *rapid.T) (spec.VariableType, string) {
	kind := rapid.SampledFrom([]spec.VariableType{spec.TypeNumber, spec.TypeString, spec.TypeBoolean, spec.TypeDate}).
		Draw(t, "type")
	return kind, rapid.SampledFrom(values[kind]).Draw(t, "value")
}

var variableNames = []string{"A", "AA", "B", "BB", "B_B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"}

func drawVariables(t *rapid.T, live *state.Organization) {
	for _, name := range variableNames {
		if rapid.Bool().Draw(t, name) {
			kind, text := drawValue(t)
			zonetest.Variable(live, name, kind, text)
		}
	}
}

var emails = []string{
	"a@x.example",
	"b@x.example",
	"c@x.example",
	"d@y.example",
	"e@y.example",
	"f@y.example",
	"g@y.example",
	"h@y.example",
}

func drawPeople(t *rapid.T, live *state.Organization) {
	for i, email := range emails {
		if rapid.Bool().Draw(t, email) {
			zonetest.Person(live, int64(10+i), email, rapid.SampledFrom([]int64{12, 13, 14, 16}).Draw(t, "role"),
				rapid.SampledFrom([]string{"", "", "", "pending", "expired"}).Draw(t, "invitation"))
		}
	}
	if others := accepted(live); len(others) > 0 && rapid.IntRange(0, 3).Draw(t, "owned by another") == 0 {
		live.Members[0].Role, live.OwnerID = "12", others[0]
		state.FindUser(live.Members, others[0]).Role = "11"
	}
}

func accepted(live *state.Organization) []int64 {
	var ids []int64
	for _, m := range live.Members[1:] {
		if m.Invitation == "" {
			ids = append(ids, m.UserID)
		}
	}
	return ids
}

// DrawDocuments makes documents about the zone's organizations, and maybe one that is not there
// yet.
func DrawDocuments(t *rapid.T, zone *zonetest.Zone) planner.Request {
	var orgs []spec.Organization
	for i, live := range zone.Orgs {
		o := spec.Organization{Key: fmt.Sprint("org-", i), ID: live.ID}
		if rapid.IntRange(0, 9).Draw(t, "gone") == 0 {
			o.State = spec.Absent
		} else {
			drawDocument(t, &o)
		}
		orgs = append(orgs, o)
	}
	if rapid.Bool().Draw(t, "new") {
		o := spec.Organization{Key: "new", Name: "New", Region: "EU", Country: "CZ", Timezone: "113"}
		drawDocument(t, &o)
		orgs = append(orgs, o)
	}
	r := Request(zone, orgs...)
	if rapid.Bool().Draw(t, "guards") {
		r.Desired.Guards.EmailLists = [][]spec.Glob{{Glob(t, "*@x.example")}}
		r.Desired.Guards.RequiredAdmins = []string{"a@x.example"}
		r.Desired.Guards.Protect = []spec.Glob{Glob(t, "*/variable/B*")}
		r.Desired.Guards.MinAdmins = 2
		r.Desired.Guards.MaxInvites = 1
		r.Desired.Guards.MaxDeletes = map[spec.Kind]int{spec.KindVariable: 3, spec.KindMember: 1}
		r.Desired.Guards.MaxDeletesPerRun = map[spec.Kind]int{spec.KindVariable: 5}
	}
	return r
}

func drawDocument(t *rapid.T, o *spec.Organization) {
	o.Timezone = rapid.SampledFrom([]string{"Europe/Prague", "120"}).Draw(t, "wanted timezone")
	o.TFAEnforced = rapid.SampledFrom([]*bool{nil, zonetest.Ptr(true), zonetest.Ptr(false)}).Draw(t, "wanted tfa")
	if rapid.Bool().Draw(t, "controls") {
		o.FeatureControls = []spec.FeatureControl{
			{Name: "Make AI Tools", Enabled: rapid.Bool().Draw(t, "wanted control")},
		}
	}
	o.Purge = rapid.SampledFrom([][]spec.Kind{
		nil, {spec.KindVariable}, {spec.KindMember}, {spec.KindVariable, spec.KindMember},
	}).Draw(t, "purge")
	if rapid.Bool().Draw(t, "variables") || o.Purges(spec.KindVariable) {
		o.Variables = []spec.Variable{}
		for _, name := range variableNames {
			if rapid.Bool().Draw(t, "wanted "+name) {
				o.Variables = append(o.Variables, drawWantedVariable(t, name))
			}
		}
	}
	if rapid.Bool().Draw(t, "members") || o.Purges(spec.KindMember) {
		o.Members = []spec.Member{}
		for _, email := range append([]string{"ops@acme.example"}, emails...) {
			if rapid.Bool().Draw(t, "wanted "+email) {
				o.Members = append(o.Members, drawWantedMember(t, email))
			}
		}
		slices.SortFunc(o.Members, func(a, b spec.Member) int { return strings.Compare(a.Email, b.Email) })
		o.Owner = rapid.SampledFrom([]string{"", "", "a@x.example", "b@x.example", "ops@acme.example"}).Draw(t, "owner")
		if m := state.FindMember(o.Members, o.Owner); m != nil && m.State == spec.Absent {
			o.Owner = "" // a document that wants both is refused before planning
		}
	}
}

func drawWantedVariable(t *rapid.T, name string) spec.Variable {
	if rapid.IntRange(0, 4).Draw(t, "absent") == 0 {
		return spec.Variable{Name: name, State: spec.Absent}
	}
	kind, text := drawValue(t)
	return spec.Variable{
		Name:        name,
		Type:        kind,
		Value:       spec.Plain(text),
		IgnoreValue: rapid.IntRange(0, 4).Draw(t, "ignore") == 0,
	}
}

func drawWantedMember(t *rapid.T, email string) spec.Member {
	m := spec.Member{Email: email}
	switch rapid.IntRange(0, 5).Draw(t, "wish") {
	case 0:
		m.State = spec.Absent
	case 1:
	default:
		m.Role = rapid.SampledFrom([]string{"Admin", "Member", "accountant", "16"}).Draw(t, "wanted role")
		if rapid.Bool().Draw(t, "invite") {
			m.Invite = &spec.Invite{Name: "Somebody"}
		}
	}
	return m
}

// NoErrors fails the property where the plan has a problem of severity error.
func NoErrors(t *rapid.T, p *plan.Plan) {
	for _, q := range p.Problems {
		if q.Severity == spec.Error {
			t.Fatalf("problem: %s", q.Message)
		}
	}
}

// SnapshotOf is the organization as it is now, normalised; what is done to the original later does
// not change it.
func SnapshotOf(l *state.Organization) *state.Organization {
	c := *l
	c.Variables = append([]spec.Variable{}, l.Variables...)
	c.Members = append([]spec.Member{}, l.Members...)
	c.FeatureControls = append([]spec.FeatureControl{}, l.FeatureControls...)
	state.Normalise(&c)
	return &c
}

// Glob reads a pattern, or fails the test.
func Glob(t interface {
	Helper()
	Fatalf(string, ...any)
}, pattern string) spec.Glob {
	t.Helper()
	g, err := spec.ParseGlob(pattern)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return g
}
