package apply

import (
	"context"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/report"
	"makesync/sync/state"
	"makesync/sync/undo"
	"makesync/sync/zonetest"
)

// appliedWorld is the world after its plan, with the story of that run.
func appliedWorld(t *testing.T) (*writtenZone, planner.Request, *report.Run) {
	t.Helper()
	z, r := world()
	journal := &memoryJournal{}
	o := z.options()
	o.Journal = journal
	if report := Run(context.Background(), plantest.Make(t, r), o); report.Succeeded != stepsOfWorld {
		t.Fatal(outcomes(report))
	}
	return z, r, onDisk(t, &journal.story)
}

func undoPlan(t *testing.T, z *writtenZone, story *report.Run, allow ...string) *plan.Plan {
	t.Helper()
	r := planner.Request{Desired: &spec.Desired{Guards: spec.DefaultGuards()}, Zones: map[string]state.Port{"eu1": z.port().Port}, Now: planned, Concurrency: 1}
	for _, rule := range allow {
		r.Allow = append(r.Allow, plantest.MustAllow(t, rule))
	}
	back := undo.Wanted(context.Background(), story, undo.Options{Zones: r.Zones, Allow: r.Allow, Now: r.Now})
	r.Desired.Organizations, r.Problems = back.Organizations, back.Problems
	p := plantest.Make(t, r)
	p.AddHeld(back.Held)
	return p
}

func messages(p *plan.Plan) string {
	var all []string
	for _, q := range p.Problems {
		all = append(all, string(q.Address)+" | "+q.Message)
	}
	return strings.Join(all, "\n")
}

func TestUndo(t *testing.T) {
	t.Parallel()
	z, _, story := appliedWorld(t)
	p := undoPlan(t, z, story, "delete:organization@nova")
	var steps []string
	for _, line := range plantest.Lines(p) {
		if !strings.HasPrefix(line, "warning") {
			_, step, _ := strings.Cut(line, " ")
			steps = append(steps, step)
		}
	}
	want := []string{
		"update acme none country:DE→CZ", "update acme/featureControl/Make AI Tools none enabled:false→true",
		"create acme/variable/OLD none", "update acme/variable/COUNT none value:7→5", "delete acme/variable/NEW destructive",
		"update acme/member/admin@x.example caution", "update acme/member/rising@x.example caution",
		"revoke acme/member/new@x.example destructive", "update acme/tfa caution", "delete nova irreversible",
	}
	got := strings.Join(steps, "\n")
	for _, step := range want {
		if !strings.Contains(got, step) {
			t.Errorf("%q is missing in\n%s", step, got)
		}
	}
	if len(steps) != len(want) {
		t.Errorf("%d steps instead of %d:\n%s", len(steps), len(want), got)
	}
	told := messages(p)
	for _, left := range []string{"acme/variable/PASSWORD | update of acme/variable/PASSWORD is not undone: its value before is a secret",
		"acme/owner | ", "acme/member/gone@x.example | ", "acme/member/late@x.example | ", "acme/member/unwanted@x.example | ", "doomed | "} {
		if !strings.Contains(told, left) {
			t.Errorf("%q is not told in\n%s", left, told)
		}
	}
	if strings.Contains(told+got, "hunter2") {
		t.Error("a secret is told")
	}
	z.User = state.User{ID: 1, TwoFactor: z.User.TwoFactor}
	if report := Run(context.Background(), p, z.options()); report.Failed+report.Unknown > 0 {
		t.Error(outcomes(report))
	}
	acme := z.Find(11)
	if acme.Country != "203" || *acme.TFAEnforced || !acme.FeatureControls[0].Enabled || state.FindUser(acme.Members, 3).Role != "12" || len(z.Orgs) != 1 {
		t.Errorf("after the undo: %+v", acme)
	}
}

func TestUndoHolds(t *testing.T) {
	t.Parallel()
	z, _, story := appliedWorld(t)
	for i := range z.Find(11).Members {
		if m := &z.Find(11).Members[i]; m.Email == "new@x.example" {
			m.Invitation = ""
		}
	}
	p := undoPlan(t, z, story)
	got := strings.Join(plantest.Lines(p), "\n")
	for _, held := range []string{"held delete acme/member/new@x.example by undo: delete:member@acme", "held delete nova by maxDeletes"} {
		if !strings.Contains(got, held) {
			t.Errorf("%q is missing in\n%s", held, got)
		}
	}
	if p.Summary.Held != 2 || strings.Contains(got, "delete acme/member/new@x.example destructive") {
		t.Errorf("held %d\n%s", p.Summary.Held, got)
	}
	got = strings.Join(plantest.Lines(undoPlan(t, z, story, "delete:member@acme")), "\n")
	if !strings.Contains(got, "delete acme/member/new@x.example destructive") {
		t.Errorf("the rule that is printed does not let it through:\n%s", got)
	}
}

func TestUndoLeavesWhatHasChangedSince(t *testing.T) {
	t.Parallel()
	z, _, story := appliedWorld(t)
	setVariable(z.Find(11), "COUNT", "8")
	setVariable(z.Find(11), "NEW", "changed")
	p := undoPlan(t, z, story)
	got, told := strings.Join(plantest.Lines(p), "\n"), messages(p)
	for _, name := range []string{"COUNT", "NEW"} {
		if !strings.Contains(told, "acme/variable/"+name+" is not undone: it has changed since") {
			t.Errorf("%s is not told in\n%s", name, told)
		}
		for _, line := range strings.Split(got, "\n") {
			if strings.Contains(line, "acme/variable/"+name) && !strings.HasPrefix(line, "warning") {
				t.Errorf("undone all the same: %s", line)
			}
		}
	}
}

func TestUndoOfASecretThatWasMade(t *testing.T) {
	t.Parallel()
	for _, changed := range []bool{false, true} {
		z := newWrittenZone(zonetest.Organization(11, "Acme"))
		r := plantest.Request(z.Zone, zonetest.Desired("acme", "Acme", zonetest.Variables(spec.Variable{Name: "P", Type: spec.TypeString, Value: spec.Sensitive("hunter2"), Reference: "${env:P}"})))
		journal := &memoryJournal{}
		o := z.options()
		o.Journal = journal
		Run(context.Background(), plantest.Make(t, r), o)
		if changed {
			setVariable(z.Find(11), "P", "hunter3")
		}
		p := undoPlan(t, z, onDisk(t, &journal.story))
		if undone := len(p.Organizations) == 1 && len(p.Organizations[0].Steps) == 1; undone == changed {
			t.Errorf("changed %v: %v", changed, plantest.Lines(p))
		}
	}
}

// A run whose write is open is not undone blindly.
func TestUndoOfAnUnfinishedRun(t *testing.T) {
	t.Parallel()
	z, r := world()
	story, _ := killedAt(t, z, r, 4, true)
	p := undoPlan(t, z, story)
	if told := messages(p); !strings.Contains(told, "nobody knows what became of it; `makesync apply --resume "+story.Run) {
		t.Error(told)
	}
	for _, o := range p.Organizations {
		if len(o.Steps) != 3 {
			t.Errorf("%d steps instead of the three that were done", len(o.Steps))
		}
	}
}

// TestUndoWritesWhatPlansWrite: what was there before a run need be nothing that a plan writes, and such a plan is
// refused whole when it is read back from its file.
func TestUndoWritesWhatPlansWrite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		object spec.Address
		former func(z *writtenZone, story *report.Run, s *plan.Step)
		why    string
	}{
		{"acme/variable/COUNT", valueWas("number", "abc"), "before the run the value is not a number"},
		{"acme/variable/COUNT", valueWas("boolean", "1"), "before the run the value is not a boolean"},
		{"acme/variable/OLD", valueWas("date", "yesterday"), "before the run the value is not a date"},
		{"acme/variable/OLD", valueWas("colour", "red"), "before the run the type is unknown"},
		{"acme/member/rising@x.example", func(z *writtenZone, _ *report.Run, s *plan.Step) {
			const odd = "rising@x.example,x"
			state.FindMember(z.Find(11).Members, s.Arguments.Email).Email = odd
			s.Address, s.Arguments.Email = spec.NewAddress("acme", spec.KindMember, odd), odd
		}, "no plan gives a role"},
	} {
		z, _, story := appliedWorld(t)
		s := stepAt(story, c.object)
		c.former(z, story, s)
		p := undoPlan(t, z, story)
		if told := messages(p); !strings.Contains(told, string(s.Address)+" is not undone: "+c.why) {
			t.Errorf("%s: %q is not told:\n%s", c.object, c.why, told)
		}
		last := 0
		for i := range p.Organizations {
			o := &p.Organizations[i]
			for j := range o.Steps {
				if why := plan.InvalidStep(o, j, last); why != "" || o.Steps[j].Address == s.Address {
					t.Errorf("%s: step %d, of %s: %s", c.object, o.Steps[j].N, o.Steps[j].Address, why)
				}
				last = o.Steps[j].N
			}
		}
	}
}

// valueWas has the journal of a run tell of another value before the step.
func valueWas(typ, value string) func(*writtenZone, *report.Run, *plan.Step) {
	return func(_ *writtenZone, story *report.Run, s *plan.Step) {
		for i := range story.Entries {
			if e := story.Entries[i].Intent; e != nil && e.Step == s.N {
				e.Before = state.View{"type": state.Text(typ), "value": state.Text(value)}
			}
		}
	}
}
