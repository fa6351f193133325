package sync

import (
	"sort"
)

// phase is the place of a step in the order inside its organization.
type phase uint8

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
// signs people out, so it comes after all that its present members have to do; the transfer is last, as
// the token's user can do less after it.
const (
	phaseCreate phase = iota
	phaseAttributes
	phaseControl
	phaseVariableCreate
	phaseVariableUpdate
	phaseVariableDelete
	phaseInvite
	phasePromote
	phaseDemote
	phaseRemove
	phaseTFA
	phaseTransfer
	phaseDelete
)

// order sorts the steps of an organization into the order in which they run.
func (d *draft) order() {
	sort.SliceStable(d.proposals, func(i, j int) bool {
		a, b := &d.proposals[i], &d.proposals[j]
		if a.phase != b.phase {
			return a.phase < b.phase
		}
		return a.Address < b.Address
	})
}

// link numbers the steps from n on and ties each to those that it depends on. Order alone is no
// dependency: a variable that fails does not keep a person from being invited.
//
//	everything           after the organization's creation
//	lowering, removing   after all promotions: else the last Admin might go before the next one has come
//	the transfer         after the new owner's own role change
func (d *draft) link(n int) int {
	var create, promotions []int
	roles := map[int64]int{}
	for i := range d.proposals {
		p := &d.proposals[i]
		p.N = n
		n++
		p.After = append([]int{}, create...)
		switch {
		case p.phase == phaseCreate:
			create = []int{p.N}
		case p.phase == phasePromote:
			promotions = append(promotions, p.N)
			roles[p.Arguments.UserID] = p.N
		case p.lowers:
			p.After = append(p.After, promotions...)
		case p.phase == phaseTransfer && roles[p.Arguments.UserID] != 0:
			p.After = append(p.After, roles[p.Arguments.UserID])
		}
	}
	return n
}
