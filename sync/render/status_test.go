package render

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"makesync/schema"
	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/fleet"
	"makesync/sync/plan"
	"makesync/sync/state"
)

var statusNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func of[T any](value T) *T { return &value }

func statusDays(n int, most float64) []fleet.Day {
	var days []fleet.Day
	for i := range n {
		credits := most * float64(i%7) / 6
		days = append(days, fleet.Day{
			Date: statusNow.AddDate(0, 0, i-n+1).Format(time.DateOnly), Credits: &credits, Operations: &credits, DataTransfer: of(credits * 2048),
		})
	}
	return days
}

// sampleStatus has an organization in every trouble, one that is well, and one of which little is known.
func sampleStatus() *fleet.Status {
	s := fleet.NewStatus(statusNow, fleet.Columns())
	s.Zones = []plan.Zone{{Name: "eu1", URL: "https://eu1.make.com", User: state.User{ID: 1, Email: "ops@acme.example"}}}
	s.Organizations = []fleet.Row{
		{
			Key: "acme", Zone: "eu1", ID: 11, Name: "Acme Automation", Plan: "Pro", OnHold: of(false), NotRead: []string{},
			Credits: &fleet.Credits{Used: of(9600.0), Left: of(400.0), Total: of(10000.0), Reset: of(statusNow.AddDate(0, 0, 12)),
				PerDay: of(320.0), DaysLeft: of(1.2), Lasts: of(false), AutoPurchase: of(false)},
			APILimit: of(120), Teams: of(3), Apps: of(2), TFAEnforced: of(false), Owner: "ops@acme.example",
			Members: &fleet.Members{Total: 12, Admins: 1, Pending: 2, Expired: 1, WithoutTwoFactor: of(4), AdminsWithoutTwoFactor: of(1),
				ByRole: map[string]int{"Owner": 1, "Member": 10, "34": 1}, NoTwoFactor: []string{"ann@acme.example", "bob@acme.example"}},
			Subscription:  &fleet.Subscription{Plan: "Pro", NextBill: of(statusNow.AddDate(0, 0, 12)), Amount: "18.82", Currency: "USD", Period: "month"},
			PaymentMethod: &fleet.PaymentMethod{Type: "card", Brand: "visa", Valid: of(false), Expires: "2026-10"},
			LastPayment:   &fleet.Payment{At: of(statusNow.AddDate(0, 0, -2)), Status: "Failed", Amount: "18.82", Currency: "USD"},
			Usage:         statusDays(30, 400), Changes: &fleet.Changes{Pending: 3, Held: 1, Waiting: 2,
				Drift: of(2), Conflict: of(1), Since: of(statusNow.AddDate(0, 0, -9))},
		},
		{
			Key: "beta-labs", Zone: "eu1", ID: 12, Name: "Beta Labs", Plan: "Teams", OnHold: of(false), NotRead: []string{},
			Credits:  &fleet.Credits{Used: of(200.0), Left: of(9800.0), Total: of(10000.0), Reset: of(statusNow.AddDate(0, 0, 3)), PerDay: of(20.0), DaysLeft: of(490.0), Lasts: of(true)},
			APILimit: of(240), Teams: of(1), TFAEnforced: of(true), Owner: "jane@acme.example",
			Members: &fleet.Members{Total: 5, Admins: 2, WithoutTwoFactor: of(0), AdminsWithoutTwoFactor: of(0)}, Usage: statusDays(30, 20),
		},
		{Key: "dark", Zone: "eu1", ID: 13, Name: "Dark", NotRead: []string{"credits", "usage", "members"}},
	}
	s.Attention = append(fleet.Look(s.Organizations, fleet.Limits{}, statusNow), fleet.Attention{
		Severity: fleet.Warning, Rule: "not-read", Organization: "dark", Zone: "eu1", Message: "could not be read: credits, usage and members"})
	s.Calls = state.Calls{Read: 23}
	s.Problems = []spec.Problem{{Severity: spec.Warning, Rule: "not-read", Address: "dark", Message: "credits could not be read: HTTP 500 oops", Hint: "try again later"}}
	s.Exit = exit.PartlyVisible
	return s
}

func samplePerson() *fleet.Status {
	s := sampleStatus()
	s.Attention, s.Problems, s.Exit = nil, nil, exit.OK
	s.Person = &fleet.PersonView{
		Email: "jane@acme.example",
		Organizations: []fleet.PersonOrganization{
			{Key: "acme", Zone: "eu1", ID: 11, Name: "Acme Automation", Role: "Admin", Teams: []string{"Ops", "Sales"}, TwoFactor: of(false)},
			{Key: "beta-labs", Zone: "eu1", ID: 12, Name: "Beta Labs", Role: "Owner", Owner: true, TwoFactor: of(true)},
		},
		Lines: []fleet.Line{{File: "clients/acme.yaml", Line: 14, About: "acme/member"}},
		Write: []string{"organizations:", "  acme:", "    members:", "      jane@acme.example: {state: absent}", "  # beta-labs: she is the Owner; first: owner: SOMEBODY ELSE"},
		Edits: []fleet.Edit{
			{Where: fleet.AtOwner, Organizations: []string{"beta-labs"}, Write: []string{"owner: SOMEBODY ELSE"}},
			{Where: fleet.AtLine, File: "clients/acme.yaml", Line: 14, Organizations: []string{"acme"}, Write: []string{"jane@acme.example: {state: absent}"}},
		},
		NotLookedInto: []fleet.Unseen{{Organization: "dark", Reason: "read the people: HTTP 500 oops"}},
	}
	return s
}

func sampleDiagnosis() *fleet.Diagnosis {
	return fleet.NewDiagnosis([]fleet.Check{
		{Name: "state", State: fleet.CheckOK, Message: "/home/ops/.local/state/makesync can be written"},
		{Name: "seal", State: fleet.CheckSkipped, Message: "MAKESYNC_SEAL_KEY is not set: saved plans are not sealed"},
		{Name: "token", Zone: "eu1", State: fleet.CheckOK, Message: "of user 1 (ops@acme.example)"},
		{Name: "scopes", Zone: "eu1", State: fleet.CheckWarning, Message: "the token seems to lack user:write", Fix: "make a token that has this scope too"},
		{Name: "rights", Zone: "eu1", Organization: "acme", State: fleet.CheckFailed, Message: "the token's user is no accepted member", Fix: "invite ops@acme.example"},
	})
}

func TestStatusGolden(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*bytes.Buffer) error{
		"status.txt":        func(b *bytes.Buffer) error { return Status(b, sampleStatus(), Options{}) },
		"status-wide.txt":   func(b *bytes.Buffer) error { return Status(b, sampleStatus(), Options{Width: 220}) },
		"status-narrow.txt": func(b *bytes.Buffer) error { return Status(b, sampleStatus(), Options{Width: 80, Color: true}) },
		"status-empty.txt": func(b *bytes.Buffer) error {
			return Status(b, fleet.NewStatus(statusNow, fleet.Columns()), Options{})
		},
		"status-person.txt": func(b *bytes.Buffer) error { return Status(b, samplePerson(), Options{}) },
		"status.csv":        func(b *bytes.Buffer) error { return StatusCSV(b, sampleStatus()) },
		"status-person.csv": func(b *bytes.Buffer) error { return StatusCSV(b, samplePerson()) },
		"status.json":       func(b *bytes.Buffer) error { return StatusJSON(b, sampleStatus()) },
		"status.html":       func(b *bytes.Buffer) error { return StatusHTML(b, sampleStatus(), Options{}) },
		"doctor.txt":        func(b *bytes.Buffer) error { return Doctor(b, sampleDiagnosis(), Options{}) },
		"doctor.json":       func(b *bytes.Buffer) error { return DoctorJSON(b, sampleDiagnosis()) },
	} {
		golden(t, name, rendered(t, write))
	}
}

// No line of a table is wider than the terminal, and none is lost without a word.
func TestStatusFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, width := range []int{80, 100, 132} {
		s := sampleStatus()
		text := string(rendered(t, func(b *bytes.Buffer) error { return Status(b, s, Options{Width: width}) }))
		for line := range strings.SplitSeq(text, "\n") {
			if columns(line) > width {
				t.Errorf("%d columns: %q has %d", width, line, columns(line))
			}
		}
		for _, cell := range cellsOf(s.Columns) {
			shown := strings.Contains(text, cell.heading) || strings.Contains(text, string(cell.column)) || cell.column == fleet.ColumnZone
			if !shown {
				t.Errorf("%d columns: nothing is said of %s", width, cell.column)
			}
		}
	}
}

func TestStatusSchemas(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{"status": fleet.Status{}, "doctor": fleet.Diagnosis{}} {
		text, ok := schema.Named(name)
		if !ok {
			t.Fatalf("there is no schema %s", name)
		}
		var root node
		if err := json.Unmarshal(text, &root); err != nil {
			t.Fatal(err)
		}
		compareSchema(t, name, &root, &root, reflect.TypeOf(value))
	}
	withLinks := sampleStatus()
	withLinks.Organizations[0].LastPayment.Invoice = "https://signed.example/1"
	for name, document := range map[string][]byte{
		"status":    rendered(t, func(b *bytes.Buffer) error { return StatusJSON(b, withLinks) }),
		"person":    rendered(t, func(b *bytes.Buffer) error { return StatusJSON(b, samplePerson()) }),
		"empty":     rendered(t, func(b *bytes.Buffer) error { return StatusJSON(b, fleet.NewStatus(statusNow, nil)) }),
		"doctor":    rendered(t, func(b *bytes.Buffer) error { return DoctorJSON(b, sampleDiagnosis()) }),
		"no doctor": rendered(t, func(b *bytes.Buffer) error { return DoctorJSON(b, fleet.NewDiagnosis(nil)) }),
	} {
		kind := "status"
		if strings.Contains(name, "doctor") {
			kind = "doctor"
		}
		text, _ := schema.Named(kind)
		for _, problem := range spec.Check(text, document) {
			t.Errorf("%s: %s: %s", name, problem.Path, problem.Message)
		}
		if broken := bytes.Replace(document, []byte(`"exit"`), []byte(`"exits"`), 1); len(spec.Check(text, broken)) == 0 {
			t.Errorf("%s: the schema takes a document without its exit", name)
		}
	}
}

// The schema knows the rules, the columns and the parts by name.
func TestStatusSchemaKnowsTheNames(t *testing.T) {
	t.Parallel()
	text := string(func() []byte { text, _ := schema.Named("status"); return text }())
	var names []string
	for _, column := range fleet.Columns() {
		names = append(names, string(column))
	}
	for _, name := range append(names, fleet.Rules()...) {
		if !strings.Contains(text, `"`+name+`"`) {
			t.Errorf("the schema does not know %s", name)
		}
	}
	doctor, _ := schema.Named("doctor")
	for _, name := range fleet.CheckNames() {
		if !strings.Contains(string(doctor), `"`+name+`"`) {
			t.Errorf("the schema does not know the check %s", name)
		}
	}
}

// Every column has a cell and a column of the CSV.
func TestEveryColumnIsShown(t *testing.T) {
	t.Parallel()
	for _, column := range fleet.Columns() {
		if len(cellsOf([]fleet.Column{column})) != 1 {
			t.Errorf("%s has no cell", column)
		}
		known := column == fleet.ColumnZone || column == fleet.ColumnName || column == fleet.ColumnUsage
		for _, c := range csvColumns {
			known = known || c.column == column
		}
		if !known {
			t.Errorf("%s is in no CSV", column)
		}
	}
}

const hostileName = "=HYPERLINK(\"x\")<script>\x1b[31m\u202e,\n"

// Foreign texts give no commands, no formulas, no markup, and break no line.
func TestStatusOfHostileNames(t *testing.T) {
	t.Parallel()
	s := sampleStatus()
	row := &s.Organizations[0]
	row.Name, row.Plan, row.Owner, row.Key = hostileName, hostileName, hostileName, hostileName
	row.LastPayment.Status, row.PaymentMethod.Brand, row.Subscription.Plan = hostileName, hostileName, hostileName
	s.Attention = fleet.Look(s.Organizations, fleet.Limits{}, statusNow)
	for name, out := range map[string][]byte{
		"text": rendered(t, func(b *bytes.Buffer) error { return Status(b, s, Options{Width: 300}) }),
		"csv":  rendered(t, func(b *bytes.Buffer) error { return StatusCSV(b, s) }),
		"html": rendered(t, func(b *bytes.Buffer) error { return StatusHTML(b, s, Options{}) }),
		"json": rendered(t, func(b *bytes.Buffer) error { return StatusJSON(b, s) }),
	} {
		if bytes.ContainsAny(out, "\x1b\u202e") || name == "html" && bytes.Contains(out, []byte("<script>")) {
			t.Errorf("%s lets it through:\n%s", name, out)
		}
		if name == "html" {
			checkLinks(t, string(out))
		}
	}
	for _, sign := range []string{"=", "+", "-", "@", "\t", "\r"} { // what begins so, a spreadsheet runs
		row.Name, row.Plan, row.Owner, row.Key = sign+hostileName, sign+"1", sign+hostileName, sign+"a"
		table := rendered(t, func(b *bytes.Buffer) error { return StatusCSV(b, s) })
		records, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
		if err != nil || len(records) != len(s.Organizations)+1 {
			t.Fatalf("%d records, %v", len(records), err)
		}
		for _, cell := range records[1] {
			if strings.HasPrefix(cell, sign) {
				t.Errorf("a formula: %s", cell)
			}
		}
	}
}

// Links of invoices are where they were asked for, and never on a page or in a table, which are kept.
func TestInvoiceLinksAreOnNoPage(t *testing.T) {
	t.Parallel()
	s := sampleStatus()
	s.Organizations[0].LastPayment.Invoice = "https://signed.example/1"
	s.Organizations[0].LastPayment.HostedInvoice = "https://signed.example/2"
	for name, want := range map[string]bool{"text": true, "json": true, "csv": false, "html": false} {
		out := rendered(t, map[string]func(b *bytes.Buffer) error{
			"text": func(b *bytes.Buffer) error { return Status(b, s, Options{}) },
			"json": func(b *bytes.Buffer) error { return StatusJSON(b, s) },
			"csv":  func(b *bytes.Buffer) error { return StatusCSV(b, s) },
			"html": func(b *bytes.Buffer) error { return StatusHTML(b, s, Options{}) },
		}[name])
		if bytes.Contains(out, []byte("signed.example")) != want {
			t.Errorf("%s: links are there: %v", name, !want)
		}
	}
}

// The page of a thousand organizations stays of a size that a browser opens at once.
func TestStatusPageStaysSmall(t *testing.T) {
	t.Parallel()
	s := statusOfMany(1_000)
	const most = 12 << 20
	out := rendered(t, func(b *bytes.Buffer) error { return StatusHTML(b, s, Options{}) })
	if len(out) > most {
		t.Errorf("%d bytes", len(out))
	}
	checkLinks(t, string(out))
}
