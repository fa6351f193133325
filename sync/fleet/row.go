package fleet

import (
	"math"
	"slices"
	"time"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Row is one organization. A key that was not asked for or cannot be known is absent, never 0.
type Row struct {
	Key           string         `json:"key"`
	Zone          string         `json:"zone"`
	ID            int64          `json:"id"`
	Name          string         `json:"name"`
	Plan          string         `json:"plan,omitempty"`
	OnHold        *bool          `json:"onHold,omitempty"`
	Credits       *Credits       `json:"credits,omitempty"`
	APILimit      *int           `json:"apiLimit,omitempty"`
	Teams         *int           `json:"teams,omitempty"`
	Apps          *int           `json:"apps,omitempty"`
	Members       *Members       `json:"members,omitempty"`
	TFAEnforced   *bool          `json:"tfaEnforced,omitempty"`
	Owner         string         `json:"owner,omitempty"`
	Subscription  *Subscription  `json:"subscription,omitempty"`
	PaymentMethod *PaymentMethod `json:"paymentMethod,omitempty"`
	LastPayment   *Payment       `json:"lastPayment,omitempty"`
	Usage         []Day          `json:"usage,omitempty"`
	Changes       *Changes       `json:"changes,omitempty"`
	NotRead       []string       `json:"notRead"`

	failed []string // the parts in NotRead that the plan does not lack
}

// Lacking are the parts that could not be read because the plan does not show them to tokens.
func (row *Row) Lacking() []string {
	var lacking []string
	for _, part := range row.NotRead {
		if !slices.Contains(row.failed, part) {
			lacking = append(lacking, part)
		}
	}
	return lacking
}

// Credits are those of the present cycle. Total is what was used and what is left; DaysLeft is how
// many days the rest lasts at the pace of the usage, and Lasts whether that is until the reset.
type Credits struct {
	Used         *float64   `json:"used,omitempty"`
	Left         *float64   `json:"left,omitempty"`
	Total        *float64   `json:"total,omitempty"`
	Reset        *time.Time `json:"reset,omitempty"`
	PerDay       *float64   `json:"perDay,omitempty"`
	DaysLeft     *float64   `json:"daysLeft,omitempty"`
	Lasts        *bool      `json:"lasts,omitempty"`
	AutoPurchase *bool      `json:"autoPurchase,omitempty"`
}

// Members are people who have accepted, but for those who are invited. WithoutTwoFactor are members
// known to have none, AdminsWithoutTwoFactor the Owner and Admins among them.
type Members struct {
	Total                  int  `json:"total"`
	Admins                 int  `json:"admins"`
	Pending                int  `json:"pending"`
	Expired                int  `json:"expired"`
	WithoutTwoFactor       *int `json:"withoutTwoFactor,omitempty"`
	AdminsWithoutTwoFactor *int `json:"adminsWithoutTwoFactor,omitempty"`
	// ByRole counts the members of each role, by its name; a custom one by its id.
	ByRole map[string]int `json:"byRole,omitempty"`
	// NoTwoFactor are the e-mails of those who are known to have no second factor.
	NoTwoFactor []string `json:"noTwoFactor,omitempty"`
}

// Subscription is what is paid for. Amounts are decimal texts.
type Subscription struct {
	Plan     string     `json:"plan,omitempty"`
	NextBill *time.Time `json:"nextBill,omitempty"`
	Amount   string     `json:"amount,omitempty"`
	Currency string     `json:"currency,omitempty"`
	Period   string     `json:"period,omitempty"`
}

// PaymentMethod is what the subscription is paid by. Expires is a card's last month, 2027-03.
type PaymentMethod struct {
	Type    string `json:"type,omitempty"`
	Brand   string `json:"brand,omitempty"`
	Valid   *bool  `json:"valid,omitempty"`
	Expires string `json:"expires,omitempty"`
	// None: no method is stored.
	None bool `json:"none,omitempty"`
}

// Payment is the latest charge. Its links are secrets: they are here only when they were asked for
// (see ShowInvoices).
type Payment struct {
	At            *time.Time `json:"at,omitempty"`
	Status        string     `json:"status,omitempty"`
	Amount        string     `json:"amount,omitempty"`
	Currency      string     `json:"currency,omitempty"`
	Invoice       string     `json:"invoice,omitempty"`
	HostedInvoice string     `json:"hostedInvoice,omitempty"`

	invoice, hosted spec.Value
}

// Changes count what a plan of the documents has for the organization: Pending are steps that an
// apply would take. Drift and Conflict are how many of all changes, held ones too, are there since
// somebody changed something in Make, and the documents changed as well; nil without a snapshot to
// tell by. Since is since when something has been waiting, as far as this state folder has seen it.
type Changes struct {
	Pending  int        `json:"pending"`
	Drift    *int       `json:"drift,omitempty"`
	Conflict *int       `json:"conflict,omitempty"`
	Held     int        `json:"held"`
	Waiting  int        `json:"waiting"`
	Since    *time.Time `json:"since,omitempty"`
}

// NewChanges counts what a plan has for an organization. Told: it is made against a snapshot.
func NewChanges(o *plan.Organization, told bool) *Changes {
	c := &Changes{Pending: o.Changes(), Held: len(o.Held), Waiting: len(o.Waiting)}
	for i := range o.Waiting {
		if since := o.Waiting[i].Since; since != nil && (c.Since == nil || since.Before(*c.Since)) {
			c.Since = since
		}
	}
	if !told {
		return c
	}
	var origins []plan.Origin
	for i := range o.Steps {
		origins = append(origins, o.Steps[i].Origin)
	}
	for i := range o.Held {
		origins = append(origins, o.Held[i].Origin)
	}
	c.Drift, c.Conflict = ptr(0), ptr(0)
	for _, origin := range origins {
		switch origin {
		case plan.OriginDrift:
			*c.Drift++
		case plan.OriginConflict:
			*c.Conflict++
		}
	}
	return c
}

// Day is the usage of a day; data is in bytes.
type Day struct {
	Date         string   `json:"date"`
	Operations   *float64 `json:"operations,omitempty"`
	Credits      *float64 `json:"credits,omitempty"`
	DataTransfer *float64 `json:"dataTransfer,omitempty"`
}

// NewRow makes a row of all that was read.
func NewRow(r *Reading, now time.Time) Row {
	live := r.Organization
	row := Row{
		Key: r.Key, Zone: r.Zone, ID: live.ID, Name: live.Name, Plan: live.Plan, OnHold: live.Paused,
		APILimit: positive(live.License.APILimit()), TFAEnforced: live.TFAEnforced, NotRead: r.NotRead(),
	}
	for _, part := range row.NotRead {
		if !r.Lacks(Part(part)) {
			row.failed = append(row.failed, part)
		}
	}
	if live.Teams != nil {
		row.Teams = ptr(len(live.Teams))
	}
	if r.Read[PartApps] {
		row.Apps = ptr(r.Apps)
	}
	if r.Read[PartCredits] {
		row.Credits = newCredits(r, now)
	}
	for _, day := range r.usage() {
		row.Usage = append(row.Usage, Day(day))
	}
	if r.Read[PartMembers] {
		row.Members, row.Owner = countMembers(r), ownerOf(live)
	}
	row.addBilling(r)
	return row
}

// usage is nil where it could not be read.
func (r *Reading) usage() []state.UsageDay {
	if !r.Read[PartUsage] {
		return nil
	}
	return r.Usage
}

func ptr[T any](value T) *T { return &value }

// positive is nil for 0, which stands for not known.
func positive(n int) *int {
	if n <= 0 {
		return nil
	}
	return &n
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func newCredits(r *Reading, now time.Time) *Credits {
	b := r.Balance
	c := &Credits{Used: b.Used, Left: b.Left, Reset: instant(b.Reset), AutoPurchase: b.AutoPurchase}
	if b.Used != nil && b.Left != nil {
		c.Total = ptr(rounded(*b.Used+*b.Left, 100))
	}
	pace, known := Pace(r.usage(), now)
	if !known {
		return c
	}
	c.PerDay = ptr(rounded(pace, 100))
	if b.Left != nil {
		c.DaysLeft, c.Lasts = Forecast(*b.Left, pace, b.Reset, now)
	}
	return c
}

// rounded keeps so many parts of one.
func rounded(n, parts float64) float64 { return math.Round(n*parts) / parts }

func countMembers(r *Reading) *Members {
	live, m := r.Organization, &Members{}
	for i := range live.Members {
		person := &live.Members[i]
		m.count(live, r.People[person.UserID], state.RoleID(person), person.Invitation)
		if factor := r.People[person.UserID].TwoFactor; person.Accepted() && factor != nil && !*factor {
			m.NoTwoFactor = append(m.NoTwoFactor, person.Email)
		}
	}
	slices.Sort(m.NoTwoFactor)
	for _, row := range live.Unreadable {
		m.count(live, state.Person{}, row.RoleID, row.Invitation)
	}
	return m
}

// expired is the state of an invitation that has to be sent again.
const expired = "expired"

func (m *Members) count(live *state.Organization, person state.Person, role int64, invitation string) {
	switch invitation {
	case "":
	case expired:
		m.Expired++
		return
	default:
		m.Pending++
		return
	}
	m.Total++
	if m.ByRole == nil {
		m.ByRole = map[string]int{}
	}
	m.ByRole[state.RoleName(nil, state.FormatID(role))]++
	admin := live.AdminRoles.Administers(role)
	if admin {
		m.Admins++
	}
	if person.TwoFactor == nil {
		return
	}
	if m.WithoutTwoFactor == nil { // the zone tells it of one at least
		m.WithoutTwoFactor, m.AdminsWithoutTwoFactor = ptr(0), ptr(0)
	}
	if !*person.TwoFactor {
		*m.WithoutTwoFactor++
		if admin {
			*m.AdminsWithoutTwoFactor++
		}
	}
}

func ownerOf(live *state.Organization) string {
	for i := range live.Members {
		if m := &live.Members[i]; m.Accepted() && live.IsOwner(m) {
			return m.Email
		}
	}
	return ""
}

func (row *Row) addBilling(r *Reading) {
	if s := r.Subscription; s != nil && r.Read[PartSubscription] {
		row.Subscription = &Subscription{s.Plan, instant(s.NextBill), s.Amount, s.Currency, s.Period}
	}
	if r.Read[PartPaymentMethods] {
		row.PaymentMethod = newPaymentMethod(r)
	}
	if len(r.Payments) > 0 && r.Read[PartPayments] {
		p := r.Payments[0]
		row.LastPayment = &Payment{
			At: instant(p.At), Status: p.Status, Amount: p.Amount, Currency: p.Currency,
			invoice: p.Invoice, hosted: p.HostedInvoice,
		}
	}
}

// newPaymentMethod is the method that the subscription is paid by: the default one, else the only
// one.
func newPaymentMethod(r *Reading) *PaymentMethod {
	var pays *billing.PaymentMethod
	for i := range r.Methods {
		if m := &r.Methods[i]; m.Default || len(r.Methods) == 1 {
			pays = m
			break
		}
	}
	switch {
	case len(r.Methods) == 0:
		return &PaymentMethod{None: true}
	case pays == nil:
		return nil // several, and no default: nobody knows
	}
	m := pays.WithExpiry(r.Payments)
	return &PaymentMethod{Type: m.Type, Brand: m.Brand, Valid: m.Valid, Expires: m.Expires}
}

// ShowInvoices fills in the links of the last payment, which anybody who has them can open.
func (row *Row) ShowInvoices() {
	if p := row.LastPayment; p != nil {
		shown := *p
		shown.Invoice, shown.HostedInvoice = p.invoice.Reveal(), p.hosted.Reveal()
		row.LastPayment = &shown
	}
}

// HideInvoices takes them away again.
func (row *Row) HideInvoices() {
	if p := row.LastPayment; p != nil {
		hidden := *p
		hidden.Invoice, hidden.HostedInvoice = "", ""
		row.LastPayment = &hidden
	}
}
