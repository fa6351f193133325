package sync

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"makesync/spec"
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
		live := acme()
		if c.live != nil {
			c.live.Name = "V"
			live.Variables = append(live.Variables, *c.live)
		}
		c.want.Name = "V"
		p := makePlan(t, request(newFakeZone(live), desired("acme", "Acme", variables(c.want))))
		if got := strings.Join(lines(p), "\n"); got != c.line {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.line)
		}
	}
}

func TestLackingTheLicence(t *testing.T) {
	t.Parallel()
	live := acme()
	live.License, live.FeatureControls, live.TFAEnforced = License{"apiLimit": 30}, []spec.FeatureControl{}, nil
	on := true
	want := func(o *spec.Organization) {
		o.TFAEnforced = &on
		o.FeatureControls = []spec.FeatureControl{{Name: "Off"}, {Name: "On", Enabled: true}}
	}
	p := makePlan(t, request(newFakeZone(live), desired("acme", "Acme", want, variables(textVariable("A", "a"), spec.Variable{Name: "B", State: spec.Absent}))))
	wantLines(t, p,
		"waiting acme/featureControl/On: licence: the organization's plan offers no feature controls",
		"waiting acme/tfa: licence: the zone shows no enforcement of two-factor authentication for this organization; it comes with the plan Enterprise",
		"waiting acme/variable/A: licence: the organization's plan does not include custom variables, which come with the plans Pro, Teams and Enterprise")
	if p.Exit != ExitOK || p.Organizations[0].Unchanged != 3 {
		t.Errorf("exit %v, %d unchanged", p.Exit, p.Organizations[0].Unchanged)
	}
	off := false
	if p = makePlan(t, request(newFakeZone(live), desired("acme", "Acme", func(o *spec.Organization) { o.TFAEnforced = &off }))); len(lines(p)) > 0 {
		t.Errorf("off where it is not to be had: %v", lines(p))
	}
	live.Lacks = map[spec.Kind]string{spec.KindMember: "the Free plan refuses tokens"}
	p = makePlan(t, request(newFakeZone(live), desired("acme", "Acme", members(spec.Member{Email: "a@x.example", Role: "Admin"}))))
	wantLines(t, p, "waiting acme/member/a@x.example: licence: the Free plan refuses tokens")
}

func TestUnknownNames(t *testing.T) {
	t.Parallel()
	zone := newFakeZone(acme())
	zone.lists[Timezones] = append(zone.lists[Timezones], Name{ID: 7, Name: "Twin"}, Name{ID: 8, Name: "twin"})
	at := map[string]spec.Source{"timezone": {File: "a.yaml", Line: 3, Column: 5}}
	plan := func(change func(*spec.Organization)) *Plan {
		return makePlan(t, request(zone, desired("acme", "Acme", func(o *spec.Organization) { o.At = at }, change)))
	}
	p := plan(func(o *spec.Organization) { o.Timezone = "Europe/Pragu" })
	wantLines(t, p, `error unknown-name: there is no time zone "Europe/Pragu"`)
	if q := p.Problems[0]; q.Source.Line != 3 || q.Hint != "known: Europe/Berlin, Europe/Prague, Twin, twin" || p.Exit != ExitInvalid {
		t.Errorf("%+v, exit %v", q, p.Exit)
	}
	wantLines(t, plan(func(o *spec.Organization) { o.Timezone = "Twin" }), `error unknown-name: 2 time zones go by "Twin": ids 7, 8`)
	wantLines(t, plan(func(o *spec.Organization) { o.FeatureControls = []spec.FeatureControl{{Name: "Nope", Enabled: true}} }),
		`error unknown-name: the organization has no feature control "Nope"`)
	wantLines(t, plan(func(o *spec.Organization) { o.Timezone, o.Country = "europe/PRAGUE", "cz" }))
	zone.fail = func(call string) error {
		if call == "timezones" {
			return &CallError{Doing: "read time zones", Class: ClassServer, Message: "broken"}
		}
		return nil
	}
	wantLines(t, plan(func(o *spec.Organization) { o.Timezone = "Europe/Prague" }), "not read acme/organization", "warning not-read: could not read organization of acme: read time zones: broken")
}

func TestAbsentColumnsAreUnknown(t *testing.T) {
	t.Parallel()
	live := acme()
	live.Country = ""
	zone := newFakeZone(live)
	p := makePlan(t, request(zone, desired("acme", "Acme", func(o *spec.Organization) { o.Country = "DE" })))
	wantLines(t, p, "warning unknown-field: the zone does not show the country of acme, so it is left as it is")
	if zone.calls["detail 11"] != 1 {
		t.Errorf("calls %v", zone.calls)
	}
}

func TestNoSecretInAPlan(t *testing.T) {
	t.Parallel()
	live := acme()
	variable(live, "API_TOKEN", spec.TypeString, "canary-old")
	variable(live, "DB_DSN", spec.TypeString, "canary-dsn")
	variable(live, "PLAIN", spec.TypeString, "canary-was")
	r := request(newFakeZone(live), desired("acme", "Acme", variables(
		spec.Variable{Name: "API_TOKEN", Type: spec.TypeString, Value: spec.Plain("canary-new")},
		spec.Variable{Name: "DB_DSN", State: spec.Absent},
		spec.Variable{Name: "NEW_SECRET", Type: spec.TypeNumber, Value: spec.Plain("4711471147")},
		spec.Variable{Name: "PLAIN", Type: spec.TypeString, Value: spec.Sensitive("canary-is"), Reference: "${env:P}"})))
	r.Salt, r.Desired.Sensitive = []byte("salt"), []spec.Glob{glob(t, "*/variable/*_DSN")}
	p := makePlan(t, r)
	if p.Summary.Create+p.Summary.Update+p.Summary.Delete != 4 {
		t.Fatalf("%v", lines(p))
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
	plan := func(change func(*Request)) *Plan {
		r := request(newFakeZone(acme(), liveOrganization(12, "Beta")), desired("acme", "Acme", variables(
			spec.Variable{Name: "API_TOKEN", Type: spec.TypeString, Value: spec.Sensitive("s"), Reference: "${env:T}"})), desired("beta", "Beta"))
		r.Salt = []byte("salt")
		change(&r)
		return makePlan(t, r)
	}
	base := plan(func(*Request) {})
	same := plan(func(r *Request) {
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
	for name, change := range map[string]func(*Request){
		"another reference": func(r *Request) { r.Desired.Organizations[0].Variables[0].Reference = "${env:U}" },
		"another name":      func(r *Request) { r.Desired.Organizations[0].Variables[0].Name = "API_TOKEN2" },
	} {
		if plan(change).Digest == base.Digest {
			t.Errorf("%s: the same digest", name)
		}
	}
}

func TestPreconditionOfASecret(t *testing.T) {
	t.Parallel()
	live := acme()
	variable(live, "API_TOKEN", spec.TypeString, "old")
	r := request(newFakeZone(live), desired("acme", "Acme", variables(textVariable("API_TOKEN", "new"))))
	r.Salt = []byte("salt")
	s := makePlan(t, r).Organizations[0].Steps[0]
	if got := Precondition(snapshotOf(live), &s, nil, r.Salt); got != s.Precondition {
		t.Error("it does not hold at once")
	}
	if got := Precondition(snapshotOf(live), &s, nil, []byte("pepper")); got == s.Precondition {
		t.Error("it does not depend on the salt")
	}
	live.Variables[1].Value = spec.Sensitive("changed")
	if got := Precondition(snapshotOf(live), &s, nil, r.Salt); got == s.Precondition {
		t.Error("it holds after somebody else's change")
	}
}

func TestUnmanagedOrganizations(t *testing.T) {
	t.Parallel()
	r := request(newFakeZone(acme(), liveOrganization(12, "Beta"), liveOrganization(13, "Gamma")), desired("acme", "Acme"), desired("beta", "Beta"))
	r.Scope.Targets = []spec.Glob{glob(t, "acme")}
	if p := makePlan(t, r); p.Unmanaged[spec.KindOrganization] != 1 {
		t.Errorf("unmanaged %v", p.Unmanaged)
	}
}

func TestWaitingSince(t *testing.T) {
	t.Parallel()
	live := acme()
	person(live, 2, "jane@acme.example", 13, "pending")
	r := request(newFakeZone(live), desired("acme", "Acme", members(spec.Member{Email: "jane@acme.example", Role: "Member"})))
	r.FirstSeen = seen{"acme/member/jane@acme.example": time.Unix(7, 0)}
	if w := makePlan(t, r).Organizations[0].Waiting[0]; w.Since == nil || w.Since.Unix() != 7 {
		t.Errorf("since %v", w.Since)
	}
}

type seen map[spec.Address]time.Time

func (s seen) Since(a spec.Address, _ string) (time.Time, bool) { at, ok := s[a]; return at, ok }
