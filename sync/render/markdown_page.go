package render

import (
	"fmt"
	"strings"

	"makesync/spec/text"
	"makesync/sync/plan"
)

// MarkdownMarker is the first line of every Markdown plan, by which a job finds its own comment
// again.
const MarkdownMarker = "<!-- makesync: plan -->"

// text is the page with the first n upgrades.
func (p *page) text(n int) string {
	for i := range p.pieces {
		p.pieces[i].level = 0
	}
	for _, u := range p.upgrades[:n] {
		p.pieces[u.piece].level = max(p.pieces[u.piece].level, u.level)
	}
	var b strings.Builder
	b.WriteString(MarkdownMarker + "\n")
	p.head(&b)
	p.own(&b, inHeader, "")
	b.WriteString(p.missing())
	for i := range p.byOrgan {
		b.WriteString(p.organization(i))
	}
	p.own(&b, inProblems, "#### Problems\n\n")
	p.foot(&b)
	return b.String()
}

// head is the heading and the table of counts.
func (p *page) head(b *strings.Builder) {
	sum := p.plan.Summary
	if failed := failedWords(p.plan); failed != "" {
		fmt.Fprintf(b, "### makesync plan: %s\n\n", failed)
		return
	}
	heading := "no changes"
	if n := changes(sum); n > 0 {
		heading = text.Count(n, "change", "changes") + " (" + opWords(sum) + ")"
	}
	for _, zone := range p.plan.Zones {
		if zone.Sandbox {
			heading += ", SANDBOX"
			break
		}
	}
	fmt.Fprintf(b, "### makesync plan: %s\n\n", heading)
	b.WriteString("| Risk | Changes | |\n|---|---:|---|\n")
	for i, n := range p.byRisk() {
		if n > 0 {
			fmt.Fprintf(b, "| %s | %d | %s |\n", risks[i].heading, n, risks[i].meaning)
		}
	}
	fmt.Fprintf(b, "| Waiting | %d | cannot be done yet; not a change |\n", sum.Waiting)
	fmt.Fprintf(b, "| Held | %d | stopped by a guard |\n", sum.Held)
	fmt.Fprintf(b, "| As declared | %d | |\n\n", sum.Unchanged)
}

// failedWords say that there is no plan, only problems; "" when there is one.
func failedWords(plan *plan.Plan) string {
	errors, _ := severities(plan.Problems)
	if plan.Digest != "" || errors == 0 {
		return ""
	}
	return "no plan, " + text.Count(errors, "error", "errors")
}

// byRisk counts all steps by their place in risks.
func (p *page) byRisk() [4]int {
	var counts [4]int
	for i := range p.pieces {
		if risk := p.pieces[i].risk; risk >= 0 {
			counts[risk]++
		}
	}
	return counts
}

// own writes the pieces of the page itself that stand in a section.
func (p *page) own(b *strings.Builder, s section, heading string) {
	for i := range p.pieces {
		if piece := &p.pieces[i]; piece.organ < 0 && piece.section == s && piece.level > 0 {
			b.WriteString(heading)
			heading = ""
			b.WriteString(piece.full)
		}
	}
	if heading == "" {
		b.WriteString("\n")
	}
}

// missing says what the budget left out, in words whose length does not grow with the plan.
func (p *page) missing() string {
	var unnamed [4]map[string]int
	named, other := 0, 0
	for i := range p.pieces {
		piece := &p.pieces[i]
		switch {
		case piece.risk >= 0 && piece.level == 0:
			if unnamed[piece.risk] == nil {
				unnamed[piece.risk] = map[string]int{}
			}
			unnamed[piece.risk][piece.op]++
		case piece.risk >= 0 && piece.level == 1:
			named++
		case piece.what != "" && piece.level == 0:
			other++
		}
	}
	var words []string
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
		if n := ops[string(op)]; n > 0 {
			words = append(words, text.Number(n)+" "+string(op))
			rest -= n
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

// organization is what the budget leaves of one organization; "" when that is nothing.
func (p *page) organization(organ int) string {
	b := &strings.Builder{}
	p.rows(b, organ, inRows, "| Risk | Change | Object | Field | Old | New |\n|---|---|---|---|---|---|\n", "\n")
	p.names(b, organ, inRows)
	p.details(b, organ)
	for _, i := range p.byOrgan[organ] {
		switch piece := &p.pieces[i]; {
		case piece.section < inHeld || piece.level == 0:
		case piece.level == 1:
			b.WriteString(piece.name)
		default:
			b.WriteString(piece.full)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	o := &p.plan.Organizations[organ]
	heading := "#### " +
		code(cut(Clean(o.Key), 80)) + " " +
		prose(cut(Clean(o.Name), 80)) + " (" +
		entities(organizationFacts(o, 60)) + ")"
	return heading + "\n\n" + b.String() + "\n"
}

// rows writes the pieces of a section that are shown in full, between before and after.
func (p *page) rows(b *strings.Builder, organ int, s section, before, after string) {
	written := false
	for _, i := range p.byOrgan[organ] {
		if piece := &p.pieces[i]; piece.section == s && piece.level == 2 {
			if !written {
				b.WriteString(before)
			}
			written = true
			b.WriteString(piece.full)
		}
	}
	if written {
		b.WriteString(after)
	}
}

// names writes the pieces of a section that are shown by name: a list for each risk and op.
func (p *page) names(b *strings.Builder, organ int, s section) {
	lists := map[string][]string{}
	var order []string
	for _, i := range p.byOrgan[organ] {
		if piece := &p.pieces[i]; piece.section == s && piece.level == 1 {
			head := "- **" + risks[piece.risk].heading + "** " + entities(piece.op) + ": "
			if lists[head] == nil {
				order = append(order, head)
			}
			lists[head] = append(lists[head], piece.name)
		}
	}
	for _, head := range order {
		b.WriteString(head + strings.Join(lists[head], ", ") + "\n")
	}
	if len(order) > 0 {
		b.WriteString("\n")
	}
}

// details writes the changes without risk, folded away.
func (p *page) details(b *strings.Builder, organ int) {
	shown := 0
	for _, i := range p.byOrgan[organ] {
		if piece := &p.pieces[i]; piece.section == inDetails && piece.level > 0 {
			shown++
		}
	}
	if shown == 0 {
		return
	}
	fmt.Fprintf(b, "<details><summary>%s without risk</summary>\n\n", text.Count(shown, "change", "changes"))
	p.rows(b, organ, inDetails, "| Change | Object | Field | Old | New |\n|---|---|---|---|---|\n", "\n")
	p.names(b, organ, inDetails)
	b.WriteString("</details>\n\n")
}

// zoneLines say where the plan was made.
func (p *page) zoneLines() string {
	var b strings.Builder
	for _, zone := range p.plan.Zones {
		b.WriteString("- Zone " + prose(zoneWords(zone)) + "\n")
	}
	if p.options.Against != "" {
		b.WriteString("- Compared with " + prose(p.options.Against) + "\n")
	}
	if s := p.plan.Shard; isPart(s) {
		fmt.Fprintf(&b, "- Shard %d of %d: only this part of the organizations\n", s.Index, s.Count)
	}
	return b.String()
}

// peopleLines say who is touched and what is final.
func (p *page) peopleLines() string {
	var told story
	for i := range p.plan.Organizations {
		told.add(&p.plan.Organizations[i])
	}
	var b strings.Builder
	say := func(label string, names []string) {
		if len(names) > 0 {
			b.WriteString("- " + label + ": " + prose(cut(text.AndMore(names, named), 2*maxProse)) + "\n")
		}
	}
	say("Will be invited", told.invited)
	say("Will lose access", told.losing)
	say("Cannot be undone", told.forever)
	return b.String()
}

// nextLines say how to apply the plan.
func (p *page) nextLines() string {
	if p.options.Next == "" || changes(p.plan.Summary) == 0 {
		return ""
	}
	return "To apply it:\n\n<pre><code>" + entities(p.options.Next) + "</code></pre>\n"
}

// foot is how to apply, and the digest: equal digests are equal changes.
func (p *page) foot(b *strings.Builder) {
	p.own(b, inFooter, "")
	if failedWords(p.plan) != "" {
		fmt.Fprintf(
			b,
			"Nothing was compared; exit %d (%s)\n",
			p.plan.Exit.Code,
			entities(cut(Clean(p.plan.Exit.Name), 40)),
		)
		return
	}
	fmt.Fprintf(
		b,
		"Digest %s (equal digest, equal changes); exit %d (%s)\n",
		code(cut(Clean(p.plan.Digest), 80)),
		p.plan.Exit.Code,
		entities(cut(Clean(p.plan.Exit.Name), 40)),
	)
}
