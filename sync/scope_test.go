package sync

import (
	"fmt"
	"strings"
	"testing"

	"makesync/spec"
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
		live := acme()
		variable(live, "OLD", spec.TypeString, "o")
		zone := newFakeZone(live, liveOrganization(12, "Beta"))
		on := true
		r := request(zone, desired("acme", "Acme", variables(textVariable("A", "a"), textVariable("X", "x")), purge(spec.KindVariable), func(o *spec.Organization) { o.TFAEnforced = &on }),
			desired("beta", "Beta", variables(textVariable("A", "a"))))
		for _, g := range strings.Fields(c.targets) {
			r.Scope.Targets = append(r.Scope.Targets, glob(t, g))
		}
		for _, g := range strings.Fields(c.excludes) {
			r.Scope.Excludes = append(r.Scope.Excludes, glob(t, g))
		}
		p := makePlan(t, r)
		var got []string
		for _, o := range p.Organizations {
			for _, s := range o.Steps {
				got = append(got, fmt.Sprint(s.Op, " ", s.Address))
			}
		}
		for _, q := range p.Problems {
			got = append(got, q.Rule)
		}
		if strings.Join(got, ", ") != c.lines || fmt.Sprint(zone.calls) != c.calls {
			t.Errorf("--target %q --exclude %q: %s\ncalls %v\nwant %s\ncalls %s", c.targets, c.excludes, strings.Join(got, ", "), zone.calls, c.lines, c.calls)
		}
		if invalid := strings.Contains(c.lines, "pattern"); (p.Exit == ExitInvalid) != invalid {
			t.Errorf("--target %q --exclude %q: exit %v", c.targets, c.excludes, p.Exit)
		}
	}
}

func TestScopeWithoutTheCreation(t *testing.T) {
	t.Parallel()
	r := request(newFakeZone(), desired("acme", "Acme", variables(textVariable("A", "a"), textVariable("B", "b"))))
	r.Scope.Targets = []spec.Glob{glob(t, "acme/variable/A")}
	wantLines(t, makePlan(t, r), `waiting acme/variable/A: zone eu1 has no organization "Acme" yet, and --target or --exclude leaves out acme`)
}

func TestScopeOfAZone(t *testing.T) {
	t.Parallel()
	r := request(newFakeZone(acme()), desired("acme", "Acme"), desired("beta", "Beta"))
	r.Desired.Organizations[1].Zone = "us1"
	r.Scope.Zone = "eu1"
	if p := makePlan(t, r); len(p.Organizations) != 1 || p.Exit != ExitOK {
		t.Errorf("%d organizations, exit %v", len(p.Organizations), p.Exit)
	}
}

func TestParseShard(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{"1/1": true, "2/4": true, "0/4": false, "5/4": false, "1": false, "a/b": false, "1/0": false, "/": false} {
		if _, err := ParseShard(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// People write e-mails as they like; addresses hold them in lower case.
func TestPatternsOfMembersHaveNoCase(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"acme/member/Jane@Acme.example", "acme/member/J[A-Z]NE@*", "**/JANE@ACME.EXAMPLE", "acme/*/Jane@**"} {
		live := acme()
		person(live, 2, "jane@acme.example", 13, "")
		r := request(newFakeZone(live), desired("acme", "Acme", variables(textVariable("jane@", "x")), members(spec.Member{Email: "jane@acme.example", State: spec.Absent})))
		r.Scope.Targets = []spec.Glob{glob(t, pattern)}
		wantLines(t, makePlan(t, r), "1 delete acme/member/jane@acme.example destructive role:Member→")
		r.Scope = Scope{Excludes: r.Scope.Targets}
		wantLines(t, makePlan(t, r), "1 create acme/variable/jane@ none type:→string value:→x")
		r.Scope = Scope{}
		r.Desired.Guards.Protect = []spec.Glob{glob(t, pattern)}
		if p := makePlan(t, r); p.Summary.Held != 1 || p.Summary.Create != 1 {
			t.Errorf("protect %s: %+v", pattern, p.Summary)
		}
	}
}

func TestPatternsOfVariablesHaveCase(t *testing.T) {
	t.Parallel()
	r := request(newFakeZone(acme()), desired("acme", "Acme", variables(textVariable("A", "a"))))
	r.Scope.Targets = []spec.Glob{glob(t, "acme/variable/a")}
	if p := makePlan(t, r); p.Exit != ExitInvalid {
		t.Errorf("exit %v", p.Exit)
	}
}
