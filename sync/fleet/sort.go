package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Order is how rows are sorted: by a column, ascending unless Descending, and by key where that
// says nothing. Rows without a value come last, either way.
type Order struct {
	Column     Column
	Descending bool
}

// byKey is the order without a choice.
const byKey Column = "key"

// sortKey is a column with the value that it is sorted by: a number, or else a text.
type sortKey struct {
	column Column
	number func(*Row) (float64, bool)
	text   func(*Row) string
}

// sortable are the columns that rows can be sorted by, one a row.
var sortable = []sortKey{
	{column: byKey, text: func(r *Row) string { return r.Key }},
	{column: ColumnZone, text: func(r *Row) string { return r.Zone }},
	{column: ColumnName, text: func(r *Row) string { return strings.ToLower(r.Name) }},
	{column: ColumnPlan, text: func(r *Row) string { return strings.ToLower(r.Plan) }},
	{column: ColumnCredits, number: func(r *Row) (float64, bool) { return usedShare(r.Credits) }},
	{column: ColumnReset, number: func(r *Row) (float64, bool) { return dateNumber(resetOf(r)) }},
	{column: ColumnForecast, number: func(r *Row) (float64, bool) { return number(daysLeftOf(r)) }},
	{column: ColumnUsage, number: func(r *Row) (float64, bool) { return number(perDayOf(r)) }},
	{column: ColumnAPILimit, number: func(r *Row) (float64, bool) { return number(r.APILimit) }},
	{column: ColumnTeams, number: func(r *Row) (float64, bool) { return number(r.Teams) }},
	{column: ColumnApps, number: func(r *Row) (float64, bool) { return number(r.Apps) }},
	{column: ColumnMembers, number: func(r *Row) (float64, bool) {
		return ofMembers(r, func(m *Members) int { return m.Total })
	}},
	{column: ColumnInvitations, number: func(r *Row) (float64, bool) {
		return ofMembers(r, func(m *Members) int { return m.Pending + m.Expired })
	}},
	{column: ColumnTwoFactor, number: func(r *Row) (float64, bool) { return number(withoutTwoFactorOf(r)) }},
	{column: ColumnChanges, number: func(r *Row) (float64, bool) {
		if r.Changes == nil {
			return 0, false
		}
		return float64(r.Changes.Pending + r.Changes.Held), true
	}},
	{column: ColumnOwner, text: func(r *Row) string { return r.Owner }},
	{column: ColumnSubscription, number: func(r *Row) (float64, bool) { return dateNumber(nextBillOf(r)) }},
	{column: ColumnPaymentMethod, text: expiryOf},
	{column: ColumnLastPayment, number: func(r *Row) (float64, bool) { return dateNumber(lastPaymentOf(r)) }},
}

// ParseOrder reads a column, with - before it for the largest first; "" sorts by key.
func ParseOrder(word string) (Order, error) {
	o := Order{Column: byKey}
	if word == "" {
		return o, nil
	}
	rest, descending := strings.CutPrefix(word, "-")
	o = Order{Column(rest), descending}
	var names []string
	for _, s := range sortable {
		if s.column == o.Column {
			return o, nil
		}
		names = append(names, string(s.column))
	}
	return o, fmt.Errorf("nothing is sorted by %q; there are %s", rest, strings.Join(names, ", "))
}

// Parts are those that sorting needs.
func (o Order) Parts() []Part {
	if o.Column == ColumnUsage {
		return PartsOf([]Column{ColumnForecast})
	}
	return PartsOf([]Column{o.Column})
}

// Sort sorts rows.
func (o Order) Sort(rows []Row) {
	i := slices.IndexFunc(sortable, func(key sortKey) bool { return key.column == o.Column })
	by := sortable[max(i, 0)]
	slices.SortStableFunc(rows, func(a, b Row) int {
		first := 0
		if by.number != nil {
			first = o.numbers(by.number, &a, &b)
		} else {
			first = o.texts(by.text(&a), by.text(&b))
		}
		return cmp.Or(first, strings.Compare(a.Key, b.Key), strings.Compare(a.Zone, b.Zone), cmp.Compare(a.ID, b.ID))
	})
}

func (o Order) numbers(of func(*Row) (float64, bool), a, b *Row) int {
	m, known := of(a)
	n, knownToo := of(b)
	if !known || !knownToo {
		return last(!known, !knownToo)
	}
	return o.turned(cmp.Compare(m, n))
}

func (o Order) texts(a, b string) int {
	if a == "" || b == "" {
		return last(a == "", b == "")
	}
	return o.turned(strings.Compare(a, b))
}

func (o Order) turned(order int) int {
	if o.Descending {
		return -order
	}
	return order
}

// last puts what is missing behind what is there.
func last(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func number[N int | float64](n *N) (float64, bool) {
	if n == nil {
		return 0, false
	}
	return float64(*n), true
}

func dateNumber(t *time.Time) (float64, bool) {
	if t == nil {
		return 0, false
	}
	return float64(t.Unix()), true
}

func ofMembers(r *Row, count func(*Members) int) (float64, bool) {
	if r.Members == nil {
		return 0, false
	}
	return float64(count(r.Members)), true
}

func resetOf(r *Row) *time.Time {
	if r.Credits == nil {
		return nil
	}
	return r.Credits.Reset
}

func daysLeftOf(r *Row) *float64 {
	if r.Credits == nil {
		return nil
	}
	return r.Credits.DaysLeft
}

func perDayOf(r *Row) *float64 {
	if r.Credits == nil {
		return nil
	}
	return r.Credits.PerDay
}

func withoutTwoFactorOf(r *Row) *int {
	if r.Members == nil {
		return nil
	}
	return r.Members.WithoutTwoFactor
}

func nextBillOf(r *Row) *time.Time {
	if r.Subscription == nil {
		return nil
	}
	return r.Subscription.NextBill
}

func lastPaymentOf(r *Row) *time.Time {
	if r.LastPayment == nil {
		return nil
	}
	return r.LastPayment.At
}

func expiryOf(r *Row) string {
	if r.PaymentMethod == nil {
		return ""
	}
	return r.PaymentMethod.Expires
}
