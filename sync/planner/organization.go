package planner

import (
	"context"
	"slices"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/diff"
	"makesync/sync/guard"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// organization is one organization on its way into a plan.
type organization struct {
	run  *run
	zone *zone
	// reader is the zone's, for the organization's slot.
	reader state.Reader
	want   *spec.Organization
	// live is nil for an organization that is to be created, and again once it is compared.
	live     *state.Organization
	id       int64
	name     string
	apiLimit int
	licence  string
	// settled: there is nothing to compare.
	settled bool
	// admins are the accepted Owners and Admins of now; emails knows who they are, and membersRead
	// says that this is the whole truth.
	admins      plan.Admins
	emails      map[int64]string
	membersRead bool
	// people are those of now, for policies.
	people livePeople
	diff.Result
	held []plan.Held
	// taken is what the changes would take away from people, before the guards have looked at them.
	taken []plan.Access
}

// compare reads the organization, looks up what the documents name, compares, and lets go of the
// live values.
func (o *organization) compare(ctx context.Context) {
	if o.settled {
		return
	}
	if o.live != nil {
		o.read(ctx, o.reader)
		o.live.NameUnreadable(o.zone.me.ID, o.zone.me.Email)
		o.apiLimit, o.licence = o.live.License.APILimit(), o.live.Licence()
		if memory := o.run.Refusals; memory != nil {
			o.live.Refused = memory.Refused(o.zone.name, o.id, o.licence)
		}
		o.admins, o.emails = plan.AdminsOf(o.live), o.live.Emails()
		o.membersRead = o.live.Read(spec.KindMember)
	}
	if o.run.wantsMembers() {
		o.people = peopleOf(ctx, o)
	}
	in := o.input(ctx)
	o.Result = o.diff(ctx, in)
	setOrigins(ctx, o, in)
	if o.run.Read != nil && o.live != nil {
		o.run.Read(o.zone.name, o.live)
	}
	if plan.LeavesOut(o.Problems) {
		o.Changes = nil
	}
	o.settled = o.live == nil && !o.run.Scope.Covers(o.address(spec.KindOrganization))
	o.live = nil
}

// input is all that the comparison looks at.
func (o *organization) input(ctx context.Context) diff.Input {
	in := diff.Input{
		Want:       o.want,
		Live:       o.live,
		Zone:       o.zone.name,
		Me:         o.zone.me,
		Names:      o.prefetched(ctx),
		Scope:      o.run.Scope,
		Guards:     o.run.Desired.Guards,
		Sensitive:  o.run.Desired.Sensitive,
		Leaving:    o.run.leaving,
		Lookalikes: o.run.lookalikes,

		StartsFree:    o.live == nil && o.zone.startsFree,
		ListUnmanaged: o.run.ListUnmanaged,
	}
	if o.live != nil && o.wants(spec.KindSubscription) {
		in.BillingInput = billingOf(ctx, o)
	}
	if o.live != nil && o.wants(spec.KindPaymentMethods) {
		in.MethodTypes, in.TypesErr = methodTypes(ctx, o)
	}
	return in
}

// diff compares with the names that the documents' words need: reading a list may show that another
// one is needed.
func (o *organization) diff(ctx context.Context, in diff.Input) diff.Result {
	for {
		result := diff.Organization(in)
		if len(result.Needs) == 0 {
			return result
		}
		for _, list := range result.Needs {
			in.Names[list] = o.readNames(ctx, list)
		}
	}
}

// deletes tells whether the documents want the organization gone.
func (o *organization) deletes() bool { return o.want.State == spec.Absent }

func (o *organization) address(kind spec.Kind) spec.Address {
	return spec.NewAddress(o.want.Key, kind, "")
}

// settle decides what guards leave to be done, in its order.
func (o *organization) settle() {
	o.rejectIncomplete()
	o.dropUncreated()
	waitForPurchase(o)
	plan.SortChanges(o.Changes)
}

func (o *organization) creation() int {
	return slices.IndexFunc(o.Changes, func(c plan.Change) bool { return c.Phase == plan.PhaseCreate })
}

// rejectIncomplete makes an error of a creation that no guard holds and that the documents do not
// say enough for.
func (o *organization) rejectIncomplete() {
	creation := o.creation()
	if creation < 0 || len(o.Lacking) == 0 {
		return
	}
	o.Problems = append(
		o.Problems,
		spec.Problem{Severity: spec.Error, Rule: plan.RuleIncomplete, Address: o.Changes[creation].Address,
			Message: o.want.Key + " is not in zone " + o.zone.name + ", and creating it needs " + text.And(o.Lacking),
			Hint:    o.hints().usualReasons(), Source: o.want.PositionOf("")},
	)
	o.Changes = slices.Delete(o.Changes, creation, creation+1)
}

// dropUncreated clears an organization whose creation is held: what hangs on it is neither a step
// nor waiting.
func (o *organization) dropUncreated() {
	if o.id != 0 || o.name == "" || o.creation() >= 0 || o.settled {
		return
	}
	rest := len(o.Changes)
	held := o.held
	o.Changes, o.Waiting, o.held = nil, nil, nil
	for _, h := range held {
		if h.Op == plan.OpCreate && h.Kind == spec.KindOrganization {
			if rest > 0 {
				h.Reason += "; " + text.Count(rest, "more step follows", "more steps follow") + " once it is there"
			}
			o.held = []plan.Held{h}
		}
	}
}

// warnAdmins adds the warnings of the guards about the state that the plan leads to.
func (o *organization) warnAdmins() {
	if !o.membersRead || !o.run.Scope.Wants(o.want, spec.KindMember) {
		return
	}
	state := guard.AdminsState{Key: o.want.Key, Admins: o.admins.AfterChanges(o.Changes), Emails: o.emails}
	for _, p := range guard.New(o.run.Desired.Guards, nil, nil).Warnings(state) {
		if p.Address.Kind() != spec.KindMember || o.run.Scope.Covers(p.Address) {
			o.Problems = append(o.Problems, p)
		}
	}
}
