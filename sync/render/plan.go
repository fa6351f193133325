package render

import (
	"fmt"
	"io"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/grouping"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Plan writes a plan as text: where it was made, each organization about which there is something
// to say, problems, the summary in words and the last line.
func Plan(w io.Writer, plan *plan.Plan, o Options) error {
	plan = withClasses(plan)
	p := newPrinter(w, o)
	p.pages = pagesOf(plan.Zones)
	if o.Quiet && o.Saved == "" && plan.Against == "" && Uneventful(plan) {
		return writeQuietPlan(p, plan)
	}
	writeRules(p, plan.Rules)
	missing, fleet := findUnread(plan), newOrganizationNames(plan.Organizations)
	writeFailures(p, missing, fleet)
	writePlanHead(p, plan)
	if missing.nothing(plan) {
		writeProblems(p, missing.other, fleet)
		writeNothing(p, plan)
		return p.flush()
	}
	writeUnread(p, missing, fleet)
	shared := grouping.Of(plan, o.leastGroup())
	writeGroups(p, &shared, fleet)
	for i := range shared.Rest {
		if !missing.isSilent(shared.Rest[i].Zone) {
			writeOrganization(p, &shared.Rest[i])
		}
	}
	writeUnmanaged(p, plan)
	writeProblems(p, missing.other, fleet)
	writeAccess(p, plan.StillHasAccess, plan.NotLookedInto, fleet)
	p.gap()
	summarize(plan).write(p, plan, &shared)
	writeSaved(p, plan)
	p.last(p.verb("plan"), PlanCounts(plan.Summary), plan.Exit)
	return p.flush()
}

// writeNothing ends the text of a run that could read no organization.
func writeNothing(p *printer, plan *plan.Plan) {
	p.gap()
	p.heading(bold, "Nothing was compared: "+noneOf(len(plan.Organizations))+".")
	p.last(p.verb("plan"), "nothing was compared", plan.Exit)
}

func noneOf(organizations int) string {
	if organizations == 1 {
		return "the organization could not be read"
	}
	return "none of " + text.Number(organizations) + " organizations could be read"
}

// writePlanHead says where the plan was made and under which rules.
func writePlanHead(p *printer, plan *plan.Plan) {
	writeZones(p, plan.Zones)
	writeShard(p, plan.Shard)
	if words := changedSinceWords(plan.ChangedSince); words != "" {
		p.labelled(0, bold, "only", headLabel, words)
	}
	if plan.Undoes != "" {
		p.labelled(0, bold, "undoes", headLabel, "run "+plan.Undoes)
	}
	if plan.Against != "" {
		p.labelled(0, bold, "against", headLabel, plan.Against)
	}
	if p.Since != "" {
		p.labelled(0, bold, "since", headLabel, p.Since)
	}
	writeNarrowed(p)
	if words := p.File.words(); words != "" {
		p.labelled(0, yellow, "file", headLabel, words)
	}
	if guards := guardWords(p.Guards); guards != "" {
		p.labelled(0, bold, "guards", headLabel, guards)
	}
	if policies := policyWords(plan.Policies); policies != "" {
		p.labelled(0, bold, "policies", headLabel, policies)
	}
	for _, words := range p.Approvals {
		p.labelled(0, bold, "signed", headLabel, words)
	}
	if len(p.Allow) > 0 {
		p.labelled(0, yellow, "allowed", headLabel, strings.Join(p.Allow, " "))
	}
}

// narrowedWords say that a plan is about a part of the documents.
func narrowedWords(o Options) string {
	if o.Narrowed == "" {
		return ""
	}
	return Clean(o.Narrowed) + "; the rest of the documents is left out of this plan"
}

func writeNarrowed(p *printer) {
	if narrowed := narrowedWords(p.Options); narrowed != "" {
		p.labelled(0, yellow, "only", headLabel, narrowed)
	}
}

// unmanaged are what no document speaks of, where somebody asked for it: objects by organization,
// and whole organizations.
type unmanaged struct{ Organization, Objects string }

// unmanagedHeading stands above them.
const unmanagedHeading = "Not managed: no document speaks of these, and nothing happens to them"

func listUnmanaged(plan *plan.Plan) (list []unmanaged) {
	for i := range plan.Organizations {
		o := &plan.Organizations[i]
		names := make([]string, len(o.UnmanagedAddresses))
		for j, address := range o.UnmanagedAddresses {
			names[j] = object(address)
		}
		if len(names) > 0 {
			list = append(list, unmanaged{Clean(o.Key), strings.Join(names, ", ")})
		}
	}
	for _, o := range plan.UnmanagedOrganizations {
		words := fmt.Sprintf("%s (id %d, zone %s)", Clean(o.Name), o.ID, Clean(o.Zone))
		list = append(list, unmanaged{string(spec.KindOrganization), words})
	}
	return list
}

func writeUnmanaged(p *printer, plan *plan.Plan) {
	list := listUnmanaged(plan)
	if len(list) == 0 {
		return
	}
	p.gap()
	p.heading(bold, unmanagedHeading)
	for _, u := range list {
		p.labelled(2, bold, u.Organization, 0, u.Objects)
	}
}

// writeOrganization writes one organization, if there is anything to say about it.
func writeOrganization(p *printer, o *plan.Organization) {
	if len(o.Steps)+len(o.Waiting)+len(o.Held) == 0 { // what was not read stands above the plan
		return
	}
	p.gap()
	writeOrganizationHead(p, o)
	writeTable(p, o.Steps)
	writeWaiting(p, o.Waiting)
	writeHeld(p, o.Held)
	if len(o.NotRead) > 0 {
		p.labelled(2, yellow, "not read", 8, kindNames(o.NotRead)+": the plan knows nothing of them")
	}
	if rest := restWords(o); rest != "" {
		p.labelled(2, dim, "", 0, rest)
	}
}

// PlanCounts is the part of the last line that counts: "3 to change (1 create, 2 update), 1
// waiting, 0 held"; what Free will refuse is counted where there is some: "5 need a paid plan".
func PlanCounts(s plan.Summary) string {
	ops, refused := opCounts(s), ""
	if ops != "" {
		ops = " (" + ops + ")"
	}
	if s.Foreseen > 0 {
		refused = fmt.Sprintf(", %d %s a paid plan", s.Foreseen, text.Word(s.Foreseen, "needs", "need"))
	}
	return fmt.Sprintf("%d to change%s%s, %d waiting, %d held", changes(s), ops, refused, s.Waiting, s.Held)
}

// quiet tells whether there is nothing to say about an organization.
func quiet(o *plan.Organization) bool {
	return len(o.Steps) == 0 && len(o.Waiting) == 0 && len(o.Held) == 0 && len(o.NotRead) == 0
}

// organizationFacts tell an organization's id and zone. One of which something could not be read is
// not new, only not seen.
func organizationFacts(o *plan.Organization, width int) string {
	zone := "zone " + cut(Clean(o.Zone), width)
	switch {
	case o.ID == 0 && len(o.NotRead) == 0:
		return "new, " + zone
	case o.ID == 0, state.IsSynthetic(o.ID):
		return zone
	}
	return fmt.Sprintf("id %d, ", o.ID) + zone
}

func writeOrganizationHead(p *printer, o *plan.Organization) {
	const gap = "  "
	key, name, facts := Clean(o.Key), Clean(o.Name), "("+organizationFacts(o, 60)+")"
	if columns(key+gap+name+gap+facts) <= p.width() {
		p.line("%s", p.link(p.page(o), p.paint(bold, key))+gap+name+gap+p.paint(dim, facts))
		return
	}
	p.labelled(0, bold, key, 0, name+" "+facts)
}

func writeWaiting(p *printer, waiting []plan.Waiting) {
	if len(waiting) == 0 {
		return
	}
	p.hanging(2, cyan, "waiting", " (no change; nothing to do in this run)")
	width := itemWidth(len(waiting), func(i int) string { return object(waiting[i].Address) })
	before := ""
	for _, w := range waiting {
		words := waitingWords(w)
		if words == before {
			p.item(object(w.Address), width, "the same")
			continue
		}
		p.item(object(w.Address), width, words)
		before = words
	}
}

// waitingWords is the reason, and since when, where this state directory knows it.
func waitingWords(w plan.Waiting) string {
	if w.Since == nil {
		return w.Reason
	}
	return w.Reason + "; first seen here on " + w.Since.UTC().Format("2006-01-02")
}

// itemWidth is the width of the column of names beside which sentences stand: that of the widest
// name that is not too wide.
func itemWidth(n int, name func(int) string) int {
	width := 0
	for i := range n {
		if w := columns(name(i)); w <= widestItem {
			width = max(width, w)
		}
	}
	return width
}

// writeHeld prints what guards stopped: objects that one guard holds for one reason
// stand together, with the one --allow that lets them through.
func writeHeld(p *printer, held []plan.Held) {
	for _, group := range groupHeld(held) {
		first := group[0]
		p.labelled(2, yellow, "held by "+Clean(first.Guard), 0, first.Reason)
		for _, h := range group {
			writeHeldObject(p, h)
		}
		writeAllow(p, first.Allow, len(group))
	}
}

func itThem(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// groupHeld puts together what has guard, reason and rule in common, in order of first appearance.
func groupHeld(held []plan.Held) [][]plan.Held {
	type group struct{ guard, reason, allow string }
	var groups [][]plan.Held
	at := map[group]int{}
	for _, h := range held {
		key := group{h.Guard, h.Reason, h.Allow}
		i, ok := at[key]
		if !ok {
			i, at[key] = len(groups), len(groups)
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], h)
	}
	return groups
}

// restWords are what is not listed: what is as declared, and what no document speaks of.
func restWords(o *plan.Organization) string {
	var words []string
	if o.Unchanged > 0 {
		words = append(words, fmt.Sprintf("%s as declared", objectsAre(o.Unchanged)))
	}
	if text, n := kindCounts(o.Unmanaged); n > 0 {
		words = append(words, text+" "+verbBe(n)+" not managed")
	}
	return strings.Join(words, "; ")
}

func objectsAre(n int) string { return text.Count(n, "object", "objects") + " " + verbBe(n) }
