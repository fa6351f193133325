package render

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// A plan of many organizations is found through a table, whose cells lead to the first change of
// their risk:
//
//	Organization   Irreversible  Destructive  Caution  No risk  Held  Waiting
//	old                       1                                                  Open in Make
//	client-07                              2        1                    1       Open in Make
type (
	htmlFleet struct {
		Headings []htmlChoice
		Rows     []htmlFleetRow
		Open     bool
	}
	htmlFleetRow struct {
		Key, Anchor, Make, Has string
		Cells                  []htmlFleetCell
	}
	htmlFleetCell struct{ Class, Label, N, Anchor string }
)

// mostOpenRows is how long the table may be before it is folded: the changes are what people came
// for.
const mostOpenRows = 25

// htmlIndex is where what stands on the page can be found.
type htmlIndex struct {
	kinds map[spec.Kind]bool
	// first is the anchor of the first item of an organization's key and a class.
	first map[[2]string]string
	// blocks are the anchors of organizations, steps those of steps that stand for several.
	blocks map[string]string
	steps  map[int]string
	items  int
	// lists are the items that list these organizations first.
	lists map[string]htmlLink
}

func newHTMLIndex() *htmlIndex {
	return &htmlIndex{
		kinds: map[spec.Kind]bool{}, first: map[[2]string]string{}, blocks: map[string]string{},
		steps: map[int]string{}, lists: map[string]htmlLink{},
	}
}

// found notes where an item of these organizations stands.
func (x *htmlIndex) found(keys []string, class, anchor string) string {
	for _, key := range keys {
		if at := [2]string{key, class}; x.first[at] == "" {
			x.first[at] = anchor
		}
	}
	return anchor
}

// next is an anchor for what has no number in the plan.
func (x *htmlIndex) next(class string) string {
	x.items++
	return class + "-" + strconv.Itoa(x.items)
}

// step is where a step stands, alone or with its equals.
func (x *htmlIndex) step(n int) string {
	if anchor := x.steps[n]; anchor != "" {
		return anchor
	}
	return stepAnchor(n)
}

func stepAnchor(n int) string { return "step-" + strconv.Itoa(n) }

// htmlWhere is in which organizations something is: in a few words, in words and a list that is
// folded, or in those of another item.
type htmlWhere struct {
	Words, Names string
	Same         htmlLink
}

// mostInLine is how many characters of names stand in the line; more are folded.
const mostInLine = 60

// where lists organizations once on the page: who comes later links to whoever listed them.
func (x *htmlIndex) where(keys []string, f *organizationNames, item htmlLink) *htmlWhere {
	list := strings.Join(keys, "\x00")
	words, names, _ := strings.Cut(f.names(keys, 0), ": ")
	first, again := x.lists[list]
	switch {
	case len(words)+len(names) <= mostInLine && names != "":
		return &htmlWhere{Words: words + ": " + names}
	case names == "":
		return &htmlWhere{Words: words}
	case again:
		return &htmlWhere{Words: words, Same: first}
	}
	x.lists[list] = item
	return &htmlWhere{Words: words, Names: names}
}

const (
	heldClass    = "held"
	waitingClass = "waiting"
)

// newHTMLFleet is the table, the organization with the worst first; nil where there is one alone.
func newHTMLFleet(p *plan.Plan, x *htmlIndex) *htmlFleet {
	const fewest = 2
	zones := zonesByName(p.Zones)
	f := &htmlFleet{Headings: htmlRisks()}
	counts := map[string][]int{}
	for i := range p.Organizations {
		o := &p.Organizations[i]
		if !hasItems(o) {
			continue
		}
		n := itemsByRisk(o)
		row := htmlFleetRow{Key: Clean(o.Key), Anchor: x.blocks[o.Key], Make: makeLink(zones[o.Zone], o.ID)}
		var has []string
		for j, heading := range f.Headings {
			row.Cells = append(row.Cells, htmlFleetCell{heading.Value, heading.Label, text.Number(n[j]),
				x.first[[2]string{o.Key, heading.Value}]})
			if n[j] > 0 {
				has = append(has, heading.Value)
			}
		}
		row.Has = htmlHas(has)
		if row.Anchor == "" { // all of it stands with its equals
			row.Anchor = sharedAnchor
		}
		f.Rows = append(f.Rows, row)
		counts[row.Key] = n
	}
	slices.SortStableFunc(f.Rows, func(a, b htmlFleetRow) int { return slices.Compare(counts[b.Key], counts[a.Key]) })
	if len(f.Rows) < fewest {
		return nil
	}
	f.dropIdle()
	f.Open = len(f.Rows) <= mostOpenRows
	return f
}

// dropIdle takes the columns out that are told only where there is something in them.
func (f *htmlFleet) dropIdle() {
	for i, heading := range f.Headings {
		filled := slices.ContainsFunc(f.Rows, func(r htmlFleetRow) bool { return r.Cells[i].N != "0" })
		if filled || !isIdleClass(heading.Value, 0) {
			continue
		}
		f.Headings = slices.Delete(f.Headings, i, i+1)
		for j := range f.Rows {
			f.Rows[j].Cells = slices.Delete(f.Rows[j].Cells, i, i+1)
		}
		return
	}
}

// htmlHas are classes of what holds such items: cheaper for a browser than to look for them, of
// which it would look again at each change of a large page.
func htmlHas(classes []string) string {
	var has []string
	for _, class := range classes {
		if class = "has-" + class; !slices.Contains(has, class) {
			has = append(has, class)
		}
	}
	return strings.Join(has, " ")
}

// count fills in what an organization's block holds.
func (h *htmlOrganization) count() {
	var has []string
	for i := range h.Steps {
		has = append(has, h.Steps[i].Risk)
	}
	h.StepsHave = htmlHas(has)
	if len(h.Held) > 0 {
		has = append(has, heldClass)
	}
	if len(h.Waiting) > 0 {
		has = append(has, waitingClass)
	}
	h.Has = htmlHas(has)
}

func zonesByName(zones []plan.Zone) map[string]plan.Zone {
	named := map[string]plan.Zone{}
	for _, zone := range zones {
		named[zone.Name] = zone
	}
	return named
}

func hasItems(o *plan.Organization) bool { return len(o.Steps)+len(o.Held)+len(o.Waiting) > 0 }

// itemsByRisk counts in the order of htmlRisks.
func itemsByRisk(o *plan.Organization) []int {
	counts := make([]int, len(risks))
	for i := range o.Steps {
		counts[riskRank(o.Steps[i].Risk)]++
	}
	return append(counts, len(o.Held), len(o.Waiting))
}

// makeHost is a server of Make. A page leads nowhere else: a zone's address can come from a
// document, and people sign in where a link leads.
var makeHost = regexp.MustCompile(`^([a-z0-9-]+\.)+make(\.celonis)?\.com$`)

// makeLink is where an organization is found in Make; "" where that is not known, and in a
// simulated zone.
func makeLink(zone plan.Zone, id int64) string {
	u, err := url.Parse(zone.URL)
	if err != nil || zone.Sandbox || id <= 0 || state.IsSynthetic(id) || u.Scheme != "https" || u.User != nil {
		return ""
	}
	host := strings.ToLower(u.Host)
	if !makeHost.MatchString(host) {
		return ""
	}
	return fmt.Sprintf("https://%s/organization/%d", host, id)
}
