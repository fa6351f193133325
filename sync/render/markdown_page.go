package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"makesync/spec/text"
	"makesync/sync/plan"
)

// MarkdownMarker is the first line of every Markdown plan, by which a job finds its own comment
// again.
const MarkdownMarker = "<!-- makesync: plan -->"

// text is the page with the first n details.
func (d *document) text(n int) string {
	for i := range d.items {
		d.items[i].level = 0
	}
	for _, u := range d.details[:n] {
		d.items[u.item].level = max(d.items[u.item].level, u.level)
	}
	var b strings.Builder
	b.WriteString(MarkdownMarker + "\n")
	d.head(&b)
	d.own(&b, inRules, "#### "+rulesHeading+"\n\n")
	d.own(&b, inHeader, "")
	b.WriteString(d.missing())
	for i := range d.parts {
		b.WriteString(d.part(i))
	}
	d.own(&b, inUnmanaged, "#### "+unmanagedHeading+"\n\n")
	d.own(&b, inProblems, "#### Problems\n\n")
	d.foot(&b)
	return b.String()
}

// head is the heading and the table of counts.
func (d *document) head(b *strings.Builder) {
	sum := d.plan.Summary
	if failed := failedWords(d.plan, d.unread); failed != "" {
		fmt.Fprintf(b, "### makesync plan: %s\n\n", failed)
		d.failures(b)
		return
	}
	heading := cmp.Or(headingWords(d.plan, &d.grouping), "no changes")
	if changes(sum) > 0 {
		heading += " (" + opWords(sum) + ")"
	}
	heading += sandboxMark(d.plan.Zones)
	fmt.Fprintf(b, "### makesync plan: %s\n\n", heading)
	d.failures(b)
	if len(d.plan.StillHasAccess)+len(d.plan.NotLookedInto) > 0 {
		d.own(b, inAccess, "")
	}
	b.WriteString("| Risk | Changes | |\n|---|---:|---|\n")
	for i, n := range d.byRisk() {
		if n > 0 {
			fmt.Fprintf(b, "| %s | %d | %s |\n", risks[i].heading, n, risks[i].meaning)
		}
	}
	fmt.Fprintf(b, "| Waiting | %d | cannot be done yet; not a change |\n", sum.Waiting)
	fmt.Fprintf(b, "| Held | %d | stopped by a %s |\n", sum.Held, holder(d.plan, "guard", "policy"))
	fmt.Fprintf(b, "| As declared | %d | |\n\n", sum.Unchanged)
}

// sandboxMark tells in a heading that some of it happens in a simulated zone.
func sandboxMark(zones []plan.Zone) string {
	if slices.ContainsFunc(zones, func(zone plan.Zone) bool { return zone.Sandbox }) {
		return ", SANDBOX"
	}
	return ""
}

// failedWords say that there is no plan, only problems; "" when there is one.
func failedWords(plan *plan.Plan, missing *unread) string {
	if missing.nothing(plan) {
		return "nothing was compared, " + noneOf(len(plan.Organizations))
	}
	errors, _ := severities(plan.Problems)
	if plan.Digest != "" || errors == 0 {
		return ""
	}
	return "no plan, " + text.Count(errors, "error", "errors")
}

// byRisk counts all steps by their place in risks.
func (d *document) byRisk() []int {
	counts := make([]int, len(risks))
	for i := range d.items {
		if risk := d.items[i].risk; risk >= 0 {
			counts[risk] += d.items[i].steps
		}
	}
	return counts
}

// own writes the items of the page itself that stand in a section.
func (d *document) own(b *strings.Builder, s section, heading string) {
	for i := range d.items {
		if item := &d.items[i]; item.part == own && item.section == s && item.level > 0 {
			b.WriteString(heading)
			heading = ""
			b.WriteString(item.full)
		}
	}
	if heading == "" {
		b.WriteString("\n")
	}
}

// failures are why something could not be read, in front of everything else.
func (d *document) failures(b *strings.Builder) {
	if len(d.unread.why) > 0 {
		d.own(b, inFailures, "")
	}
}

// missing says what the budget left out, in words whose length does not grow with the plan.
func (d *document) missing() string {
	unnamed := make([]map[string]int, len(risks))
	named, other, rules := 0, 0, 0
	for i := range d.items {
		item := &d.items[i]
		switch {
		case item.risk >= 0 && item.level == 0:
			if unnamed[item.risk] == nil {
				unnamed[item.risk] = map[string]int{}
			}
			unnamed[item.risk][item.op] += item.steps
		case item.risk >= 0 && item.level == 1:
			named += item.steps
		case item.section == inRules && item.what != "" && item.level == 0:
			rules++
		case item.what != "" && item.level == 0:
			other++
		}
	}
	var words []string
	if rules > 0 {
		words = append(words, "**"+text.Count(rules, "change", "changes")+" to the rules not shown**")
	}
	for i, ops := range unnamed {
		if text := missingOps(ops); text != "" {
			text = risks[i].heading + ": " + text + " not shown"
			if i <= riskRank(plan.RiskDestructive) {
				text = "**" + text + "**"
			}
			words = append(words, text)
		}
	}
	if named > 0 {
		words = append(words, text.Count(named, "change", "changes")+" by name only")
	}
	if other > 0 {
		words = append(words, text.Count(other, "note", "notes")+" on what is held, waiting or a problem not shown")
	}
	if len(words) == 0 {
		return ""
	}
	return "> Too large for one comment. " + strings.Join(words, "; ") + ". The whole plan: `makesync plan`.\n\n"
}

// missingOps is "12 delete, 3 revoke" in a fixed order; an op of no known name counts with the
// others.
func missingOps(ops map[string]int) string {
	var words []string
	rest := 0
	for _, n := range ops {
		rest += n
	}
	for _, op := range allOps {
		for _, role := range []string{"", " as Admin", " to Admin", " as Owner", " to Owner"} {
			if n := ops[string(op)+role]; n > 0 {
				words = append(words, text.Number(n)+" "+string(op)+role)
				rest -= n
			}
		}
	}
	if rest > 0 {
		words = append(words, text.Number(rest)+" other")
	}
	return strings.Join(words, ", ")
}

var allOps = []plan.Op{
	plan.OpCreate,
	plan.OpUpdate,
	plan.OpDelete,
	plan.OpInvite,
	plan.OpReinvite,
	plan.OpRevoke,
	plan.OpTransfer,
}

// part is what the budget leaves of a part; "" when that is nothing.
func (d *document) part(part int) string {
	b := &strings.Builder{}
	d.rows(b, part, inRows, "| Risk | Change | Object | Field | Old | New |\n|---|---|---|---|---|---|\n", "\n")
	d.names(b, part, inRows)
	d.folded(b, part)
	for _, i := range d.parts[part].items {
		switch item := &d.items[i]; {
		case item.section < inHeld || item.level == 0:
		case item.level == 1:
			b.WriteString(item.name)
		default:
			b.WriteString(item.full)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return d.parts[part].heading + "\n\n" + b.String() + "\n"
}

// rows writes the items of a section that are shown in full, between before and after.
func (d *document) rows(b *strings.Builder, part int, s section, before, after string) {
	written := false
	for _, i := range d.parts[part].items {
		if item := &d.items[i]; item.section == s && item.level == 2 {
			if !written {
				b.WriteString(before)
			}
			written = true
			b.WriteString(item.full)
		}
	}
	if written {
		b.WriteString(after)
	}
}

// names writes the items of a section that are shown by name: a list for each risk and op.
func (d *document) names(b *strings.Builder, part int, s section) {
	lists := map[string][]string{}
	var order []string
	for _, i := range d.parts[part].items {
		if item := &d.items[i]; item.section == s && item.level == 1 {
			head := "- **" + risks[item.risk].heading + "** " + entities(item.op) + ": "
			if lists[head] == nil {
				order = append(order, head)
			}
			lists[head] = append(lists[head], item.name)
		}
	}
	for _, head := range order {
		b.WriteString(head + strings.Join(lists[head], ", ") + "\n")
	}
	if len(order) > 0 {
		b.WriteString("\n")
	}
}

// folded writes the changes without risk, folded away.
func (d *document) folded(b *strings.Builder, part int) {
	shown := 0
	for _, i := range d.parts[part].items {
		if item := &d.items[i]; item.section == inDetails && item.level > 0 {
			shown += item.steps
		}
	}
	if shown == 0 {
		return
	}
	fmt.Fprintf(b, "<details><summary>%s without risk</summary>\n\n", text.Count(shown, "change", "changes"))
	d.rows(b, part, inDetails, "| Change | Object | Field | Old | New |\n|---|---|---|---|---|\n", "\n")
	d.names(b, part, inDetails)
	b.WriteString("</details>\n\n")
}

// zoneLines say where the plan was made.
func (d *document) zoneLines() string {
	var b strings.Builder
	for _, zone := range d.plan.Zones {
		b.WriteString("- Zone " + prose(zoneWords(zone)) + "\n")
	}
	for _, words := range d.options.Approvals {
		b.WriteString("- " + prose(cut(Clean(words), maxProse)) + "\n")
	}
	if d.options.Since != "" {
		b.WriteString("- Drift is told by " + prose(d.options.Since) + "\n")
	}
	if undoes := cut(Clean(d.plan.Undoes), maxName); undoes != "" {
		b.WriteString("- Undoes run " + code(undoes) + "\n")
	}
	if against := cut(Clean(d.plan.Against), maxProse); against != "" {
		b.WriteString("- Compared with " + prose(against) + "\n")
	}
	if words := changedSinceWords(d.plan.ChangedSince); words != "" {
		b.WriteString("- Only " + prose(words) + "\n")
	}
	if narrowed := narrowedWords(d.options); narrowed != "" {
		b.WriteString("- **Only** " + prose(cut(narrowed, maxProse)) + "\n")
	}
	if words := d.options.File.words(); words != "" {
		b.WriteString("- The file is " + prose(words) + "\n")
	}
	if s := d.plan.Shard; isPart(s) {
		fmt.Fprintf(&b, "- Shard %d of %d: only this part of the organizations\n", s.Index, s.Count)
	}
	return b.String()
}

// peopleLines say who is touched and what is final.
func (d *document) peopleLines() string {
	said := summarize(d.plan)
	var b strings.Builder
	say := func(label string, names []string) {
		if len(names) > 0 {
			b.WriteString("- " + label + ": " + prose(cut(text.AndMore(names, named), 2*maxProse)) + "\n")
		}
	}
	say("**Gains Admin**", said.admins.words())
	say("Will be invited", said.invited.words())
	say("Will lose access", said.losing.words())
	say("Cannot be undone", said.forever.words())
	if words := notCoveredWords(d.plan); words != "" {
		say("Not in the digest", []string{words})
	}
	if words := foreseenWords(d.plan); words != "" {
		say("**Needs a paid plan**", []string{words})
	}
	if words := originCounts(d.plan.Summary.Origins); words != "" {
		say("Why", []string{words})
	}
	return b.String() + moneyMarkdown(moneyLines(d.plan))
}

// nextLines say how to apply the plan.
func (d *document) nextLines() string {
	next := applyCommand(d.plan, d.options)
	if next == "" {
		return ""
	}
	return "To apply it:\n\n<pre><code>" + entities(next) + "</code></pre>\n"
}

// foot is how to apply, and the digest: equal digests are equal changes.
func (d *document) foot(b *strings.Builder) {
	d.own(b, inFooter, "")
	if failedWords(d.plan, d.unread) != "" {
		fmt.Fprintf(
			b,
			"Nothing was compared; exit %d (%s)\n",
			d.plan.Exit.Code,
			entities(cut(Clean(d.plan.Exit.Name), 40)),
		)
		return
	}
	fmt.Fprintf(
		b,
		"Digest %s (equal digest, equal changes); exit %d (%s)\n",
		code(cut(Clean(d.plan.Digest), 80)),
		d.plan.Exit.Code,
		entities(cut(Clean(d.plan.Exit.Name), 40)),
	)
}
