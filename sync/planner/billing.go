package planner

import (
	"context"
	"errors"
	"slices"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/billing"
	"makesync/sync/diff"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// catalogueOf reads the catalogue of a zone once, whatever number of organizations declare a
// subscription, and not at all when none does. It is asked with the first of them.
func catalogueOf(
	ctx context.Context, reader state.Reader, wanted []*spec.Organization, scope spec.Scope,
) (in diff.BillingInput) {
	declares := func(o *spec.Organization) bool { return scope.Wants(o, spec.KindSubscription) }
	first := slices.IndexFunc(wanted, declares)
	from, able := reader.(state.CatalogueReader)
	switch {
	case first < 0:
	case !able:
		in.CatalogueErr = errors.New("what plans cost is known by a zone alone")
	default:
		in.Catalogue, in.CatalogueErr = from.Catalogue(ctx, wanted[first].ID)
	}
	return in
}

// billingOf is what the comparison of the subscription looks at besides its two sides.
func billingOf(ctx context.Context, o *organization) diff.BillingInput {
	in := o.zone.catalogue
	if memory := o.run.Billing; memory != nil {
		url := o.zone.port.Endpoint.URL
		runs, err := memory.Known()
		in.Remembers, in.ForgetErr, in.Blank = err == nil, err, runs == 0
		in.SentBefore = memory.Sent(url, o.id)
		if !in.Begun.Opens(o.run.Now) {
			in.Begun = nil
		}
	}
	if o.live.Account != nil && o.live.Account.Subscription != nil && state.LeavesPaid(o.want.Subscription) {
		in.OtherFree, in.OwnedErr = otherFree(ctx, o)
	}
	return in
}

// methodTypes are asked for where a payment method is to become a default, and else not.
func methodTypes(ctx context.Context, o *organization) ([]billing.MethodType, error) {
	want := o.want.PaymentMethods
	from, able := o.reader.(state.CatalogueReader)
	if !able || !billing.Prefers(o.live.PaymentMethods, want.Subscription, want.Extras) {
		return nil, nil
	}
	return from.MethodTypes(ctx, o.live.ID)
}

// otherFree are the other organizations on Free of the one who owns this one.
func otherFree(ctx context.Context, o *organization) (free []string, err error) {
	from, able := o.reader.(state.CatalogueReader)
	if !able || o.live.OwnerID == 0 {
		return nil, errors.New("who owns the organization is not known")
	}
	owned, err := from.Owned(ctx, o.live.OwnerID)
	if err != nil {
		return nil, err
	}
	unseen := false
	for _, id := range owned {
		if id == o.id {
			continue
		}
		row := o.zone.row(id)
		switch first := leavesBefore(o, id); {
		case first != "":
			free = append(free, first+", which this run lets end on Free, too")
		case row == nil || row.Plan == "":
			unseen = true // the token's user is no member of it, or the zone does not show its plan
		case billing.IsFree(row.Plan):
			free = append(free, text.OneLine(row.Name))
		}
	}
	slices.Sort(free)
	if unseen && len(free) == 0 {
		return nil, errors.New("the plan of one of the Owner's organizations is not shown")
	}
	return free, nil
}

// leavesBefore is the key of an organization that the documents let end on Free, if it comes before
// this one: of several that one person owns only the first can.
func leavesBefore(o *organization, id int64) string {
	for i := range o.run.Desired.Organizations {
		d := &o.run.Desired.Organizations[i]
		if d.ID == id && d.Zone == o.want.Zone && d.Key < o.want.Key &&
			o.run.Scope.Wants(d, spec.KindSubscription) && state.LeavesPaid(d.Subscription) {
			return d.Key
		}
	}
	return ""
}

// row is an organization of the zone's list, in this zone or another one; nil when it is not there.
func (z *zone) row(id int64) *state.Organization {
	for _, rows := range [][]*state.Organization{z.here, z.elsewhere} {
		for _, row := range rows {
			if row.ID == id {
				return row
			}
		}
	}
	return nil
}

// waitForPurchase lets wait what only another plan offers when the step that buys it is not one of
// the run: a guard has held it, or it is out of scope. What should not be on offer is tried then.
func waitForPurchase(o *organization) {
	if slices.ContainsFunc(o.Changes, func(c plan.Change) bool { return c.Purchases() }) {
		return
	}
	for i := range o.Changes {
		c := &o.Changes[i]
		at := slices.Index(c.Notes, diff.NoteBought(c.Buys))
		if c.Buys != "" && c.Unlicensed == "" && at >= 0 {
			c.Notes[at], c.Buys = c.Forecast, ""
		}
	}
	o.Changes = slices.DeleteFunc(o.Changes, func(c plan.Change) bool {
		switch off := c.Arguments.Enable != nil && !*c.Arguments.Enable; {
		case c.Unlicensed == "":
			return false
		case off && c.Before == nil: // what is not there is off
			o.Unchanged++
			return true
		}
		o.Waiting = append(o.Waiting, plan.Waiting{Address: c.Address, Reason: c.Unlicensed})
		return true
	})
}
