package render

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// TestHostileTexts: whatever stands in names, values, reasons and answers, every
// form is made of visible characters, the texts fit the width, JSON is valid, and the page holds no tag that is not its own.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plan, report, run := anyPlan(t, 6), anyReport(t), anyRun(t)
		plan.StillHasAccess, plan.NotLookedInto = anyAccess(t), []string{anyText(t, "unseen")}
		report.StillHasAccess, report.NotLookedInto = plan.StillHasAccess, plan.NotLookedInto
		plan.Against = anyText(t, "against")
		o := Options{Allow: []string{anyText(t, "allowed")}, Saved: anyText(t, "saved"), Next: anyText(t, "go on"),
			Width: rapid.SampledFrom([]int{0, 40, 60, 80, 100, 160, 200}).Draw(t, "width"), Verbose: rapid.Bool().Draw(t, "verbose"),
			Group: rapid.SampledFrom([]Group{GroupAuto, GroupOn, GroupOff}).Draw(t, "group")}
		checkText := func(t *rapid.T, name, text string) {
			checkTerminal(t, name, without(text, "    "+Clean(o.Next)), o)
		}
		checkText(t, "plan", draw(t, func(b *bytes.Buffer) error { return Plan(b, plan, o) }))
		checkText(t, "report", without(draw(t, func(b *bytes.Buffer) error { return Report(b, report, o) }), documentLines(report)...))
		checkText(t, "run", draw(t, func(b *bytes.Buffer) error { return RunDetails(b, run, o) }))
		checkText(t, "problems", draw(t, func(b *bytes.Buffer) error { return Problems(b, plan.Problems, plan.Exit, o) }))
		runs := []Run{{ID: anyText(t, "id"), Zones: []string{anyText(t, "zone")}}, {ID: "x", Damaged: anyText(t, "damage")}}
		checkText(t, "runs", draw(t, func(b *bytes.Buffer) error { return Runs(b, runs, o) }))
		checkJSON(t, draw(t, func(b *bytes.Buffer) error { return PlanJSON(b, plan) }))
		checkJSON(t, draw(t, func(b *bytes.Buffer) error { return ReportJSON(b, report) }))
		checkPage(t, draw(t, func(b *bytes.Buffer) error { return HTML(b, plan, o) }))
	})
}

// without gives a text without some of its lines, which are to be pasted and so never folded.
func without(text string, pasted ...string) string {
	lines := strings.Split(text, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool {
		return slices.ContainsFunc(pasted, func(p string) bool { return noCommand(strings.TrimRight(p, " ")) == line })
	}), "\n")
}

// documentLines are what a report gives to paste into documents.
func documentLines(r *report.Report) (lines []string) {
	for i := range r.Steps {
		lines = append(lines, "    "+Clean(r.Steps[i].Address.Key())+":", "      "+Clean(r.Steps[i].Paste))
	}
	return lines
}

func draw(t *rapid.T, write func(*bytes.Buffer) error) string {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func anyReport(t *rapid.T) *report.Report {
	r := &report.Report{Run: anyText(t, "run"), Plan: anyText(t, "digest"), Exit: exit.Code{Code: 4, Name: anyText(t, "exit")}}
	for i := range rapid.IntRange(0, 8).Draw(t, "outcomes") {
		r.Steps = append(r.Steps, report.StepReport{N: i, Address: spec.Address(anyText(t, "key") + "/variable/" + anyText(t, "name")), Kind: spec.KindVariable,
			Op: plan.Op(anyText(t, "op")), Outcome: rapid.SampledFrom(outcomes).Draw(t, "outcome").outcome, Reason: anyReason(t),
			Error: &spec.APIError{Status: 400, Code: anyText(t, "code"), Message: anyText(t, "message")}, Paste: anyText(t, "paste")})
	}
	return r
}

func anyAccess(t *rapid.T) []plan.Access {
	return []plan.Access{{Email: anyText(t, "email"), Address: spec.Address(anyText(t, "key") + "/owner"), Role: anyText(t, "role"), Reason: anyText(t, "why")}}
}

func anyRun(t *rapid.T) *report.Run {
	s := step(1, "acme/variable/"+anyText(t, "variable"), plan.Op(anyText(t, "op")), plan.RiskNone, field(anyText(t, "path"), anyScalar(t, "from"), anyScalar(t, "to")))
	return &report.Run{Run: anyText(t, "run"), Started: sampleTime, Tool: anyText(t, "tool"), Host: anyText(t, "host"), Plan: anyText(t, "plan"),
		Organizations: []report.RunOrganization{{Key: anyText(t, "key"), Zone: anyText(t, "zone"), Name: anyText(t, "name"), Steps: []plan.Step{s}}},
		Entries: []report.Entry{
			{Intent: &report.Intent{Step: 1, Verb: plan.Verb(anyText(t, "verb")), At: sampleTime}},
			{Result: &report.Outcome{Step: 1, Outcome: report.StepOutcome(anyText(t, "outcome")), Reason: anyReason(t), At: sampleTime.Add(time.Second)}},
		}}
}

// unfolded are the lines that off a terminal are for programs.
var unfolded = regexp.MustCompile(`(?m)^makesync: .*$|^.*:1:1: .*$`)

// whole are the lines that are never folded nor cut: to paste, for editors, for grep.
var whole = regexp.MustCompile("--allow |makesync apply|:1:1:$|to apply it|go on |`makesync [a-z]|" +
	"(?:^| )[(\"'`]*(?:~?/|\\.\\.?/|https?://|[A-Za-z]:\\\\)\\S*$") // and a path

// checkTerminal checks what is printed for a terminal, or off one.
func checkTerminal(t *rapid.T, name, text string, o Options) {
	if o.Width == 0 {
		text = unfolded.ReplaceAllString(text, "")
	}
	checkLines(t, name, text, o.width())
}

// leavesMark tells whether an eye sees a character; what the package itself takes for visible is what is tested.
func leavesMark(r rune) bool {
	return r != utf8.RuneError && unicode.IsPrint(r) && r != '\u2800' &&
		!unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// logCommands are what GitHub, Azure Pipelines and TeamCity obey anywhere in a line.
var logCommands = regexp.MustCompile(`(?i)##[a-z]*\[`)

func checkLines(t *rapid.T, name, text string, width int) {
	for _, line := range strings.Split(text, "\n") {
		for _, r := range line {
			if !leavesMark(r) {
				t.Fatalf("%s: %U in %q", name, r, line)
			}
		}
		if strings.HasPrefix(strings.TrimSpace(line), "::") || logCommands.MatchString(line) {
			t.Fatalf("%s: a workflow command: %q", name, line)
		}
		if columns(line) > width && !whole.MatchString(line) && !strings.HasPrefix(strings.TrimSpace(line), `\x3a:`) { // noCommand made that longer
			t.Fatalf("%s: %d columns: %q", name, columns(line), line)
		}
	}
}

func checkJSON(t *rapid.T, text string) {
	if !json.Valid([]byte(text)) || !strings.HasSuffix(text, "}\n") || strings.Contains(text, ": null") && !strings.Contains(text, `"from": null`) && !strings.Contains(text, `"to": null`) {
		t.Fatalf("not one whole JSON document: %s", text)
	}
	checkLines(t, "json", regexp.MustCompile(`(?m)^.*$`).ReplaceAllStringFunc(text, func(line string) string { return cut(line, defaultWidth) }), defaultWidth)
}

// pageTags are the tags of page.html.
var pageTags = regexp.MustCompile(`(?i)^/?(!doctype|html|head|meta|title|style|body|a|header|div|h1|h2|h3|small|p|code|span|dl|dt|dd|form|label|input|select|option|fieldset|legend|button|output|details|summary|main|section|table|caption|colgroup|col|thead|tbody|tr|th|td|ul|li|strong|br|del|ins|footer|script)[\s>]`)

func checkPage(t *rapid.T, text string) {
	body := text[strings.Index(text, "<body>"):strings.LastIndex(text, "<script>")]
	for _, part := range strings.Split(body, "<")[1:] {
		if !pageTags.MatchString(part) {
			t.Fatalf("a foreign tag: <%.60q", part)
		}
	}
	checkLinks(t, body)
	if strings.Contains(body, "<script") || strings.Contains(body, "<img") || strings.Contains(body, "ZgotmplZ") {
		t.Fatalf("something got into the page:\n%s", body)
	}
	for _, r := range body {
		if r != '\n' && !leavesMark(r) {
			t.Fatalf("%U in the page", r)
		}
	}
}

var links, anchors = regexp.MustCompile(`href="([^"]*)"`), regexp.MustCompile(` id="([^"]*)"`)

// checkLinks: a link leads to one place of the page, or to an organization in Make.
func checkLinks(t interface{ Fatalf(string, ...any) }, body string) {
	places := map[string]int{}
	for _, anchor := range anchors.FindAllStringSubmatch(body, -1) {
		places[anchor[1]]++
	}
	for _, link := range links.FindAllStringSubmatch(body, -1) {
		if anchor, within := strings.CutPrefix(link[1], "#"); within && places[anchor] != 1 {
			t.Fatalf("%d places for %q", places[anchor], link[0])
		} else if !within && !makeOrganization.MatchString(link[1]) {
			t.Fatalf("a link to %q", link[1])
		}
	}
}

var makeOrganization = regexp.MustCompile(`^https://[a-z0-9.-]+\.make(\.celonis)?\.com/organization/[1-9][0-9]*$`)

// TestLinksIntoMake: only an organization of a real zone has one, and none leads to a look-alike.
func TestLinksIntoMake(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		zone plan.Zone
		id   int64
		want string
	}{
		{plan.Zone{URL: "https://eu1.make.com"}, 11, "https://eu1.make.com/organization/11"},
		{plan.Zone{URL: "https://EU1.Make.com/api/v2/"}, 11, "https://eu1.make.com/organization/11"},
		{plan.Zone{URL: "https://us1.make.celonis.com"}, 7, "https://us1.make.celonis.com/organization/7"},
		{plan.Zone{URL: "https://eu1.make.com", Sandbox: true}, 11, ""},
		{plan.Zone{URL: "https://eu1.make.com"}, 0, ""},
		{plan.Zone{URL: "https://eu1.make.com"}, -3, ""},
		{plan.Zone{URL: "http://eu1.make.com"}, 11, ""},
		{plan.Zone{URL: "http://127.0.0.1:8080"}, 11, ""},
		{plan.Zone{URL: "https://eu1.make.com.evil.example"}, 11, ""},
		{plan.Zone{URL: "https://evilmake.com"}, 11, ""},
		{plan.Zone{URL: "https://eu1.make.com@evil.example"}, 11, ""},
		{plan.Zone{URL: "https://evil.example/.make.com"}, 11, ""},
		{plan.Zone{URL: "https://eu1.make.com:8443"}, 11, ""},
		{plan.Zone{URL: "https://evil.example\\.make.com"}, 11, ""},
		{plan.Zone{URL: "https://evil.example%2f.make.com"}, 11, ""},
		{plan.Zone{URL: "javascript:alert(1)//.make.com"}, 11, ""},
		{plan.Zone{}, 11, ""},
	} {
		if got := makeLink(test.zone, test.id); got != test.want {
			t.Errorf("%+v, %d: %q, want %q", test.zone, test.id, got, test.want)
		}
	}
}

func anyReason(t *rapid.T) report.Reason {
	return report.ParseReason(rapid.SampledFrom([]string{"", "licence: ", "depends: "}).Draw(t, "word") + anyText(t, "reason"))
}
