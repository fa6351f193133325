package makeapi

import (
	"context"

	"makesync/sync/billing"
	"makesync/sync/slots"
	"makesync/sync/state"
)

// FleetReader reads of one zone what `status` shows; it is safe for use by many goroutines. It
// implements state.FleetReader, and shares the client's connections, windows and counters.
type FleetReader struct{ caller }

var _ state.FleetReader = (*FleetReader)(nil)

// NewFleetReader reads through a client.
func NewFleetReader(c *Client) *FleetReader { return &FleetReader{c.caller} }

// WithSlot is the same reader, for whoever holds the slot: its calls yield it while they wait.
func (r *FleetReader) WithSlot(slot slots.Slot) state.FleetReader {
	return &FleetReader{caller{r.shared, slot}}
}

// Accounts is the list of all organizations with their plans (GET /organizations).
func (r *FleetReader) Accounts(ctx context.Context) ([]*state.Organization, error) {
	lives, _, err := readListed(ctx, r.caller)
	return lives, err
}

// Balance are the counters of the detail call (GET /organizations/{id}).
func (r *FleetReader) Balance(ctx context.Context, organization int64) (state.Balance, error) {
	return readBalance(ctx, r.caller, organization)
}

// Usage are the last 30 days (GET /organizations/{id}/usage).
func (r *FleetReader) Usage(ctx context.Context, organization int64) ([]state.UsageDay, error) {
	return readUsage(ctx, r.caller, organization)
}

// Apps counts the installed custom apps (GET /organizations/{id}/apps).
func (r *FleetReader) Apps(ctx context.Context, organization int64) (int, error) {
	return countApps(ctx, r.caller, organization)
}

// People reads members with their second factor and teams (GET
// /organizations/{id}/user-organization-roles and GET /users).
func (r *FleetReader) People(ctx context.Context, live *state.Organization) (map[int64]state.Person, error) {
	return readPeople(ctx, r.caller, live)
}

// Subscription is what the organization pays for (GET /organizations/{id}/subscription).
func (r *FleetReader) Subscription(ctx context.Context, organization int64) (*billing.Subscription, error) {
	return readSubscription(ctx, r.caller, organization)
}

// PaymentMethods are the stored ways to pay (GET /organizations/{id}/subscription/payment-methods).
func (r *FleetReader) PaymentMethods(ctx context.Context, organization int64) ([]billing.PaymentMethod, error) {
	return readPaymentMethods(ctx, r.caller, organization)
}

// Payments are the latest charges, newest first (GET /organizations/{id}/payments).
func (r *FleetReader) Payments(ctx context.Context, organization int64) ([]billing.Payment, error) {
	return readPayments(ctx, r.caller, organization)
}
