package planner_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/zonetest"
)

// TestRejudge: each guard that could hold a step of a saved plan does so by what the zone shows
// now, and holds nothing where the guards of the run are not to judge.
func TestRejudge(t *testing.T) {
	t.Parallel()
	member := func(email, role string) func(*spec.Organization) {
		return zonetest.Members(spec.Member{Email: email, Role: role})
	}
	outside := [][]spec.Glob{{plantest.Glob(t, "*@beta.example")}}
	for _, c := range []struct {
		name   string
		key    string
		want   func(*spec.Organization)
		guards func(*spec.Guards)
		now    func(*zonetest.Zone)
		held   string // the guards, of each step that is held
	}{
		{name: "an Admin less than must remain", want: member("jane@acme.example", "Member"),
			guards: func(g *spec.Guards) { g.MinAdmins = 2 }, held: "minAdmins"},
		{name: "another Admin has left since", want: member("jane@acme.example", "Member"),
			guards: func(g *spec.Guards) { g.MinAdmins = 2 }, held: "minAdmins",
			now: func(z *zonetest.Zone) { zonetest.Person(z.Orgs[0], 4, "late@acme.example", 13, "") }},
		{name: "another Admin has come since", want: member("jane@acme.example", "Member"),
			guards: func(g *spec.Guards) { g.MinAdmins = 2 },
			now:    func(z *zonetest.Zone) { zonetest.Person(z.Orgs[0], 4, "late@acme.example", 12, "") }},
		{name: "nobody knows who would remain", want: member("jane@acme.example", "Member"),
			guards: func(*spec.Guards) {}, held: "minAdmins",
			now: func(z *zonetest.Zone) {
				z.Fail = func(call string) error {
					if call == "member 11" {
						return errors.New("HTTP 500")
					}
					return nil
				}
			}},
		{name: "a required Admin", want: member("jane@acme.example", "Member"), held: "requiredAdmins",
			guards: func(g *spec.Guards) { g.RequiredAdmins = []string{"jane@acme.example"} }},
		{name: "a promotion of an address outside", want: member("bob@acme.example", "Admin"), held: "emails",
			guards: func(g *spec.Guards) { g.EmailLists = outside }},
		{name: "a promotion of somebody who is not there any more", want: member("bob@acme.example", "Admin"), held: "emails",
			guards: func(g *spec.Guards) { g.EmailLists = outside },
			now:    func(z *zonetest.Zone) { z.Orgs[0].Members = z.Orgs[0].Members[:2] }},
		{name: "a demotion of an address outside", want: member("jane@acme.example", "Member"),
			guards: func(g *spec.Guards) { g.EmailLists = outside }},
		{name: "steps of a plan that was made without a snapshot", want: member("bob@acme.example", "Admin"), held: "drift",
			guards: func(g *spec.Guards) { g.HoldDrift = true }},
		{name: "a creation, and what follows it", key: "new", held: "maxCreates guards",
			want:   zonetest.Variables(zonetest.TextVariable("A", "a")),
			guards: func(g *spec.Guards) { g.MaxCreates = map[spec.Kind]int{spec.KindOrganization: 0} }},
	} {
		live := zonetest.Acme()
		zonetest.Person(live, 2, "jane@acme.example", 12, "")
		zonetest.Person(live, 3, "bob@acme.example", 13, "")
		zone := zonetest.New(live)
		want := zonetest.Desired("acme", "Acme", c.want)
		if c.key != "" {
			want = zonetest.Desired(c.key, "New", c.want)
			want.Region, want.Country, want.Timezone = "EU", "CZ", "Europe/Prague"
		}
		for _, trusted := range []bool{true, false} {
			zone.Fail = nil
			r := plantest.Request(zone, want)
			r.Desired.Guards.MinAdmins = 0
			r.Allow = []plan.Allow{plantest.MustAllow(t, "create:organization@*")}
			p := plantest.Make(t, r)
			steps := p.Summary
			if p.Summary.Held > 0 || !p.HasSteps() {
				t.Fatalf("%s: %s", c.name, strings.Join(plantest.Lines(p), "\n"))
			}
			before := live.Members
			if c.now != nil {
				c.now(zone)
			}
			c.guards(&r.Desired.Guards)
			r.Allow = nil
			held, err := planner.Rejudge(t.Context(), p, r, trusted)
			live.Members = before
			var by []string
			for _, h := range held {
				by = append(by, h.Guard)
			}
			expected := c.held
			if !trusted {
				expected = ""
			}
			if got := strings.Join(by, " "); got != expected || err != nil {
				t.Errorf("%s, trusted %v: held by %q, want %q, %v\n%s", c.name, trusted, got, expected, err,
					strings.Join(plantest.Lines(p), "\n"))
			}
			if p.Summary.Held != len(held) || len(held) == 0 && p.Summary != steps {
				t.Errorf("%s, trusted %v: %+v with %d held", c.name, trusted, p.Summary, len(held))
			}
		}
	}
}

// policy judges every step alike.
type policy spec.PolicySeverity

func (policy) Policies() spec.Policies { return spec.Policies{InForce: 1} }

func (severity policy) Judge(
	_ context.Context, draft *plan.Plan, _ map[string]planner.People,
) (results []spec.PolicyResult, err error) {
	for _, o := range draft.Organizations {
		for _, s := range o.Steps {
			results = append(results, spec.PolicyResult{
				ID: "rule", On: spec.PolicyOnStep, Address: s.Address, Op: string(s.Op),
				Severity: spec.PolicySeverity(severity), Message: "no",
			})
		}
	}
	return results, nil
}

// TestRejudgeByPolicies: what policies say of a saved plan counts whether or not the guards judge.
func TestRejudgeByPolicies(t *testing.T) {
	t.Parallel()
	for severity, want := range map[spec.PolicySeverity]struct {
		held, steps int
		exit        exit.Code
	}{
		spec.PolicyError: {0, 1, exit.Invalid}, spec.PolicyHold: {1, 0, exit.OK}, spec.PolicyWarning: {0, 1, exit.OK},
	} {
		for _, guards := range []bool{true, false} {
			live := zonetest.Acme()
			r := plantest.Request(zonetest.New(live),
				zonetest.Desired("acme", "Acme", zonetest.Variables(zonetest.TextVariable("A", "a"))))
			p := plantest.Make(t, r)
			r.Judge = policy(severity)
			held, err := planner.Rejudge(t.Context(), p, r, guards)
			if err != nil || len(held) != want.held || len(p.Organizations[0].Steps) != want.steps || p.Exit != want.exit {
				t.Errorf("%s, guards %v: %d held, %d steps, exit %v, %v", severity, guards, len(held),
					len(p.Organizations[0].Steps), p.Exit, err)
			}
		}
	}
}

// TestRejudgeForeseen: which steps the Free plan of a new organization will refuse, and so are no changes, follows from
// the zone, whatever a plan file says.
func TestRejudgeForeseen(t *testing.T) {
	t.Parallel()
	for product, foreseen := range map[string]int{"Onprem": 0, "Enterprise": 2} {
		for _, forged := range []string{"", "licence: forged", "as it was"} {
			live := zonetest.Acme()
			live.Plan = product
			want := zonetest.Desired("new", "New", zonetest.Variables(zonetest.TextVariable("A", "a")), zonetest.Members(
				spec.Member{Email: "jane@acme.example", Role: "Admin", Invite: &spec.Invite{Name: "Jane"}}))
			want.Region, want.Country, want.Timezone = "EU", "CZ", "Europe/Prague"
			r := plantest.Request(zonetest.New(live), want)
			r.Allow = []plan.Allow{plantest.MustAllow(t, "create:organization@*")}
			p := plantest.Make(t, r)
			made := p.Summary
			if made.Foreseen != foreseen || len(p.Organizations[0].Steps) != 3 {
				t.Fatalf("%s: %+v", product, made)
			}
			for i := range p.Organizations[0].Steps[1:] {
				if forged != "as it was" {
					p.Organizations[0].Steps[1+i].Foreseen = forged
				}
			}
			if _, err := planner.Rejudge(t.Context(), p, r, false); err != nil || p.Summary != made {
				t.Errorf("%s, %q: %+v, made as %+v, %v", product, forged, p.Summary, made, err)
			}
		}
	}
}
