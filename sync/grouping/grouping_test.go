package grouping_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/grouping"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// One edited profile, seen once.
func ExampleOf() {
	var p plan.Plan
	for _, key := range []string{"acme", "client-1", "client-2"} {
		from := "5"
		if key == "acme" {
			from = "3"
		}
		p.Organizations = append(p.Organizations, plan.Organization{Key: key, Steps: []plan.Step{{
			Address: spec.NewAddress(key, spec.KindVariable, "RETRIES"), Kind: spec.KindVariable, Op: plan.OpUpdate,
			Fields: []plan.Field{{Path: "value", From: state.Number(from), To: state.Number("7")}},
		}}})
	}
	g := grouping.Of(&p, 2)
	for _, group := range g.Groups {
		fmt.Println(group.Op, group.Kind, group.Name, group.Fields[0].From, "→", group.Fields[0].To, group.Organizations)
	}
	for _, o := range g.Rest {
		fmt.Println(o.Key, len(o.Steps))
	}
	// Output:
	// update variable RETRIES 5 → 7 [client-1 client-2]
	// acme 1
	// client-1 0
	// client-2 0
}

// change is a step of an organization.
func change(key, name string, op plan.Op, risk plan.Risk, from, to state.Scalar) plan.Step {
	return plan.Step{Address: spec.NewAddress(key, spec.KindVariable, name), Kind: spec.KindVariable, Op: op, Risk: risk,
		Fields: []plan.Field{{Path: "value", From: from, To: to}}}
}

// TestGroupingLosesNothing: groups and rest together are the plan, whatever it is, and a group is
// of equal changes in different organizations.
func TestGroupingLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		least := rapid.IntRange(0, 4).Draw(t, "least")
		g := grouping.Of(p, least)
		counts := map[string]int{}
		for i := range p.Organizations {
			for _, line := range lines(&p.Organizations[i]) {
				counts[line]++
			}
		}
		for i := range g.Rest {
			for _, line := range lines(&g.Rest[i]) {
				counts[line]--
			}
		}
		for _, group := range g.Groups {
			if least < 2 || group.Count < least || group.Count != len(group.Organizations) || group.Count != len(group.Steps) {
				t.Fatalf("a group of %d, %d organizations and %d steps; at least %d", group.Count, len(group.Organizations), len(group.Steps), least)
			}
			for i, step := range group.Steps {
				counts[stepLine(step)]--
				if step.Address.Key() != group.Organizations[i] || step.Op != group.Op || fmt.Sprint(step.Fields) != fmt.Sprint(group.Fields) {
					t.Fatalf("%s does not belong into the group of %v", step.Address, group.Steps[0].Address)
				}
			}
		}
		for _, held := range g.Held {
			for _, object := range held.Objects {
				for _, key := range held.Organizations {
					counts[heldLine(key, &object)]--
				}
			}
		}
		for _, waiting := range g.Waiting {
			if least < 2 || organizationsOf(&waiting) < least {
				t.Fatalf("%d organizations in a group; at least %d", organizationsOf(&waiting), least)
			}
			for _, row := range waiting.Rows {
				for _, object := range row.Objects {
					for _, key := range row.Organizations {
						counts["waiting "+at(key, object.Address)+object.Reason]--
					}
				}
			}
		}
		for line, n := range counts {
			if n != 0 {
				t.Fatalf("%s: %+d", line, n)
			}
		}
	})
}

func organizationsOf(w *grouping.WaitingGroup) int {
	keys := map[string]bool{}
	for _, row := range w.Rows {
		for _, key := range row.Organizations {
			keys[key] = true
		}
	}
	return len(keys)
}

func lines(o *plan.Organization) (list []string) {
	for i := range o.Steps {
		list = append(list, stepLine(&o.Steps[i]))
	}
	for i := range o.Held {
		list = append(list, heldLine(o.Key, &o.Held[i]))
	}
	for _, w := range o.Waiting {
		list = append(list, "waiting "+at(o.Key, w.Address)+w.Reason)
	}
	return list
}

func stepLine(s *plan.Step) string { return fmt.Sprint("step ", s.Address, s.Op, s.Fields) }

func heldLine(key string, h *plan.Held) string {
	return fmt.Sprint("held ", at(key, h.Address), h.Op, h.Guard)
}

// at is the same object in another organization.
func at(key string, a spec.Address) string { return key + strings.TrimPrefix(string(a), a.Key()) }

func drawPlan(t *rapid.T) *plan.Plan {
	p := &plan.Plan{}
	for i := range rapid.IntRange(0, 8).Draw(t, "organizations") {
		key := fmt.Sprintf("client-%d", i)
		o := plan.Organization{Key: key}
		for _, name := range []string{"A", "B", "C"} {
			address := spec.NewAddress(key, spec.KindVariable, name)
			value := state.Text(rapid.SampledFrom([]string{"x", "y"}).Draw(t, "value"))
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				o.Steps = append(o.Steps, change(key, name, plan.OpUpdate, plan.RiskNone, value, state.Text("z")))
			case 1:
				o.Held = append(o.Held, plan.Held{Address: address, Op: plan.OpDelete, Kind: spec.KindVariable,
					Guard: rapid.SampledFrom([]string{"protect", "maxDeletes"}).Draw(t, "guard"), Reason: string(address) + " is protected",
					Allow: "delete:variable@" + key})
			case 2:
				o.Waiting = append(o.Waiting, plan.Waiting{Address: address, Reason: value.String()})
			}
		}
		p.Organizations = append(p.Organizations, o)
	}
	return p
}

// TestTheRuleOfAGroupSuffices: the one rule that a group prints lets all of it through.
func TestTheRuleOfAGroupSuffices(t *testing.T) {
	t.Parallel()
	groups := 0
	rapid.Check(t, func(t *rapid.T) {
		r := plantest.Request(zonetest.New())
		var lives []*state.Organization
		var documents []spec.Organization
		n := rapid.IntRange(4, 7).Draw(t, "organizations")
		for i := range n {
			name := fmt.Sprintf("%s-%d", rapid.SampledFrom([]string{"client", "client-a", "zoo"}).Draw(t, "name"), i)
			live := zonetest.Organization(int64(10+i), name)
			for j := range rapid.IntRange(1, 6).Draw(t, "variables") {
				zonetest.Variable(live, fmt.Sprintf("V%d", j), spec.TypeString, "v")
			}
			lives = append(lives, live)
			documents = append(documents, zonetest.Desired(name, name, zonetest.Variables(), zonetest.Purge(spec.KindVariable)))
		}
		slices.SortFunc(documents, func(a, b spec.Organization) int { return strings.Compare(a.Key, b.Key) })
		r = plantest.Request(zonetest.New(lives...), documents...)
		r.Desired.Guards.MaxDeletes[spec.KindVariable] = rapid.IntRange(0, 4).Draw(t, "per organization")
		r.Desired.Guards.MaxDeletesPerRun[spec.KindVariable] = rapid.IntRange(0, 12).Draw(t, "per run")
		if rapid.Bool().Draw(t, "protected") {
			r.Desired.Guards.Protect = []spec.Glob{plantest.Glob(t, "*/variable/V0")}
		}
		p := plantest.Make(t, r)
		for _, group := range grouping.Of(p, 2).Held {
			groups++
			r.Allow = []plan.Allow{plantest.MustAllow(t, group.Allow)}
			again := plantest.Make(t, r)
			for _, o := range again.Organizations {
				for _, h := range o.Held {
					if slices.Contains(group.Organizations, o.Key) && slices.ContainsFunc(group.Objects, func(x plan.Held) bool { return x.Address.Name() == h.Address.Name() }) {
						t.Fatalf("%s still holds %s; the plan was\n%s", group.Allow, h.Address, strings.Join(plantest.Lines(p), "\n"))
					}
				}
			}
		}
	})
	if groups == 0 {
		t.Error("no plan had a group of held changes: nothing was tried")
	}
}

func TestRuleOfAGroupIsNarrow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		keys []string
		rule string // of each; %s is the key
		want string
	}{
		{"one rule for all", []string{"a", "b"}, "delete:variable<=9@*", "delete:variable<=9@*"},
		{"a shared beginning", []string{"client-01", "client-02"}, "delete:variable<=1@%s", "delete:variable<=2@client-*"},
		{"a beginning within a word", []string{"client-20", "client-21"}, "delete:variable@%s", "delete:variable<=2@client-*"},
		{"nothing in common", []string{"acme", "zoo"}, "delete:variable@%s", "delete:variable<=2@*"},
		{"two-factor", []string{"acme", "zoo"}, "enforce:tfa@%s", "enforce:tfa<=2@*"},
	} {
		var p plan.Plan
		for _, key := range c.keys {
			rule := strings.ReplaceAll(c.rule, "%s", key)
			a := plantest.MustAllow(t, rule)
			held := plan.Held{Address: spec.NewAddress(key, a.Kind, "X"), Kind: a.Kind, Op: plan.OpDelete, Guard: "g", Reason: "r", Allow: rule}
			if a.Op == plan.OpEnforce {
				held.Op = plan.OpUpdate
			}
			p.Organizations = append(p.Organizations, plan.Organization{Key: key, Held: []plan.Held{held}})
		}
		if got := grouping.Of(&p, 2).Held[0].Allow; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestGroupOfWaitingKnowsWhenItBegan(t *testing.T) {
	t.Parallel()
	day := func(n int) *time.Time { at := time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC); return &at }
	waiting := func(since ...*time.Time) grouping.WaitingGroup {
		var p plan.Plan
		for i, at := range since {
			key := fmt.Sprint("client-", i)
			p.Organizations = append(p.Organizations, plan.Organization{Key: key, Waiting: []plan.Waiting{{Address: spec.NewAddress(key, spec.KindOwner, ""), Reason: "r", Since: at}}})
		}
		return grouping.Of(&p, 2).Waiting[0]
	}
	if g := waiting(day(3), day(1), day(2)); !g.Earliest.Equal(*day(1)) || !g.Latest.Equal(*day(3)) {
		t.Errorf("from %s to %s", g.Earliest, g.Latest)
	}
	for _, since := range [][]*time.Time{{day(1), nil}, {nil, day(1)}, {day(1), nil, day(2)}} {
		if g := waiting(since...); g.Earliest != nil || g.Latest != nil {
			t.Errorf("from %s to %s, though one is unknown", g.Earliest, g.Latest)
		}
	}
}

// TestAlikeReasonsAreOneGroup: what differs in a person's name or a number alone is told once.
func TestAlikeReasonsAreOneGroup(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		waiting [][2]string // what waits in client-0, client-1, …, and why
		want    string      // the reason; "" for no group
		rows    int
	}{
		{"equal", [][2]string{{"variable/A", "licence: no variables"}, {"variable/A", "licence: no variables"}}, "licence: no variables", 1},
		{"objects", [][2]string{{"variable/A", "licence: none"}, {"member/a@x.example", "licence: none"}}, "licence: none", 2},
		{"people", [][2]string{{"member/a@x.example", "a@x.example is invited"}, {"member/b@x.example", "b@x.example is invited"}}, "… is invited", 2},
		{"numbers", [][2]string{{"member/a@x.example", "may be user 900006"}, {"member/a@x.example", "may be user 17"}}, "may be user …", 1},
		{"days", [][2]string{{"subscription", "ends on 2026-11-01"}, {"subscription", "ends on 2026-12-24"}}, "ends on …", 1},
		{"one person", [][2]string{{"member/a@x.example", "a@x.example is invited"}, {"member/a@x.example", "a@x.example is invited"}}, "a@x.example is invited", 1},
		{"a role", [][2]string{{"member/a@x.example", "as Admin"}, {"member/a@x.example", "as Member"}}, "", 0},
		{"a name in a word", [][2]string{{"variable/a", "waits a day"}, {"variable/b", "waits b dby"}}, "", 0},
	} {
		var p plan.Plan
		for i, w := range c.waiting {
			key := fmt.Sprint("client-", i)
			p.Organizations = append(p.Organizations, plan.Organization{Key: key, Waiting: []plan.Waiting{{Address: spec.Address(key + "/" + w[0]), Reason: w[1]}}})
		}
		groups := grouping.Of(&p, 2).Waiting
		switch {
		case c.want == "" && len(groups) > 0:
			t.Errorf("%s: %+v", c.name, groups)
		case c.want != "" && (len(groups) != 1 || groups[0].Reason != c.want || len(groups[0].Rows) != c.rows):
			t.Errorf("%s: %+v, want %q in %d rows", c.name, groups, c.want, c.rows)
		}
	}
}
