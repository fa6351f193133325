package plan

import "sort"

// Phase is the place of a step in the order inside its organization.
type Phase uint8

// The order in which the steps of one organization run:
//
//	create ──▶ attributes ─▶ feature controls ─▶ variables: create, update, delete
//	  │        ─▶ invitations ─▶ role changes: promotions, then demotions ─▶ removals ─▶ TFA ─▶ ownership
//	  └─ everything hangs on it
//
//	deletion of the organization stands alone
//
// Settings come first, since they hurt least; people are invited before anybody leaves; somebody is
// promoted before somebody else is lowered, so that the organization always has its admins; TFA
// signs people out, so it comes after all that its present members have to do; the transfer is
// last, as the token's user can do less after it.
const (
	PhaseCreate Phase = iota
	PhaseAttributes
	PhaseControl
	PhaseVariableCreate
	PhaseVariableUpdate
	PhaseVariableDelete
	PhaseInvite
	PhasePromote
	PhaseDemote
	PhaseRemove
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
//
//	everything           after the organization's creation
//	lowering, removing   after all promotions: else the last Admin might go before the next one has come
//	the transfer         after the new owner's own role change
func NumberChanges(changes []Change, n int) int {
	var create, promotions []int
	roles := map[int64]int{}
	for i := range changes {
		c := &changes[i]
		c.N = n
		n++
		c.After = append([]int{}, create...)
		switch {
		case c.Phase == PhaseCreate:
			create = []int{c.N}
		case c.Phase == PhasePromote:
			promotions = append(promotions, c.N)
			roles[c.Arguments.UserID] = c.N
		case c.Lowers:
			c.After = append(c.After, promotions...)
		case c.Phase == PhaseTransfer && roles[c.Arguments.UserID] != 0:
			c.After = append(c.After, roles[c.Arguments.UserID])
		}
	}
	return n
}
