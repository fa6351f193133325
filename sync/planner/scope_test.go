package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/zonetest"
)

func TestScope(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		targets, excludes string
		lines             string
		calls             string
	}{
		{"", "", "create acme/variable/A, create acme/variable/X, delete acme/variable/OLD, update acme/tfa, create beta/variable/A",
			"map[me:1 organizations:1 variable 11:1 variable 12:1]"},
		{"acme", "", "create acme/variable/A, create acme/variable/X, delete acme/variable/OLD, update acme/tfa", "map[me:1 organizations:1 variable 11:1]"},
		{"acme/tfa", "", "update acme/tfa", "map[me:1 organizations:1]"},
		{"acme/variable/X", "", "create acme/variable/X", "map[me:1 organizations:1 variable 11:1]"},
		{"acme/variable/OLD", "", "delete acme/variable/OLD", "map[me:1 organizations:1 variable 11:1]"},
		{"*/variable/A", "", "create acme/variable/A, create beta/variable/A", "map[me:1 organizations:1 variable 11:1 variable 12:1]"},
		{"", "acme", "create beta/variable/A", "map[me:1 organizations:1 variable 12:1]"},
		{"acme", "*/variable/**", "update acme/tfa", "map[me:1 organizations:1 variable 11:1]"},
		{"beta/variable/NOPE", "", "pattern-matches-nothing", "map[]"},
		{"acme acm?x", "", "create acme/variable/A, create acme/variable/X, delete acme/variable/OLD, update acme/tfa, pattern-matches-nothing", "map[me:1 organizations:1 variable 11:1]"},
		{"", "gamma", "create acme/variable/A, create acme/variable/X, delete acme/variable/OLD, update acme/tfa, create beta/variable/A, pattern-matches-nothing",
			"map[me:1 organizations:1 variable 11:1 variable 12:1]"},
	} {
		live := zonetest.Acme()
		zonetest.Variable(live, "OLD", spec.TypeString, "o")
		zone := zonetest.New(live, zonetest.Organization(12, "Beta"))
		on := true
		r := plantest.Request(zone, zonetest.Desired("acme", "Acme", zonetest.Variables(zonetest.TextVariable("A", "a"), zonetest.TextVariable("X", "x")), zonetest.Purge(spec.KindVariable), func(o *spec.Organization) { o.TFAEnforced = &on }),
			zonetest.Desired("beta", "Beta", zonetest.Variables(zonetest.TextVariable("A", "a"))))
		for _, g := range strings.Fields(c.targets) {
			r.Scope.Targets = append(r.Scope.Targets, plantest.Glob(t, g))
		}
		for _, g := range strings.Fields(c.excludes) {
			r.Scope.Excludes = append(r.Scope.Excludes, plantest.Glob(t, g))
		}
		p := plantest.Make(t, r)
		var got []string
		for _, o := range p.Organizations {
			for _, s := range o.Steps {
				got = append(got, fmt.Sprint(s.Op, " ", s.Address))
			}
		}
		for _, q := range p.Problems {
			got = append(got, q.Rule)
		}
		if strings.Join(got, ", ") != c.lines || fmt.Sprint(zone.Calls) != c.calls {
			t.Errorf("--target %q --exclude %q: %s\ncalls %v\nwant %s\ncalls %s", c.targets, c.excludes, strings.Join(got, ", "), zone.Calls, c.lines, c.calls)
		}
		if invalid := strings.Contains(c.lines, "pattern"); (p.Exit == exit.Invalid) != invalid {
			t.Errorf("--target %q --exclude %q: exit %v", c.targets, c.excludes, p.Exit)
		}
	}
}

func TestScopeWithoutTheCreation(t *testing.T) {
	t.Parallel()
	r := plantest.Request(zonetest.New(), zonetest.Desired("acme", "Acme", zonetest.Variables(zonetest.TextVariable("A", "a"), zonetest.TextVariable("B", "b"))))
	r.Scope.Targets = []spec.Glob{plantest.Glob(t, "acme/variable/A")}
	plantest.WantLines(t, plantest.Make(t, r), `waiting acme/variable/A: zone eu1 has no organization "Acme" yet, and --target or --exclude leaves out acme`)
}

func TestScopeOfAZone(t *testing.T) {
	t.Parallel()
	r := plantest.Request(zonetest.New(zonetest.Acme()), zonetest.Desired("acme", "Acme"), zonetest.Desired("beta", "Beta"))
	r.Desired.Organizations[1].Zone = "us1"
	r.Scope.Zone = "eu1"
	if p := plantest.Make(t, r); len(p.Organizations) != 1 || p.Exit != exit.OK {
		t.Errorf("%d organizations, exit %v", len(p.Organizations), p.Exit)
	}
}

func TestParseShard(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{"1/1": true, "2/4": true, "0/4": false, "5/4": false, "1": false, "a/b": false, "1/0": false, "/": false} {
		if _, err := spec.ParseShard(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// People write e-mails as they like; addresses hold them in lower case.
func TestPatternsOfMembersHaveNoCase(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"acme/member/Jane@Acme.example", "acme/member/J[A-Z]NE@*", "**/JANE@ACME.EXAMPLE", "acme/*/Jane@**"} {
		live := zonetest.Acme()
		zonetest.Person(live, 2, "jane@acme.example", 13, "")
		r := plantest.Request(zonetest.New(live), zonetest.Desired("acme", "Acme", zonetest.Variables(zonetest.TextVariable("jane@", "x")), zonetest.Members(spec.Member{Email: "jane@acme.example", State: spec.Absent})))
		r.Scope.Targets = []spec.Glob{plantest.Glob(t, pattern)}
		plantest.WantLines(t, plantest.Make(t, r), "1 delete acme/member/jane@acme.example destructive role:Member→")
		r.Scope = spec.Scope{Excludes: r.Scope.Targets}
		plantest.WantLines(t, plantest.Make(t, r), "1 create acme/variable/jane@ none type:→string value:→x")
		r.Scope = spec.Scope{}
		r.Desired.Guards.Protect = []spec.Glob{plantest.Glob(t, pattern)}
		if p := plantest.Make(t, r); p.Summary.Held != 1 || p.Summary.Create != 1 {
			t.Errorf("protect %s: %+v", pattern, p.Summary)
		}
	}
}

func TestPatternsOfVariablesHaveCase(t *testing.T) {
	t.Parallel()
	r := plantest.Request(zonetest.New(zonetest.Acme()), zonetest.Desired("acme", "Acme", zonetest.Variables(zonetest.TextVariable("A", "a"))))
	r.Scope.Targets = []spec.Glob{plantest.Glob(t, "acme/variable/a")}
	if p := plantest.Make(t, r); p.Exit != exit.Invalid {
		t.Errorf("exit %v", p.Exit)
	}
}

// What is wrong for the whole run stops it; what only one organization can show leaves that one out.
func TestErrorsOfTheRunAndOfOneOrganization(t *testing.T) {
	t.Parallel()
	acme, beta := zonetest.Acme(), zonetest.Acme()
	beta.ID, beta.Name = 12, "Beta"
	zonetest.Variable(beta, "SYSTEM", spec.TypeString, "s")
	beta.Variables[len(beta.Variables)-1].System = true
	request := func(alter func(*planner.Request, *spec.Organization)) planner.Request {
		one := zonetest.Desired("acme", "Acme", zonetest.Variables(spec.Variable{Name: "A", Type: spec.TypeString, Value: spec.Plain("a")}))
		two := zonetest.Desired("beta", "Beta", zonetest.Variables(spec.Variable{Name: "B", Type: spec.TypeString, Value: spec.Plain("b")}))
		r := plantest.Request(zonetest.New(acme, beta), one, two)
		alter(&r, &r.Desired.Organizations[1])
		return r
	}
	for _, c := range []struct {
		name  string
		alter func(*planner.Request, *spec.Organization)
		stops bool
		steps []int
	}{
		{"nothing", func(*planner.Request, *spec.Organization) {}, false, []int{1, 1}},
		{"a rule for no organization", func(r *planner.Request, _ *spec.Organization) {
			r.Allow = []plan.Allow{plantest.MustAllow(t, "delete:variable@akme")}
		}, true, []int{1, 1}},
		{"a pattern for nothing", func(r *planner.Request, _ *spec.Organization) {
			r.Scope.Excludes = []spec.Glob{plantest.Glob(t, "acme/members/*")}
		}, true, []int{1, 1}},
		{"a time zone that nobody knows", func(_ *planner.Request, o *spec.Organization) { o.Timezone = "Nowhere" },
			true, []int{1, 1}},
		{"a role that nobody knows", func(_ *planner.Request, o *spec.Organization) {
			o.Members = []spec.Member{{Email: "o@acme.example", Role: "Amdin"}}
		}, true, []int{1, 1}},
		{"a variable that is Make's own in one", func(_ *planner.Request, o *spec.Organization) {
			o.Variables = append(o.Variables, spec.Variable{Name: "SYSTEM", Type: spec.TypeString, Value: spec.Plain("x")})
		}, false, []int{1, 0}},
	} {
		p := plantest.Make(t, request(c.alter))
		if got := plan.StopsRun(p.Problems); got != c.stops {
			t.Errorf("%s: stops %v, %v", c.name, got, p.Problems)
		}
		for i, o := range p.Organizations {
			if len(o.Steps) != c.steps[i] {
				t.Errorf("%s: %s has %d steps", c.name, o.Key, len(o.Steps))
			}
		}
	}
}
