package render

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// hostile are the texts that names and values are drawn from, beside random ones.
var hostile = []string{
	"plain", "", "a b", "@team", "jane@acme.example", "#12", "GH-7", "org/repo#3", "<script>alert(1)</script>", "<!-- -->", "`code`", "```\nfence",
	"| cell | cell |", "**bold**", "[x](https://evil.example)", "![i](http://evil.example/i.png)", "https://evil.example", "www.evil.example",
	"\x1b[31mred", "\u202egnp.exe", "zero\u200bwidth", "::error::x", "\n::set-output name=x::y", "\r\n# heading", "</details>", "&lt;b&gt;", "&#64;x",
	"\\`", "--", "  two  ", "日本語テキスト", "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301", "\xff\xfe", "\xcc\u0301", "\xd4Ժ", "~~s~~", "1. list", "- item", "> quote", "$x^2$", "%0A::warning::", "##[add-mask]x", "##vso[task.setvariable variable=PATH]x", "##teamcity[buildProblem]", "###VSO[x", "###[x] ##", "::stop-commands::x", strings.Repeat("word ", 18) + "::error::folded ::error::again",
}

func anyText(t *rapid.T, label string) string {
	if rapid.Bool().Draw(t, label+" hostile") {
		return rapid.SampledFrom(hostile).Draw(t, label)
	}
	return rapid.String().Draw(t, label)
}

func anyScalar(t *rapid.T, label string) state.Scalar {
	switch rapid.IntRange(0, 4).Draw(t, label+" kind") {
	case 0:
		return state.None()
	case 1:
		return state.Number("7")
	case 2:
		return secret("${env:X}")
	}
	return state.Text(anyText(t, label))
}

// anyURL draws a zone's address, often one that is close to Make's.
func anyURL(t *rapid.T) string {
	url := anyText(t, "url")
	return rapid.SampledFrom([]string{url, "https://eu1.make.com", "https://" + url + ".make.com", "https://eu1.make.com" + url}).Draw(t, "address")
}

// anyPlan draws a plan with hostile names; size is how many steps at most.
func anyPlan(t *rapid.T, size int) *plan.Plan {
	p := &plan.Plan{Digest: anyText(t, "digest"), Exit: exit.Changes,
		Zones: []plan.Zone{{Name: anyText(t, "zone"), URL: anyURL(t), Sandbox: rapid.Bool().Draw(t, "sandbox")}}}
	if rapid.Bool().Draw(t, "zoned") {
		p.Zones[0].Name = "eu1"
	}
	organizations := rapid.IntRange(0, 4).Draw(t, "organizations")
	n := 0
	for i := range organizations {
		o := plan.Organization{Key: fmt.Sprintf("org%d", i), Zone: "eu1", ID: int64(i), Name: anyText(t, "name")}
		for range rapid.IntRange(0, size).Draw(t, "steps") {
			n++
			kind := rapid.SampledFrom([]spec.Kind{spec.KindVariable, spec.KindMember, spec.KindFeatureControl}).Draw(t, "kind")
			s := step(n, string(spec.NewAddress(o.Key, kind, fmt.Sprintf("%d%s", n, anyText(t, "object")))), rapid.SampledFrom(allOps).Draw(t, "op"), rapid.SampledFrom(risks[:]).Draw(t, "risk").risk)
			for range rapid.IntRange(0, 3).Draw(t, "fields") {
				s.Fields = append(s.Fields, field(anyText(t, "path"), anyScalar(t, "from"), anyScalar(t, "to")))
			}
			if rapid.Bool().Draw(t, "noted") {
				s.Notes = []string{anyText(t, "note")}
				s.LastChange = &spec.LastChange{At: anyText(t, "at"), Author: anyText(t, "author"), Action: anyText(t, "action")}
			}
			o.Steps = append(o.Steps, s)
		}
		if n > 1 && rapid.Bool().Draw(t, "ordered") && len(o.Steps) > 0 {
			o.Steps[0].After = []int{1, 2}
		}
		for range rapid.IntRange(0, 3).Draw(t, "waiting") {
			o.Waiting = append(o.Waiting, plan.Waiting{Address: spec.Address(o.Key + "/" + anyText(t, "waits")), Reason: anyText(t, "reason")})
		}
		for range rapid.IntRange(0, 3).Draw(t, "held") {
			o.Held = append(o.Held, plan.Held{Address: spec.Address(o.Key + "/" + anyText(t, "holds")), Op: plan.OpDelete, Guard: anyText(t, "guard"), Reason: anyText(t, "why"), Allow: anyText(t, "allow")})
		}
		p.Organizations = append(p.Organizations, o)
	}
	for range rapid.IntRange(0, 2).Draw(t, "problems") {
		p.Problems = append(p.Problems, spec.Problem{Rule: anyText(t, "rule"), Message: anyText(t, "message"), Hint: anyText(t, "hint"), Source: &spec.Source{File: anyText(t, "file"), Line: 1, Column: 1}, Excerpt: anyText(t, "excerpt")})
	}
	return p
}

// ourTags are the only tags that a Markdown plan may hold.
var ourTags = regexp.MustCompile(`</?(code|pre|details|summary)>|<br>|` + regexp.QuoteMeta(MarkdownMarker))

// unsafeMarkdown says what is wrong with the raw text of a Markdown plan, "" when nothing is.
func unsafeMarkdown(text string) string {
	rest := ourTags.ReplaceAllString(text, "")
	rest = strings.ReplaceAll(rest, "`makesync plan`", "")
	for _, bad := range []string{"##[", "##vso[", "##VSO[", "##teamcity[", "<", "@", "`", "::", "://", "![", "[", "\x1b", "\u202e", "\u200b"} {
		if i := strings.Index(rest, bad); i >= 0 {
			return fmt.Sprintf("%q at %q", bad, rest[max(0, i-30):min(len(rest), i+30)])
		}
	}
	for _, tag := range []string{"code", "details", "summary", "pre"} {
		if strings.Count(text, "<"+tag+">") != strings.Count(text, "</"+tag+">") {
			return "unbalanced " + tag
		}
	}
	for _, line := range strings.Split(text, "\n") {
		if strings.ContainsFunc(line, func(r rune) bool { return !leavesMark(r) }) {
			return fmt.Sprintf("something invisible in %q", line)
		}
		if strings.HasPrefix(line, "|") && !strings.HasSuffix(line, "|") {
			return fmt.Sprintf("a broken table row %q", line)
		}
	}
	return ""
}

// TestMarkdownAnyPlan: whatever the plan, its Markdown is within budget and
// safe, and no irreversible or destructive change is left out while a less risky one is told.
func TestMarkdownAnyPlan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plan := anyPlan(t, rapid.SampledFrom([]int{2, 10, 40}).Draw(t, "size"))
		budget := rapid.SampledFrom([]int{MinMaxBytes, 3_000, 6_000, 20_000, DefaultMaxBytes}).Draw(t, "budget")
		var b bytes.Buffer
		if err := Markdown(&b, plan, budget, Options{Next: anyText(t, "next")}); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if len(text) > budget {
			t.Fatalf("%d bytes, %d are allowed", len(text), budget)
		}
		if why := unsafeMarkdown(text); why != "" {
			t.Fatalf("%s in:\n%s", why, text)
		}
		survive(t, plan, text)
	})
}

// survive checks that a step is named unless the notice counts its risk as not shown, and that then no lesser risk is shown.
func survive(t *rapid.T, plan *plan.Plan, text string) {
	worstHidden := len(risks)
	shown := map[int]string{}
	for _, o := range plan.Organizations {
		for _, s := range o.Steps {
			if strings.Contains(text, code(cut(object(s.Address), maxName))) {
				shown[riskRank(s.Risk)] = string(s.Address)
			} else {
				worstHidden = min(worstHidden, riskRank(s.Risk))
			}
		}
	}
	if worstHidden == len(risks) {
		return
	}
	if !strings.Contains(text, risks[worstHidden].heading+": ") {
		t.Fatalf("steps of risk %q are hidden and nobody says so:\n%s", risks[worstHidden].risk, text)
	}
	for rank, address := range shown {
		if rank > worstHidden {
			t.Fatalf("%s (%s) is shown while something %s is not", address, risks[rank].risk, risks[worstHidden].risk)
		}
	}
}

// bigPlan has n steps, one in a hundred destructive.
func bigPlan(n, organizations int) *plan.Plan {
	p := emptyPlan(false)
	p.Organizations = nil
	p.Exit = exit.Changes
	for i := range organizations {
		o := plan.Organization{Key: fmt.Sprintf("org-%03d", i), Zone: "eu1", ID: int64(1000 + i), Name: fmt.Sprintf("Organization %d", i), Unchanged: 5}
		for j := range n / organizations {
			number := i*(n/organizations) + j + 1
			address := fmt.Sprintf("%s/variable/SETTING_%05d", o.Key, number)
			s := step(number, address, plan.OpUpdate, plan.RiskNone, field("value", state.Text(fmt.Sprintf("https://old.acme.example/%d", j)), state.Text(fmt.Sprintf("https://new.acme.example/%d", j))))
			if number%100 == 0 {
				s = step(number, address, plan.OpDelete, plan.RiskDestructive, field("value", state.Text("x"), state.None()))
			}
			o.Steps = append(o.Steps, s)
		}
		p.Organizations = append(p.Organizations, o)
	}
	p.Summary = plan.Summary{Update: n - n/100, Delete: n / 100, Unchanged: 5 * organizations}
	p.Calls.Write = n
	return p
}

// TestMarkdownKeepsTheDestructive: in a plan far over the budget every destructive change is still named.
func TestMarkdownKeepsTheDestructive(t *testing.T) {
	t.Parallel()
	p := bigPlan(10_000, 50)
	text := string(rendered(t, func(b *bytes.Buffer) error { return Markdown(b, p, 0, Options{}) }))
	if len(text) > DefaultMaxBytes || len(text) < DefaultMaxBytes*9/10 {
		t.Errorf("%d bytes, want nearly %d", len(text), DefaultMaxBytes)
	}
	for _, o := range p.Organizations {
		for _, s := range o.Steps {
			if s.Risk == plan.RiskDestructive && !strings.Contains(text, code(object(s.Address))) {
				t.Fatalf("%s is not named", s.Address)
			}
		}
	}
	if !strings.Contains(text, "Too large for one comment. ") || !strings.Contains(text, "No risk: ") {
		t.Errorf("nothing says what is missing:\n%.1500s", text)
	}
}

// TestMarkdownTooManyDestructive: where not even the names fit, the rest is counted.
func TestMarkdownTooManyDestructive(t *testing.T) {
	t.Parallel()
	p := bigPlan(10_000, 50)
	for i := range p.Organizations {
		for j := range p.Organizations[i].Steps {
			s := &p.Organizations[i].Steps[j]
			s.Op, s.Risk = plan.OpDelete, plan.RiskDestructive
		}
	}
	page := string(rendered(t, func(b *bytes.Buffer) error { return Markdown(b, p, 5_000, Options{}) }))
	match := regexp.MustCompile(`\*\*Destructive: ([0-9,]+) delete not shown\*\*`).FindStringSubmatch(page)
	if match == nil {
		t.Fatalf("nothing counts what is not named:\n%s", page)
	}
	named := strings.Count(page, "<code>variable/SETTING")
	if got := match[1]; got != text.Number(10_000-named) || named < 50 {
		t.Errorf("%d are named and %s counted; together they should be 10,000", named, got)
	}
}

// Among a thousand invitations, who gains the rights of an Admin and who looks like another is shown
// with the role, in every format and in the question; where not even that fits, it is counted.
func TestAdminsStandOut(t *testing.T) {
	t.Parallel()
	p := bigPlan(2_000, 1)
	steps := p.Organizations[0].Steps
	for i := range steps {
		steps[i] = invitation(i, fmt.Sprintf("m%04d@acme.example", i), "Member")
	}
	steps[1500] = invitation(1500, "zz@evil.example", "Admin")
	steps[1600] = invitation(1600, "b0b@acme.example", "Member")
	steps[1600].LooksLike = "could be taken for bob@acme.example, whom the documents name too"
	steps[1700] = invitation(1700, "up@acme.example", "Admin")
	steps[1700].Op, steps[1700].Fields[0].From = plan.OpUpdate, state.Text("Member")
	p.Summary = plan.Summarize(p.Organizations)
	page := string(rendered(t, func(b *bytes.Buffer) error { return Markdown(b, p, 0, Options{}) }))
	for _, want := range []string{
		"| invite as Admin | <code>member/zz&#64;evil.example</code>", "| update to Admin | <code>member/up&#64;acme.example</code>",
		"taken for <code>bob&#64;acme.example</code>", "**Gains Admin**: <code>zz&#64;evil.example</code> of",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the comment lacks %q:\n%.1500s", want, page)
		}
	}
	if strings.Index(page, "zz&#64;evil") > strings.Index(page, "m0000&#64;acme") {
		t.Error("another invitation stands before that of an Admin")
	}
	text := string(rendered(t, func(b *bytes.Buffer) error { return Plan(b, p, Options{}) }))
	if !regexp.MustCompile(`gains Admin +zz@evil.example of`).MatchString(text) {
		t.Error("the text's summary does not say who gains the rights of an Admin")
	}
	html := string(rendered(t, func(b *bytes.Buffer) error { return HTML(b, p, Options{}) }))
	if !strings.Contains(html, ">invite as Admin<") || !regexp.MustCompile(`Gains Admin<[^@]*zz@evil.example of`).MatchString(html) {
		t.Error("the page does not say who is invited as Admin")
	}
	if about := Ask(p).About; !strings.Contains(about, "Gives the rights of an Admin: zz@evil.example of") {
		t.Errorf("the question is %q", about)
	}
	for i := range steps {
		steps[i].Fields[0].To = state.Text("Admin")
	}
	page = string(rendered(t, func(b *bytes.Buffer) error { return Markdown(b, p, MinMaxBytes, Options{}) }))
	if !strings.Contains(page, " invite as Admin not shown") {
		t.Errorf("nothing counts the Admins that are not shown:\n%s", page)
	}
	for i := range steps {
		steps[i].Fields[0].To, steps[i].LooksLike = state.Text("Member"), steps[1600].LooksLike
	}
	page = string(rendered(t, func(b *bytes.Buffer) error { return Markdown(b, p, MinMaxBytes, Options{}) }))
	if !strings.Contains(page, "(looks like another e-mail)") {
		t.Errorf("nothing marks a look-alike whose name alone is shown:\n%s", page)
	}
}

func invitation(n int, email, role string) plan.Step {
	return plan.Step{N: n + 1, Address: spec.NewAddress("acme", spec.KindMember, email), Kind: spec.KindMember,
		Op: plan.OpInvite, Risk: plan.RiskCaution, Fields: []plan.Field{{Path: "role", To: state.Text(role)}}}
}

func TestMarkdownRefusesTinyBudgets(t *testing.T) {
	t.Parallel()
	if err := Markdown(&bytes.Buffer{}, emptyPlan(false), MinMaxBytes-1, Options{}); err == nil {
		t.Error("a budget below the minimum is accepted")
	}
}

// TestReportMarkdown: whatever the report, its Markdown is within budget and safe, and counts what it leaves out.
func TestReportMarkdown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		report := anyReport(t)
		for range rapid.SampledFrom([]int{0, 40}).Draw(t, "more") {
			report.Steps = append(report.Steps, report.Steps...)
			if len(report.Steps) > 300 {
				break
			}
		}
		report.Problems = anyPlan(t, 2).Problems
		budget := rapid.SampledFrom([]int{MinMaxBytes, 6_000, DefaultMaxBytes}).Draw(t, "budget")
		text := draw(t, func(b *bytes.Buffer) error { return ReportMarkdown(b, report, budget, Options{}) })
		if len(text) > budget {
			t.Fatalf("%d bytes, %d are allowed", len(text), budget)
		}
		if why := unsafeMarkdown(strings.Replace(text, MarkdownReportMarker, MarkdownMarker, 1)); why != "" {
			t.Fatalf("%s in:\n%s", why, text)
		}
		lines := strings.Count(text, "\n- **")
		if whole := len(report.Steps) + len(report.Problems); lines < whole != strings.Contains(text, "Too large for one comment. ") {
			t.Fatalf("%d of %d lines:\n%s", lines, whole, text)
		}
	})
}
