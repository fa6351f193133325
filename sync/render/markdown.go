package render

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
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
	if maxBytes == 0 {
		maxBytes = DefaultMaxBytes
	}
	if maxBytes < MinMaxBytes {
		return fmt.Errorf(
			"write the plan as Markdown: %d bytes are too few; ask for at least %d",
			maxBytes,
			MinMaxBytes,
		)
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
	_, err := io.WriteString(w, text)
	return err
}

// section says where in the document an item stands, in the order of the document.
type section uint8

const (
	inHeader section = iota
	inFooter
	inProblems
	inRows    // a table of the organization
	inDetails // a table in the collapsible part
	inHeld
	inNotRead
	inWaiting
	inRest
)

// item is something that the document shows in full, by name, or only counts.
type item struct {
	section      section
	organization int // index of the organization, -1 for the page's own
	name         string
	full         string
	risk         int    // of a step: index in risks; -1 otherwise
	op           string // of a step
	what         string // what it is called when it is counted
	level        int    // 0 counted, 1 by name, 2 in full; set by document.text
}

// detail shows a item at a level.
type detail struct{ rank, item, level int }

// document is a plan cut into items.
type document struct {
	plan           *plan.Plan
	options        Options
	items          []item
	byOrganization [][]int // items of each organization, in the order of the page
	details        []detail
}

// The ranks of details, most important first. A step's rank depends on its risk.
const (
	rankHeader   = iota
	rankNamed    // irreversible, then destructive, by name
	_            // …
	rankTold     // irreversible, then destructive, in full
	_            // …
	rankHeldName // held, by rule
	rankProblem
	rankNotRead
	rankHeld
	rankCautionNamed
	rankCaution
	rankWaiting
	rankSafeNamed
	rankSafe
	rankRest
)

// stepRanks are the ranks of a step by name and in full, by its place in risks.
var stepRanks = [][2]int{
	{rankNamed, rankTold},
	{rankNamed + 1, rankTold + 1},
	{rankCautionNamed, rankCaution},
	{rankSafeNamed, rankSafe},
}

func newDocument(plan *plan.Plan, o Options) *document {
	d := &document{plan: plan, options: o, byOrganization: make([][]int, len(plan.Organizations))}
	d.add(item{section: inHeader, organization: -1, full: d.zoneLines(), risk: -1}, 0, rankHeader)
	d.add(item{section: inHeader, organization: -1, full: d.peopleLines(), risk: -1}, 0, rankHeldName)
	d.add(item{section: inFooter, organization: -1, full: d.nextLines(), risk: -1}, 0, rankHeader)
	for i := range plan.Problems {
		full := markdownProblem(&plan.Problems[i])
		d.add(item{section: inProblems, organization: -1, full: full, risk: -1, what: "problem"}, 0, rankProblem)
	}
	for i := range plan.Organizations {
		d.addOrganization(i)
	}
	sort.SliceStable(d.details, func(i, j int) bool { return d.details[i].rank < d.details[j].rank })
	return d
}

// add lines up a item; nameRank is 0 for one that has no short form.
func (d *document) add(new item, nameRank, fullRank int) {
	if new.full == "" {
		return
	}
	at := len(d.items)
	d.items = append(d.items, new)
	if new.organization >= 0 {
		d.byOrganization[new.organization] = append(d.byOrganization[new.organization], at)
	}
	if new.name != "" {
		d.details = append(d.details, detail{nameRank, at, 1})
	}
	d.details = append(d.details, detail{fullRank, at, 2})
}

func (d *document) addOrganization(organization int) {
	o := &d.plan.Organizations[organization]
	for _, step := range byRisk(o.Steps) {
		risk := riskRank(step.Risk)
		section := inRows
		if step.Risk == plan.RiskNone {
			section = inDetails
		}
		d.add(
			item{
				section:      section,
				organization: organization,
				name:         code(cut(object(step.Address), maxName)),
				full:         markdownRows(step),
				risk:         risk,
				op:           Clean(string(step.Op)),
			},
			stepRanks[risk][0],
			stepRanks[risk][1],
		)
	}
	for _, group := range groupHeld(o.Held) {
		d.add(
			item{
				section:      inHeld,
				organization: organization,
				name:         markdownHeldRule(group),
				full:         markdownHeld(group),
				risk:         -1,
				what:         "held rule",
			},
			rankHeldName,
			rankHeld,
		)
	}
	if len(o.NotRead) > 0 {
		d.add(
			item{
				section:      inNotRead,
				organization: organization,
				full:         "- **Not read**: " + kindNames(o.NotRead) + ". The plan knows nothing of them.\n",
				risk:         -1,
				what:         "note on what was not read",
			},
			0,
			rankNotRead,
		)
	}
	for _, w := range o.Waiting {
		d.add(
			item{
				section:      inWaiting,
				organization: organization,
				full: "- **Waiting** " +
					code(cut(object(w.Address), maxName)) + " " +
					prose(cut(Clean(waitingWords(w)), maxProse)) + "\n",
				risk: -1,
				what: "waiting object",
			},
			0,
			rankWaiting,
		)
	}
	if rest := restWords(o); rest != "" && !quiet(o) {
		d.add(item{section: inRest, organization: organization, full: "- " + rest + "\n", risk: -1}, 0, rankRest)
	}
}

// Limits of single names, values and sentences, in columns.
const maxName, maxValue, maxProse = 200, 200, 500

// markdownRows are the table rows of a step, one for each field. A row of the collapsible table has
// no risk column.
func markdownRows(step plan.Step) string {
	risk := ""
	if step.Risk != plan.RiskNone {
		risk = "| **" + risks[riskRank(step.Risk)].heading + "** "
	}
	head := risk + "| " + entities(string(step.Op)) + " | " + code(cut(object(step.Address), maxName))
	for _, note := range notesOf(step) {
		head += "<br>" + prose(cut(Clean(note), maxProse))
	}
	if len(step.Fields) == 0 {
		return head + " | | | |\n"
	}
	var b strings.Builder
	for i, field := range toldFields(step) {
		switch {
		case i == 0:
			b.WriteString(head)
		case risk != "":
			b.WriteString("| | | ")
		default:
			b.WriteString("| | ")
		}
		b.WriteString(
			" | " +
				entities(cut(Clean(field.Path), maxName)) + " | " +
				code(cut(show(field.From), maxValue)) + " | " +
				code(cut(show(field.To), maxValue)) + " |\n",
		)
	}
	return b.String()
}

func markdownHeldRule(group []plan.Held) string {
	return "- **Held** by " +
		entities(group[0].Guard) + ": " + text.Count(
		len(group),
		"change",
		"changes",
	) +
		markdownAllow(group[0].Allow) + "\n"
}

func markdownAllow(rule string) string {
	if rule == "" {
		return ""
	}
	return "; to let through: " + code("--allow "+text.ShellQuote(cut(Clean(rule), maxName)))
}

func markdownHeld(group []plan.Held) string {
	names := make([]string, len(group))
	for i, h := range group {
		names[i] = entities(string(h.Op)) + " " + code(cut(object(h.Address), maxName))
	}
	return "- **Held** by " +
		entities(group[0].Guard) + ": " +
		prose(cut(Clean(group[0].Reason), maxProse)) + " (" + strings.Join(
		names,
		", ",
	) + ")" +
		markdownAllow(group[0].Allow) + "\n"
}

func markdownProblem(problem *spec.Problem) string {
	level := "Error"
	if problem.Severity == spec.Warning {
		level = "Warning"
	}
	line := "- **" + level + "** "
	if place := strings.TrimSuffix(problemPlace(problem), ": "); place != "" {
		line += code(cut(place, maxName)) + " "
	}
	line += prose(cut(Clean(problem.Message), maxProse))
	if answer := answerWords(problem.Error); answer != "" {
		line += " (" + prose(cut(answer, maxProse)) + ")"
	}
	if problem.Hint != "" {
		line += ". *" + prose(cut(Clean(problem.Hint), maxProse)) + "*"
	}
	return line + "\n"
}
