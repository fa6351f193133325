package render

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/grouping"
	"makesync/sync/plan"
)

// DefaultMaxBytes and MinMaxBytes are the budget of a Markdown plan when none is given, and the
// least that can be asked for.
const (
	DefaultMaxBytes = 60_000 // GitHub refuses comments over 65,536 characters
	MinMaxBytes     = 2_000
)

// Markdown writes a plan as a comment for a pull request, in at most maxBytes
// bytes (0: DefaultMaxBytes; less than MinMaxBytes is an error).
//
// The whole plan is cut into items, each with up to two forms: by name only, and in full. All the
// forms are lined up by importance, as ranks draws it; as many of them are shown, from the front,
// as the budget allows, and what is not shown is counted in words. So the least risky detail goes
// first; every irreversible and destructive change keeps at least its name as long as the names
// fit, and where even these do not (some thousand in one plan), as many as fit are named and the
// others are counted by op, in bold.
func Markdown(w io.Writer, plan *plan.Plan, maxBytes int, o Options) error {
	maxBytes, err := byteBudget("plan", maxBytes)
	if err != nil {
		return err
	}
	document := newDocument(plan, o)
	text := document.text(len(document.details))
	if len(text) > maxBytes {
		// The first number of details with which the page is too large; one less fits.
		n := sort.Search(len(document.details), func(n int) bool { return len(document.text(n+1)) > maxBytes })
		for text = document.text(n); len(text) > maxBytes && n > 0; text = document.text(n) {
			n-- // the notice of what is missing can grow by a word while the rest shrinks by less
		}
	}
	_, err = io.WriteString(w, text)
	return err
}

// byteBudget is how many bytes a comment may have; 0 asks for the usual number.
func byteBudget(what string, maxBytes int) (int, error) {
	if maxBytes == 0 {
		return DefaultMaxBytes, nil
	}
	if maxBytes < MinMaxBytes {
		return 0, fmt.Errorf("write the %s as Markdown: %d bytes are too few; ask for at least %d",
			what, maxBytes, MinMaxBytes)
	}
	return maxBytes, nil
}

// section says where in the document an item stands, in the order of the document.
type section uint8

const (
	inRules section = iota
	inFailures
	inAccess
	inHeader
	inFooter
	inProblems
	inRows    // a table of the organization
	inDetails // a table in the collapsible part
	inHeld
	inNotRead
	inWaiting
	inRest
	inUnmanaged
)

// item is something that the document shows in full, by name, or only counts.
type item struct {
	section section
	part    int // index of the part, own for the document's own
	name    string
	full    string
	risk    int    // of a change: index in risks; -1 otherwise
	op      string // of a change
	steps   int    // of a change: in how many organizations
	what    string // what it is called when it is counted
	level   int    // 0 counted, 1 by name, 2 in full; set by document.text
}

// own is the part of an item that belongs to none.
const own = -1

// detail shows an item at a level.
type detail struct{ rank, item, level int }

// document is a plan cut into items. Its first part is what several organizations have in common,
// the others are the organizations.
type document struct {
	plan     *plan.Plan
	options  Options
	fleet    *organizationNames
	unread   *unread
	grouping grouping.Grouping
	items    []item
	parts    []part
	details  []detail
}

// part is a heading with items, in the order of the document.
type part struct {
	heading string
	items   []int
}

// The ranks of details, most important first. A step's rank depends on its risk.
const (
	rankHeader        = iota
	rankNamed         // irreversible, then destructive, by name
	_                 // …
	rankStandingNamed // who gains rights, then who looks like another, by name
	_                 // …
	rankTold          // irreversible, then destructive, in full
	_                 // …
	rankPeople        // who gains, is invited, loses access
	rankStanding      // who gains rights, then who looks like another, in full
	_                 // …
	rankTrusted       // what trusted policies say; of documents' holds there can be many
	rankHeldName      // held, by rule
	rankProblem
	rankNotRead
	rankHeld
	rankCautionNamed
	rankCaution
	rankWaiting
	rankSafeNamed
	rankSafe
	rankForeseenNamed
	rankForeseen
	rankRest
)

// stepRanks are the ranks of a step by name and in full, by its place in risks.
var stepRanks = [][2]int{
	{rankNamed, rankTold},
	{rankNamed + 1, rankTold + 1},
	{rankCautionNamed, rankCaution},
	{rankSafeNamed, rankSafe},
	{rankForeseenNamed, rankForeseen},
}

func newDocument(plan *plan.Plan, o Options) *document {
	plan = withClasses(plan)
	d := &document{plan: plan, options: o, fleet: newOrganizationNames(plan.Organizations), unread: findUnread(plan),
		grouping: grouping.Of(plan, o.leastGroup()), parts: []part{{heading: "#### The same in several organizations"}}}
	d.addRules()
	d.addOwn(inHeader, d.zoneLines(), rankHeader, "")
	d.addOwn(inHeader, d.policyLine(), rankHeader, "")
	d.addOwn(inFooter, d.nextLines(), rankHeader, "")
	d.addProblems(inFailures, d.unread.failures(), rankProblem)
	d.addProblems(inProblems, d.unread.other[:d.unread.ofTrusted], rankTrusted)
	d.addProblems(inProblems, d.unread.other[d.unread.ofTrusted:], rankProblem)
	if !d.unread.nothing(plan) {
		access := markdownAccess(plan.StillHasAccess, plan.NotLookedInto, d.fleet)
		d.addOwn(inAccess, access, rankNamed, "note on who still has access")
		d.addOwn(inHeader, d.peopleLines(), rankPeople, "")
		d.addOwn(inHeader, d.unreadLines(), rankNotRead, "note on what was not read")
		d.addGroups()
		for i := range d.grouping.Rest {
			d.addOrganization(&d.grouping.Rest[i])
		}
		for _, u := range listUnmanaged(plan) {
			full := "- " + code(cut(u.Organization, maxName)) + " " + prose(cut(u.Objects, 4*maxProse)) + "\n"
			d.addOwn(inUnmanaged, full, rankRest, "list of what is not managed")
		}
	}
	sort.SliceStable(d.details, func(i, j int) bool { return d.details[i].rank < d.details[j].rank })
	return d
}

// add lines up an item; nameRank is 0 for one that has no short form.
func (d *document) add(new item, nameRank, fullRank int) {
	if new.full == "" {
		return
	}
	at := len(d.items)
	d.items = append(d.items, new)
	if new.part >= 0 {
		d.parts[new.part].items = append(d.parts[new.part].items, at)
	}
	if new.name != "" {
		d.details = append(d.details, detail{nameRank, at, 1})
	}
	d.details = append(d.details, detail{fullRank, at, 2})
}

// addOwn adds what belongs to no part.
func (d *document) addOwn(s section, full string, rank int, what string) {
	d.add(item{section: s, part: own, full: full, risk: -1, what: what}, 0, rank)
}

func (d *document) addProblems(s section, problems []spec.Problem, rank int) {
	for _, group := range groupProblems(problems, d.options.leastGroup()) {
		line := markdownProblem(&group.Problem)
		if where := group.in(d.fleet.names, 0); where != "" {
			line = strings.TrimSuffix(line, "\n") + " (" + group.label() + " " + entities(where) + ")\n"
		}
		d.addOwn(s, line, rank, "problem")
	}
}

// addGroups fills the first part.
func (d *document) addGroups() {
	where := d.wheres()
	for i := range d.grouping.Groups {
		group := &d.grouping.Groups[i]
		d.addChange(0, groupStep(group, d.fleet), len(group.Organizations), where[i])
	}
	for i := range d.grouping.Held {
		group := &d.grouping.Held[i]
		name := markdownHeldRule(group.Objects, group.Allow)
		full := markdownHeld(group.Objects, heldReasons(group), group.Allow, d.in(group.Organizations))
		d.add(item{section: inHeld, name: name, full: full, risk: -1, what: "held rule"}, rankHeldName, rankHeld)
	}
	for i := range d.grouping.Waiting {
		full := markdownWaitingGroup(&d.grouping.Waiting[i], d)
		d.add(item{section: inWaiting, full: full, risk: -1, what: "waiting object"}, 0, rankWaiting)
	}
}

// wheres say in which organizations each group is, which are listed once: a later group names the
// one that lists them. That one is no less important, and shown in full wherever this one is.
func (d *document) wheres() []string {
	words, lists := make([]string, len(d.grouping.Groups)), map[string]string{}
	for i := range d.grouping.Groups {
		group := &d.grouping.Groups[i]
		words[i] = d.in(group.Organizations)
		keys := strings.Join(group.Organizations, "\x00")
		same := "in the same " + text.Count(group.Count, "organization", "organizations") + " as " + lists[keys]
		switch {
		case lists[keys] == "":
			lists[keys] = code(cut(object(group.Steps[0].Address), maxName))
		case len(same) < len(words[i]):
			words[i] = same
		}
	}
	return words
}

// markdownWaitingGroup is one line; what waits elsewhere each time is named, and its organizations
// are counted.
func markdownWaitingGroup(g *grouping.WaitingGroup, d *document) string {
	if len(g.Rows) == 1 {
		return markdownWaiting(g.Rows[0].Objects, waitingGroupWords(g), d.in(g.Rows[0].Organizations))
	}
	counted, _ := kindCounts(g.Counts())
	return "- **Waiting** " + counted + " " + prose(cut(Clean(waitingGroupWords(g)), maxProse)) + " (" +
		entities(waitingRowsWords(g.Rows, mostNames(d.options, plan.RiskNone), d.fleet)) + ")\n"
}

// in says in which organizations something is; "" for none.
func (d *document) in(keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	return "in " + entities(d.fleet.names(keys, 0))
}

// addChange adds a step, which stands for those of several organizations where there are any.
func (d *document) addChange(part int, step plan.Step, organizations int, where string) {
	risk := riskRank(step.Risk)
	change := item{section: inRows, part: part, risk: risk, op: changeOp(step)}
	change.steps = max(organizations, 1)
	if step.Risk == plan.RiskNone {
		change.section = inDetails
	}
	change.name = code(cut(object(step.Address), maxName))
	if organizations > 0 {
		change.name += " in " + text.Count(organizations, "organization", "organizations")
	}
	if step.LooksLike != "" {
		change.name += " (looks like another e-mail)"
	}
	change.full = markdownRows(step, where)
	ranks := stepRanks[risk]
	among := step.Risk == plan.RiskCaution || step.Risk == needsPlan
	if standing := step.Standing(); among && standing < plan.StandsAmong {
		ranks = [2]int{rankStandingNamed + standing, rankStanding + standing}
	}
	d.add(change, ranks[0], ranks[1])
}

func (d *document) addOrganization(o *plan.Organization) {
	at := len(d.parts)
	d.parts = append(d.parts, part{heading: organizationHeading(o)})
	for _, step := range byRisk(o.Steps) {
		d.addChange(at, step, 0, "")
	}
	for _, group := range groupHeld(o.Held) {
		name := markdownHeldRule(group, group[0].Allow)
		full := markdownHeld(group, group[0].Reason, group[0].Allow, "")
		rule := item{section: inHeld, part: at, name: name, full: full, risk: -1, what: "held rule"}
		d.add(rule, rankHeldName, rankHeld)
	}
	for _, w := range o.Waiting {
		full := markdownWaiting([]plan.Waiting{w}, waitingWords(w), "")
		d.add(item{section: inWaiting, part: at, full: full, risk: -1, what: "waiting object"}, 0, rankWaiting)
	}
	if rest := restWords(o); rest != "" && len(o.Steps)+len(o.Held)+len(o.Waiting) > 0 {
		d.add(item{section: inRest, part: at, full: "- " + rest + "\n", risk: -1}, 0, rankRest)
	}
}

func organizationHeading(o *plan.Organization) string {
	return "#### " + code(cut(Clean(o.Key), 80)) + " " + prose(cut(Clean(o.Name), maxName)) +
		" (" + entities(organizationFacts(o, 60)) + ")"
}

// unreadLines say what is missing, and of whom.
func (d *document) unreadLines() string {
	if len(d.unread.organizations) == 0 {
		return ""
	}
	line := "- **Not read**: " + d.unread.words()
	for _, k := range d.unread.organizations {
		line += "; " + k.kinds + " of " + entities(d.fleet.names(k.keys, 0))
	}
	return line + "\n"
}
