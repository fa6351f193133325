package render

import (
	"cmp"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"unicode/utf8"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/grouping"
	"makesync/sync/plan"
)

func newHTMLPlan(plan *plan.Plan, o Options) *htmlPlan {
	plan = withClasses(plan)
	missing, fleet := findUnread(plan), newOrganizationNames(plan.Organizations)
	shared := grouping.Of(plan, o.leastGroup())
	p := &htmlPlan{
		Policy: policy(), Style: template.CSS(pageStyle), Script: template.JS(pageScript),
		Heading: htmlHeading(plan, missing, &shared), Narrowed: narrowedWords(o),
		File:    o.File.words(),
		Against: cut(Clean(plan.Against), maxProse), Undoes: cut(Clean(plan.Undoes), maxName),
		Since: Clean(o.Since), Guards: htmlGuards(plan, o),
		Next: applyCommand(plan, o), Digest: Clean(plan.Digest), Created: htmlTime(plan), Expires: htmlExpiry(plan, o),
		Last: lastLine(o.verb("plan"), PlanCounts(plan.Summary), plan.Exit),
	}
	if s := plan.Shard; isPart(s) {
		p.Shard = fmt.Sprintf("Shard %d of %d: only this part of the organizations", s.Index, s.Count)
	}
	if words := changedSinceWords(plan.ChangedSince); words != "" {
		p.Only = "Only " + words
	}
	for _, zone := range plan.Zones {
		p.Zones = append(
			p.Zones,
			htmlZone{Name: Clean(zone.Name), URL: zoneURL(zone), User: Clean(zone.User.Email), Sandbox: zone.Sandbox},
		)
	}
	p.Approvals = cleaned(o.Approvals)
	p.Rules = htmlRules(plan.Rules, o.leastGroup())
	said, index := summarize(plan), newHTMLIndex()
	for _, problem := range groupProblems(missing.failures(), o.leastGroup()) {
		p.Failures = append(p.Failures, newHTMLProblem(&problem, fleet))
	}
	p.Unread = htmlUnread(missing, fleet)
	p.Access = accessWords(plan.StillHasAccess, plan.NotLookedInto, fleet, 0)
	p.addOrganizations(plan, &shared, fleet, index)
	p.Counts, p.Words, p.Quiet = htmlCounts(plan, missing), htmlSummary(said, plan), quietWords(said, plan)
	p.Kinds, p.Fleet = htmlKinds(index.kinds), newHTMLFleet(plan, index)
	p.Money, p.Unmanaged = moneyLines(plan), listUnmanaged(plan)
	p.Large = changes(plan.Summary) > 1000
	for _, problem := range groupProblems(missing.other, o.leastGroup()) {
		p.Problems = append(p.Problems, newHTMLProblem(&problem, fleet))
	}
	if missing.nothing(plan) {
		p.Words, p.Quiet, p.Unmanaged = nil, "", nil
	}
	return p
}

func (p *htmlPlan) addOrganizations(made *plan.Plan, g *grouping.Grouping, f *organizationNames, x *htmlIndex) {
	if shared := newHTMLShared(g, f, x); shared != nil {
		p.Organizations = append(p.Organizations, *shared)
	}
	zones := zonesByName(made.Zones)
	for i := range g.Rest {
		if rest := &g.Rest[i]; hasItems(rest) {
			p.Organizations = append(p.Organizations, newHTMLOrganization(rest, zones[rest.Zone], i, x))
		}
	}
	for i := range made.Organizations {
		if hasItems(&made.Organizations[i]) {
			p.Keys = append(p.Keys, Clean(made.Organizations[i].Key))
		}
	}
}

// htmlUnread says what is missing, and of whom; "" for nothing.
func htmlUnread(u *unread, f *organizationNames) string {
	if len(u.organizations) == 0 {
		return ""
	}
	words := u.words()
	for _, k := range u.organizations {
		words += "; " + k.kinds + " of " + f.names(k.keys, 0)
	}
	return words + "."
}

func htmlHeading(plan *plan.Plan, missing *unread, shared *grouping.Grouping) string {
	if failed := failedWords(plan, missing); failed != "" {
		return strings.ToUpper(failed[:1]) + failed[1:]
	}
	heading := cmp.Or(headingWords(plan, shared), "No changes")
	if changes(plan.Summary) > 0 {
		heading += ": " + opWords(plan.Summary)
	}
	return heading
}

// quietWords say what the page does not list.
func quietWords(said *summary, plan *plan.Plan) string {
	if text := said.declaredWords(plan.Summary); text != "" {
		return "As declared: " + text + "."
	}
	return ""
}

const htmlTimeLayout = "2006-01-02 15:04 MST"

func htmlTime(plan *plan.Plan) string { return plan.Created.UTC().Format(htmlTimeLayout) }

// htmlExpiry is told only for a plan that somebody can still apply.
func htmlExpiry(plan *plan.Plan, o Options) string {
	if o.Saved == "" {
		return ""
	}
	return plan.Expires.UTC().Format(htmlTimeLayout)
}

func htmlCounts(plan *plan.Plan, missing *unread) []htmlCount {
	if failedWords(plan, missing) != "" {
		return nil
	}
	all, byRisk := 0, make([]int, len(htmlRisks()))
	for i := range plan.Organizations {
		for j, n := range itemsByRisk(&plan.Organizations[i]) {
			byRisk[j] += n
		}
	}
	counts := []htmlCount{{"all", "All", ""}}
	for i, risk := range htmlRisks() {
		if isIdleClass(risk.Value, byRisk[i]) {
			continue
		}
		all += byRisk[i]
		counts = append(counts, htmlCount{risk.Value, risk.Label, text.Number(byRisk[i])})
	}
	counts[0].N = text.Number(all)
	return append(counts, htmlCount{"", "As declared", text.Number(plan.Summary.Unchanged)})
}

func htmlSummary(said *summary, plan *plan.Plan) []htmlWords {
	var words []htmlWords
	for _, w := range []htmlWords{
		{"Gains Admin", text.AndMore(said.admins.words(), named)},
		{"Will be invited", text.AndMore(said.invited.words(), named)},
		{"Will lose access", text.AndMore(said.losing.words(), named)},
		{"Cannot be undone", text.AndMore(said.forever.words(), named)},
		{"Not in the digest", notCoveredWords(plan)},
		{risks[riskRank(needsPlan)].heading, foreseenWords(plan)},
		{"Why", originCounts(plan.Summary.Origins)},
		{"Not managed", unmanagedWords(plan.Unmanaged)},
		{"API calls", said.callWords(plan.Calls, changes(plan.Summary))},
	} {
		if w.Text != "" {
			words = append(words, w)
		}
	}
	return words
}

// htmlKinds are the choices of the filter: the kinds that the page holds.
func htmlKinds(present map[spec.Kind]bool) []htmlChoice {
	var choices []htmlChoice
	for _, kind := range spec.Kinds() {
		if present[kind] {
			choices = append(choices, htmlChoice{string(kind), kindWord(kind, 1)})
			delete(present, kind)
		}
	}
	if len(present) > 0 {
		choices = append(choices, htmlChoice{otherKind, otherKind})
	}
	return choices
}

// otherKind stands for a kind that this program does not know, which only a foreign plan can hold.
const otherKind = "other"

func htmlKind(kind spec.Kind, present map[spec.Kind]bool) string {
	present[kind] = true
	if _, known := kindWords[kind]; !known {
		return otherKind
	}
	return string(kind)
}

// htmlRisks are the classes of what stands on the page, the worst first.
func htmlRisks() []htmlChoice {
	var choices []htmlChoice
	for _, risk := range risks {
		choices = append(choices, htmlChoice{string(risk.risk), risk.heading})
	}
	return append(choices, htmlChoice{heldClass, "Held"}, htmlChoice{waitingClass, "Waiting"})
}

// isIdleClass tells whether a class is told only where there is something of it.
func isIdleClass(class string, n int) bool { return n == 0 && class == string(needsPlan) }

func newHTMLProblem(problem *problemGroup, f *organizationNames) htmlProblem {
	p := htmlProblem{
		Class: "destructive",
		Level: "Error",
		Place: strings.TrimSuffix(problemPlace(&problem.Problem), ": "),
		Text:  Clean(problem.Message),
		Hint:  Clean(problem.Hint),
	}
	if problem.Severity == spec.Warning {
		p.Class, p.Level = "caution", "Warning"
	}
	if answer := answerWords(problem.Error); answer != "" {
		p.Text += " (" + answer + ")"
	}
	if problem.Related != nil {
		p.Text += " (see also " + Clean(problem.Related.String()) + ")"
	}
	if where := problem.in(f.names, 0); where != "" {
		p.Text += " (" + problem.label() + " " + where + ")"
	}
	return p
}

func newHTMLOrganization(o *plan.Organization, zone plan.Zone, n int, x *htmlIndex) htmlOrganization {
	h := htmlOrganization{
		Key:     Clean(o.Key),
		Anchor:  "organization-" + strconv.Itoa(n),
		Make:    makeLink(zone, o.ID),
		Name:    Clean(o.Name),
		Facts:   organizationFacts(o, 60),
		NotRead: kindNames(o.NotRead),
		Rest:    restWords(o),
	}
	keys := []string{o.Key}
	x.blocks[o.Key] = h.Anchor
	for _, step := range byRisk(o.Steps) {
		h.Steps = append(h.Steps, newHTMLStep(step, keys, x))
	}
	for _, group := range groupHeld(o.Held) {
		h.Held = append(h.Held, newHTMLHeldGroup(group, group[0].Reason, group[0].Allow, keys, x))
	}
	for _, waiting := range o.Waiting {
		h.Waiting = append(h.Waiting, newHTMLWaiting(waiting, waitingWords(waiting), keys, x))
	}
	h.count()
	return h
}

const sharedAnchor = "shared"

// newHTMLShared is what several organizations have in common, as if it were an organization; nil
// for nothing.
func newHTMLShared(g *grouping.Grouping, f *organizationNames, x *htmlIndex) *htmlOrganization {
	if len(g.Groups)+len(g.Held)+len(g.Waiting) == 0 {
		return nil
	}
	h := &htmlOrganization{Anchor: sharedAnchor, Name: "The same in several organizations", Shared: true}
	for i := range g.Groups {
		group := &g.Groups[i]
		for _, member := range group.Steps {
			x.steps[member.N] = stepAnchor(group.Steps[0].N)
		}
		step := newHTMLStep(groupStep(group, f), group.Organizations, x)
		step.Source, step.Keys = "", htmlKeys(group.Organizations)
		step.Where = x.where(group.Organizations, f, htmlLink{step.Object, step.Anchor})
		h.Steps = append(h.Steps, step)
	}
	for i := range g.Held {
		group := &g.Held[i]
		held := newHTMLHeldGroup(group.Objects, heldReasons(group), group.Allow, group.Organizations, x)
		held.Keys = htmlKeys(group.Organizations)
		held.Where = x.where(group.Organizations, f, htmlLink{held.Items[0].Object, held.Items[0].Anchor})
		h.Held = append(h.Held, held)
	}
	for i := range g.Waiting {
		group := &g.Waiting[i]
		for _, row := range group.Rows {
			for _, w := range row.Objects {
				waiting := newHTMLWaiting(w, w.Reason+seenWords(group), row.Organizations, x)
				waiting.Keys = htmlKeys(row.Organizations)
				waiting.Where = x.where(row.Organizations, f, htmlLink{waiting.Object, waiting.Anchor})
				h.Waiting = append(h.Waiting, waiting)
			}
		}
	}
	h.count()
	return h
}

// htmlKeys are keys for the filter of the page, which takes them apart at spaces.
func htmlKeys(keys []string) string { return strings.Join(cleaned(keys), " ") }

func newHTMLWaiting(w plan.Waiting, reason string, keys []string, x *htmlIndex) htmlWaiting {
	return htmlWaiting{
		Anchor: x.found(keys, waitingClass, x.next(waitingClass)), Kind: htmlKind(w.Address.Kind(), x.kinds),
		Object: object(w.Address), Reason: Clean(reason),
	}
}

func newHTMLHeldGroup(group []plan.Held, reason, allow string, keys []string, x *htmlIndex) htmlHeldGroup {
	h := htmlHeldGroup{Guard: Clean(group[0].Guard), Reason: Clean(reason)}
	if allow != "" {
		h.Allow = "--allow " + text.ShellQuote(Clean(allow))
	}
	for _, held := range group {
		h.Items = append(h.Items, htmlHeld{
			x.found(keys, heldClass, x.next(heldClass)), htmlKind(held.Address.Kind(), x.kinds), heldOp(held),
			object(held.Address), Clean(lastChangeWords(held.LastChange)),
		})
	}
	return h
}

func newHTMLStep(step plan.Step, keys []string, x *htmlIndex) htmlStep {
	risk := risks[riskRank(step.Risk)]
	h := htmlStep{
		Anchor:   x.found(keys, string(risk.risk), stepAnchor(step.N)),
		Risk:     string(risk.risk),
		RiskWord: risk.heading,
		Kind:     htmlKind(step.Kind, x.kinds),
		Op:       changeOp(step),
		Object:   object(step.Address),
	}
	if step.Source != nil {
		h.Source = Clean(fmt.Sprintf("%s:%d", step.Source.File, step.Source.Line))
	}
	h.After, h.MoreAfter = htmlAfter(step.After, x)
	texts := []string{h.Object, h.Source}
	for _, note := range notesOf(step) {
		h.Notes = append(h.Notes, Clean(note))
	}
	for _, field := range toldFields(step) {
		from, to := showPair(field.From, field.To)
		h.Fields = append(h.Fields, newHTMLField(Clean(field.Path), field, from, to))
		texts = append(texts, from, to)
	}
	if len(h.Fields) == 0 {
		h.Fields = []htmlField{{Old: htmlSide{Nothing: true}, New: htmlSide{Nothing: true}}}
	}
	h.Rows, h.Text = len(h.Fields), strings.Join(texts, " ")
	return h
}

// htmlAfter leads to the steps that come before, and counts those that are not listed.
func htmlAfter(numbers []int, x *htmlIndex) (links []htmlLink, more int) {
	for _, n := range numbers[:min(len(numbers), mostAfter)] {
		links = append(links, htmlLink{"step " + strconv.Itoa(n), x.step(n)})
	}
	return links, len(numbers) - len(links)
}

const mostAfter = 5

// newHTMLField marks, in both values, the part in which they differ.
func newHTMLField(path string, field plan.Field, from, to string) htmlField {
	h := htmlField{
		Path: path,
		Old:  htmlSide{Old: true, Nothing: field.From.IsNone()},
		New:  htmlSide{Nothing: field.To.IsNone()},
	}
	if field.From.IsNone() || field.To.IsNone() {
		h.Old.Changed, h.New.Changed = from, to
		return h
	}
	start := wordStart(from, commonPrefix(from, to))
	end := wordEnd(from, commonSuffix(from[start:], to[start:]))
	h.Old.Before, h.Old.Changed, h.Old.After = from[:start], from[start:len(from)-end], from[len(from)-end:]
	h.New.Before, h.New.Changed, h.New.After = to[:start], to[start:len(to)-end], to[len(to)-end:]
	return h
}

// wordStart moves the start of a difference back to the start of its word, wordEnd (counted from
// the end) its end: whole words are read more easily than letters.
func wordStart(s string, at int) int {
	for at > 0 && isWord(s[at-1]) {
		at--
	}
	return at
}

func wordEnd(s string, fromEnd int) int {
	for fromEnd > 0 && isWord(s[len(s)-fromEnd]) {
		fromEnd--
	}
	return fromEnd
}

func isWord(b byte) bool {
	return b >= 0x80 || b == '_' || b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z'
}

// commonSuffix is the number of bytes, in whole characters, that two texts end with in common.
func commonSuffix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	for n > 0 && !utf8.RuneStart(a[len(a)-n]) {
		n--
	}
	return n
}
