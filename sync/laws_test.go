package sync

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
)

// drawZone makes a zone of a few organizations in all sorts of states.
func drawZone(t *rapid.T) *fakeZone {
	zone := newFakeZone()
	zone.me.TwoFactor = rapid.SampledFrom([]*bool{nil, new(bool), ptr(true)}).Draw(t, "two factor")
	for i := range rapid.IntRange(0, 4).Draw(t, "organizations") {
		live := liveOrganization(int64(i+1), fmt.Sprint("Org ", i))
		drawVariables(t, live)
		drawPeople(t, live)
		live.TFAEnforced = ptr(rapid.Bool().Draw(t, "tfa"))
		live.Timezone = rapid.SampledFrom([]string{"113", "120"}).Draw(t, "timezone")
		live.FeatureControls[0].Enabled = rapid.Bool().Draw(t, "control")
		zone.orgs = append(zone.orgs, live)
	}
	return zone
}

func ptr[T any](v T) *T { return &v }

// values are canonical texts of each type.
var values = map[spec.VariableType][]string{
	spec.TypeNumber: {"5", "7.5"}, spec.TypeString: {"a", "5", "naïve"}, spec.TypeBoolean: {"true", "false"}, spec.TypeDate: {"2026-11-20T00:00:00.000Z"},
}

func drawValue(t *rapid.T) (spec.VariableType, string) {
	kind := rapid.SampledFrom([]spec.VariableType{spec.TypeNumber, spec.TypeString, spec.TypeBoolean, spec.TypeDate}).Draw(t, "type")
	return kind, rapid.SampledFrom(values[kind]).Draw(t, "value")
}

var variableNames = []string{"A", "AA", "B", "BB", "B_B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"}

func drawVariables(t *rapid.T, live *Live) {
	for _, name := range variableNames {
		if rapid.Bool().Draw(t, name) {
			kind, text := drawValue(t)
			variable(live, name, kind, text)
		}
	}
}

var emails = []string{"a@x.example", "b@x.example", "c@x.example", "d@y.example", "e@y.example", "f@y.example", "g@y.example", "h@y.example"}

func drawPeople(t *rapid.T, live *Live) {
	for i, email := range emails {
		if rapid.Bool().Draw(t, email) {
			person(live, int64(10+i), email, rapid.SampledFrom([]int64{12, 13, 14, 16}).Draw(t, "role"),
				rapid.SampledFrom([]string{"", "", "", "pending", "expired"}).Draw(t, "invitation"))
		}
	}
	if others := accepted(live); len(others) > 0 && rapid.IntRange(0, 3).Draw(t, "owned by another") == 0 {
		live.Members[0].Role, live.OwnerID = "12", others[0]
		findUser(live.Members, others[0]).Role = "11"
	}
}

func accepted(live *Live) []int64 {
	var ids []int64
	for _, m := range live.Members[1:] {
		if m.Invitation == "" {
			ids = append(ids, m.UserID)
		}
	}
	return ids
}

// drawDocuments makes documents about the zone's organizations, and maybe one that is not there yet.
func drawDocuments(t *rapid.T, zone *fakeZone) Request {
	var orgs []spec.Organization
	for i, live := range zone.orgs {
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
	r := request(zone, orgs...)
	if rapid.Bool().Draw(t, "guards") {
		r.Desired.Guards.Emails = []spec.Glob{glob(t, "*@x.example")}
		r.Desired.Guards.RequiredAdmins = []string{"a@x.example"}
		r.Desired.Guards.Protect = []spec.Glob{glob(t, "*/variable/B*")}
		r.Desired.Guards.MinAdmins = 2
		r.Desired.Guards.MaxInvites = 1
		r.Desired.Guards.MaxDeletes = map[spec.Kind]int{spec.KindVariable: 3, spec.KindMember: 1}
		r.Desired.Guards.MaxDeletesPerRun = map[spec.Kind]int{spec.KindVariable: 5}
	}
	return r
}

func drawDocument(t *rapid.T, o *spec.Organization) {
	o.Timezone = rapid.SampledFrom([]string{"Europe/Prague", "120"}).Draw(t, "wanted timezone")
	o.TFAEnforced = rapid.SampledFrom([]*bool{nil, ptr(true), ptr(false)}).Draw(t, "wanted tfa")
	if rapid.Bool().Draw(t, "controls") {
		o.FeatureControls = []spec.FeatureControl{{Name: "Make AI Tools", Enabled: rapid.Bool().Draw(t, "wanted control")}}
	}
	o.Purge = rapid.SampledFrom([][]spec.Kind{nil, {spec.KindVariable}, {spec.KindMember}, {spec.KindVariable, spec.KindMember}}).Draw(t, "purge")
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
		if m := findMember(o.Members, o.Owner); m != nil && m.State == spec.Absent {
			o.Owner = "" // a document that wants both is refused before planning
		}
	}
}

func drawWantedVariable(t *rapid.T, name string) spec.Variable {
	if rapid.IntRange(0, 4).Draw(t, "absent") == 0 {
		return spec.Variable{Name: name, State: spec.Absent}
	}
	kind, text := drawValue(t)
	return spec.Variable{Name: name, Type: kind, Value: spec.Plain(text), IgnoreValue: rapid.IntRange(0, 4).Draw(t, "ignore") == 0}
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

func TestLawAfterApplyingNothingIsLeft(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := drawZone(t)
		r := drawDocuments(t, zone)
		if rapid.Bool().Draw(t, "allow creating") {
			r.Allow = []Allow{mustAllow(t, "create:organization@*"), mustAllow(t, "delete:organization@*")}
		}
		p := makePlan(t, r)
		noErrors(t, p)
		zone.apply(p)
		again := makePlan(t, r)
		for _, o := range again.Organizations {
			if len(o.Steps) > 0 {
				t.Fatalf("first:\n%s\nthen:\n%s", strings.Join(lines(p), "\n"), strings.Join(lines(again), "\n"))
			}
		}
	})
}

func noErrors(t *rapid.T, p *Plan) {
	for _, q := range p.Problems {
		if q.Severity == spec.Error {
			t.Fatalf("problem: %s", q.Message)
		}
	}
}

func TestLawLiveAgainstItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := drawZone(t)
		var orgs []spec.Organization
		for _, live := range zone.orgs {
			o := spec.Organization{Key: fmt.Sprint("org-", live.ID), ID: live.ID, Name: live.Name, Timezone: live.Timezone, Country: live.Country,
				TFAEnforced: live.TFAEnforced, FeatureControls: live.FeatureControls, Variables: []spec.Variable{}, Owner: ownerName(live)}
			for _, v := range live.Variables {
				if !v.System {
					o.Variables = append(o.Variables, v)
				}
			}
			for _, m := range live.Members {
				o.Members = append(o.Members, spec.Member{Email: m.Email, Role: strings.Replace(m.Role, "11", "", 1)})
			}
			slices.SortFunc(o.Variables, func(a, b spec.Variable) int { return strings.Compare(a.Name, b.Name) })
			orgs = append(orgs, o)
		}
		p := makePlan(t, request(zone, orgs...))
		noErrors(t, p)
		if s := p.Summary; s.Create+s.Update+s.Delete+s.Invite+s.Transfer+s.Held > 0 {
			t.Fatalf("%s", strings.Join(lines(p), "\n"))
		}
	})
}

func TestLawThePrintedRuleSuffices(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := drawZone(t)
		r := drawDocuments(t, zone)
		p := makePlan(t, r)
		var all []Held
		for _, o := range p.Organizations {
			all = append(all, o.Held...)
		}
		if len(all) == 0 {
			return
		}
		chosen := rapid.SampledFrom(all).Draw(t, "held")
		r.Allow = []Allow{mustAllow(t, chosen.Allow)}
		for _, o := range makePlan(t, r).Organizations {
			for _, h := range o.Held {
				if h.Address == chosen.Address {
					t.Fatalf("%s does not let %s %s through: %s", chosen.Allow, h.Op, h.Address, h.Reason)
				}
			}
		}
	})
}

func TestLawOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := drawZone(t)
		p := makePlan(t, drawDocuments(t, zone))
		n := 0
		for _, o := range p.Organizations {
			var promotions []int
			for i := range o.Steps {
				s := &o.Steps[i]
				if n++; s.N != n {
					t.Fatalf("step %d has the number %d", n, s.N)
				}
				for _, a := range s.After {
					if a >= s.N || a < o.Steps[0].N {
						t.Fatalf("step %d comes after %d", s.N, a)
					}
				}
				if s.Kind != spec.KindMember || o.ID == 0 {
					continue
				}
				if s.Op == OpUpdate && s.Arguments.RoleID == AdminRole {
					promotions = append(promotions, s.N)
				}
				if AdminsOf(zone.find(o.ID)).Lowers(s) {
					for _, promotion := range promotions {
						if !slices.Contains(s.After, promotion) {
							t.Fatalf("step %d lowers an Admin and does not wait for %d", s.N, promotion)
						}
					}
				} else if s.Op == OpDelete && len(promotions) > 0 && s.N < promotions[len(promotions)-1] {
					t.Fatalf("a promotion comes after removal %d", s.N)
				}
			}
		}
	})
}

// A plan's own steps never make it stale: its preconditions hold as a whole before the first
// write, and one by one as the steps are done. Somebody else's change makes it stale.
func TestLawPreconditions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := drawZone(t)
		r := drawDocuments(t, zone)
		p := makePlan(t, r)
		for _, o := range p.Organizations {
			live := zone.find(o.ID)
			if live == nil {
				continue
			}
			for i := range o.Steps {
				if got := Precondition(snapshotOf(live), &o.Steps[i], o.Steps[:i], r.Salt); got != o.Steps[i].Precondition {
					t.Fatalf("%s does not hold before the run", o.Steps[i].Address)
				}
			}
			for i := range o.Steps {
				s := &o.Steps[i]
				if got := Precondition(snapshotOf(live), s, nil, r.Salt); got != s.Precondition {
					t.Fatalf("%s does not hold when its turn comes", s.Address)
				}
				live = zone.applyStep(live, s)
				if live != nil && s.Op != OpTransfer && Precondition(snapshotOf(live), s, nil, r.Salt) == s.Precondition {
					t.Fatalf("%s still holds after it is done", s.Address)
				}
			}
		}
	})
}

func snapshotOf(l *Live) *Live {
	c := *l
	c.Variables = append([]spec.Variable{}, l.Variables...)
	c.Members = append([]spec.Member{}, l.Members...)
	c.FeatureControls = append([]spec.FeatureControl{}, l.FeatureControls...)
	normalise(&c)
	return &c
}

func TestLawShards(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfDistinct(rapid.StringMatching(`[a-z0-9-]{1,12}`), rapid.ID).Draw(t, "keys")
		count := rapid.IntRange(1, 9).Draw(t, "count")
		for _, key := range keys {
			n := 0
			for i := 1; i <= count; i++ {
				if (&Shard{Index: i, Count: count}).Has(key) {
					n++
				}
			}
			if n != 1 {
				t.Fatalf("%s is in %d of %d shards", key, n, count)
			}
		}
	})
	sizes := [4]int{}
	for i := range 1000 {
		for s := range sizes {
			if (&Shard{Index: s + 1, Count: 4}).Has(fmt.Sprintf("client-%04d", i)) {
				sizes[s]++
			}
		}
	}
	if slices.Min(sizes[:]) < 200 || slices.Max(sizes[:]) > 300 {
		t.Errorf("shards of %v", sizes)
	}
}

// The diff library against an oracle of a few lines.
func TestLawChangedFields(t *testing.T) {
	t.Parallel()
	scalar := rapid.Custom(func(t *rapid.T) Scalar {
		s := Text(rapid.SampledFrom([]string{"", "a", "b", "5", "a.b"}).Draw(t, "text"))
		if rapid.Bool().Draw(t, "secret") {
			s = s.mask()
		}
		return s
	})
	view := rapid.MapOf(rapid.SampledFrom([]string{"a", "aa", "a.b", "a.a", "[0]", "value"}), scalar)
	rapid.Check(t, func(t *rapid.T) {
		live, wanted := View(view.Draw(t, "live")), View(view.Draw(t, "wanted"))
		var want []string
		for path, to := range wanted {
			if from, ok := live[path]; !ok || from.canonical() != to.canonical() {
				want = append(want, path)
			}
		}
		slices.Sort(want)
		var got []string
		for _, f := range changedFields(live, wanted) {
			got = append(got, f.Path)
			if f.From != live[f.Path] || f.To != wanted[f.Path] {
				t.Fatalf("%s: %v → %v", f.Path, f.From, f.To)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("changed %v, want %v", got, want)
		}
	})
}
