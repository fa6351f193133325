package render

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"makesync/spec/text"
	"makesync/sync/fleet"
)

// statusCell is how a column is told to people. Where there is no room for all, the columns with
// the smallest rank stay.
type statusCell struct {
	column  fleet.Column
	heading string
	rank    int
	numbers bool // stand at the right
	cell    func(*fleet.Row, time.Time) string
}

// statusCells are in the order of fleet.Columns. What is not known is an empty cell.
var statusCells = []statusCell{
	{fleet.ColumnZone, "ZONE", 9, false, func(r *fleet.Row, _ time.Time) string { return Clean(r.Zone) }},
	{fleet.ColumnName, "NAME", 10, false, func(r *fleet.Row, _ time.Time) string { return Clean(r.Name) }},
	{fleet.ColumnPlan, "PLAN", 5, false, planCell},
	{fleet.ColumnCredits, "CREDITS USED", 1, false, creditsCell},
	{fleet.ColumnReset, "RESET", 4, true, resetCell},
	{fleet.ColumnForecast, "LASTS", 2, true, forecastCell},
	{fleet.ColumnMembers, "PEOPLE", 3, true, membersCell},
	{fleet.ColumnInvitations, "INVITED", 6, true, invitationsCell},
	{fleet.ColumnTwoFactor, "NO 2FA", 7, true, twoFactorCell},
	{fleet.ColumnOwner, "OWNER", 8, false, func(r *fleet.Row, _ time.Time) string { return Clean(r.Owner) }},
	{fleet.ColumnSubscription, "NEXT BILL", 11, true, subscriptionCell},
	{fleet.ColumnPaymentMethod, "PAYS BY", 13, false, methodCell},
	{fleet.ColumnLastPayment, "LAST PAYMENT", 12, false, paymentCell},
	{fleet.ColumnTFAEnforced, "2FA", 16, false, enforcedCell},
	{fleet.ColumnTeams, "TEAMS", 14, true, func(r *fleet.Row, _ time.Time) string { return countCell(r.Teams) }},
	{fleet.ColumnAPILimit, "CALLS/MIN", 15, true, limitCell},
	{fleet.ColumnUsage, "30 DAYS", 17, false, usageCell},
	{fleet.ColumnApps, "APPS", 18, true, func(r *fleet.Row, _ time.Time) string { return countCell(r.Apps) }},
	{fleet.ColumnChanges, "CHANGES", 0, true, changesCell},
}

// cellsOf are the cells of columns, in the order of the columns.
func cellsOf(chosen []fleet.Column) []statusCell {
	var cells []statusCell
	for _, column := range chosen {
		for _, cell := range statusCells {
			if cell.column == column {
				cells = append(cells, cell)
			}
		}
	}
	return cells
}

func countCell(n *int) string {
	if n == nil {
		return ""
	}
	return text.Number(*n)
}

func limitCell(r *fleet.Row, _ time.Time) string { return countCell(r.APILimit) }

func planCell(r *fleet.Row, _ time.Time) string {
	if r.OnHold != nil && *r.OnHold {
		return strings.TrimSpace(Clean(r.Plan) + " on hold")
	}
	return Clean(r.Plan)
}

// barWidth is the number of characters of a bar in a cell.
const barWidth = 8

// creditsCell is "██████░░  72 %" of how many.
func creditsCell(r *fleet.Row, _ time.Time) string {
	share, known := shareOf(r.Credits)
	if !known {
		return ""
	}
	full := int(min(share, 1) * barWidth)
	return strings.Repeat("█", full) + strings.Repeat("░", barWidth-full) +
		fmt.Sprintf(" %3d %% of %s", percent(share), shortNumber(*r.Credits.Total))
}

func shareOf(c *fleet.Credits) (share float64, known bool) {
	if c == nil || c.Used == nil || c.Total == nil || *c.Total <= 0 {
		return 0, false
	}
	return *c.Used / *c.Total, true
}

// percent never says 100 of what is not all.
func percent(share float64) int { return int(math.Floor(share * 100)) }

// shortNumber is 950, 10k, 1.5M.
func shortNumber(n float64) string {
	for _, unit := range []struct {
		of   float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if n >= unit.of {
			return strings.TrimSuffix(strconv.FormatFloat(n/unit.of, 'f', 1, 64), ".0") + unit.name
		}
	}
	return strconv.FormatFloat(math.Round(n), 'f', 0, 64)
}

func resetCell(r *fleet.Row, now time.Time) string {
	if r.Credits == nil || r.Credits.Reset == nil {
		return ""
	}
	return daysUntil(*r.Credits.Reset, now)
}

// daysUntil is "12 d", from now.
func daysUntil(at, now time.Time) string {
	return strconv.Itoa(int(max(0, math.Ceil(at.Sub(now).Hours()/24)))) + " d"
}

// daysSince is "12 d", up to now.
func daysSince(at, now time.Time) string {
	return strconv.Itoa(int(max(0, now.Sub(at).Hours()/24))) + " d"
}

// longForecast is what is too far away to be told in days.
const longForecast = 366

func forecastCell(r *fleet.Row, _ time.Time) string {
	c := r.Credits
	switch {
	case c == nil || c.Lasts == nil:
		return ""
	case *c.Lasts && (c.DaysLeft == nil || *c.DaysLeft > longForecast):
		return "yes"
	case *c.Lasts:
		return fmt.Sprintf("yes %d d", int(*c.DaysLeft))
	case c.DaysLeft == nil:
		return "NO"
	}
	return fmt.Sprintf("NO %d d", int(*c.DaysLeft))
}

// membersCell is how many people, and how many of them administer.
func membersCell(r *fleet.Row, _ time.Time) string {
	if r.Members == nil {
		return ""
	}
	return fmt.Sprintf("%s (%d adm)", text.Number(r.Members.Total), r.Members.Admins)
}

// invitationsCell is how many are open, and how many have expired.
func invitationsCell(r *fleet.Row, _ time.Time) string {
	switch m := r.Members; {
	case m == nil:
		return ""
	case m.Expired > 0:
		return fmt.Sprintf("%d (%d exp)", m.Pending+m.Expired, m.Expired)
	default:
		return strconv.Itoa(m.Pending)
	}
}

func twoFactorCell(r *fleet.Row, _ time.Time) string {
	if r.Members == nil {
		return ""
	}
	return countCell(r.Members.WithoutTwoFactor)
}

func enforcedCell(r *fleet.Row, _ time.Time) string {
	switch {
	case r.TFAEnforced == nil:
		return ""
	case *r.TFAEnforced:
		return "enforced"
	}
	return "optional"
}

// subscriptionCell is "29.00 USD/month, 12 d".
func subscriptionCell(r *fleet.Row, now time.Time) string {
	s := r.Subscription
	if s == nil {
		return ""
	}
	words := amountWords(s.Amount, s.Currency)
	if words != "" && s.Period != "" {
		words += "/" + Clean(s.Period)
	}
	if s.NextBill != nil {
		words = strings.TrimPrefix(words+", "+daysUntil(*s.NextBill, now), ", ")
	}
	return words
}

func amountWords(amount, currency string) string {
	return strings.TrimSpace(Clean(amount + " " + currency))
}

func methodCell(r *fleet.Row, _ time.Time) string {
	m := r.PaymentMethod
	switch {
	case m == nil:
		return ""
	case m.None:
		return none
	}
	words := strings.ReplaceAll(Clean(m.Type), "_", " ")
	if m.Brand != "" {
		words = Clean(m.Brand)
	}
	if m.Expires != "" {
		words += " " + Clean(m.Expires)
	}
	if m.Valid != nil && !*m.Valid {
		words += " INVALID"
	}
	return strings.TrimSpace(words)
}

func paymentCell(r *fleet.Row, _ time.Time) string {
	p := r.LastPayment
	if p == nil {
		return ""
	}
	words := []string{}
	if p.At != nil {
		words = append(words, p.At.Format(time.DateOnly))
	}
	for _, word := range []string{amountWords(p.Amount, p.Currency), strings.ToLower(Clean(p.Status))} {
		if word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

// changesCell is "3, 2 drift, 1 held, 2 wait 12 d". What both sides changed has drifted, too.
func changesCell(r *fleet.Row, now time.Time) string {
	c := r.Changes
	if c == nil {
		return ""
	}
	words := text.Number(c.Pending)
	if c.Drift != nil && *c.Drift+*c.Conflict > 0 {
		words += fmt.Sprintf(", %d drift", *c.Drift+*c.Conflict)
	}
	if c.Held > 0 {
		words += fmt.Sprintf(", %d held", c.Held)
	}
	if c.Waiting > 0 {
		words += fmt.Sprintf(", %d wait", c.Waiting)
	}
	if c.Since != nil {
		words += " " + daysSince(*c.Since, now)
	}
	return words
}

// sparks are the heights of a day in a cell.
var sparks = []rune(" ▁▂▃▄▅▆▇█")

// usageCell draws the credits of each day, a character a day.
func usageCell(r *fleet.Row, _ time.Time) string {
	most := 0.0
	for _, day := range r.Usage {
		most = max(most, amountOf(day.Credits))
	}
	var b strings.Builder
	for _, day := range r.Usage {
		height := 0
		if n := amountOf(day.Credits); n > 0 {
			height = max(1, int(math.Round(n/most*float64(len(sparks)-1))))
		}
		b.WriteRune(sparks[height])
	}
	return strings.TrimRight(b.String(), " ")
}

func amountOf(n *float64) float64 {
	if n == nil {
		return 0
	}
	return *n
}
