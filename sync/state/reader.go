package state

import (
	"context"
	"time"

	"makesync/spec"
	"makesync/sync/billing"
)

// ZoneReader reads what a zone says about itself. Every method of the readers
// repeats safely, waits out rate limits by itself, and ends in a *CallError.
type ZoneReader interface {
	// Me is the token's user.
	Me(ctx context.Context) (User, error)
	// Organizations is the whole list, of all zones, every page, with every column.
	Organizations(ctx context.Context) ([]*Organization, error)
	// OrganizationNames is the same list, narrow: ids, names and hosts, as it is right before an
	// organization is created.
	OrganizationNames(ctx context.Context) ([]*Organization, error)
	// Names is one of the API's lists. organization is 0 for the zone's own list
	// and an id for lists that belong to one (teams, custom roles).
	Names(ctx context.Context, list List, organization int64) ([]Name, error)
}

// ObjectReader reads objects of one organization.
type ObjectReader interface {
	// Organization is the detail call; wait asks the zone to wait until a new organization is
	// replicated.
	Organization(ctx context.Context, id int64, wait bool) (*Organization, error)
	// Read fills the part of live that belongs to the kind (variable, featureControl, member; owner
	// is read as member; organization and tfa come with the list). A failure is returned and also
	// kept in live.Failed; what the plan lacks is kept in live.Lacks and is no error.
	Read(ctx context.Context, live *Organization, kind spec.Kind) error
	// RoleRow is the row of one person, accepted or invited, as it is right before she is written
	// (published: GET /organizations/{id}/user-organization-roles/{userId}); nil for none.
	RoleRow(ctx context.Context, organization, user int64) (*RoleRow, error)
	// FindUser asks for one person by e-mail (documented: GET /users?organizationId&email=),
	// accepted or invited; 0 when the zone knows none.
	FindUser(ctx context.Context, organization int64, email string) (int64, error)
}

// MembershipReader tells of which organizations the token's user is an accepted member. A Reader
// that has it is a second witness, beside the list, of an organization that was just made.
type MembershipReader interface {
	Memberships(ctx context.Context) ([]int64, error)
}

// AccountReader reads which organizations there are, and what they have left.
type AccountReader interface {
	// Accounts is the whole list, of all zones, every page, with every column.
	Accounts(ctx context.Context) ([]*Organization, error)
	// Balance is the detail call.
	Balance(ctx context.Context, organization int64) (Balance, error)
}

// UsageReader reads what organizations use.
type UsageReader interface {
	// Usage are the last 30 days, today included, oldest first.
	Usage(ctx context.Context, organization int64) ([]UsageDay, error)
	// Apps counts the custom apps that are installed.
	Apps(ctx context.Context, organization int64) (int, error)
}

// PeopleReader reads members with more than documents can say of them.
type PeopleReader interface {
	// People fills in the members of live, as Read does, and tells more of each by user id.
	People(ctx context.Context, live *Organization) (map[int64]Person, error)
}

// BillingReader reads what organizations pay, and how.
type BillingReader interface {
	// Subscription is nil where nothing is subscribed.
	Subscription(ctx context.Context, organization int64) (*billing.Subscription, error)
	PaymentMethods(ctx context.Context, organization int64) ([]billing.PaymentMethod, error)
	// Payments are the latest ones, newest first.
	Payments(ctx context.Context, organization int64) ([]billing.Payment, error)
}

// FleetReader is a zone to look over.
type FleetReader interface {
	AccountReader
	UsageReader
	PeopleReader
	BillingReader
}

// CatalogueReader reads what a zone sells. A Reader that lacks it cannot plan a subscription.
type CatalogueReader interface {
	// Catalogue is the zone's, as the organization may see it.
	Catalogue(ctx context.Context, organization int64) (billing.Catalogue, error)
	// Price is one price, as it is right before it is bought.
	Price(ctx context.Context, organization, id int64) (billing.Price, error)
	// Owned are the organizations of which a user is the accepted Owner.
	Owned(ctx context.Context, user int64) ([]int64, error)
	// Payments are the latest ones, newest first.
	Payments(ctx context.Context, organization int64) ([]billing.Payment, error)
	// MethodTypes are the types of payment methods, with what each can be the default for.
	MethodTypes(ctx context.Context, organization int64) ([]billing.MethodType, error)
}

// BillingMemory knows from the journals what of billing was sent and a zone may not show.
type BillingMemory interface {
	Sent(zone string, organization int64) billing.SentBefore
	// Known is how many runs are remembered; an error means that something may be hidden.
	Known() (runs int, err error)
}

// Memory knows from earlier runs who is behind a user id: the journals of invitations.
type Memory interface {
	// EmailOf gives the e-mail, in lower case, of a user of an organization of the zone with this
	// url; "" when no run saw it.
	EmailOf(zone string, organization, user int64) string
}

// Reader is a zone to plan from.
type Reader interface {
	ZoneReader
	ObjectReader
}

// Port is a zone as a run reaches it.
type Port struct {
	Endpoint spec.Endpoint
	Reader   Reader
	// Calls counts the requests made so far; nil counts none.
	Calls func() Calls
	// Refused is the answer by which the zone has stopped accepting the token, after which nothing
	// is sent to it any more; it gives nil as long as the zone accepts it. The field may be nil.
	Refused func() error
}

// Calls counts API requests: those made for reading, and the writes that an apply makes (plan) or
// made (report).
type Calls struct {
	Read  int `json:"read"`
	Write int `json:"write"`
}

// Add adds the calls of another count.
func (c *Calls) Add(d Calls) {
	c.Read += d.Read
	c.Write += d.Write
}

// Clock is time for the apply loop; tests run it in testing/synctest.
type Clock interface {
	Now() time.Time
	// Sleep waits, or returns the context's error.
	Sleep(ctx context.Context, d time.Duration) error
}
