package state

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/billing"
)

// User is the token's own user (documented: GET /users/me).
type User struct {
	ID    int64  `json:"id"`
	Email string `json:"email"`
	// TwoFactor is tfaEnabled; nil when the API did not say.
	TwoFactor *bool `json:"-"`
}

// Organization is one organization as the API shows it (published: GET /organizations and the lists
// of its objects). The embedded one holds the kinds that were read; what was not read is nil there.
// Ids stand in it as decimal text: of a country, a time zone, a role.
type Organization struct {
	spec.Organization
	// Host is the row's `zone` field: the full host of the zone it lives in; "" when absent.
	Host string
	// Plan is the published name of its plan of Make, "Free" to "Enterprise", or that of a
	// self-hosted zone; "" when the API did not say.
	Plan string
	// License is the raw licence; nil when the row carried none (then it
	// is in another zone, or unknown). Missing keys are missing, not false (recorded replies).
	License License
	Teams   []Name
	// Paused is isPaused; nil when the API did not say.
	Paused *bool
	// ActiveScenarios is known from the detail call only; nil otherwise.
	ActiveScenarios *int
	// OwnerID is the user id of the accepted Owner's role row; 0 when the rows were not read.
	OwnerID int64
	// AdminRoles are the ids of Owner and Admin here, where they are not the published ones.
	AdminRoles AdminRoles
	// Unreadable are role rows whose user could not be found by any means.
	Unreadable []RoleRow
	// Account is what it has subscribed to, PaymentMethods by what it pays; nil: not read.
	Account        *billing.Account
	PaymentMethods []billing.PaymentMethod
	// Detailed: the detail call was made and answered. DetailErr is why it failed; nil when it did
	// not, or was not made. What the list leaves out is unknown then.
	Detailed  bool
	DetailErr error
	// Failed are the kinds that could not be read, each with why. FreePlan403 and the
	// variables' 404 without the licence are answers (see Lacks), not failures.
	Failed map[spec.Kind]error
	// Lacks are the kinds that the organization's plan does not offer (or whose
	// API it refuses), with the reason in words.
	Lacks map[spec.Kind]string
	// Refused are the changes that the plan did not offer when earlier runs tried them.
	Refused []Refusal
}

// License is the licence map of an organization, decoded where needed.
type License map[string]any

// RoleRow is a row of user-organization-roles (published): no e-mail, no name.
type RoleRow struct {
	UserID     int64
	RoleID     int64
	Invitation string // "": accepted
}

// fill takes over what is known of an organization from a fuller reply.
func (l *Organization) fill(detail *Organization) {
	l.Detailed = true
	fillText(&l.Country, detail.Country)
	fillText(&l.Timezone, detail.Timezone)
	if l.TFAEnforced == nil {
		l.TFAEnforced = detail.TFAEnforced
	}
	if l.License == nil {
		l.License = detail.License
	}
	fillText(&l.Plan, detail.Plan)
	if l.Teams == nil {
		l.Teams = detail.Teams
	}
	if l.Paused == nil {
		l.Paused = detail.Paused
	}
	l.ActiveScenarios = detail.ActiveScenarios
}

// Lookalikes tell of e-mails that could be taken for those of its members; for nil, of none.
func (l *Organization) Lookalikes() *spec.Lookalikes {
	if l == nil {
		return nil
	}
	emails := make([]string, len(l.Members))
	for i := range l.Members {
		emails[i] = l.Members[i].Email
	}
	return spec.LookalikesOf(emails)
}

func fillText(text *string, from string) {
	if *text == "" {
		*text = from
	}
}

// SameAs compares the e-mails too, where both are known: two self-hosted zones of one name count
// their users alike.
func (u User) SameAs(other User) bool {
	return u.ID == other.ID && (u.Email == "" || other.Email == "" || strings.EqualFold(u.Email, other.Email))
}

// Describe is the user for people: the id, with the e-mail where it is known.
func (u User) Describe() string {
	if u.Email == "" {
		return strconv.FormatInt(u.ID, 10)
	}
	return fmt.Sprintf("%d (%s)", u.ID, text.OneLine(u.Email))
}

// Name is the user in a sentence: the e-mail, or "user 17" where it is not known.
func (u User) Name() string {
	if u.Email == "" {
		return "user " + strconv.FormatInt(u.ID, 10)
	}
	return u.Email
}

// LacksAttributes tells whether an attribute that the documents declare is not shown.
func (l *Organization) LacksAttributes(want *spec.Organization) bool {
	return want.Country != "" && l.Country == "" || want.Timezone != "" && l.Timezone == ""
}

// Balance are an organization's credits in the present cycle. What is nil or zero was not told.
type Balance struct {
	Used, Left *float64 // credits; 1 credit is 100 centicredits
	Reset      time.Time
	// AutoPurchase tells whether more credits are bought when they run out.
	AutoPurchase *bool
}

// UsageDay is what an organization consumed on one day. What is nil was not told.
type UsageDay struct {
	Date         string // 2026-11-20, in the time zone of the token's user
	Operations   *float64
	Credits      *float64
	DataTransfer *float64 // bytes
}

// Person is what a list of people tells beside e-mail and name.
type Person struct {
	// TwoFactor tells whether the person signs in with a second factor or through somebody else
	// (published: tfaStatus 1 and 2); nil where the zone does not say.
	TwoFactor *bool
	Teams     []int64 // ids; nil where the zone does not say
}
