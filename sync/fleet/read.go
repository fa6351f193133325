package fleet

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/billing"
	"makesync/sync/exit"
	"makesync/sync/slots"
	"makesync/sync/state"
)

// Source is a zone to look over.
type Source struct {
	Endpoint spec.Endpoint
	// Me is the token's user.
	Me     func(context.Context) (state.User, error)
	Reader state.FleetReader
}

// ReadOptions say how much of a zone is read.
type ReadOptions struct {
	Parts []Part
	// Select tells whether an organization counts, by its row and its key; nil: all do.
	Select func(live *state.Organization, key string) bool
	// Key is the key that documents give an organization; "" or nil: one is derived from its name.
	Key        func(live *state.Organization) string
	OtherHosts []string // of all zones known besides (see state.Candidates)
	// Concurrency bounds the organizations that are read side by side; below 1 counts as 1.
	Concurrency int
}

// Zone is what was read of a zone.
type Zone struct {
	Endpoint spec.Endpoint
	User     state.User
	// Listed are all organizations of the list, also of other zones.
	Listed   []*state.Organization
	Readings []Reading // by key
}

// Reading is what was read of one organization.
type Reading struct {
	Key, Zone string
	// Organization is what the list says, and its members once they were read.
	Organization *state.Organization

	Balance state.Balance
	Usage   []state.UsageDay
	Apps    int
	People  map[int64]state.Person // more of the members, by user id

	Subscription *billing.Subscription // nil: nothing is subscribed
	Methods      []billing.PaymentMethod
	Payments     []billing.Payment // newest first
	// Read are the parts that were read, Failed those that could not be, each with why.
	Read   map[Part]bool
	Failed map[Part]error
}

// readers are the parts in the order in which they are read.
var readers = []struct {
	part Part
	read func(context.Context, state.FleetReader, *Reading) error
}{
	{PartCredits, func(ctx context.Context, z state.FleetReader, r *Reading) (err error) {
		r.Balance, err = z.Balance(ctx, r.ID())
		return err
	}},
	{PartUsage, func(ctx context.Context, z state.FleetReader, r *Reading) (err error) {
		r.Usage, err = z.Usage(ctx, r.ID())
		return err
	}},
	{PartApps, func(ctx context.Context, z state.FleetReader, r *Reading) (err error) {
		r.Apps, err = z.Apps(ctx, r.ID())
		return err
	}},
	{PartMembers, func(ctx context.Context, z state.FleetReader, r *Reading) (err error) {
		r.People, err = z.People(ctx, r.Organization)
		return err
	}},
	{PartSubscription, func(ctx context.Context, z state.FleetReader, r *Reading) (err error) {
		r.Subscription, err = z.Subscription(ctx, r.ID())
		return err
	}},
	{PartPaymentMethods, func(ctx context.Context, z state.FleetReader, r *Reading) (err error) {
		r.Methods, err = z.PaymentMethods(ctx, r.ID())
		return err
	}},
	{PartPayments, func(ctx context.Context, z state.FleetReader, r *Reading) (err error) {
		r.Payments, err = z.Payments(ctx, r.ID())
		return err
	}},
}

// ID is the organization's id.
func (r *Reading) ID() int64 { return r.Organization.ID }

// slotted is a reader whose calls may wait for long, and yield their slot then.
type slotted interface {
	WithSlot(slots.Slot) state.FleetReader
}

// ReadZone reads the parts of every organization that counts. The error is that of a call without
// which nothing can be said, or the context's; what could not be read of an organization stays in
// its reading.
func ReadZone(ctx context.Context, source Source, o ReadOptions) (*Zone, error) {
	zone := &Zone{Endpoint: source.Endpoint}
	var err error
	if zone.User, err = source.Me(ctx); err != nil {
		return nil, err
	}
	if zone.Listed, err = source.Reader.Accounts(ctx); err != nil {
		return nil, err
	}
	zone.Readings = choose(source.Endpoint, zone.Listed, o)
	places, reader := slots.New(o.Concurrency), source.Reader
	if client, ok := reader.(slotted); ok {
		reader = client.WithSlot(places)
	}
	places.Each(len(zone.Readings), func(i int) { zone.Readings[i].read(ctx, reader, o.Parts) })
	if ctx.Err() != nil && !exit.OutOfTime(ctx) {
		return nil, context.Cause(ctx)
	}
	return zone, nil
}

// choose are the organizations of the zone that count, by key.
func choose(e spec.Endpoint, listed []*state.Organization, o ReadOptions) []Reading {
	here, _ := state.Candidates(e, listed, o.OtherHosts...)
	keys := state.DeriveKeys(here)
	var chosen []Reading
	for _, live := range here {
		key := keys[live.ID]
		if o.Key != nil {
			key = cmp.Or(o.Key(live), key)
		}
		if o.Select == nil || o.Select(live, key) {
			chosen = append(chosen, Reading{Key: key, Zone: e.Name, Organization: live})
		}
	}
	slices.SortStableFunc(chosen, func(a, b Reading) int {
		return cmp.Or(strings.Compare(a.Key, b.Key), cmp.Compare(a.ID(), b.ID()))
	})
	return chosen
}

// read reads the parts one after the other: they share the organization's rate window.
func (r *Reading) read(ctx context.Context, z state.FleetReader, parts []Part) {
	r.Read, r.Failed = map[Part]bool{}, map[Part]error{}
	for _, reader := range readers {
		if !slices.Contains(parts, reader.part) {
			continue
		}
		if err := reader.read(ctx, z, r); err != nil {
			r.Failed[reader.part] = err
		} else {
			r.Read[reader.part] = true
		}
	}
}

// Lacks tells whether a part could not be read because the organization's plan does not show it to
// tokens: an answer, not a failure.
func (r *Reading) Lacks(part Part) bool {
	call := state.AsCallError(r.Failed[part])
	return call != nil && (call.Class == exit.ClassFreePlan || call.Class == exit.ClassLicence)
}

// NotRead lists the parts that could not be read, in their order, those that the plan lacks too.
func (r *Reading) NotRead() []string {
	list := []string{}
	for _, reader := range readers {
		if r.Failed[reader.part] != nil {
			list = append(list, string(reader.part))
		}
	}
	return list
}

// Problems are warnings about the parts that could not be read but for what the plan lacks. Parts
// that failed for one cause are one problem.
func (r *Reading) Problems() []spec.Problem {
	var problems []spec.Problem
	parts, first := map[string][]string{}, map[string]error{}
	var causes []string
	for _, reader := range readers {
		err := r.Failed[reader.part]
		if err == nil || r.Lacks(reader.part) {
			continue
		}
		cause := causeOf(err)
		if first[cause] == nil {
			causes, first[cause] = append(causes, cause), err
		}
		parts[cause] = append(parts[cause], string(reader.part))
	}
	for _, cause := range causes {
		what := text.And(parts[cause]) + " could not be read"
		problems = append(problems, state.UnreadProblem(spec.Address(r.Key), what, first[cause]))
	}
	return problems
}

// causeOf is what the zone answered, whatever was asked for.
func causeOf(err error) string {
	if call := state.AsCallError(err); call != nil {
		return fmt.Sprint(call.Class, call.Status, call.Code, call.Message)
	}
	return err.Error()
}
