package fleet

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"makesync/spec"
	"makesync/spec/text"
)

// Severity says how much attention something needs.
type Severity string

// The severities, worst first.
const (
	Bad     Severity = "bad"
	Warning Severity = "warning"
)

// Attention is one thing about an organization that somebody has to look at.
type Attention struct {
	Severity     Severity `json:"severity"`
	Rule         string   `json:"rule"`
	Organization string   `json:"organization"`
	Zone         string   `json:"zone"`
	Message      string   `json:"message"`
}

// Limits are what documents say about organizations that are only looked at.
type Limits struct {
	// Guards say which addresses an owner may have (guards.emails); nil: any.
	Guards *spec.Guards
}

// rules are what needs attention, worst first. A check gives the severity and the message, and no
// severity when all is well or when nobody knows: it sees only what was read.
var rules = []struct {
	id    string
	check func(*Row, Limits, time.Time) (Severity, string)
}{
	{"on-hold", isOnHold},
	{"payment-failed", hasFailedPayment},
	{"credits-low", isLowOnCredits},
	{"credits-forecast", runsOut},
	{"payment-method", hasPoorMethod},
	{"owner-outside", isOwnedOutside},
	{"auto-purchase-off", stopsWithoutCredits},
	{"invitation-expired", hasExpiredInvitations},
	{"single-admin", hasSingleAdmin},
	{"two-factor", lacksTwoFactor},
	{"drift", hasDrifted},
	{"not-read", isPartlyRead},
}

// Rules are the ids of what needs attention, worst first.
func Rules() []string {
	ids := make([]string, len(rules))
	for i, rule := range rules {
		ids[i] = rule.id
	}
	return ids
}

// Look finds what needs attention in rows of which nothing has been left out yet: bad things first,
// then by rule, then by organization.
func Look(rows []Row, limits Limits, now time.Time) []Attention {
	found := []Attention{}
	for i := range rows {
		row := &rows[i]
		for _, rule := range rules {
			if severity, message := rule.check(row, limits, now); severity != "" {
				found = append(found, Attention{severity, rule.id, row.Key, row.Zone, message})
			}
		}
	}
	slices.SortStableFunc(found, compareAttention)
	return found
}

// compareAttention is a total order of things that differ in more than their message.
func compareAttention(a, b Attention) int {
	return cmp.Or(
		cmp.Compare(rank(a.Severity), rank(b.Severity)),
		cmp.Compare(ruleRank(a.Rule), ruleRank(b.Rule)),
		strings.Compare(a.Organization, b.Organization),
		strings.Compare(a.Zone, b.Zone),
	)
}

func rank(s Severity) int { return slices.Index([]Severity{Bad, Warning}, s) }

func ruleRank(id string) int { return slices.Index(Rules(), id) }

// The shares of the credits at which Make itself warns (told by the community).
const (
	lowShare  = 0.75
	badShare  = 0.90
	soonDays  = 7  // running out within so many days is bad
	soonCard  = 30 // a card that expires within so many days is a warning
	fullShare = 100
)

func isOnHold(row *Row, _ Limits, _ time.Time) (Severity, string) {
	if row.OnHold == nil || !*row.OnHold {
		return "", ""
	}
	return Bad, "the organization is on hold: its scenarios do not run"
}

// failedStatuses are words of a payment that did not go through; only Pending is published.
var failedStatuses = []string{"failed", "declined", "unpaid", "uncollectible", "past due", "overdue"}

func hasFailedPayment(row *Row, _ Limits, _ time.Time) (Severity, string) {
	p := row.LastPayment
	if p == nil || !slices.Contains(failedStatuses, plainWord(p.Status)) {
		return "", ""
	}
	message := "the last payment"
	if p.At != nil {
		message = "the payment of " + p.At.Format(time.DateOnly)
	}
	return Bad, message + " shows as " + plainWord(p.Status) +
		"; Make cancels the subscription 7 days after a failed payment"
}

func plainWord(status string) string { return strings.ToLower(strings.ReplaceAll(status, "_", " ")) }

func isLowOnCredits(row *Row, _ Limits, now time.Time) (Severity, string) {
	c := row.Credits
	share, known := usedShare(c)
	if !known || share < lowShare {
		return "", ""
	}
	severity := Warning
	if share >= badShare {
		severity = Bad
	}
	message := fmt.Sprintf("%d %% of %s credits are used", int(math.Floor(share*fullShare)), Amount(*c.Total))
	if *c.Left <= 0 {
		message = fmt.Sprintf("all %s credits are used: scenarios do not run", Amount(*c.Total))
	}
	if c.Reset != nil {
		message += "; the reset is " + inDays(*c.Reset, now)
	}
	return severity, message
}

// usedShare is how much of the credits is used, from 0 to 1.
func usedShare(c *Credits) (share float64, known bool) {
	if c == nil || c.Used == nil || c.Total == nil || *c.Total <= 0 {
		return 0, false
	}
	return *c.Used / *c.Total, true
}

// runsOut is about credits that are left; when there are none, isLowOnCredits has said it.
func runsOut(row *Row, _ Limits, now time.Time) (Severity, string) {
	c := row.Credits
	if c == nil || c.Lasts == nil || *c.Lasts || c.Left == nil || *c.Left <= 0 || c.DaysLeft == nil || c.Reset == nil {
		return "", ""
	}
	severity := Warning
	if *c.DaysLeft < soonDays && (c.AutoPurchase == nil || !*c.AutoPurchase) {
		severity = Bad
	}
	return severity, fmt.Sprintf("%s credits are left, and %s go in a day: they last %s, the reset is %s",
		Amount(*c.Left), Amount(*c.PerDay), days(*c.DaysLeft), inDays(*c.Reset, now))
}

// stopsWithoutCredits: that auto-purchase is off matters where credits may run out.
func stopsWithoutCredits(row *Row, _ Limits, _ time.Time) (Severity, string) {
	c := row.Credits
	if c == nil || c.AutoPurchase == nil || *c.AutoPurchase {
		return "", ""
	}
	share, known := usedShare(c)
	if short := c.Lasts != nil && !*c.Lasts; !short && (!known || share < lowShare) {
		return "", ""
	}
	return Warning, "auto-purchase is off: when the credits are used up, scenarios stop"
}

func hasPoorMethod(row *Row, _ Limits, now time.Time) (Severity, string) {
	m := row.PaymentMethod
	if m == nil {
		return "", ""
	}
	until, dated := lastDay(m.Expires)
	switch {
	case m.None && pays(row):
		return Bad, "no payment method is stored, and the plan costs something"
	case m.None:
	case m.Valid != nil && !*m.Valid:
		return Bad, "the payment method (" + m.words() + ") is not valid"
	case dated && now.After(until):
		return Bad, "the payment method (" + m.words() + ") has expired"
	case dated && until.Sub(now) < soonCard*24*time.Hour:
		return Warning, "the payment method (" + m.words() + ") expires soon"
	}
	return "", ""
}

// pays tells whether the subscription is known to cost something.
func pays(row *Row) bool {
	return row.Subscription != nil && strings.Trim(row.Subscription.Amount, "-0.") != ""
}

// words are "visa card, until 2027-03".
func (m *PaymentMethod) words() string {
	words := strings.TrimSpace(m.Brand + " " + plainWord(m.Type))
	if m.Expires != "" {
		words += ", until " + m.Expires
	}
	return strings.TrimPrefix(words, ", ")
}

// lastDay is when a card's month ends.
func lastDay(month string) (until time.Time, known bool) {
	at, err := time.Parse("2006-01", month)
	return at.AddDate(0, 1, 0), err == nil
}

func isOwnedOutside(row *Row, l Limits, _ time.Time) (Severity, string) {
	if row.Owner == "" || l.Guards == nil {
		return "", ""
	}
	if _, fits := l.Guards.Refusing(row.Owner); fits {
		return "", ""
	}
	return Bad, "the owner " + row.Owner + " fits no pattern of guards.emails"
}

func hasExpiredInvitations(row *Row, _ Limits, _ time.Time) (Severity, string) {
	if row.Members == nil || row.Members.Expired == 0 {
		return "", ""
	}
	n := row.Members.Expired
	return Warning, text.Count(n, "invitation has", "invitations have") + " expired"
}

func hasSingleAdmin(row *Row, _ Limits, _ time.Time) (Severity, string) {
	if row.Members == nil || row.Members.Admins != 1 {
		return "", ""
	}
	return Warning, "one person alone administers it"
}

// lacksTwoFactor speaks of Owner and Admins only: of members it would be true nearly everywhere.
func lacksTwoFactor(row *Row, _ Limits, _ time.Time) (Severity, string) {
	if row.Members == nil || row.Members.AdminsWithoutTwoFactor == nil || *row.Members.AdminsWithoutTwoFactor == 0 {
		return "", ""
	}
	n := *row.Members.AdminsWithoutTwoFactor
	return Warning, text.Count(n, "person who administers it has", "people who administer it have") +
		" no two-factor authentication"
}

// hasDrifted is about what somebody has changed in Make, or both sides have, since the snapshot.
func hasDrifted(row *Row, _ Limits, _ time.Time) (Severity, string) {
	c := row.Changes
	if c == nil || c.Drift == nil || *c.Drift+*c.Conflict == 0 {
		return "", ""
	}
	message := text.Count(*c.Drift+*c.Conflict, "object was", "objects were") + " changed in Make since the snapshot"
	if *c.Conflict > 0 {
		message += fmt.Sprintf(", %d of them in the documents, too", *c.Conflict)
	}
	return Warning, message
}

func isPartlyRead(row *Row, _ Limits, _ time.Time) (Severity, string) {
	if len(row.failed) == 0 {
		return "", ""
	}
	return Warning, "could not be read: " + text.And(row.failed)
}

// inDays is "in 3 days" or "today".
func inDays(at, now time.Time) string {
	if n := math.Ceil(at.Sub(now).Hours() / 24); n > 1 {
		return "in " + days(n)
	}
	return "within a day"
}

func days(n float64) string {
	if n < 1 {
		return "less than a day"
	}
	return text.Count(int(n), "day", "days")
}

// Amount is a number of credits for people: no places above 10, commas between thousands.
func Amount(n float64) string {
	if n >= 10 || n == math.Trunc(n) {
		return text.Number(int(n))
	}
	return strconv.FormatFloat(n, 'f', 1, 64)
}
