package planner_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

func TestVariables(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		live *spec.Variable
		want spec.Variable
		line string
	}{
		{"same", &spec.Variable{Type: spec.TypeNumber, Value: spec.Sensitive("5")}, spec.Variable{Type: spec.TypeNumber, Value: spec.Plain("5")}, ""},
		{"another type", &spec.Variable{Type: spec.TypeString, Value: spec.Sensitive("5")}, spec.Variable{Type: spec.TypeNumber, Value: spec.Plain("5")},
			"1 update acme/variable/V none type:string→number"},
		{"without a valid form", &spec.Variable{Type: spec.TypeNumber, Value: spec.Sensitive("5"), Invalid: "a text"}, spec.Variable{Type: spec.TypeNumber, Value: spec.Plain("5")},
			"1 update acme/variable/V none type:number→number value:5→5"},
		{"value left to scenarios", &spec.Variable{Type: spec.TypeString, Value: spec.Sensitive("x")}, spec.Variable{Type: spec.TypeNumber, Value: spec.Plain("5"), IgnoreValue: true}, ""},
		{"created so", nil, spec.Variable{Type: spec.TypeNumber, Value: spec.Plain("5"), IgnoreValue: true}, "1 create acme/variable/V none type:→number value:→5"},
		{"not evaluated, there", &spec.Variable{Type: spec.TypeString, Value: spec.Sensitive("x")}, spec.Variable{Type: spec.TypeString, Value: spec.Sensitive(""), Unknown: true, Reference: "${env:X}"}, ""},
		{"not evaluated, missing", nil, spec.Variable{Type: spec.TypeString, Value: spec.Sensitive(""), Unknown: true, Reference: "${env:X}"},
			"1 create acme/variable/V none type:→string value:→(sensitive)"},
		{"system", &spec.Variable{Type: spec.TypeString, System: true}, spec.Variable{Type: spec.TypeString, Value: spec.Plain("x")},
			"error system-variable: V is a system variable of Make, which nobody can change"},
	} {
		live := zonetest.Acme()
		if c.live != nil {
			c.live.Name = "V"
			live.Variables = append(live.Variables, *c.live)
		}
		c.want.Name = "V"
		p := plantest.Make(t, plantest.Request(zonetest.New(live), zonetest.Desired("acme", "Acme", zonetest.Variables(c.want))))
		if got := strings.Join(plantest.Lines(p), "\n"); got != c.line {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.line)
		}
	}
}

func TestLackingTheLicence(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	live.License, live.FeatureControls, live.TFAEnforced = state.License{"apiLimit": 30}, []spec.FeatureControl{}, nil
	on := true
	want := func(o *spec.Organization) {
		o.TFAEnforced = &on
		o.FeatureControls = []spec.FeatureControl{{Name: "Off"}, {Name: "On", Enabled: true}}
	}
	p := plantest.Make(t, plantest.Request(zonetest.New(live), zonetest.Desired("acme", "Acme", want, zonetest.Variables(zonetest.TextVariable("A", "a"), spec.Variable{Name: "B", State: spec.Absent}))))
	plantest.WantLines(t, p,
		"waiting acme/featureControl/On: licence: the organization's plan offers no feature controls",
		"waiting acme/tfa: licence: the zone shows no enforcement of two-factor authentication for this organization; it comes with the plan Enterprise",
		"waiting acme/variable/A: licence: the organization's plan does not include custom variables, which come with the plans Pro, Teams and Enterprise")
	if p.Exit != exit.OK || p.Organizations[0].Unchanged != 3 {
		t.Errorf("exit %v, %d unchanged", p.Exit, p.Organizations[0].Unchanged)
	}
	off := false
	if p = plantest.Make(t, plantest.Request(zonetest.New(live), zonetest.Desired("acme", "Acme", func(o *spec.Organization) { o.TFAEnforced = &off }))); len(plantest.Lines(p)) > 0 {
		t.Errorf("off where it is not to be had: %v", plantest.Lines(p))
	}
	live.Lacks = map[spec.Kind]string{spec.KindMember: "the Free plan refuses tokens"}
	p = plantest.Make(t, plantest.Request(zonetest.New(live), zonetest.Desired("acme", "Acme", zonetest.Members(spec.Member{Email: "a@x.example", Role: "Admin"}))))
	plantest.WantLines(t, p, "waiting acme/member/a@x.example: licence: the Free plan refuses tokens")
}

func TestUnknownNames(t *testing.T) {
	t.Parallel()
	zone := zonetest.New(zonetest.Acme())
	zone.Lists[state.Timezones] = append(zone.Lists[state.Timezones], state.Name{ID: 7, Name: "Twin"}, state.Name{ID: 8, Name: "twin"})
	at := map[string]spec.Source{"timezone": {File: "a.yaml", Line: 3, Column: 5}}
	plan := func(change func(*spec.Organization)) *plan.Plan {
		return plantest.Make(t, plantest.Request(zone, zonetest.Desired("acme", "Acme", func(o *spec.Organization) { o.At = at }, change)))
	}
	p := plan(func(o *spec.Organization) { o.Timezone = "Europe/Pragu" })
	plantest.WantLines(t, p, `error unknown-name: there is no time zone "Europe/Pragu"`)
	if q := p.Problems[0]; q.Source.Line != 3 || q.Hint != "known: Europe/Berlin, Europe/Prague, Twin, twin" || p.Exit != exit.Invalid {
		t.Errorf("%+v, exit %v", q, p.Exit)
	}
	plantest.WantLines(t, plan(func(o *spec.Organization) { o.Timezone = "TWIN" }), `error unknown-name: 2 time zones go by "TWIN": ids 7, 8`)
	plantest.WantLines(t, plan(func(o *spec.Organization) { o.Timezone = "twin" }), `1 update acme none timezone:Europe/Prague→twin`)
	plantest.WantLines(t, plan(func(o *spec.Organization) { o.FeatureControls = []spec.FeatureControl{{Name: "Nope", Enabled: true}} }),
		`error unknown-own-name: the organization has no feature control "Nope"`)
	plantest.WantLines(t, plan(func(o *spec.Organization) { o.Timezone, o.Country = "europe/PRAGUE", "cz" }))
	zone.Fail = func(call string) error {
		if call == "timezones" {
			return &state.CallError{Doing: "read time zones", Class: exit.ClassServer, Message: "broken"}
		}
		return nil
	}
	plantest.WantLines(t, plan(func(o *spec.Organization) { o.Timezone = "Europe/Prague" }), "not read acme/organization", "warning not-read: could not read organization of acme: read time zones: broken")
}

func TestAbsentColumnsAreUnknown(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	live.Country = ""
	zone := zonetest.New(live)
	p := plantest.Make(t, plantest.Request(zone, zonetest.Desired("acme", "Acme", func(o *spec.Organization) { o.Country = "DE" })))
	plantest.WantLines(t, p, "warning unknown-field: the zone does not show the country of acme, so it is left as it is")
	if zone.Calls["detail 11"] != 1 {
		t.Errorf("calls %v", zone.Calls)
	}
}

func TestNoSecretInAPlan(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	zonetest.Variable(live, "API_TOKEN", spec.TypeString, "canary-old")
	zonetest.Variable(live, "DB_DSN", spec.TypeString, "canary-dsn")
	zonetest.Variable(live, "PLAIN", spec.TypeString, "canary-was")
	r := plantest.Request(zonetest.New(live), zonetest.Desired("acme", "Acme", zonetest.Variables(
		spec.Variable{Name: "API_TOKEN", Type: spec.TypeString, Value: spec.Plain("canary-new")},
		spec.Variable{Name: "DB_DSN", State: spec.Absent},
		spec.Variable{Name: "NEW_SECRET", Type: spec.TypeNumber, Value: spec.Plain("4711471147")},
		spec.Variable{Name: "PLAIN", Type: spec.TypeString, Value: spec.Sensitive("canary-is"), Reference: "${env:P}"})))
	r.Salt, r.Desired.Sensitive = []byte("salt"), []spec.Glob{plantest.Glob(t, "*/variable/*_DSN")}
	p := plantest.Make(t, r)
	if p.Summary.Create+p.Summary.Update+p.Summary.Delete != 4 {
		t.Fatalf("%v", plantest.Lines(p))
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(data), fmt.Sprintf("%v %+v %#v", p, p, p.Organizations)} {
		if strings.Contains(text, "canary") || strings.Contains(text, "4711471147") {
			t.Errorf("a secret: %s", text)
		}
	}
	for _, s := range p.Organizations[0].Steps {
		for _, f := range s.Fields {
			if side, _ := json.Marshal(f.To); f.To.IsSensitive() && string(side) != `{"sensitive":true}` {
				t.Errorf("%s: %s", s.Address, side)
			}
		}
	}
	if v := p.Organizations[0].Steps[1].Arguments.Value; v == nil || !strings.HasPrefix(v.Fingerprint, "scrypt:") {
		t.Errorf("no fingerprint: %+v", v)
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	plan := func(change func(*planner.Request)) *plan.Plan {
		r := plantest.Request(zonetest.New(zonetest.Acme(), zonetest.Organization(12, "Beta")), zonetest.Desired("acme", "Acme", zonetest.Variables(
			spec.Variable{Name: "API_TOKEN", Type: spec.TypeString, Value: spec.Sensitive("s"), Reference: "${env:T}"})), zonetest.Desired("beta", "Beta"))
		r.Salt = []byte("salt")
		change(&r)
		return plantest.Make(t, r)
	}
	base := plan(func(*planner.Request) {})
	same := plan(func(r *planner.Request) {
		r.Salt, r.Now = []byte("other"), time.Unix(99, 0)
		r.Desired.Organizations = r.Desired.Organizations[:1]
		r.Desired.Organizations[0].Variables[0].Source.Line = 9
	})
	if base.Digest != same.Digest || !strings.HasPrefix(base.Digest, "sha256:") {
		t.Errorf("digests %s and %s", base.Digest, same.Digest)
	}
	if base.Organizations[0].Steps[0].Arguments.Value.Fingerprint == same.Organizations[0].Steps[0].Arguments.Value.Fingerprint {
		t.Error("the fingerprint does not depend on the salt")
	}
	for name, change := range map[string]func(*planner.Request){
		"another reference": func(r *planner.Request) { r.Desired.Organizations[0].Variables[0].Reference = "${env:U}" },
		"another name":      func(r *planner.Request) { r.Desired.Organizations[0].Variables[0].Name = "API_TOKEN2" },
	} {
		if plan(change).Digest == base.Digest {
			t.Errorf("%s: the same digest", name)
		}
	}
}

func TestPreconditionOfASecret(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	zonetest.Variable(live, "API_TOKEN", spec.TypeString, "old")
	r := plantest.Request(zonetest.New(live), zonetest.Desired("acme", "Acme", zonetest.Variables(zonetest.TextVariable("API_TOKEN", "new"))))
	r.Salt = []byte("salt")
	s := plantest.Make(t, r).Organizations[0].Steps[0]
	if got := plan.Precondition(plantest.SnapshotOf(live), &s, nil, spec.NewFingerprints(r.Salt)); got != s.Precondition {
		t.Error("it does not hold at once")
	}
	if got := plan.Precondition(plantest.SnapshotOf(live), &s, nil, spec.NewFingerprints([]byte("pepper"))); got == s.Precondition {
		t.Error("it does not depend on the salt")
	}
	live.Variables[1].Value = spec.Sensitive("changed")
	if got := plan.Precondition(plantest.SnapshotOf(live), &s, nil, spec.NewFingerprints(r.Salt)); got == s.Precondition {
		t.Error("it holds after somebody else's change")
	}
}

func TestUnmanagedOrganizations(t *testing.T) {
	t.Parallel()
	r := plantest.Request(zonetest.New(zonetest.Acme(), zonetest.Organization(12, "Beta"), zonetest.Organization(13, "Gamma")), zonetest.Desired("acme", "Acme"), zonetest.Desired("beta", "Beta"))
	r.Scope.Targets = []spec.Glob{plantest.Glob(t, "acme")}
	if p := plantest.Make(t, r); p.Unmanaged[spec.KindOrganization] != 1 {
		t.Errorf("unmanaged %v", p.Unmanaged)
	}
}

func TestWaitingSince(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	zonetest.Person(live, 2, "jane@acme.example", 13, "pending")
	r := plantest.Request(zonetest.New(live), zonetest.Desired("acme", "Acme", zonetest.Members(spec.Member{Email: "jane@acme.example", Role: "Member"})))
	r.FirstSeen = seen{"acme/member/jane@acme.example": time.Unix(7, 0)}
	if w := plantest.Make(t, r).Organizations[0].Waiting[0]; w.Since == nil || w.Since.Unix() != 7 {
		t.Errorf("since %v", w.Since)
	}
}

type seen map[spec.Address]time.Time

func (s seen) Since(a spec.Address, _ string) (time.Time, bool) { at, ok := s[a]; return at, ok }

// A live name that a path would take for another object is never sent: a purge says who has to
// delete it.
func TestPurgeSparesNamesThatArePaths(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	for _, name := range []string{"..", "OLD", "a/b"} {
		zonetest.Variable(live, name, spec.TypeString, "x")
	}
	want := zonetest.Desired("acme", "Acme")
	want.Variables, want.Purge = []spec.Variable{}, []spec.Kind{spec.KindVariable}
	p := plantest.Make(t, plantest.Request(zonetest.New(live), want))
	lines := strings.Join(plantest.Lines(p), "\n")
	if n := strings.Count(lines, "its name cannot stand in the path of a call"); n != 2 || p.Summary.Delete != 1 {
		t.Errorf("the plan is:\n%s", lines)
	}
}
