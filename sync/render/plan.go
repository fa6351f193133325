package render

import (
	"fmt"
	"io"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Plan writes a plan as text.
func Plan(w io.Writer, plan *plan.Plan, o Options) error {
	if o.Quiet && o.Saved == "" && o.Against == "" && Uneventful(plan) {
		return newPrinter(w, o).quietPlan(plan)
	}
	writer := NewPlanWriter(w, o)
	if err := writer.Begin(plan); err != nil {
		return err
	}
	for i := range plan.Organizations {
		if err := writer.Organization(&plan.Organizations[i]); err != nil {
			return err
		}
	}
	return writer.End(plan)
}

// PlanWriter writes a plan as text, one organization after the other, so that
// not all of them need to be in memory: Begin once, Organization in the order of keys, End once.
type PlanWriter struct {
	p    *printer
	told story
}

// NewPlanWriter writes to w.
func NewPlanWriter(w io.Writer, o Options) *PlanWriter {
	return &PlanWriter{p: newPrinter(w, o)}
}

// Begin writes the header: of the plan only zones and shard are read.
func (w *PlanWriter) Begin(plan *plan.Plan) error {
	w.p.zones(plan.Zones)
	w.p.shard(plan.Shard)
	if w.p.Against != "" {
		w.p.labelled(0, bold, "against", headLabel, w.p.Against)
	}
	if guards := guardWords(w.p.Guards); guards != "" {
		w.p.labelled(0, bold, "guards", headLabel, guards)
	}
	if len(w.p.Allow) > 0 {
		w.p.labelled(0, yellow, "allowed", headLabel, strings.Join(w.p.Allow, " "))
	}
	return w.p.flush()
}

// Organization writes one organization, if there is anything to say about it.
func (w *PlanWriter) Organization(o *plan.Organization) error {
	w.told.add(o)
	if quiet(o) {
		return nil
	}
	p := w.p
	p.gap()
	p.line("%s", p.organizationHead(o))
	p.table(o.Steps)
	p.waiting(o.Waiting)
	p.held(o.Held)
	if len(o.NotRead) > 0 {
		p.labelled(2, yellow, "not read", 8, kindNames(o.NotRead)+": the plan knows nothing of them")
	}
	if rest := restWords(o); rest != "" {
		p.labelled(2, dim, "", 0, rest)
	}
	return p.flush()
}

// End writes problems, the summary in words and the last line: of the plan everything but the
// organizations is read.
func (w *PlanWriter) End(plan *plan.Plan) error {
	p := w.p
	p.problems(plan.Problems)
	p.gap()
	w.told.print(p, plan)
	p.saved(plan)
	p.last(p.verb("plan"), PlanCounts(plan.Summary), plan.Exit)
	return p.flush()
}

// PlanCounts is the part of the last line that counts: "3 to change (1 create, 2 update), 1
// waiting, 0 held".
func PlanCounts(s plan.Summary) string {
	ops := opCounts(s)
	if ops != "" {
		ops = " (" + ops + ")"
	}
	return fmt.Sprintf("%d to change%s, %d waiting, %d held", changes(s), ops, s.Waiting, s.Held)
}

// headLabel is the width of the labels in headers.
const headLabel = 7

// zones writes a line for each zone: name, url, whose token, and SANDBOX where it is one.
func (p *printer) zones(zones []plan.Zone) {
	for _, zone := range zones {
		p.labelled(0, bold, "zone", headLabel, zoneWords(zone))
	}
}

func zoneWords(zone plan.Zone) string {
	words := []string{Clean(zone.Name)}
	if zone.Sandbox {
		words[0] += " (SANDBOX, simulated: nothing real is touched)"
	}
	if url := zoneURL(zone); url != "" {
		words = append(words, url)
	}
	switch {
	case zone.User.Email != "":
		words = append(words, fmt.Sprintf("token of %s (user %d)", Clean(zone.User.Email), zone.User.ID))
	case zone.User.ID != 0 && zone.URL != "": // a zone made of documents has neither
		words = append(words, fmt.Sprintf("token of user %d", zone.User.ID))
	}
	return strings.Join(words, ", ")
}

// zoneURL is where a zone was reached. A simulated one is in this process, and the address that it
// simulates would only make people doubt that.
func zoneURL(zone plan.Zone) string {
	if zone.Sandbox {
		return ""
	}
	return Clean(zone.URL)
}

// isPart: shard 1 of 1 is the whole run.
func isPart(s *spec.Shard) bool { return s != nil && s.Count > 1 }

func (p *printer) shard(shard *spec.Shard) {
	if isPart(shard) {
		p.labelled(
			0,
			bold,
			"shard",
			headLabel,
			fmt.Sprintf("%d of %d: only this part of the organizations", shard.Index, shard.Count),
		)
	}
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

func (p *printer) organizationHead(o *plan.Organization) string {
	facts := organizationFacts(o, 20)
	key := cut(Clean(o.Key), 40)
	name := cut(Clean(o.Name), max(10, p.width()-columns(key)-columns(facts)-6))
	return p.paint(bold, key) + "  " + name + "  " + p.paint(dim, "("+facts+")")
}

func (p *printer) waiting(waiting []plan.Waiting) {
	if len(waiting) == 0 {
		return
	}
	p.line("  %s (no change; nothing to do in this run)", p.paint(cyan, "waiting"))
	width := itemWidth(len(waiting), func(i int) string { return object(waiting[i].Address) })
	for _, w := range waiting {
		p.item(object(w.Address), width, waitingWords(w))
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

const widestItem = 38

// item is an object with a sentence; beside it when the object is short, below it when it is long.
func (p *printer) item(object string, width int, text string) {
	if columns(object) <= widestItem {
		p.labelled(4, bold, object, width, text)
		return
	}
	p.line("    %s", p.paint(bold, cut(object, p.width()-4)))
	p.labelled(6, plain, "", 0, text)
}

// held prints what guards stopped: objects that one guard holds for one reason
// stand together, with the one --allow that lets them through.
func (p *printer) held(held []plan.Held) {
	for _, group := range groupHeld(held) {
		first := group[0]
		p.labelled(2, yellow, "held by "+Clean(first.Guard), 0, first.Reason)
		for _, h := range group {
			p.line("    %s  %s", pad(opWord(h.Op), 8), p.paint(bold, cut(object(h.Address), p.width()-14)))
		}
		if first.Allow != "" {
			p.line(
				"    to let %s through:  %s",
				itThem(len(group)),
				p.paint(cyan, "--allow "+text.ShellQuote(Clean(first.Allow))),
			)
		}
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

// guardWords names the guards that differ from the defaults.
func guardWords(guards *spec.Guards) string {
	if guards == nil {
		return ""
	}
	var words []string
	d := spec.DefaultGuards()
	words = append(words, limitWords("maxCreates", guards.MaxCreates, d.MaxCreates)...)
	if guards.MaxInvites != d.MaxInvites {
		words = append(words, fmt.Sprintf("maxInvites %d (default %d)", guards.MaxInvites, d.MaxInvites))
	}
	words = append(words, limitWords("maxDeletes", guards.MaxDeletes, d.MaxDeletes)...)
	words = append(words, limitWords("maxDeletesPerRun", guards.MaxDeletesPerRun, d.MaxDeletesPerRun)...)
	if guards.MinAdmins != d.MinAdmins {
		words = append(words, fmt.Sprintf("minAdmins %d (default %d)", guards.MinAdmins, d.MinAdmins))
	}
	words = append(words, namesWords("requiredAdmins", guards.RequiredAdmins)...)
	for _, list := range guards.EmailLists {
		words = append(words, namesWords("emails", globTexts(list))...)
	}
	words = append(words, namesWords("protect", globTexts(guards.Protect))...)
	return strings.Join(words, "; ")
}

func limitWords(name string, limits, defaults map[spec.Kind]int) []string {
	var words []string
	for _, kind := range spec.Kinds() {
		if limits[kind] != defaults[kind] {
			words = append(
				words,
				fmt.Sprintf("%s of %s %d (default %d)", name, kindWord(kind, 2), limits[kind], defaults[kind]),
			)
		}
	}
	return words
}

func namesWords(name string, values []string) []string {
	if len(values) == 0 {
		return nil
	}
	return []string{name + " " + text.AndMore(values, 4)}
}

func globTexts(globs []spec.Glob) []string {
	texts := make([]string, len(globs))
	for i, glob := range globs {
		texts[i] = glob.String()
	}
	return texts
}
