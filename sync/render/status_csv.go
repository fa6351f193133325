package render

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"makesync/sync/fleet"
)

// csvColumn is a column of the table for spreadsheets: raw numbers, RFC 3339 times, empty for what
// is not known.
type csvColumn struct {
	column  fleet.Column // "": always
	heading string
	cell    func(*fleet.Row) string
}

// csvColumns are in the order in which they are written. Invoices never are.
var csvColumns = []csvColumn{
	{"", "key", func(r *fleet.Row) string { return csvText(r.Key) }},
	{"", "zone", func(r *fleet.Row) string { return csvText(r.Zone) }},
	{"", "id", func(r *fleet.Row) string { return strconv.FormatInt(r.ID, 10) }},
	{"", "name", func(r *fleet.Row) string { return csvText(r.Name) }},
	{fleet.ColumnPlan, "plan", func(r *fleet.Row) string { return csvText(r.Plan) }},
	{fleet.ColumnPlan, "onHold", func(r *fleet.Row) string { return csvFlag(r.OnHold) }},
	{fleet.ColumnCredits, "creditsUsed", ofCredits(func(c *fleet.Credits) string { return csvNumber(c.Used) })},
	{fleet.ColumnCredits, "creditsLeft", ofCredits(func(c *fleet.Credits) string { return csvNumber(c.Left) })},
	{fleet.ColumnCredits, "creditsTotal", ofCredits(func(c *fleet.Credits) string { return csvNumber(c.Total) })},
	{fleet.ColumnCredits, "autoPurchase", ofCredits(func(c *fleet.Credits) string { return csvFlag(c.AutoPurchase) })},
	{fleet.ColumnReset, "reset", ofCredits(func(c *fleet.Credits) string { return csvTime(c.Reset) })},
	{fleet.ColumnForecast, "perDay", ofCredits(func(c *fleet.Credits) string { return csvNumber(c.PerDay) })},
	{fleet.ColumnForecast, "daysLeft", ofCredits(func(c *fleet.Credits) string { return csvNumber(c.DaysLeft) })},
	{fleet.ColumnForecast, "lasts", ofCredits(func(c *fleet.Credits) string { return csvFlag(c.Lasts) })},
	{fleet.ColumnMembers, "members", ofPeople(func(m *fleet.Members) *int { return &m.Total })},
	{fleet.ColumnMembers, "admins", ofPeople(func(m *fleet.Members) *int { return &m.Admins })},
	{fleet.ColumnInvitations, "pending", ofPeople(func(m *fleet.Members) *int { return &m.Pending })},
	{fleet.ColumnInvitations, "expired", ofPeople(func(m *fleet.Members) *int { return &m.Expired })},
	{fleet.ColumnTwoFactor, "withoutTwoFactor", ofPeople(func(m *fleet.Members) *int { return m.WithoutTwoFactor })},
	{fleet.ColumnOwner, "owner", func(r *fleet.Row) string { return csvText(r.Owner) }},
	{fleet.ColumnSubscription, "nextBill", ofBill(func(s *fleet.Subscription) string { return csvTime(s.NextBill) })},
	{fleet.ColumnSubscription, "amount", ofBill(func(s *fleet.Subscription) string { return csvText(s.Amount) })},
	{fleet.ColumnSubscription, "currency", ofBill(func(s *fleet.Subscription) string { return csvText(s.Currency) })},
	{fleet.ColumnSubscription, "period", ofBill(func(s *fleet.Subscription) string { return csvText(s.Period) })},
	{fleet.ColumnPaymentMethod, "method", ofMethod(func(m *fleet.PaymentMethod) string { return csvText(m.Type) })},
	{fleet.ColumnPaymentMethod, "methodValid", ofMethod(csvValid)},
	{fleet.ColumnPaymentMethod, "methodExpires", ofMethod(csvExpiry)},
	{fleet.ColumnLastPayment, "paid", ofPayment(func(p *fleet.Payment) string { return csvTime(p.At) })},
	{fleet.ColumnLastPayment, "paidAmount", ofPayment(func(p *fleet.Payment) string { return csvText(p.Amount) })},
	{fleet.ColumnLastPayment, "paidCurrency", ofPayment(func(p *fleet.Payment) string { return csvText(p.Currency) })},
	{fleet.ColumnLastPayment, "paymentStatus", ofPayment(func(p *fleet.Payment) string { return csvText(p.Status) })},
	{fleet.ColumnTFAEnforced, "tfaEnforced", func(r *fleet.Row) string { return csvFlag(r.TFAEnforced) }},
	{fleet.ColumnTeams, "teams", func(r *fleet.Row) string { return csvCount(r.Teams) }},
	{fleet.ColumnAPILimit, "apiLimit", func(r *fleet.Row) string { return csvCount(r.APILimit) }},
	{fleet.ColumnApps, "apps", func(r *fleet.Row) string { return csvCount(r.Apps) }},
	{fleet.ColumnChanges, "changes", ofChanges(func(c *fleet.Changes) *int { return &c.Pending })},
	{fleet.ColumnChanges, "held", ofChanges(func(c *fleet.Changes) *int { return &c.Held })},
	{fleet.ColumnChanges, "waiting", ofChanges(func(c *fleet.Changes) *int { return &c.Waiting })},
	{fleet.ColumnChanges, "drift", ofChanges(func(c *fleet.Changes) *int { return c.Drift })},
	{fleet.ColumnChanges, "conflict", ofChanges(func(c *fleet.Changes) *int { return c.Conflict })},
	{fleet.ColumnChanges, "waitingSince", func(r *fleet.Row) string {
		return ofPart(r.Changes, func(c *fleet.Changes) string { return csvTime(c.Since) })
	}},
	{"", "notRead", func(r *fleet.Row) string { return strings.Join(r.NotRead, " ") }},
}

// StatusCSV writes the table of a status, or of a person, with a line of headings (RFC 4180).
func StatusCSV(w io.Writer, s *fleet.Status) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if s.Person != nil {
		return writeCSV(out, personRecords(s.Person))
	}
	chosen := map[fleet.Column]bool{"": true}
	for _, column := range s.Columns {
		chosen[column] = true
	}
	records := make([][]string, len(s.Organizations)+1)
	for _, column := range csvColumns {
		if !chosen[column.column] {
			continue
		}
		records[0] = append(records[0], column.heading)
		for i := range s.Organizations {
			records[i+1] = append(records[i+1], column.cell(&s.Organizations[i]))
		}
	}
	return writeCSV(out, records)
}

func personRecords(v *fleet.PersonView) [][]string {
	records := [][]string{{"email", "key", "zone", "id", "name", "role", "owner", "invitation", "teams", "twoFactor"}}
	for _, o := range v.Organizations {
		records = append(records, []string{
			csvText(v.Email), csvText(o.Key), csvText(o.Zone), strconv.FormatInt(o.ID, 10), csvText(o.Name),
			csvText(o.Role), strconv.FormatBool(o.Owner), csvText(o.Invitation),
			csvText(strings.Join(o.Teams, "; ")), csvFlag(o.TwoFactor),
		})
	}
	return records
}

func writeCSV(out *csv.Writer, records [][]string) error {
	for _, record := range records {
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// csvText keeps a text from being a formula: spreadsheets run what begins so, also from a file.
func csvText(s string) string {
	s = Clean(s)
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func csvNumber(n *float64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatFloat(*n, 'f', -1, 64)
}

func csvCount(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func csvFlag(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}

func csvTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func ofCredits(cell func(*fleet.Credits) string) func(*fleet.Row) string {
	return func(r *fleet.Row) string { return ofPart(r.Credits, cell) }
}

func ofPeople(count func(*fleet.Members) *int) func(*fleet.Row) string {
	return func(r *fleet.Row) string {
		return ofPart(r.Members, func(m *fleet.Members) string { return csvCount(count(m)) })
	}
}

func ofChanges(count func(*fleet.Changes) *int) func(*fleet.Row) string {
	return func(r *fleet.Row) string {
		return ofPart(r.Changes, func(c *fleet.Changes) string { return csvCount(count(c)) })
	}
}

func ofBill(cell func(*fleet.Subscription) string) func(*fleet.Row) string {
	return func(r *fleet.Row) string { return ofPart(r.Subscription, cell) }
}

func csvValid(m *fleet.PaymentMethod) string { return csvFlag(m.Valid) }

func csvExpiry(m *fleet.PaymentMethod) string { return csvText(m.Expires) }

func ofMethod(cell func(*fleet.PaymentMethod) string) func(*fleet.Row) string {
	return func(r *fleet.Row) string { return ofPart(r.PaymentMethod, cell) }
}

func ofPayment(cell func(*fleet.Payment) string) func(*fleet.Row) string {
	return func(r *fleet.Row) string { return ofPart(r.LastPayment, cell) }
}

// ofPart is empty where the part is not known.
func ofPart[T any](part *T, cell func(*T) string) string {
	if part == nil {
		return ""
	}
	return cell(part)
}
