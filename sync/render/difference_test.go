package render

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// repeated draws a text of any length: a long one repeats a short one, since lengths matter and a
// thousand drawn characters take long to shrink.
func repeated(t *rapid.T, label string, most int) string {
	word := rapid.StringOfN(rapid.RuneFrom([]rune("abcXYZ09/.:日é")), 0, 30, -1).Draw(t, label)
	if most <= 30 || word == "" {
		return word[:len(takeColumns(word, most))]
	}
	return strings.Repeat(word, rapid.IntRange(0, most/len(word)).Draw(t, label+" times"))
}

// differing draws two texts that share a beginning and an end, of all lengths, and differ between.
func differing(t *rapid.T) (string, string) {
	part := func(label string) string {
		most := rapid.SampledFrom([]int{3, 30, 400, 4000}).Draw(t, label+" at most")
		return repeated(t, label, most)
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

// twins are texts that are not the same and look it.
var twins = [][2]string{
	{"a", "\u0430"}, {"o", "\u03bf"}, {"K", "\u212a"}, {"\u00e9", "e\u0301"}, {"\u00fc", "u\u0308"}, {"x y", "x\u00a0y"},
	{"xy", "x\u200by"}, {"xy", "xy\u200d"},
}

// looking draws two texts that differ plainly, or only in characters that look alike.
func looking(t *rapid.T) (from, to string, twin bool) {
	if from, to = differing(t); !rapid.Bool().Draw(t, "twin") {
		return from, to, false
	}
	pair := rapid.SampledFrom(twins).Draw(t, "twins")
	end := rapid.StringMatching(`[a-z/.]{0,300}`).Draw(t, "after")
	return from + pair[0] + end, from + pair[1] + end, true
}

// TestChangesLookDifferentAtEveryWidth: in text, Markdown and HTML the two sides of a change never
// look the same, each shows how it begins and what it has where the two part, and the name of the
// object is whole.
func TestChangesLookDifferentAtEveryWidth(t *testing.T) {
	t.Parallel()
	for _, begin := range []int{0, 30, 150, 1000, 5000} { // what chance could miss
		for _, end := range []int{0, 300, 5000} {
			for width := 40; width <= 200; width += 20 {
				around := func(part string) string { return "x" + strings.Repeat("b", begin) + part + strings.Repeat("e", end) }
				checkSides(t, around("production"), around("elsewhere"), "NAME", width, false)
			}
		}
	}
	for begin := range 200 { // a value is not written otherwise because of where its line ends
		part := "x" + strings.Repeat("b", begin)
		checkSides(t, part+"::", part+"y", "NAME", 60, false)
		for _, line := range wrap(part+"::warning::", 40) {
			if strings.HasPrefix(line, "::") {
				t.Fatalf("%q begins a line of %q", line, part)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		from, to, twin := looking(t)
		name := rapid.StringMatching(`[A-Z_]{1,120}`).Draw(t, "name")
		checkSides(t, "x"+from, "x"+to, name, rapid.IntRange(40, 200).Draw(t, "width"), twin)
	})
}

var htmlMarks = regexp.MustCompile(`</?(code|del|ins)>`)

// checkSides looks at the sides of a change in every form.
func checkSides(t rapid.TB, from, to, name string, width int, twin bool) {
	t.Helper()
	p := emptyPlan(false)
	p.Organizations[0].Steps = []plan.Step{step(1, "acme/variable/"+name, plan.OpUpdate, plan.RiskNone,
		field("value", state.Text(from), state.Text(to)))}
	summed(p)
	look := func(text, lead, between, end string) {
		t.Helper()
		a, b := lookDifferent(t, text, lead, between, end)
		if twin { // written as escapes, which is all that there is to see
			return
		}
		same := commonPrefix(from, to)
		for whole, shown := range map[string]string{from: a, to: b} {
			next := spaces.ReplaceAllString(takeColumns(whole[same:], 2), "")
			if !strings.HasPrefix(shown, "x") || !strings.Contains(spaces.ReplaceAllString(shown, ""), next) {
				t.Fatalf("%q is shown as %q, without %q, where it begins to differ:\n%s", whole, shown, next, text)
			}
		}
	}
	drawn := func(write func(*bytes.Buffer) error) string {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	words := drawn(func(b *bytes.Buffer) error { return Plan(b, p, Options{Width: width}) })
	words = strings.ReplaceAll(words, `\x3a:`, "::") // a line of colons alone
	look(spaces.ReplaceAllString(words, ""), "variable/"+name+"value", "→", "40objects")
	page := drawn(func(b *bytes.Buffer) error { return Markdown(b, p, 0, Options{}) })
	page = html.UnescapeString(htmlMarks.ReplaceAllString(page, ""))
	look(page, "variable/"+name+" | value | ", " | ", " |\n")
	page = drawn(func(b *bytes.Buffer) error { return HTML(b, p, Options{}) })
	page = html.UnescapeString(htmlMarks.ReplaceAllString(page, ""))
	look(page, `data-label="Old">`, `</td><td class="new value" data-label="New">`, "</td>")
}

// lookDifferent finds two sides in a text: behind what leads to them, in front of what follows. To
// the eye they differ.
func lookDifferent(t rapid.TB, shown, lead, between, end string) (a, b string) {
	t.Helper()
	_, sides, found := strings.Cut(shown, lead)
	a, rest, both := strings.Cut(sides, between)
	b, _, whole := strings.Cut(rest, end)
	if !found || !both || !whole || text.Skeleton(a) == text.Skeleton(b) {
		t.Fatalf("%q and %q in:\n%s", a, b, shown)
	}
	return a, b
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
