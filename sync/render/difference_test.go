package render

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// differing draws two texts that share a beginning and an end, of all lengths, and differ between.
func differing(t *rapid.T) (string, string) {
	part := func(label string) string {
		most := rapid.SampledFrom([]int{3, 30, 400}).Draw(t, label+" at most")
		return rapid.StringOfN(rapid.RuneFrom([]rune("abcXYZ09/.:日é")), 0, most, -1).Draw(t, label)
	}
	begin, end := part("begin"), part("end")
	from, to := begin+part("from")+end, begin+part("to")+end
	if from == to {
		to += "x"
	}
	return from, to
}

// TestShortenedValuesStayDifferent: however little room there is, both sides fit and the place where
// they begin to differ is in both.
func TestShortenedValuesStayDifferent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from, to := differing(t)
		most := rapid.IntRange(leastShort, 200).Draw(t, "columns")
		a, b := shorten(from, to, most)
		if a == b || columns(a) > most || columns(b) > most {
			t.Fatalf("%q and %q\nbecome %q (%d) and %q (%d)", from, to, a, columns(a), b, columns(b))
		}
		same := commonPrefix(from, to)
		for whole, short := range map[string]string{from: a, to: b} {
			if next := takeColumns(whole[same:], 2); !strings.Contains(short, next) {
				t.Fatalf("%q is shortened to %q, without %q, where it begins to differ", whole, short, next)
			}
		}
	})
}

var spaces = regexp.MustCompile(`\s+`)

// TestChangesLookDifferentAtEveryWidth: in text, Markdown and HTML the two sides of a change never
// look the same, and the name of the object is whole.
func TestChangesLookDifferentAtEveryWidth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from, to := differing(t)
		name := rapid.StringMatching(`[A-Z_]{1,120}`).Draw(t, "name")
		p := emptyPlan(false)
		p.Organizations[0].Steps = []plan.Step{step(1, "acme/variable/"+name, plan.OpUpdate, plan.RiskNone,
			field("value", state.Text("x"+from), state.Text("x"+to)))}
		summed(p)
		width := rapid.IntRange(40, 200).Draw(t, "width")
		text := spaces.ReplaceAllString(draw(t, func(b *bytes.Buffer) error { return Plan(b, p, Options{Width: width}) }), "")
		lookDifferent(t, text, "variable/"+name+"value", "→", "40objects")
		page := draw(t, func(b *bytes.Buffer) error { return Markdown(b, p, 0, Options{}) })
		page = html.UnescapeString(regexp.MustCompile(`</?code>`).ReplaceAllString(page, ""))
		lookDifferent(t, page, "variable/"+name+" | value | ", " | ", " |\n")
	})
}

// lookDifferent finds two sides in a text: behind what leads to them, in front of what follows.
func lookDifferent(t *rapid.T, text, lead, between, end string) {
	_, sides, found := strings.Cut(text, lead)
	a, rest, both := strings.Cut(sides, between)
	b, _, whole := strings.Cut(rest, end)
	if !found || !both || !whole || a == b {
		t.Fatalf("%q and %q in:\n%s", a, b, text)
	}
}

// TestNamesAreWhole: no width cuts a name, an address or an owner, in a plan or in a report.
func TestNamesAreWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		long := rapid.StringMatching(`[a-z.+]{1,100}@[a-z]{1,60}\.example`)
		email, owner, name := long.Draw(t, "email"), long.Draw(t, "owner"), rapid.StringMatching(`[A-Za-z]{1,120}`).Draw(t, "name")
		p := emptyPlan(false)
		o := &p.Organizations[0]
		o.Name = name
		member := spec.NewAddress("acme", spec.KindMember, email)
		o.Steps = []plan.Step{step(1, string(member), plan.OpUpdate, plan.RiskCaution, field("role", state.Text("Member"), state.Text("Admin"))),
			step(2, "acme/owner", plan.OpTransfer, plan.RiskIrreversible, field("owner", state.Text(email), state.Text(owner)))}
		o.Waiting = []plan.Waiting{{Address: member, Reason: "r"}}
		o.Held = []plan.Held{{Address: member, Op: plan.OpDelete, Kind: spec.KindMember, Guard: "g", Reason: "r"}}
		options := Options{Width: rapid.IntRange(40, 200).Draw(t, "width")}
		text := spaces.ReplaceAllString(draw(t, func(b *bytes.Buffer) error { return Plan(b, summed(p), options) }), "")
		if strings.Count(text, "member/"+email) != 3 || !strings.Contains(text, email+"→"+owner) || !strings.Contains(text, name) {
			t.Fatalf("%s, %s or %s is cut in:\n%s", email, owner, name, text)
		}
		r := &report.Report{Steps: []report.StepReport{
			{Address: member, Kind: spec.KindMember, Op: plan.OpUpdate, Outcome: report.Failed, Reason: report.ParseReason("broken")},
			{Address: member, Kind: spec.KindMember, Op: plan.OpDelete, Outcome: report.OutcomeUnknown, Reason: report.ParseReason("lost")}}}
		text = spaces.ReplaceAllString(draw(t, func(b *bytes.Buffer) error { return Report(b, r, options) }), "")
		if strings.Count(text, "member/"+email) != 3 {
			t.Fatalf("%s is cut in:\n%s", email, text)
		}
	})
}

// TestTwinsAreToldApart: what looks alike and is not is written as escapes, in every form.
func TestTwinsAreToldApart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to, shows, tells string }{
		{"Caf\u00e9", "Cafe\u0301", `Café`, `Cafe\u0301`},
		{"асе", "ace", `\u0430\u0441\u0435`, "ace"},
		{"\u212a", "K", `\u212a`, "K"},
		{"ace", "a\u200bce", "ace", `a\u200bce`},
		{"a b", "a\u00a0b", "a b", `a\u00a0b`},
		{"paypal", "p\u0430ypal", "paypal", `p\u0430ypal`},
		{"日本", "日本語", "日本", "日本語"},
		{"Привет", "Мир", "Привет", "Мир"},
	} {
		p := emptyPlan(false)
		p.Organizations[0].Steps = []plan.Step{step(1, "acme/variable/A", plan.OpUpdate, plan.RiskNone, field("value", state.Text(c.from), state.Text(c.to)))}
		for name, write := range map[string]func(*bytes.Buffer) error{
			"text":     func(b *bytes.Buffer) error { return Plan(b, p, Options{}) },
			"markdown": func(b *bytes.Buffer) error { return Markdown(b, p, 0, Options{}) },
			"html":     func(b *bytes.Buffer) error { return HTML(b, p, Options{}) },
		} {
			form := string(rendered(t, write))
			form = strings.ReplaceAll(html.UnescapeString(regexp.MustCompile(`</?(ins|del|code)>`).ReplaceAllString(form, "")), `\\`, `\`)
			if !strings.Contains(form, c.shows) || !strings.Contains(form, c.tells) {
				t.Errorf("%q → %q: %s shows neither %s nor %s:\n%s", c.from, c.to, name, c.shows, c.tells, form)
			}
		}
	}
}
