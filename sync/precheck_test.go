package sync

import (
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
)

func TestStale(t *testing.T) {
	t.Parallel()
	acme := func(z *writtenZone) *Live { return z.find(11) }
	cases := map[string]struct {
		change func(z *writtenZone)
		steps  []string // those that are stale
	}{
		"value":           {func(z *writtenZone) { setVariable(acme(z), "COUNT", "6") }, []string{"acme/variable/COUNT"}},
		"secret value":    {func(z *writtenZone) { setVariable(acme(z), "PASSWORD", "other") }, []string{"acme/variable/PASSWORD"}},
		"created already": {func(z *writtenZone) { variable(acme(z), "NEW", spec.TypeString, "x") }, []string{"acme/variable/NEW"}},
		"deleted already": {func(z *writtenZone) {
			acme(z).Variables = without1(acme(z).Variables, func(v spec.Variable) bool { return v.Name == "OLD" })
		}, []string{"acme/variable/OLD"}},
		"control":           {func(z *writtenZone) { acme(z).FeatureControls[0].Enabled = false }, []string{"acme/featureControl/Make AI Tools"}},
		"control made anew": {func(z *writtenZone) { acme(z).FeatureControls[0].ID = 999 }, []string{"acme/featureControl/Make AI Tools"}},
		"country":           {func(z *writtenZone) { acme(z).Country = "1" }, []string{"acme"}},
		"accepted":          {func(z *writtenZone) { findUser(acme(z).Members, 7).Invitation = "" }, []string{"acme/member/unwanted@x.example"}},
		"invited":           {func(z *writtenZone) { person(acme(z), 90, "new@x.example", 13, "pending") }, []string{"acme/member/new@x.example"}},
		"one Admin less": {func(z *writtenZone) {
			acme(z).Members = without1(acme(z).Members, func(m spec.Member) bool { return m.UserID == 2 })
		}, []string{"acme/member/admin@x.example", "acme/owner"}},
		"tfa":                          {func(z *writtenZone) { acme(z).TFAEnforced = ptr(true) }, []string{"acme/tfa"}},
		"another owner":                {func(z *writtenZone) { acme(z).OwnerID = 4 }, nil},
		"organization there":           {func(z *writtenZone) { z.orgs = append(z.orgs, liveOrganization(50, "Nova")) }, []string{"nova"}},
		"person joins what is deleted": {func(z *writtenZone) { person(z.find(12), 91, "x@x.example", 13, "") }, []string{"doomed"}},
		"organization gone":            {func(z *writtenZone) { z.orgs = without1(z.orgs, func(l *Live) bool { return l.ID == 12 }) }, []string{"doomed"}},
		"nothing of ours":              {func(z *writtenZone) { variable(acme(z), "THEIRS", spec.TypeString, "x") }, []string{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			z, report := applySaved(t, c.change, false)
			stale := map[string]bool{}
			for _, s := range report.Steps {
				if s.Outcome == Skipped && s.Reason.Code == ReasonStale && !strings.Contains(s.Reason.Text, "another step") {
					stale[string(s.Address)] = true
				}
			}
			for _, address := range c.steps {
				if !stale[address] {
					t.Errorf("%s is not stale\n%s", address, outcomes(report))
				}
			}
			switch {
			case c.steps != nil && len(stale) != len(c.steps):
				t.Errorf("stale: %v, want %v", stale, c.steps)
			case len(stale) == 0 && report.Exit != ExitOK:
				t.Errorf("exit %v\n%s", report.Exit, outcomes(report))
			case len(stale) > 0 && (len(z.writes) > 0 || report.Exit != ExitStale || report.Skipped != stepsOfWorld):
				t.Errorf("%d writes, exit %v\n%s", len(z.writes), report.Exit, outcomes(report))
			}
			if len(stale) == 0 {
				return
			}
			z, report = applySaved(t, c.change, true)
			if report.Exit != ExitStale || report.Succeeded == 0 || report.Failed+report.Unknown > 0 {
				t.Errorf("partial: exit %v\n%s", report.Exit, outcomes(report))
			}
			for _, w := range z.writes {
				if stale[string(w.Address)] {
					t.Errorf("%s %s was written over what somebody else did", w.Verb, w.Address)
				}
			}
		})
	}
}

func TestAnotherSecretIsStale(t *testing.T) {
	t.Parallel()
	z, _, data := saved(t, spec.Value{})
	plan, _ := DecodePlan(data, spec.Value{})
	plan.Hydrate(func(string) (spec.Value, error) { return spec.Sensitive("hunter3"), nil })
	o := z.options()
	o.Saved = true
	report := Apply(context.Background(), plan, o)
	if got := outcomes(report); report.Exit != ExitStale || !strings.Contains(got, "the value behind ${env:PASSWORD} is not the one") || strings.Contains(got, "hunter") {
		t.Errorf("exit %v\n%s", report.Exit, got)
	}
}

func TestAnOrganizationThatIsGoneIsStale(t *testing.T) {
	t.Parallel()
	gone := func(z *writtenZone) { z.orgs = without1(z.orgs, func(l *Live) bool { return l.ID == 11 }) }
	z, report := applySaved(t, gone, false)
	if report.Exit != ExitStale || len(z.writes) > 0 || report.Skipped != stepsOfWorld {
		t.Errorf("exit %v, %d writes\n%s", report.Exit, len(z.writes), outcomes(report))
	}
	if lists := z.calls["organizations"]; lists > 4 {
		t.Errorf("%d times the list was read", lists)
	}
	z, report = applySaved(t, gone, true)
	if report.Exit != ExitStale || report.Succeeded == 0 || report.Failed+report.Unknown > 0 {
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
	for cause, exit := range map[error]Exit{ErrOutOfTime: ExitPartial, ErrInterrupted: ExitInterrupted} {
		z, _, data := saved(t, spec.Value{})
		plan, _ := DecodePlan(data, spec.Value{})
		plan.Hydrate(evaluate)
		ctx, cancel := context.WithCancelCause(context.Background())
		z.onRead = func(string) error {
			cancel(cause)
			return &CallError{Doing: "read", Message: "interrupted", Class: ClassCancelled}
		}
		o := z.options()
		o.Saved = true
		report := Apply(ctx, plan, o)
		if report.Exit != exit || report.Skipped != stepsOfWorld || strings.Contains(outcomes(report), "stale") {
			t.Errorf("%v: exit %v\n%s", cause, report.Exit, outcomes(report))
		}
	}
}

func TestLawNothingOfOthersIsOverwritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fake := drawZone(t)
		z := newWrittenZone(fake.orgs...)
		r := drawDocuments(t, z.fakeZone)
		r.Zones, r.Now = map[string]ZonePort{"eu1": z.port().ZonePort}, planned
		p := makePlan(t, r)
		data, problems := EncodePlan(p, spec.Value{})
		if p.Exit == ExitInvalid || len(problems) > 0 || len(z.orgs) == 0 {
			return
		}
		plan, problems := DecodePlan(data, spec.Value{})
		if len(problems) > 0 {
			t.Fatalf("our own plan is refused: %v", problems)
		}
		victim := z.orgs[rapid.IntRange(0, len(z.orgs)-1).Draw(t, "victim")]
		if len(victim.Variables) == 0 {
			return
		}
		v := &victim.Variables[rapid.IntRange(0, len(victim.Variables)-1).Draw(t, "variable")]
		v.Value = spec.Sensitive(v.Value.Reveal() + "1")
		name, id := v.Name, victim.ID
		o := z.options()
		o.Saved, o.AllowPartial = true, true
		wantSum(t, plan, Apply(context.Background(), plan, o))
		for _, w := range z.writes {
			if w.Organization == id && w.Address.Kind() == spec.KindVariable && w.Address.Name() == name {
				t.Errorf("%s %s was written over what somebody else did", w.Verb, w.Address)
			}
		}
	})
}
