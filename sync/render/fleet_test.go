package render

import (
	"bytes"
	"fmt"
	"html"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/grouping"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// fleetOf are organizations client-1 to client-n.
func fleetOf(n int) []plan.Organization {
	organizations := make([]plan.Organization, n)
	for i := range organizations {
		key := fmt.Sprintf("client-%0*d", len(strconv.Itoa(n)), i+1)
		organizations[i] = plan.Organization{Key: key, Zone: "eu1", ID: int64(i + 11), Name: "Client " + key, Unchanged: 7,
			Unmanaged: map[spec.Kind]int{spec.KindVariable: 15}}
	}
	return organizations
}

// spread gives a change to so many organizations, scattered.
func spread(organizations []plan.Organization, n int, seed uint64, make func(key string) plan.Step) {
	random := rand.New(rand.NewPCG(seed, 0))
	for _, i := range random.Perm(len(organizations))[:n] {
		o := &organizations[i]
		o.Steps = append(o.Steps, make(o.Key))
	}
}

func updateOf(name, from, to string, risk plan.Risk) func(string) plan.Step {
	return func(key string) plan.Step {
		return step(1, key+"/variable/"+name, plan.OpUpdate, risk, field("value", state.Text(from), state.Text(to)))
	}
}

// editedProfile is what one edited profile makes of a fleet: 332 changes in 200 organizations, 6 of
// them different.
func editedProfile(organizations int) *plan.Plan {
	p := emptyPlan(false)
	p.Organizations, p.Exit = fleetOf(organizations), exit.OK
	share := func(n int) int { return n * organizations / 200 }
	spread(p.Organizations, share(83), 1, updateOf("REGION", "eu", "us", plan.RiskNone))
	spread(p.Organizations, share(83), 2, updateOf("RETRIES", "5", "7", plan.RiskNone))
	spread(p.Organizations, share(68), 3, func(key string) plan.Step {
		return step(1, key+"/featureControl/Make AI Tools", plan.OpUpdate, plan.RiskCaution, field("enabled", state.Bool(true), state.Bool(false)))
	})
	spread(p.Organizations, share(48), 4, func(key string) plan.Step {
		return step(1, key+"/member/leo@acme.example", plan.OpDelete, plan.RiskDestructive, field("role", state.Text("Member"), state.None()))
	})
	spread(p.Organizations, share(34), 5, updateOf("RETRIES", "3", "7", plan.RiskNone))
	spread(p.Organizations, share(16), 6, func(key string) plan.Step {
		return step(1, key+"/variable/LEVEL", plan.OpCreate, plan.RiskNone, field("type", state.None(), state.Text("number")), field("value", state.None(), state.Number("3")))
	})
	return summed(p)
}

func summed(p *plan.Plan) *plan.Plan {
	n := 0
	for i := range p.Organizations {
		for j := range p.Organizations[i].Steps {
			n++
			p.Organizations[i].Steps[j].N = n
		}
	}
	p.Summary = plan.Summarize(p.Organizations)
	return p
}

// TestAnEditedProfileIsOneScreen: what is one decision each is a line each, whole in Markdown.
func TestAnEditedProfileIsOneScreen(t *testing.T) {
	t.Parallel()
	p := editedProfile(200)
	if n := changes(p.Summary); n != 332 || len(plan.Groups(p.Organizations)) != 6 {
		t.Fatalf("%d changes, %d different", n, len(plan.Groups(p.Organizations)))
	}
	text := string(rendered(t, func(b *bytes.Buffer) error { return Plan(b, p, Options{}) }))
	if n := strings.Count(text, "\n"); n > 60 {
		t.Errorf("%d lines:\n%s", n, text)
	}
	page := string(rendered(t, func(b *bytes.Buffer) error { return Markdown(b, p, 0, Options{}) }))
	if len(page) > 8<<10 || strings.Contains(page, "Too large") {
		t.Errorf("%d bytes:\n%s", len(page), page)
	}
	for name, form := range map[string]string{"text": text, "Markdown": page, "HTML": string(rendered(t, func(b *bytes.Buffer) error { return HTML(b, p, Options{}) }))} {
		if !strings.Contains(form, "332 changes in 182 organizations, 6 different") {
			t.Errorf("%s does not count the changes:\n%s", name, form)
		}
		if at := strings.Index(form, "leo"); at < 0 || at > strings.Index(form, "LEVEL") {
			t.Errorf("%s does not begin with what is destructive", name)
		}
	}
	keys := newOrganizationNames(p.Organizations).keys
	for _, g := range plan.Groups(p.Organizations) {
		list := fmt.Sprintf("in %d organizations: ", g.Count)
		if !slices.ContainsFunc(strings.Split(page, list)[1:], func(rest string) bool {
			return slices.Equal(expand(t, regexp.MustCompile(`[|<]`).Split(rest, 2)[0], keys), g.Organizations)
		}) {
			t.Errorf("the Markdown does not name the organizations of %s %s", g.Op, g.Name)
		}
	}
}

// TestThousandsOfOrganizationsAreOneScreen: the number of organizations makes a plan no longer.
func TestThousandsOfOrganizationsAreOneScreen(t *testing.T) {
	t.Parallel()
	for _, n := range []int{200, 1_000, 10_000} {
		text := string(rendered(t, func(b *bytes.Buffer) error { return Plan(b, editedProfile(n), Options{}) }))
		if lines := strings.Count(text, "\n"); lines > 45 {
			t.Errorf("%d organizations: %d lines", n, lines)
		}
	}
	p := emptyPlan(false)
	p.Organizations = fleetOf(10_000)
	spread(p.Organizations, 10_000, 1, updateOf("REGION", "eu", "us", plan.RiskNone))
	spread(p.Organizations, 9_998, 2, updateOf("RETRIES", "5", "7", plan.RiskNone))
	text := string(rendered(t, func(b *bytes.Buffer) error { return Plan(b, summed(p), Options{}) }))
	if lines := strings.Count(text, "\n"); lines > 24 || !strings.Contains(text, "all 10,000 organizations but client-") {
		t.Errorf("%d lines:\n%s", lines, text)
	}
}

// expand gives the keys back that a list of names stands for.
func expand(t interface{ Fatalf(string, ...any) }, list string, keys []string) (named []string) {
	run := regexp.MustCompile(`^(\S+) to (\S+) \(([0-9,]+)\)$`)
	for _, word := range strings.Split(strings.TrimSpace(list), ", ") {
		m := run.FindStringSubmatch(word)
		if m == nil {
			named = append(named, word)
			continue
		}
		from, to := slices.Index(keys, m[1]), slices.Index(keys, m[2])
		if from < 0 || to < from || fmt.Sprint(to-from+1) != strings.ReplaceAll(m[3], ",", "") {
			t.Fatalf("%q", word)
		}
		named = append(named, keys[from:to+1]...)
	}
	return named
}

// TestNamesStandForAllKeys: whatever organizations are named, a reader can tell which.
func TestNamesStandForAllKeys(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := newOrganizationNames(fleetOf(rapid.IntRange(1, 40).Draw(t, "organizations")))
		var keys []string
		for _, key := range f.keys {
			if rapid.IntRange(0, 4).Draw(t, "in") > 0 {
				keys = append(keys, key)
			}
		}
		if len(keys) == 0 {
			return
		}
		named := f.names(keys, 0)
		var got []string
		_, list, listed := strings.Cut(named, ": ")
		all, but, _ := strings.Cut(named, " but ")
		switch {
		case listed:
			got = expand(t, list, f.keys)
		case strings.HasPrefix(named, "all "):
			if all != fmt.Sprintf("all %d organizations", len(f.keys)) {
				t.Fatalf("%s", named)
			}
			left := regexp.MustCompile(`, | and `).Split(but, -1)
			got = slices.DeleteFunc(slices.Clone(f.keys), func(key string) bool { return slices.Contains(left, key) })
		default:
			got = []string{named}
		}
		if !slices.Equal(got, keys) {
			t.Fatalf("%v is named %q", keys, named)
		}
		if most := rapid.IntRange(1, 5).Draw(t, "most"); listed {
			short := f.names(keys, most)
			_, list, _ := strings.Cut(short, ": ")
			list, more, cut := strings.Cut(list, " and ")
			n := len(expand(t, list, f.keys))
			if cut && more != fmt.Sprintf("%d more; --verbose names all", len(keys)-n) || !cut && n != len(keys) {
				t.Fatalf("%v is shortened to %q", keys, short)
			}
		}
	})
}

// TestGroupOption: off tells every organization by itself, on puts two together.
func TestGroupOption(t *testing.T) {
	t.Parallel()
	p := emptyPlan(false)
	p.Organizations = fleetOf(3)
	spread(p.Organizations, 3, 1, updateOf("REGION", "eu", "us", plan.RiskNone))
	for group, rows := range map[Group]int{"": 3, GroupAuto: 3, GroupOff: 3, GroupOn: 1} {
		for name, write := range map[string]func(*bytes.Buffer) error{
			"text":     func(b *bytes.Buffer) error { return Plan(b, summed(p), Options{Group: group}) },
			"markdown": func(b *bytes.Buffer) error { return Markdown(b, summed(p), 0, Options{Group: group}) },
			"html":     func(b *bytes.Buffer) error { return HTML(b, summed(p), Options{Group: group}) },
		} {
			text := string(rendered(t, write))
			if n := len(regexp.MustCompile(`[^"]variable/REGION`).FindAllString(text, -1)); n != rows {
				t.Errorf("%s, --group %q: %d rows, want %d:\n%s", name, group, n, rows, text)
			}
		}
	}
}

// TestALeaverIsOneBlock: what a guard holds in 48 organizations stands once, with one rule.
func TestALeaverIsOneBlock(t *testing.T) {
	t.Parallel()
	p := emptyPlan(false)
	p.Organizations = fleetOf(60)
	for i := range p.Organizations {
		if o := &p.Organizations[i]; i%5 != 0 {
			o.Held = []plan.Held{{Address: spec.NewAddress(o.Key, spec.KindMember, "leo@acme.example"), Op: plan.OpDelete, Kind: spec.KindMember,
				Guard: "requiredAdmins", Reason: "leo@acme.example is one of guards.requiredAdmins and would no longer be Owner or Admin", Allow: "delete:member@" + o.Key}}
			o.Waiting = []plan.Waiting{{Address: spec.NewAddress(o.Key, spec.KindOwner, ""), Reason: "jane@acme.example has not accepted yet"}}
		}
	}
	summed(p)
	for name, write := range map[string]func(*bytes.Buffer) error{
		"text":     func(b *bytes.Buffer) error { return Plan(b, p, Options{}) },
		"markdown": func(b *bytes.Buffer) error { return Markdown(b, p, 0, Options{}) },
		"html":     func(b *bytes.Buffer) error { return HTML(b, p, Options{}) },
	} {
		text := string(rendered(t, write))
		words := html.UnescapeString(strings.Join(strings.Fields(text), " "))
		for _, once := range []string{"would no longer be Owner or Admin", "delete:member", "has not accepted yet"} {
			times := 1
			if name == "text" && once == "delete:member" { // the summary repeats the rule
				times = 2
			}
			if n := strings.Count(words, once); n != times {
				t.Errorf("%s says %q %d times", name, once, n)
			}
		}
		if n := strings.Count(text, "\n"); name == "text" && n > 30 {
			t.Errorf("%d lines:\n%s", n, text)
		}
	}
}

// TestAZoneThatGivesNothingIsAnError: the cause first, once, and not a word about a plan.
func TestAZoneThatGivesNothingIsAnError(t *testing.T) {
	t.Parallel()
	p := emptyPlan(false)
	p.Organizations, p.Exit = fleetOf(61), exit.Refused
	for i := range p.Organizations {
		o := &p.Organizations[i]
		o.Unchanged, o.Unmanaged, o.NotRead = 0, nil, []spec.Kind{spec.KindOrganization, spec.KindVariable}
	}
	p.Problems = []spec.Problem{{Severity: spec.Warning, Rule: "not-read", Zone: "eu1", Message: "zone eu1 refuses the token (HTTP 401 IM015: User is not logged in)",
		Hint: "check the token of zone eu1: it may be mistyped, revoked or made in another zone", Error: &spec.APIError{Status: 401, Code: "IM015", Message: "User is not logged in."}}}
	summed(p)
	text := string(rendered(t, func(b *bytes.Buffer) error { return Plan(b, p, Options{}) }))
	if !strings.HasPrefix(text, "error: zone eu1 refuses the token (HTTP 401 IM015: User is not logged in)") {
		t.Errorf("the text does not begin with the cause:\n%s", text)
	}
	if n := strings.Count(text, "\n"); n > 8 {
		t.Errorf("%d lines:\n%s", n, text)
	}
	page := string(rendered(t, func(b *bytes.Buffer) error { return Markdown(b, p, 0, Options{}) }))
	htmlPage := string(rendered(t, func(b *bytes.Buffer) error { return HTML(b, p, Options{}) }))
	for name, form := range map[string]string{"text": text, "markdown": page, "html": htmlPage} {
		lower := strings.ToLower(form)
		for _, wrong := range []string{"no changes", "nothing to do", "0 failed", "client-01", "everything is as"} {
			if strings.Contains(lower, wrong) {
				t.Errorf("%s says %q:\n%s", name, wrong, form)
			}
		}
		if !strings.Contains(form, "refuses the token") || !strings.Contains(lower, "none of 61 organizations could be read") {
			t.Errorf("%s does not say why there is no plan:\n%s", name, form)
		}
	}
}

// TestWhatIsMissingStandsFirst: reasons and numbers of what could not be read stand above the plan.
func TestWhatIsMissingStandsFirst(t *testing.T) {
	t.Parallel()
	p := editedProfile(60)
	for _, i := range []int{3, 7, 11, 20, 21} {
		o := &p.Organizations[i]
		o.NotRead = []spec.Kind{spec.KindMember}
		p.Problems = append(p.Problems, spec.Problem{Severity: spec.Warning, Rule: "not-read", Address: spec.NewAddress(o.Key, spec.KindMember, ""),
			Message: "read the members of " + o.Key + ": the zone answers nothing", Error: &spec.APIError{Status: 503}})
	}
	text := string(rendered(t, func(b *bytes.Buffer) error { return Plan(b, p, Options{}) }))
	if n := strings.Count(text, "the zone answers nothing"); n != 1 {
		t.Errorf("the reason is told %d times:\n%s", n, text)
	}
	reason, count, rows := strings.Index(text, "the zone answers nothing"), strings.Index(text, "5 of 60 organizations"), strings.Index(text, "The same in several")
	if reason < 0 || reason > count || count > rows {
		t.Errorf("reason at %d, number at %d, plan at %d:\n%s", reason, count, rows, text)
	}
}

// fleetReport is a run over a fleet in which one change failed in every second organization.
func fleetReport(organizations int) *report.Report {
	r := &report.Report{Run: "r1", Exit: exit.Partial}
	for i, o := range fleetOf(organizations) {
		done := report.StepReport{Address: spec.NewAddress(o.Key, spec.KindVariable, "REGION"), Kind: spec.KindVariable, Op: plan.OpUpdate, Outcome: report.Succeeded, Attempts: 1}
		failed := report.StepReport{Address: spec.NewAddress(o.Key, spec.KindVariable, "RETRIES"), Kind: spec.KindVariable, Op: plan.OpUpdate, Outcome: report.Failed, Attempts: i%3 + 1,
			Error: &spec.APIError{Status: 403, Code: "SC403", Message: "Permission denied"}}
		skipped := report.StepReport{Address: spec.NewAddress(o.Key, spec.KindTFA, ""), Kind: spec.KindTFA, Op: plan.OpUpdate, Outcome: report.Skipped,
			Reason: report.ParseReason("depends: " + o.Key + "/variable/RETRIES failed")}
		r.Steps = append(r.Steps, done)
		if i%2 == 0 {
			r.Steps = append(r.Steps, failed, skipped)
		}
	}
	for _, s := range r.Steps {
		r.Planned++
		switch s.Outcome {
		case report.Succeeded:
			r.Succeeded++
		case report.Failed:
			r.Failed++
		case report.Skipped:
			r.Skipped++
		}
	}
	return r
}

// TestALongReportEndsWithARecap: by reason, with the names; what succeeded is a number.
func TestALongReportEndsWithARecap(t *testing.T) {
	t.Parallel()
	r := fleetReport(60)
	text := string(rendered(t, func(b *bytes.Buffer) error { return Report(b, r, Options{}) }))
	if n := strings.Count(text, "\n"); n > 30 {
		t.Errorf("%d lines:\n%s", n, text)
	}
	_, recap, found := strings.Cut(text, "In short\n")
	for _, want := range []string{"FAILED   30  HTTP 403 SC403: Permission denied", "skipped  30  variable/RETRIES failed", "client-01", "client-59"} {
		if !found || !strings.Contains(recap, want) {
			t.Errorf("the recap lacks %q:\n%s", want, text)
		}
	}
	if !strings.Contains(text, "60 steps in 60 organizations: 60 update; --verbose lists them") {
		t.Errorf("what succeeded is not counted:\n%s", text)
	}
	whole := string(rendered(t, func(b *bytes.Buffer) error { return Report(b, r, Options{Verbose: true, Group: GroupOff}) }))
	if n := strings.Count(whole, "done     update  variable/REGION"); n != 30 { // beside a failure the column is wider
		t.Errorf("--verbose lists %d steps that succeeded beside failed ones, want 30:\n%s", n, whole)
	}
	if n := strings.Count(whole, "FAILED"); n != 31 {
		t.Errorf("--group off lists %d failures, with the recap, want 31", n)
	}
}

// TestAShortReportHasNoRecap: what fits a screen is not said twice.
func TestAShortReportHasNoRecap(t *testing.T) {
	t.Parallel()
	text := string(rendered(t, func(b *bytes.Buffer) error { return Report(b, fleetReport(3), Options{}) }))
	if strings.Contains(text, "In short") || strings.Count(text, "variable/REGION") != 3 {
		t.Errorf("%s", text)
	}
}

// TestQuestionNamesWhatItIsAbout: what is deleted, taken away and handed over, and nothing else.
func TestQuestionNamesWhatItIsAbout(t *testing.T) {
	t.Parallel()
	p := emptyPlan(false)
	p.Organizations = []plan.Organization{
		{Key: "trial", Name: "Old Trial", Steps: []plan.Step{step(1, "trial", plan.OpDelete, plan.RiskIrreversible, field("name", state.Text("Old Trial"), state.None()))}},
		{Key: "acme", Name: "Acme", Steps: []plan.Step{
			step(2, "acme/variable/A", plan.OpUpdate, plan.RiskNone, field("value", state.Text("x"), state.Text("y"))),
			step(3, "acme/member/leo@acme.example", plan.OpRevoke, plan.RiskDestructive),
			step(4, "acme/owner", plan.OpTransfer, plan.RiskIrreversible, field("owner", state.Text("ops@acme.example"), state.Text("jane@acme.example")))}},
	}
	want := "Deletes Old Trial (trial); transfers Acme (acme) to jane@acme.example; revokes the invitation of leo@acme.example to Acme (acme)."
	if got := Ask(p); got != (Question{want, "2", "the number of organizations"}) {
		t.Errorf("%+v\nwant %s", got, want)
	}
	got := Ask(editedProfile(200))
	if !strings.HasPrefix(got.About, "Removes leo@acme.example from ") || !strings.HasSuffix(got.About, " and 40 more.") || got.Type != "48" {
		t.Errorf("%+v", got)
	}
}

// TestQuestionAsksForWhatCanBeTyped: the name of one organization, unless it would be taken for a
// no or cannot be typed; yes or no where nothing is deleted or handed over.
func TestQuestionAsksForWhatCanBeTyped(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, want string }{
		{"Old Trial", "Old Trial"}, {"n", "1"}, {"No", "1"}, {"D", "1"}, {"yes", "1"}, {"", "1"}, {" x", "1"}, {"a  b", "1"},
		{strings.Repeat("x", 61), "1"}, {"a\x1b[2Jb", "a\\x1b[2Jb"},
	} {
		p := emptyPlan(false)
		p.Organizations = []plan.Organization{{Key: "trial", Name: test.name, Steps: []plan.Step{step(1, "trial", plan.OpDelete, plan.RiskIrreversible)}}}
		q := Ask(p)
		if q.Type != test.want || strings.Contains(q.Text(Options{}), "\x1b") {
			t.Errorf("%q: type %q, want %q: %s", test.name, q.Type, test.want, q.Text(Options{}))
		}
		for _, line := range strings.Split(q.Text(Options{Width: 60})+"\n"+q.Again(strings.Repeat("w", 999), Options{Width: 60}), "\n") {
			if columns(line) > 60 {
				t.Errorf("%q: %d columns: %s", test.name, columns(line), line)
			}
		}
	}
	p := emptyPlan(false)
	p.Organizations = []plan.Organization{{Key: "acme", Name: "Acme", Steps: []plan.Step{
		step(1, "acme/variable/A", plan.OpUpdate, plan.RiskNone), step(2, "acme/member/leo@acme.example", plan.OpInvite, plan.RiskCaution)}}}
	p.Summary = plan.Summarize(p.Organizations)
	if got := Ask(p); got != (Question{About: "Applies 2 changes (1 update, 1 invite) to Acme (acme)."}) {
		t.Errorf("%+v", got)
	}
}

// TestThePageOfAFleetLeadsToEveryChange: each organization with something to do has a row, the
// worst first, whose cells count and lead to a change of it; nothing has no anchor.
func TestThePageOfAFleetLeadsToEveryChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlan(t, 6)
		index, shared := newHTMLIndex(), grouping.Of(p, rapid.IntRange(1, 4).Draw(t, "least"))
		var page htmlPlan
		page.addOrganizations(p, &shared, newOrganizationNames(p.Organizations), index)
		rows, busy := newHTMLFleet(p, index), 0
		for i := range p.Organizations {
			o := &p.Organizations[i]
			if !hasItems(o) {
				continue
			}
			busy++
			for j, n := range itemsByRisk(o) {
				if anchor := index.first[[2]string{o.Key, htmlRisks()[j].Value}]; (n > 0) != (anchor != "") {
					t.Fatalf("%s: %d %s, at %q", o.Key, n, htmlRisks()[j].Label, anchor)
				}
			}
		}
		switch {
		case busy < 2 && rows != nil, busy > 1 && len(rows.Rows) != busy:
			t.Fatalf("%d organizations with changes: %+v", busy, rows)
		case rows != nil:
			for i := range rows.Rows[1:] {
				for j, cell := range rows.Rows[i].Cells {
					if a, b := len(cell.N), len(rows.Rows[i+1].Cells[j].N); a == b && cell.N < rows.Rows[i+1].Cells[j].N {
						t.Fatalf("a worse organization comes later: %+v", rows.Rows)
					} else if cell.N != rows.Rows[i+1].Cells[j].N {
						break
					}
				}
			}
		}
	})
}

// TestThePageOfTenThousandOrganizations stays of a size that opens.
func TestThePageOfTenThousandOrganizations(t *testing.T) {
	t.Parallel()
	p := editedProfile(10_000)
	page := string(rendered(t, func(b *bytes.Buffer) error { return HTML(b, p, Options{}) }))
	if n := strings.Count(page, `<tr class="part `); n != touched(p) || len(page) > 8<<20 {
		t.Errorf("%d rows of %d, %d bytes", n, touched(p), len(page))
	}
	checkLinks(t, page)
}
