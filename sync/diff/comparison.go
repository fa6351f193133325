package diff

import (
	"errors"
	"slices"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/billing"
	"makesync/sync/lookup"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// comparison is the comparison of one organization under way.
type comparison struct {
	Input
	Result
	admins plan.Admins
	// member finds a live person by e-mail; nobody where the organization is to be created.
	member func(email string) *spec.Member
	// narrow gives the live organization as far as one object of it is looked at.
	narrow func(kind spec.Kind, name string) *state.Organization
	// members tell of e-mails that could be taken for those of who is there; nil until it is asked.
	members *spec.Lookalikes
	// purchase is the price that the run buys before what needs the new plan; nil for none.
	purchase *billing.Price
	// unlicensed is why the present plan does not offer what is compared now, and the purchase
	// does.
	unlicensed string
}

// kindDiff is how one kind is compared.
type kindDiff struct {
	kind spec.Kind
	// lacks is why an existing organization cannot have such objects; nil: it always can.
	lacks func(*comparison) string
	// wait puts what is declared among the waiting, when it lacks.
	wait func(*comparison, string)
	// diff adds the changes.
	diff func(*comparison)
}

// kindDiffs has one row for each kind: what is bought first, since the rest may come with it.
var kindDiffs = []kindDiff{
	{kind: spec.KindSubscription, diff: diffSubscription},
	{kind: spec.KindOrganization, diff: diffAttributes},
	{kind: spec.KindPaymentMethods, diff: diffPaymentMethods},
	{spec.KindFeatureControl, lacksControls, waitForControls, diffControls},
	{spec.KindVariable, lacksVariables, waitForVariables, diffVariables},
	{spec.KindMember, lacksMembers, waitForMembers, diffMembers},
	{kind: spec.KindTFA, diff: diffTFA},
	{spec.KindOwner, lacksMembers, waitForOwner, diffOwner},
}

// Organization compares one organization kind by kind.
func Organization(in Input) Result {
	c := &comparison{Input: in, admins: plan.AdminsOf(in.Live), member: lookup.Members(nil),
		narrow: lookup.Narrowing(in.Live)}
	if in.Live != nil {
		c.member = lookup.Members(in.Live.Members)
	}
	c.Unmanaged, c.Patterns = map[spec.Kind]int{}, in.Scope.Patterns()
	if c.creates() && !c.canCreate() {
		return c.Result
	}
	tried, failed := 0, 0
	for _, row := range kindDiffs {
		if !c.Scope.Wants(c.Want, row.kind) || c.deletes() && row.kind != spec.KindOrganization {
			continue
		}
		ok := c.compare(row)
		if state.ReadAs(row.kind) != "" {
			tried++
		}
		if !ok {
			failed++
		}
	}
	noteSamePerson(c)
	notePresent(c)
	c.Read = failed == 0 || failed < tried
	return c.Result
}

// id is the organization's; 0 when it is to be created.
func (c *comparison) id() int64 {
	if c.Live == nil {
		return 0
	}
	return c.Live.ID
}

// compare compares one kind, unless it could not be read or is not to be had.
func (c *comparison) compare(row kindDiff) bool {
	if c.Live != nil {
		if err := c.unreadable(row.kind); err != nil {
			c.markUnread(row.kind, err)
			return false
		}
		if row.lacks != nil {
			why := row.lacks(c)
			if why != "" && !(unseen(row.kind) && c.comesWithPurchase(row.kind)) {
				row.wait(c, why)
				return true
			}
			c.unlicensed = why
		}
	}
	row.diff(c)
	c.unlicensed = ""
	return true
}

// comesWithPurchase tells whether the same run buys a plan that offers the kind.
func (c *comparison) comesWithPurchase(kind spec.Kind) bool {
	return c.purchase != nil && state.Offers(c.purchase.Product, kind)
}

// unseen tells whether the organization shows nothing of a kind, so that beforehand is known what
// is to be done once its new plan does. Of people it is not: they are there, and only not shown.
func unseen(kind spec.Kind) bool { return kind != spec.KindMember && kind != spec.KindOwner }

// unreadable is why a kind could not be read. Without the detail call, the columns that the list
// left out are unknown.
func (c *comparison) unreadable(kind spec.Kind) error {
	if with := state.ReadAs(kind); with != "" {
		if kind.Bills() && c.Live.Failed[with] == nil && !c.Live.Read(kind) {
			return errNotListed // by a reader that knows nothing of money
		}
		return c.Live.Failed[with]
	}
	if c.Live.DetailErr == nil {
		return nil
	}
	if kind == spec.KindTFA && c.Live.TFAEnforced == nil {
		return c.Live.DetailErr
	}
	if kind == spec.KindOrganization && c.Live.LacksAttributes(c.Want) {
		return c.Live.DetailErr
	}
	return nil
}

// canCreate: an organization whose creation is out of the run's scope makes everything below it
// wait.
func (c *comparison) canCreate() bool {
	a := c.address(spec.KindOrganization, "")
	if c.Scope.Covers(a) {
		return true
	}
	for _, kind := range spec.Kinds() {
		for _, below := range spec.Declared(c.Want, kind) {
			c.addWaiting(below, "zone "+c.Zone+" has no organization "+text.Quote(c.Want.Name)+
				" yet, and --target or --exclude leaves out "+string(a))
		}
	}
	return false
}

// deletes tells whether the documents want the organization gone.
func (c *comparison) deletes() bool { return c.Want.State == spec.Absent }

// creates tells whether the organization is to be made.
func (c *comparison) creates() bool { return c.Live == nil }

func (c *comparison) address(kind spec.Kind, name string) spec.Address {
	return spec.NewAddress(c.Want.Key, kind, name)
}

// inScope tells whether the run may touch an object, and notes that the object exists.
func (c *comparison) inScope(a spec.Address) bool {
	c.Patterns.Mark(a)
	return c.Scope.Covers(a)
}

// addChange adds a step if the run may touch its object. What the organization's plan of Make has
// refused to an earlier run waits; what it should refuse, by what is published, is tried, and the
// step says so.
func (c *comparison) addChange(phase plan.Phase, s plan.Step) { c.addForbidden(phase, s, "") }

// addForbidden is addChange for a step that no rule lets through, for a reason; "" for none.
func (c *comparison) addForbidden(phase plan.Phase, s plan.Step, forbidden string) {
	change := plan.NewChange(phase, s, c.narrow(s.Address.Kind(), s.Address.Name()), c.admins)
	change.Raises = change.Raises || mayRaise(c, &change.Step)
	person := change.Kind == spec.KindMember || change.Kind == spec.KindOwner
	if person && change.Op.Counted() != plan.OpDelete {
		if c.members == nil && c.Live != nil {
			c.members = c.Live.Lookalikes()
		}
		change.LooksLike = c.Lookalikes.Of(change.Arguments.Email, c.members)
	}
	change.Forbidden, change.Unlicensed = forbidden, c.unlicensed
	if c.creates() && c.StartsFree {
		change.Foreseen = state.RefusedByFree(change.Kind)
	}
	if why := refusedBefore(c, &change); why != "" && change.Unlicensed == "" {
		if change.MovesMoney() || !c.comesWithPurchase(change.Kind) {
			c.addWaiting(s.Address, why)
			return
		}
		change.Unlicensed = why
	}
	noteLicence(c, &change)
	if c.inScope(s.Address) {
		c.Changes = append(c.Changes, change)
	}
}

// refusedBefore is why the plan did not offer the change to an earlier run; "" for nothing known.
func refusedBefore(c *comparison, change *plan.Change) string {
	for _, feature := range change.Features() {
		if refusal := c.Live.Refusal(feature); refusal != nil {
			return refusal.Reason()
		}
	}
	return ""
}

// NoteBought says for which plan a change waits.
func NoteBought(plan string) string {
	return "comes with the plan " + text.OneLine(plan) + ", which this run buys first"
}

// noteLicence says of a change that the present plan does not offer, or should not, what comes of
// it: it follows the purchase of one that does, or is tried.
func noteLicence(c *comparison, change *plan.Change) {
	change.Forecast = c.Live.Forecast(change.Kind)
	switch {
	case change.MovesMoney() || change.Unlicensed == "" && change.Forecast == "":
	case change.Unlicensed != "" || c.comesWithPurchase(change.Kind):
		change.Buys = c.purchase.Product
		change.Notes = append(change.Notes, NoteBought(change.Buys))
		if change.Phase == plan.PhaseAttributes {
			change.Phase = plan.PhaseBoughtAttributes
		}
	default:
		change.Notes = append(change.Notes, change.Forecast)
	}
}

func (c *comparison) addWaiting(a spec.Address, reason string) {
	if c.inScope(a) {
		c.Waiting = append(c.Waiting, plan.Waiting{Address: a, Reason: reason})
	}
}

// addUnanswered adds an invitation as declared, for which nobody can do anything.
func (c *comparison) addUnanswered(a spec.Address, reason string) {
	if c.inScope(a) {
		c.Waiting = append(c.Waiting, plan.Waiting{Address: a, Reason: reason, Unanswered: true})
	}
}

// countUnchanged counts an object that is as the documents say.
func (c *comparison) countUnchanged(a spec.Address) {
	if c.inScope(a) {
		c.Unchanged++
	}
}

// countUnchangedName is countUnchanged for the many: without patterns nobody needs the address.
func (c *comparison) countUnchangedName(kind spec.Kind, name string) {
	if !c.Scope.Narrows() {
		c.Unchanged++
		return
	}
	c.countUnchanged(c.address(kind, name))
}

// countUnmanaged counts an object of which no document speaks; one that nobody can name has no name
// to list.
func (c *comparison) countUnmanaged(kind spec.Kind, name string) {
	c.Unmanaged[kind]++
	if c.ListUnmanaged && name != "" {
		c.UnmanagedAddresses = append(c.UnmanagedAddresses, c.address(kind, name))
	}
}

// addProblem adds a mistake of the documents that only the zone could show. Outside the run's scope
// it is none.
func (c *comparison) addProblem(rule string, a spec.Address, at spec.Source, message, hint string) {
	if c.inScope(a) {
		c.Problems = append(c.Problems, spec.Problem{Severity: spec.Error, Rule: rule, Address: a,
			Message: message, Hint: hint, Source: at.Position()})
	}
}

// markUnread notes that a kind could not be read, and why.
func (c *comparison) markUnread(kind spec.Kind, err error) {
	if slices.Contains(c.Unread, kind) {
		return
	}
	c.unread(kind, err)
	c.Problems = append(
		c.Problems,
		state.UnreadProblem(c.address(kind, ""), "could not read "+string(kind)+" of "+c.Want.Key, err),
	)
}

// errNotListed is a list that has not been read yet.
var errNotListed = errors.New("its list has not been read yet")

// names gives a list, or asks for it to be read.
func (c *comparison) names(list NameList) ([]state.Name, error) {
	entries, read := c.Names[list]
	if !read {
		if !slices.Contains(c.Needs, list) {
			c.Needs = append(c.Needs, list)
		}
		return nil, errNotListed
	}
	return entries.Names, entries.Err
}

// bind finds what a document names in a list of the zone.
func (c *comparison) bind(what string, list state.List, text string) (state.Name, error) {
	names, err := c.names(NameList{List: list})
	if err != nil {
		return state.Name{}, err
	}
	return state.Bind(what, list, names, text)
}

// unresolved sorts a failed binding: a name that a list does not settle is a mistake of the
// documents, in the whole zone or in what the organization has of its own; a list that could not be
// read leaves the kind unread.
func (c *comparison) unresolved(a spec.Address, at spec.Source, err error) {
	if e := state.AsNameError(err); e != nil {
		rule := plan.RuleUnknownName
		if own := (*ownNameError)(nil); errors.As(err, &own) {
			rule = plan.RuleUnknownOwnName
		}
		c.addProblem(rule, a, at, e.Message, e.Hint)
		return
	}
	if c.inScope(a) {
		c.markUnread(a.Kind(), err)
	}
}

// ownNameError is a wrong name of something that the organization has of its own, so that only its
// reading could show it: a custom role, a team, a feature control.
type ownNameError struct{ *state.NameError }

func (e *ownNameError) Unwrap() error { return e.NameError }

// own marks a wrong name as one of the organization's own; other errors stay as they are.
func own(err error) error {
	if e := state.AsNameError(err); e != nil {
		return &ownNameError{e}
	}
	return err
}

// nameSides turns the ids of a field into names, for people, where the list was needed anyway.
func (c *comparison) nameSides(list state.List, f plan.Field) plan.Field {
	names := c.Names[NameList{List: list}].Names
	for _, side := range []*state.Scalar{&f.From, &f.To} {
		if !side.IsNone() {
			*side = state.Text(state.NameOf(list, names, side.String()))
		}
	}
	return f
}
