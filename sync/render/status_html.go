package render

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/fleet"
	"makesync/sync/plan"
)

//go:embed status_page.html
var statusTemplate string

//go:embed status_page.css
var statusStyle string

var statusPage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("status").Parse(pageParts + statusTemplate))
})

// StatusHTML writes a status as one self-contained page without any script: no network, light and
// dark, printable. Charts are for the eye; a table below says the same. Invoices are not on it,
// since a page is kept.
func StatusHTML(w io.Writer, s *fleet.Status, o Options) error {
	return statusPage().Execute(w, newHTMLStatus(s, o))
}

// The data of status_page.html; all texts are clean.
type (
	htmlStatus struct {
		Policy        string
		Style         template.CSS
		Large         bool
		Heading, At   string
		Zones         []htmlZone
		Counts        []htmlCount
		Attention     []htmlAttention
		NotLookedAt   string
		Headings      []htmlColumn
		Rows          []htmlRow
		Organizations []htmlOrganizationStatus
		Person        *htmlPerson
		Problems      []htmlProblem
		Last          string
	}
	htmlAttention struct {
		Class, Level, Rule, Message string
		Organizations               []htmlLink
	}
	htmlLink struct{ Key, Anchor string }
	// htmlColumn is a column of the table of all organizations.
	htmlColumn struct {
		Label   string
		Numbers bool
	}
	htmlRow struct {
		Key, Anchor, Class string
		Cells              []htmlCell
	}
	htmlCell struct {
		Label, Text string
		Numbers     bool
		Bar         *htmlBar
	}
	// htmlBar is how full something is, out of 100.
	htmlBar struct {
		Class string
		Width int
	}
	htmlOrganizationStatus struct {
		Key, Anchor, Name, Facts, Make string

		Has          string // classes, for the tiles
		Attention    []htmlAttention
		Words        []htmlWords
		Charts       []htmlChart
		First, Final string // days of the charts
		By           string // "day by day", "week by week": the rows of the table
		Days         []htmlDay
		NotRead      string
	}
	htmlDay    struct{ Date, Credits, Operations, DataTransfer string }
	htmlPerson struct {
		Email  string
		Places []htmlWords
		Unseen []htmlWords
		Lines  []string
		Edits  []htmlEdit
	}
	htmlEdit struct {
		Place string
		Lines []string
	}
)

// manyTables are so many organizations that their tables tell weeks instead of days: a browser
// would take longer for 30 rows of each than for all the rest.
const manyTables = 200

const daysOfWeek = 7

// manyOrganizations are so many that sections off the screen are better left unrendered.
const manyOrganizations = 50

func newHTMLStatus(s *fleet.Status, o Options) *htmlStatus {
	style := pageStyle + statusStyle
	p := &htmlStatus{
		Policy: "default-src 'none'; style-src '" + hashSource(style) + "'; base-uri 'none'; form-action 'none'",
		Style:  template.CSS(style), Large: len(s.Organizations) > manyOrganizations,
		Heading: statusHeading(s), At: s.At.Format(htmlTimeLayout),
		Last: lastLine(o.verb("status"), StatusCounts(s), s.Exit),
	}
	for _, zone := range s.Zones {
		p.Zones = append(p.Zones, htmlZone{Clean(zone.Name), zoneURL(zone), Clean(zone.User.Email), zone.Sandbox})
	}
	for _, problem := range groupProblems(s.Problems, o.leastGroup()) {
		p.Problems = append(p.Problems, newHTMLProblem(&problem, newOrganizationNames(nil)))
	}
	if s.Person != nil {
		p.Person = newHTMLPerson(s.Person)
		return p
	}
	p.addOrganizations(s)
	return p
}

func statusHeading(s *fleet.Status) string {
	if s.Person != nil {
		return Clean(s.Person.Email) + ": " + text.Count(len(s.Person.Organizations), "organization", "organizations")
	}
	heading := text.Count(len(s.Organizations), "organization", "organizations")
	if bad, warnings := severitiesOf(s.Attention); bad+warnings > 0 {
		return heading + ", " + text.Count(bad+warnings, "thing needs attention", "things need attention")
	}
	return heading
}

func (p *htmlStatus) addOrganizations(s *fleet.Status) {
	anchors, marks := map[string]string{}, map[string][]fleet.Attention{}
	for i := range s.Organizations {
		anchors[place(s.Organizations[i].Zone, s.Organizations[i].Key)] = "organization-" + strconv.Itoa(i)
	}
	for _, a := range s.Attention {
		at := place(a.Zone, a.Organization)
		marks[at] = append(marks[at], a)
	}
	bad, warnings := severitiesOf(s.Attention)
	p.Counts = []htmlCount{
		{"all", "Organizations", text.Number(len(s.Organizations))},
		{"destructive", "Bad", text.Number(bad)},
		{"caution", "Warnings", text.Number(warnings)},
		{calmClass, "Need nothing", text.Number(len(s.Organizations) - len(marks))},
	}
	p.Attention, p.NotLookedAt = newHTMLAttention(s.Attention, anchors), text.And(s.NotLookedAt)
	cells := slices.DeleteFunc(cellsOf(s.Columns), func(c statusCell) bool {
		return c.column == fleet.ColumnUsage // charts show it
	})
	for _, cell := range cells {
		p.Headings = append(p.Headings, htmlColumn{sentence(cell.heading), cell.numbers})
	}
	zones, span := zonesByName(s.Zones), 1
	if len(s.Organizations) > manyTables {
		span = daysOfWeek
	}
	for i := range s.Organizations {
		row := &s.Organizations[i]
		at := place(row.Zone, row.Key)
		p.Rows = append(p.Rows, newHTMLRow(row, s.At, cells, anchors[at], marks[at]))
		p.Organizations = append(p.Organizations,
			newHTMLOrganizationStatus(row, zones[row.Zone], anchors[at], marks[at], span))
		p.Organizations[i].addWords(p.Rows[i].Cells)
		p.Organizations[i].addPeople(row.Members)
	}
}

func place(zone, key string) string { return zone + "/" + key }

// sentence is a heading of the text's table in the page's case.
func sentence(heading string) string {
	words := strings.ToLower(heading)
	return strings.ReplaceAll(strings.ToUpper(words[:1])+words[1:], "2fa", "2FA")
}

// newHTMLAttention unites what is equal but for the organization.
func newHTMLAttention(attention []fleet.Attention, anchors map[string]string) []htmlAttention {
	var list []htmlAttention
	for _, group := range groupAttention(attention) {
		class, level := attentionClass(group.Severity)
		item := htmlAttention{Class: class, Level: level, Rule: Clean(group.Rule), Message: Clean(group.Message)}
		for _, a := range attention {
			if a.Severity == group.Severity && a.Rule == group.Rule && a.Message == group.Message {
				item.Organizations = append(item.Organizations,
					htmlLink{Clean(a.Organization), anchors[place(a.Zone, a.Organization)]})
			}
		}
		list = append(list, item)
	}
	return list
}

func attentionClass(s fleet.Severity) (class, level string) {
	if s == fleet.Bad {
		return "destructive", "Bad"
	}
	return "caution", "Warning"
}

// calmClass is of an organization that needs nothing.
const calmClass = "calm"

// attentionClasses are all that an organization is found by.
func attentionClasses(marks []fleet.Attention) (classes []string) {
	for i := range marks {
		if class, _ := attentionClass(marks[i].Severity); !slices.Contains(classes, class) {
			classes = append(classes, class)
		}
	}
	if len(classes) == 0 {
		return []string{calmClass}
	}
	return classes
}

func newHTMLRow(
	row *fleet.Row, now time.Time, cells []statusCell, anchor string, marks []fleet.Attention,
) htmlRow {
	h := htmlRow{Key: Clean(row.Key), Anchor: anchor, Class: strings.Join(attentionClasses(marks), " ")}
	for _, cell := range cells {
		c := htmlCell{Label: sentence(cell.heading), Text: cell.cell(row, now), Numbers: cell.numbers}
		if share, known := shareOf(row.Credits); cell.column == fleet.ColumnCredits && known {
			c.Text = fmt.Sprintf("%d %% of %s", percent(share), fleet.Amount(*row.Credits.Total))
			c.Bar = newHTMLBar(share)
		}
		h.Cells = append(h.Cells, c)
	}
	return h
}

// The shares from which a bar warns.
const (
	lowBar = 0.75
	badBar = 0.9
)

func newHTMLBar(share float64) *htmlBar {
	bar := &htmlBar{Class: "calm", Width: min(percent(share), 100)}
	switch {
	case share >= badBar:
		bar.Class = "bad"
	case share >= lowBar:
		bar.Class = "low"
	}
	return bar
}

func newHTMLOrganizationStatus(
	row *fleet.Row, zone plan.Zone, anchor string, marks []fleet.Attention, span int,
) htmlOrganizationStatus {
	h := htmlOrganizationStatus{
		Key: Clean(row.Key), Anchor: anchor, Name: Clean(row.Name),
		Facts: fmt.Sprintf("zone %s, id %d", Clean(row.Zone), row.ID),
		Make:  makeLink(zone, row.ID), Has: htmlHas(attentionClasses(marks)),
		Charts: newCharts(row.Usage), NotRead: Clean(strings.Join(row.NotRead, ", ")),
	}
	for _, a := range marks {
		class, level := attentionClass(a.Severity)
		h.Attention = append(h.Attention,
			htmlAttention{Class: class, Level: level, Rule: Clean(a.Rule), Message: Clean(a.Message)})
	}
	if n := len(row.Usage); n > 0 {
		h.First, h.Final = Clean(row.Usage[0].Date), Clean(row.Usage[n-1].Date)
	}
	h.By = "day by day"
	if span == daysOfWeek {
		h.By = "week by week"
	}
	for days := range slices.Chunk(row.Usage, span) {
		h.Days = append(h.Days, newHTMLDays(days))
	}
	return h
}

// newHTMLDays is a row of the table of usage: a day, or the sum of several.
func newHTMLDays(days []fleet.Day) htmlDay {
	words, sums := Clean(days[0].Date), make([]string, len(chartSeries))
	if n := len(days); n > 1 {
		words += " to " + Clean(days[n-1].Date)
	}
	for i, series := range chartSeries {
		var sum *float64
		for j := range days {
			if n := series.of(&days[j]); n != nil {
				total := amountOf(sum) + *n
				sum = &total
			}
		}
		sums[i] = amountText(sum, series.words)
	}
	return htmlDay{words, sums[0], sums[1], sums[2]}
}

// inHeading are the labels of what the heading of an organization says already.
var inHeading = []string{"Zone", "Name"}

// addWords says what the row of the table says.
func (h *htmlOrganizationStatus) addWords(cells []htmlCell) {
	for _, cell := range cells {
		if cell.Text != "" && !slices.Contains(inHeading, cell.Label) {
			h.Words = append(h.Words, htmlWords{cell.Label, cell.Text})
		}
	}
}

// mostPeople are named one by one.
const mostPeople = 20

// addPeople says what has no room in a table: how many have which role, and who has no second
// factor.
func (h *htmlOrganizationStatus) addPeople(m *fleet.Members) {
	if m == nil {
		return
	}
	var roles, people []string
	for _, role := range slices.Sorted(maps.Keys(m.ByRole)) {
		roles = append(roles, fmt.Sprintf("%d %s", m.ByRole[role], Clean(role)))
	}
	for _, email := range m.NoTwoFactor {
		people = append(people, Clean(email))
	}
	for _, words := range []htmlWords{{"Roles", text.And(roles)}, {"Without 2FA", text.AndMore(people, mostPeople)}} {
		if words.Text != "" {
			h.Words = append(h.Words, words)
		}
	}
}

func amountText(n *float64, words func(float64) string) string {
	if n == nil {
		return ""
	}
	return words(*n)
}

func newHTMLPerson(v *fleet.PersonView) *htmlPerson {
	p := &htmlPerson{Email: Clean(v.Email)}
	for i := range v.Organizations {
		o := &v.Organizations[i]
		p.Places = append(p.Places, htmlWords{Clean(o.Key), placeWords(o) + " " + placeNumbers(o)})
	}
	for _, unseen := range v.NotLookedInto {
		p.Unseen = append(p.Unseen, htmlWords{Clean(unseen.Organization), Clean(unseen.Reason)})
	}
	for _, line := range v.Lines {
		at := spec.Source{File: line.File, Line: line.Line}
		p.Lines = append(p.Lines, Clean(fmt.Sprintf("%s:%d  %s", at.File, at.Line, line.About)))
	}
	for _, e := range v.Edits {
		edit := htmlEdit{Place: Clean(editPlace(&e))}
		for _, line := range e.Write {
			edit.Lines = append(edit.Lines, Clean(line))
		}
		p.Edits = append(p.Edits, edit)
	}
	return p
}
