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
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// crowd is an organization with n variables that a purge would delete.
func crowd(id int64, name string, n int) (*state.Organization, spec.Organization) {
	live := zonetest.Organization(id, name)
	for i := range n {
		zonetest.Variable(live, fmt.Sprintf("V%02d", i), spec.TypeString, "v")
	}
	return live, zonetest.Desired(strings.ToLower(name), name, zonetest.Variables(), zonetest.Purge(spec.KindVariable))
}

// heldRules are the rules that a plan prints, each once.
func heldRules(p *plan.Plan) []string {
	var rules []string
	seen := map[string]bool{}
	for _, o := range p.Organizations {
		for _, h := range o.Held {
			if !seen[h.Allow] {
				seen[h.Allow] = true
				rules = append(rules, h.Allow)
			}
		}
	}
	return rules
}

func TestNumericGuards(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		sizes []int
		allow string
		held  int
		rules string
	}{
		{"at the limit", []int{10, 10}, "", 0, ""},
		{"over the organization's limit", []int{11, 10}, "", 11, "delete:variable<=11@a"},
		{"over the run's limit", []int{9, 9, 9}, "", 27, "delete:variable<=27@*"},
		{"what the organization holds does not count for the run", []int{30, 10, 10}, "", 30, "delete:variable<=30@a"},
		{"both bind in one: one rule", []int{30}, "", 30, "delete:variable<=30@a"},
		{"both bind in different ones", []int{30, 9, 9, 9}, "", 57, "delete:variable<=30@a delete:variable<=57@*"},
		{"a rule with room", []int{30}, "delete:variable<=30@a", 0, ""},
		{"a rule without number", []int{30, 10}, "delete:variable@*", 0, ""},
		{"a rule that is too small", []int{30}, "delete:variable<=29@a", 30, "delete:variable<=30@a"},
		{"a rule takes its steps out of the run's count", []int{9, 9, 9}, "delete:variable<=9@a", 0, ""},
		{"a rule of another kind", []int{30}, "delete:member<=99@a", 30, "delete:variable<=30@a"},
	} {
		zone := zonetest.New()
		var orgs []spec.Organization
		for i, n := range c.sizes {
			live, want := crowd(int64(i+1), string(rune('A'+i)), n)
			zone.Orgs, orgs = append(zone.Orgs, live), append(orgs, want)
		}
		r := plantest.Request(zone, orgs...)
		if c.allow != "" {
			r.Allow = []plan.Allow{plantest.MustAllow(t, c.allow)}
		}
		p := plantest.Make(t, r)
		if got := strings.Join(heldRules(p), " "); p.Summary.Held != c.held || got != c.rules {
			t.Errorf("%s: %d held by %q; want %d by %q", c.name, p.Summary.Held, got, c.held, c.rules)
		}
		for _, rule := range heldRules(p) {
			r.Allow = append(r.Allow, plantest.MustAllow(t, rule))
		}
		if p = plantest.Make(t, r); p.Summary.Held != 0 {
			t.Errorf("%s: %d held with the printed rules", c.name, p.Summary.Held)
		}
	}
}

// A kind for which nobody states a number has the default one, and not none.
func TestKindsWithoutANumber(t *testing.T) {
	t.Parallel()
	live, want := crowd(1, "A", 30)
	r := plantest.Request(zonetest.New(live), want)
	r.Desired.Guards.MaxDeletes = map[spec.Kind]int{spec.KindMember: 99}
	r.Desired.Guards.MaxDeletesPerRun = nil
	if p := plantest.Make(t, r); p.Summary.Held != 30 {
		t.Errorf("%+v", p.Summary)
	}
}

func TestRunLimitsAreSharedByShards(t *testing.T) {
	t.Parallel()
	zone := zonetest.New()
	var orgs []spec.Organization
	for i := range 8 {
		live, want := crowd(int64(i+1), string(rune('A'+i)), 4)
		zone.Orgs, orgs = append(zone.Orgs, live), append(orgs, want)
	}
	for index := 1; index <= 2; index++ {
		r := plantest.Request(zone, orgs...)
		r.Shard = &spec.Shard{Index: index, Count: 2}
		p := plantest.Make(t, r) // 25 over two shards: 13 each
		steps := 4 * len(p.Organizations)
		if wantHeld := steps > 13; (p.Summary.Held > 0) != wantHeld {
			t.Errorf("shard %d: %d deletes, %d held", index, steps, p.Summary.Held)
		}
	}
}

func TestInvitesAreCountedTogether(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	var people []spec.Member
	for i := range 6 {
		email := fmt.Sprintf("p%d@x.example", i)
		if i < 3 {
			zonetest.Person(live, int64(20+i), email, 13, "expired")
		}
		people = append(people, spec.Member{Email: email, Role: "Member", Invite: &spec.Invite{Name: "P"}})
	}
	zone := zonetest.New(live)
	r := plantest.Request(zone, zonetest.Desired("acme", "Acme", zonetest.Members(people...)))
	p := plantest.Make(t, r)
	if rules := heldRules(p); p.Summary.Held != 6 || len(rules) != 1 || rules[0] != "invite:member<=6@acme" {
		t.Errorf("%+v %v", p.Summary, rules)
	}
	r.Allow = []plan.Allow{plantest.MustAllow(t, "invite:member<=6@acme")}
	if p = plantest.Make(t, r); p.Summary.Invite != 6 {
		t.Errorf("%+v", p.Summary)
	}
}

func TestGuardsOfSingleSteps(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	zonetest.Variable(live, "BILLING_ID", spec.TypeString, "b")
	zonetest.Person(live, 2, "required@acme.example", 12, "")
	zonetest.Person(live, 3, "out@side.example", 13, "")
	zone := zonetest.New(live)
	zone.User.TwoFactor = nil
	on := true
	docs := func() planner.Request {
		r := plantest.Request(zone, zonetest.Desired("acme", "Acme", zonetest.Variables(spec.Variable{Name: "BILLING_ID", State: spec.Absent}),
			zonetest.Members(spec.Member{Email: "out@side.example", Role: "Admin"}, spec.Member{Email: "required@acme.example", Role: "Member"},
				spec.Member{Email: "x@side.example", Role: "Member", Invite: &spec.Invite{Name: "X"}}),
			func(o *spec.Organization) { o.TFAEnforced, o.Owner = &on, "out@side.example" }))
		r.Desired.Guards.EmailLists = [][]spec.Glob{{plantest.Glob(t, "*@acme.example")}}
		r.Desired.Guards.RequiredAdmins = []string{"required@acme.example"}
		r.Desired.Guards.Protect = []spec.Glob{plantest.Glob(t, "*/variable/BILLING_*")}
		return r
	}
	r := docs()
	p := plantest.Make(t, r)
	plantest.WantLines(t, p,
		"held update acme/member/out@side.example by emails: update:member@acme",
		"held update acme/member/required@acme.example by requiredAdmins: update:member@acme",
		"held invite acme/member/x@side.example by emails: invite:member@acme",
		"held transfer acme/owner by emails: transfer:owner@acme",
		"held update acme/tfa by tfa: enforce:tfa@acme",
		"held delete acme/variable/BILLING_ID by protect: delete:variable@acme")
	r.ExitCode = true
	if p = plantest.Make(t, r); p.Exit != exit.Held {
		t.Errorf("exit %v", p.Exit)
	}
	for _, rule := range heldRules(p) {
		r.Allow = append(r.Allow, plantest.MustAllow(t, rule))
	}
	if p = plantest.Make(t, r); p.Summary.Held != 0 || p.Summary.Update != 3 || p.Exit != exit.Changes {
		t.Errorf("with the printed rules: %s", strings.Join(plantest.Lines(p), "\n"))
	}
}

func TestMinAdmins(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		least      int
		people     []spec.Member
		lines      []string
		janesRole  int64
		ownerIsOps bool
	}{
		{"the Owner remains", 1, []spec.Member{{Email: "jane@acme.example", Role: "Member"}}, []string{"1 update acme/member/jane@acme.example caution role:Admin→Member"}, 12, true},
		{"too few remain", 2, []spec.Member{{Email: "jane@acme.example", Role: "Member"}}, []string{"held update acme/member/jane@acme.example by minAdmins: update:member@acme"}, 12, true},
		{"one comes, one goes", 2, []spec.Member{{Email: "bob@acme.example", Role: "Admin"}, {Email: "jane@acme.example", State: spec.Absent}},
			[]string{"1 update acme/member/bob@acme.example caution role:Member→Admin", "2 delete acme/member/jane@acme.example destructive role:Admin→ after [1]"}, 12, true},
		{"an invitation does not count", 2, []spec.Member{{Email: "jane@acme.example", State: spec.Absent}, {Email: "new@acme.example", Role: "Admin", Invite: &spec.Invite{Name: "N"}}},
			[]string{"1 invite acme/member/new@acme.example caution name:→N role:→Admin", "held delete acme/member/jane@acme.example by minAdmins: delete:member@acme"}, 12, true},
		{"violated already", 3, []spec.Member{{Email: "jane@acme.example", Role: "Admin"}},
			[]string{"warning min-admins: acme: has 2 accepted Owners and Admins, and guards.minAdmins is 3"}, 12, true},
		{"mended", 2, []spec.Member{{Email: "jane@acme.example", Role: "Admin"}}, []string{"1 update acme/member/jane@acme.example caution role:Member→Admin"}, 13, true},
	} {
		live := zonetest.Acme()
		zonetest.Person(live, 2, "jane@acme.example", c.janesRole, "")
		zonetest.Person(live, 3, "bob@acme.example", 13, "")
		r := plantest.Request(zonetest.New(live), zonetest.Desired("acme", "Acme", zonetest.Members(c.people...)))
		r.Desired.Guards.MinAdmins = c.least
		p := plantest.Make(t, r)
		if got := strings.Join(plantest.Lines(p), "\n"); got != strings.Join(c.lines, "\n") {
			t.Errorf("%s: %s\nwant %s", c.name, got, strings.Join(c.lines, "\n"))
		}
	}
}

func TestRequiredAdminMissing(t *testing.T) {
	t.Parallel()
	r := plantest.Request(zonetest.New(zonetest.Acme()), zonetest.Desired("acme", "Acme", zonetest.Members()))
	r.Desired.Guards.RequiredAdmins = []string{"audit@acme.example"}
	p := plantest.Make(t, r)
	plantest.WantLines(t, p, "warning required-admin: acme: audit@acme.example is one of guards.requiredAdmins and is no accepted Owner or Admin")
	if p.Exit != exit.OK {
		t.Errorf("exit %v", p.Exit)
	}
}

func TestParseAllow(t *testing.T) {
	t.Parallel()
	for rule, ok := range map[string]bool{
		"delete:variable<=12@acme": true, "create:organization<=50@*": true, "enforce:tfa@acme": true, "invite:member@a[bc]": true,
		"revoke:member<=1@acme": true, "transfer:owner@acme": true,
		"": false, "delete:variable": false, "delete:variable<12@acme": false, "delete:variable<=@acme": false, "delete:variable<=-1@acme": false,
		"delete:variable<=12@": false, "drop:variable@acme": false, "delete:tfa@acme": false, "enforce:member@acme": false, "delete:variable@a[": false,
		"delete:variable<=99999999999@acme": false, "delete:variable@a b": false,
	} {
		a, err := plan.ParseAllow(rule)
		if (err == nil) != ok {
			t.Errorf("%q: %v", rule, err)
		}
		if err == nil && a.String() != rule {
			t.Errorf("%q reads back %q", rule, a)
		}
	}
}

func FuzzParseAllow(f *testing.F) {
	for _, rule := range []string{"delete:variable<=12@acme", "enforce:tfa@*", "::@", "create:organization<=0@[a-z]"} {
		f.Add(rule)
	}
	f.Fuzz(func(t *testing.T, rule string) {
		a, err := plan.ParseAllow(rule)
		if err != nil {
			return
		}
		again, err := plan.ParseAllow(plan.AllowRule(a.Op, a.Kind, a.Max, a.Key.String()))
		if err != nil || again.Op != a.Op || again.Kind != a.Kind || again.Max != a.Max || again.Key.String() != a.Key.String() {
			t.Errorf("%q does not read back: %+v, %v", rule, again, err)
		}
	})
}

// Who is required is not removed, whatever role she has now; and a pattern may name an organization by its id, or
// by the key that it had before.
func TestGuardsByIDFormerKeyAndAnyRole(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	zonetest.Variable(live, "BILLING_ID", spec.TypeString, "b")
	zonetest.Variable(live, "OLD_ID", spec.TypeString, "b")
	zonetest.Person(live, 2, "member@acme.example", 13, "")
	zonetest.Person(live, 3, "invited@acme.example", 13, "pending")
	zone := zonetest.New(live)
	r := plantest.Request(zone, zonetest.Desired("acme", "Acme",
		zonetest.Variables(spec.Variable{Name: "BILLING_ID", State: spec.Absent}, spec.Variable{Name: "OLD_ID", State: spec.Absent}),
		zonetest.Members(spec.Member{Email: "member@acme.example", State: spec.Absent},
			spec.Member{Email: "invited@acme.example", State: spec.Absent})))
	r.Desired.Guards.RequiredAdmins = []string{"invited@acme.example", "member@acme.example"}
	r.Desired.Guards.FormerKeys = map[string]string{"acme": "before"}
	r.Desired.Guards.Protect = []spec.Glob{
		plantest.Glob(t, fmt.Sprintf("id:%d/variable/BILLING_*", live.ID)), plantest.Glob(t, "before/variable/OLD_*"),
	}
	plantest.WantLines(t, plantest.Make(t, r),
		"held revoke acme/member/invited@acme.example by requiredAdmins: delete:member@acme",
		"held delete acme/member/member@acme.example by requiredAdmins: delete:member@acme",
		"held delete acme/variable/BILLING_ID by protect: delete:variable@acme",
		"held delete acme/variable/OLD_ID by protect: delete:variable@acme",
		"warning required-admin: acme: invited@acme.example is one of guards.requiredAdmins and is no accepted Owner or Admin",
		"warning required-admin: acme: member@acme.example is one of guards.requiredAdmins and is no accepted Owner or Admin")
}

// An organization takes everything with it, so what is protected within it holds its deletion: by its key, a former one
// or its id, whatever else the pattern fits; a rule lifts it as it does everywhere.
func TestProtectedObjectsHoldTheirOrganization(t *testing.T) {
	t.Parallel()
	for pattern, holds := range map[string]bool{
		"acme/variable/*": true, "acme/**": true, "acme/variable/GONE": true, "acme/member/No@acme.example": true, "*/variable/*": true,
		"**/member/no@acme.example": true, "**@ACME.example": true, "before/variable/A": true, "id:11/**": true, "id:11/variable/A": true,
		"acme": true, "beta/**": false, "acme-2/variable/*": false, "id:12/**": false, "id:1/variable/*": false, "acm/**": false,
	} {
		for _, allow := range []string{"", "delete:organization@acme", "delete:variable@acme"} {
			r := plantest.Request(zonetest.New(zonetest.Acme()), zonetest.Desired("acme", "Acme", func(o *spec.Organization) { o.State = spec.Absent }))
			r.Desired.Guards.MaxDeletes = map[spec.Kind]int{spec.KindOrganization: 1}
			r.Desired.Guards.MaxDeletesPerRun = r.Desired.Guards.MaxDeletes
			r.Desired.Guards.FormerKeys = map[string]string{"acme": "before"}
			r.Desired.Guards.Protect = []spec.Glob{plantest.Glob(t, pattern)}
			if allow != "" {
				rule, err := plan.ParseAllow(allow)
				if err != nil {
					t.Fatal(err)
				}
				r.Allow = append(r.Allow, rule)
			}
			p := plantest.Make(t, r)
			if held := p.Summary.Held == 1; held != (holds && allow != "delete:organization@acme") || p.Summary.Held+p.Summary.Delete != 1 {
				t.Errorf("%s with %q: %+v", pattern, allow, p.Summary)
			}
		}
	}
}
