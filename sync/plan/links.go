package plan

import (
	"fmt"

	"makesync/spec"
	"makesync/sync/state"
)

// links are the steps of an organization on which later ones depend, by their numbers:
//
//	everything           after the organization's creation
//	a purchase, and removing a payment method   after the methods that are to be paid by
//	what the present plan lacks                 after the purchase
//	lowering, removing   after all promotions: else the last Admin might go before the next one has come
//	the transfer         after the new owner's own role change
type links struct {
	create, promotions, methods, purchase []int
	roles                                 map[int64]int // of promotions, by the user
}

// needed are the steps before s that must have succeeded, but for the purchase of what it lacks,
// which only the zone can tell.
func (l *links) needed(s *Step, lowers bool) []int {
	after := append([]int{}, l.create...)
	switch {
	case lowers:
		after = append(after, l.promotions...)
	case s.Kind == spec.KindPaymentMethods && s.Op == OpDelete, s.Kind == spec.KindSubscription:
		after = append(after, l.methods...)
	case s.Kind == spec.KindOwner && l.roles[s.Arguments.UserID] != 0:
		after = append(after, l.roles[s.Arguments.UserID])
	}
	return after
}

func (l *links) add(s *Step, promotes bool) {
	switch {
	case s.Kind == spec.KindOrganization && s.Op == OpCreate:
		l.create = []int{s.N}
	case promotes:
		l.promotions = append(l.promotions, s.N)
		if l.roles == nil {
			l.roles = map[int64]int{}
		}
		l.roles[s.Arguments.UserID] = s.N
	case s.Kind == spec.KindPaymentMethods && s.Op == OpUpdate:
		l.methods = append(l.methods, s.N)
	}
	if s.Purchases() {
		l.purchase = []int{s.N}
	}
}

// Misplaced finds the first step of an organization that does not stand where a plan has it, or
// does not come after all that it depends on: a file could let the last Admin go before, or though,
// the next one has not come. It gives the step's index and what is wrong, as the end of a sentence;
// "" when all are in order.
func Misplaced(steps []Step) (index int, why string) {
	var before links
	var reached Phase
	for i := range steps {
		s := &steps[i]
		own := s.phases()
		if reached = max(reached, own.first); reached > own.last {
			return i, fmt.Sprintf("it stands behind step %d, which comes after it", steps[i-1].N)
		}
		after := make(map[int]bool, len(s.After))
		for _, n := range s.After {
			after[n] = true
		}
		for _, n := range before.needed(s, s.LowersAdmin()) {
			if !after[n] {
				return i, fmt.Sprintf("it does not come after step %d, on which it depends", n)
			}
		}
		before.add(s, s.promotes())
	}
	return 0, ""
}

// phases are the first and the last phase in which a step can stand.
type phases struct{ first, last Phase }

// at are the phases of what stands in one only.
func at(p Phase) phases { return phases{p, p} }

// phases are those of the step, by what it shows.
func (s *Step) phases() phases {
	row := typeIndex(s.Type())
	if row < 0 {
		return phases{PhaseCreate, PhaseDelete} // it is refused anyway
	}
	switch updates := s.Op == OpUpdate; {
	case updates && s.Kind == spec.KindSubscription && s.Arguments.Offer, s.promotes():
		return at(stepTypes[row].phases.first)
	case updates && s.Kind == spec.KindSubscription && !s.Purchases(), updates && s.LowersAdmin():
		return at(stepTypes[row].phases.last)
	}
	return stepTypes[row].phases
}

// promotes tells whether a role change shows that it makes an Admin.
func (s *Step) promotes() bool { return s.Op == OpUpdate && s.Gains() != "" }

// LowersAdmin tells whether a step shows that it takes out an Owner or Admin.
func (s *Step) LowersAdmin() bool {
	if s.Kind != spec.KindMember || s.Op != OpUpdate && s.Op != OpDelete {
		return false
	}
	role := s.field("role")
	return role != nil && administering(role.From) != "" && administering(role.To) == ""
}

// Gives tells whether an earlier step is one without which a later one may take too much: it makes
// an Admin, or something else pay than the method that the later one removes.
func Gives(live *state.Organization, earlier, later *Step) bool {
	if earlier.Kind == spec.KindPaymentMethods {
		return later.Op == OpDelete
	}
	return AdminsOf(live).Adds(earlier)
}
