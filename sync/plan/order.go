package plan

import "sort"

// Phase is the place of a step in the order inside its organization.
type Phase uint8

// The order in which the steps of one organization run:
//
//	create ──▶ attributes ─▶ payment methods ─▶ purchases ─▶ attributes that come with them
//	  │        ─▶ feature controls ─▶ variables: create, update, delete
//	  │        ─▶ invitations ─▶ role changes: promotions, then demotions ─▶ removals
//	  │        ─▶ cheaper plans, Free, cancels ─▶ payment methods that go ─▶ TFA ─▶ ownership
//	  └─ everything hangs on it
//
//	deletion of the organization stands alone
//
// A purchase comes before what only the new plan offers, and what leaves a plan after what still
// needs it. Settings come first of the rest, since they hurt least; people are invited before
// anybody leaves; somebody is promoted before somebody else is lowered, so that the organization
// always has its admins; TFA signs people out, so it comes after all that its present members
// have to do; the transfer is last, as the token's user can do less after it.
const (
	PhaseCreate Phase = iota
	PhaseAttributes
	PhasePreferMethod
	PhasePurchase
	PhaseBoughtAttributes
	PhaseControl
	PhaseVariableCreate
	PhaseVariableUpdate
	PhaseVariableDelete
	PhaseInvite
	PhasePromote
	PhaseDemote
	PhaseRemove
	PhaseLeavePaid
	PhaseRemoveMethod
	PhaseTFA
	PhaseTransfer
	PhaseDelete
)

// SortChanges sorts the changes of an organization into the order in which they run.
func SortChanges(changes []Change) {
	sort.SliceStable(changes, func(i, j int) bool {
		a, b := &changes[i], &changes[j]
		if a.Phase != b.Phase {
			return a.Phase < b.Phase
		}
		return a.Address < b.Address
	})
}

// NumberChanges numbers the sorted changes of an organization from n on, ties each to those that it
// depends on, and gives the next number. Order alone is no dependency: a variable that fails does
// not keep a person from being invited.
func NumberChanges(changes []Change, n int) int {
	var before links
	for i := range changes {
		c := &changes[i]
		c.N = n
		n++
		c.After = before.needed(&c.Step, c.Lowers)
		if c.Buys != "" && !c.Purchases() {
			c.After = append(c.After, before.purchase...)
		}
		before.add(&c.Step, c.Phase == PhasePromote)
	}
	return n
}
