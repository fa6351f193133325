package apply

import (
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/report"
	"makesync/sync/savedplan"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

func TestStale(t *testing.T) {
	t.Parallel()
	acme := func(z *writtenZone) *state.Organization { return z.Find(11) }
	cases := map[string]struct {
		change func(z *writtenZone)
		steps  []string // those that are stale
	}{
		"value":             {func(z *writtenZone) { setVariable(acme(z), "COUNT", "6") }, []string{"acme/variable/COUNT"}},
		"secret value":      {func(z *writtenZone) { setVariable(acme(z), "PASSWORD", "other") }, []string{"acme/variable/PASSWORD"}},
		"created already":   {func(z *writtenZone) { zonetest.Variable(acme(z), "NEW", spec.TypeString, "x") }, []string{"acme/variable/NEW"}},
		"control made anew": {func(z *writtenZone) { acme(z).FeatureControls[0].ID = 999 }, []string{"acme/featureControl/Make AI Tools"}},
		"country":           {func(z *writtenZone) { acme(z).Country = "1" }, []string{"acme"}},
		"accepted":          {func(z *writtenZone) { state.FindUser(acme(z).Members, 7).Invitation = "" }, []string{"acme/member/unwanted@x.example"}},
		"invited otherwise": {func(z *writtenZone) { zonetest.Person(acme(z), 90, "new@x.example", 16, "pending") }, []string{"acme/member/new@x.example"}},
		"one Admin less": {func(z *writtenZone) {
			acme(z).Members = zonetest.Without(acme(z).Members, func(m spec.Member) bool { return m.UserID == 2 })
		}, []string{"acme/member/admin@x.example", "acme/owner"}},
		"another owner":                {func(z *writtenZone) { acme(z).OwnerID = 4 }, nil},
		"organization there":           {func(z *writtenZone) { z.Orgs = append(z.Orgs, zonetest.Organization(50, "Nova")) }, []string{"nova"}},
		"person joins what is deleted": {func(z *writtenZone) { zonetest.Person(z.Find(12), 91, "x@x.example", 13, "") }, []string{"doomed"}},
		"nothing of ours":              {func(z *writtenZone) { zonetest.Variable(acme(z), "THEIRS", spec.TypeString, "x") }, []string{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			z, r := applySaved(t, c.change, false)
			stale := map[string]bool{}
			for _, s := range r.Steps {
				if s.Outcome == report.Skipped && s.Reason.Code == report.ReasonStale && !strings.Contains(s.Reason.Text, "another step") {
					stale[string(s.Address)] = true
				}
			}
			for _, address := range c.steps {
				if !stale[address] {
					t.Errorf("%s is not stale\n%s", address, outcomes(r))
				}
			}
			switch {
			case c.steps != nil && len(stale) != len(c.steps):
				t.Errorf("stale: %v, want %v", stale, c.steps)
			case len(stale) == 0 && r.Exit != exit.OK:
				t.Errorf("exit %v\n%s", r.Exit, outcomes(r))
			case len(stale) > 0 && (len(z.writes) > 0 || r.Exit != exit.Stale || r.Skipped != stepsOfWorld):
				t.Errorf("%d writes, exit %v\n%s", len(z.writes), r.Exit, outcomes(r))
			}
			if len(stale) == 0 {
				return
			}
			z, r = applySaved(t, c.change, true)
			if r.Exit != exit.Stale || r.Succeeded == 0 || r.Failed+r.Unknown > 0 {
				t.Errorf("partial: exit %v\n%s", r.Exit, outcomes(r))
			}
			for _, w := range z.writes {
				if stale[string(w.Address)] {
					t.Errorf("%s %s was written over what somebody else did", w.Verb, w.Address)
				}
			}
		})
	}
}

// TestAlreadyDone: what somebody else has done since a plan was saved is neither stale nor done again, and keeps
// nothing else from being done.
func TestAlreadyDone(t *testing.T) {
	t.Parallel()
	acme := func(z *writtenZone) *state.Organization { return z.Find(11) }
	person := func(z *writtenZone, id int64) *spec.Member { return state.FindUser(acme(z).Members, id) }
	without := func(z *writtenZone, id int64) {
		acme(z).Members = zonetest.Without(acme(z).Members, func(m spec.Member) bool { return m.UserID == id })
	}
	cases := map[string]struct {
		change func(z *writtenZone)
		step   string
	}{
		"country":       {func(z *writtenZone) { acme(z).Country = "276" }, "acme"},
		"control":       {func(z *writtenZone) { acme(z).FeatureControls[0].Enabled = false }, "acme/featureControl/Make AI Tools"},
		"created":       {func(z *writtenZone) { zonetest.Variable(acme(z), "NEW", spec.TypeString, "new") }, "acme/variable/NEW"},
		"updated":       {func(z *writtenZone) { setVariable(acme(z), "COUNT", "7") }, "acme/variable/COUNT"},
		"secret":        {func(z *writtenZone) { setVariable(acme(z), "PASSWORD", "hunter2-after") }, "acme/variable/PASSWORD"},
		"invited":       {func(z *writtenZone) { zonetest.Person(acme(z), 90, "new@x.example", 13, "pending") }, "acme/member/new@x.example"},
		"invited again": {func(z *writtenZone) { person(z, 6).Invitation = "pending" }, "acme/member/late@x.example"},
		"revoked":       {func(z *writtenZone) { without(z, 7) }, "acme/member/unwanted@x.example"},
		"removed":       {func(z *writtenZone) { without(z, 5) }, "acme/member/gone@x.example"},
		"promoted":      {func(z *writtenZone) { person(z, 4).Role = "12" }, "acme/member/rising@x.example"},
		"enforced":      {func(z *writtenZone) { acme(z).TFAEnforced = zonetest.Ptr(true) }, "acme/tfa"},
		"deleted": {func(z *writtenZone) {
			acme(z).Variables = zonetest.Without(acme(z).Variables, func(v spec.Variable) bool { return v.Name == "OLD" })
		}, "acme/variable/OLD"},
		"organization deleted": {func(z *writtenZone) {
			z.Orgs = zonetest.Without(z.Orgs, func(l *state.Organization) bool { return l.ID == 12 })
		}, "doomed"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			z, r := applySaved(t, c.change, false)
			if r.Exit != exit.OK || r.Succeeded != stepsOfWorld-1 || !strings.Contains(outcomes(r), c.step+": skipped (already-done:") {
				t.Errorf("exit %v\n%s", r.Exit, outcomes(r))
			}
			for _, w := range z.writes {
				if string(w.Address) == c.step {
					t.Errorf("%s of what was done already", w.Verb)
				}
			}
		})
	}
}

func TestAnotherSecretIsStale(t *testing.T) {
	t.Parallel()
	z, _, data := saved(t, spec.Value{})
	plan, _ := savedplan.Decode(data, spec.Value{})
	savedplan.Hydrate(plan, func(string) (spec.Value, error) { return spec.Sensitive("hunter3"), nil })
	o := z.options()
	o.Saved = true
	report := Run(context.Background(), plan, o)
	if got := outcomes(report); report.Exit != exit.Stale || !strings.Contains(got, "the value behind ${env:PASSWORD} is not the one") || strings.Contains(got, "hunter") {
		t.Errorf("exit %v\n%s", report.Exit, got)
	}
}

// Of a new organization nothing can be stale but what this machine gives: the plan shows the name of a
// reference, and what is behind it is what it was made with, or nothing is written.
func TestAnotherSecretOfANewOrganizationIsStale(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]exit.Code{"hunter2": exit.OK, "hunter3": exit.Stale} {
		z := newWrittenZone()
		r := plantest.Request(z.Zone, zonetest.Desired("nova", "Nova", zonetest.Variables(spec.Variable{
			Name: "PASSWORD", Type: spec.TypeString, Value: spec.Sensitive("hunter2"), Reference: "${env:PASSWORD}"}),
			func(o *spec.Organization) { o.Region, o.Country, o.Timezone = "EU", "CZ", "113" }))
		r.Salt, r.Allow = []byte("a salt of sixteen"), []plan.Allow{plantest.MustAllow(t, "create:organization@nova")}
		data, problems := savedplan.Encode(plantest.Make(t, r), spec.Value{})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		p, _ := savedplan.Decode(data, spec.Value{})
		savedplan.Hydrate(p, func(string) (spec.Value, error) { return spec.Sensitive(value), nil })
		o := z.options()
		o.Saved = true
		report := Run(context.Background(), p, o)
		if got := outcomes(report); report.Exit != want || (len(z.writes) > 0) != (want == exit.OK) {
			t.Errorf("%s: exit %v, %d writes\n%s", value, report.Exit, len(z.writes), got)
		}
	}
}

func TestAnOrganizationThatIsGoneIsStale(t *testing.T) {
	t.Parallel()
	gone := func(z *writtenZone) {
		z.Orgs = zonetest.Without(z.Orgs, func(l *state.Organization) bool { return l.ID == 11 })
	}
	z, report := applySaved(t, gone, false)
	if report.Exit != exit.Stale || len(z.writes) > 0 || report.Skipped != stepsOfWorld {
		t.Errorf("exit %v, %d writes\n%s", report.Exit, len(z.writes), outcomes(report))
	}
	if lists := z.Calls["organizations"]; lists > 4 {
		t.Errorf("%d times the list was read", lists)
	}
	z, report = applySaved(t, gone, true)
	if report.Exit != exit.Stale || report.Succeeded == 0 || report.Failed+report.Unknown > 0 {
		t.Errorf("partial: exit %v\n%s", report.Exit, outcomes(report))
	}
	for _, w := range z.writes {
		if w.Organization == 11 {
			t.Errorf("%s %s was sent", w.Verb, w.Address)
		}
	}
}

func TestAStopDuringTheCheckIsNotStale(t *testing.T) {
	t.Parallel()
	for cause, code := range map[error]exit.Code{exit.ErrOutOfTime: exit.Partial, exit.ErrInterrupted: exit.Interrupted} {
		z, _, data := saved(t, spec.Value{})
		plan, _ := savedplan.Decode(data, spec.Value{})
		savedplan.Hydrate(plan, evaluate)
		ctx, cancel := context.WithCancelCause(context.Background())
		z.onRead = func(string) error {
			cancel(cause)
			return &state.CallError{Doing: "read", Message: "interrupted", Class: exit.ClassCancelled}
		}
		o := z.options()
		o.Saved = true
		report := Run(ctx, plan, o)
		if report.Exit != code || report.Skipped != stepsOfWorld || strings.Contains(outcomes(report), "stale") {
			t.Errorf("%v: exit %v\n%s", cause, report.Exit, outcomes(report))
		}
	}
}

func TestLawNothingOfOthersIsOverwritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fake := plantest.DrawZone(t)
		z := newWrittenZone(fake.Orgs...)
		r := plantest.DrawDocuments(t, z.Zone)
		r.Zones, r.Now = map[string]state.Port{"eu1": z.port().Port}, planned
		p := plantest.Make(t, r)
		data, problems := savedplan.Encode(p, spec.Value{})
		if p.Exit == exit.Invalid || len(problems) > 0 || len(z.Orgs) == 0 {
			return
		}
		plan, problems := savedplan.Decode(data, spec.Value{})
		if len(problems) > 0 {
			t.Fatalf("our own plan is refused: %v", problems)
		}
		victim := z.Orgs[rapid.IntRange(0, len(z.Orgs)-1).Draw(t, "victim")]
		if len(victim.Variables) == 0 {
			return
		}
		v := &victim.Variables[rapid.IntRange(0, len(victim.Variables)-1).Draw(t, "variable")]
		v.Value = spec.Sensitive(v.Value.Reveal() + "1")
		name, id := v.Name, victim.ID
		o := z.options()
		o.Saved, o.AllowPartial = true, true
		wantSum(t, plan, Run(context.Background(), plan, o))
		for _, w := range z.writes {
			if w.Organization == id && w.Address.Kind() == spec.KindVariable && w.Address.Name() == name {
				t.Errorf("%s %s was written over what somebody else did", w.Verb, w.Address)
			}
		}
	})
}
