package state

import "makesync/spec"

// liveKind is what there is to know of a kind in a live state.
type liveKind struct {
	// reads is the kind to ask an ObjectReader for; "" when the list of organizations, or else the
	// detail call, carries it.
	reads spec.Kind
	// view is the flat form of one object; see ViewOf.
	view func(live *Organization, name string) View
	// count is how many objects the state holds; notRead when nobody read them.
	count func(*Organization) int
	// plans are the plans of Make that offer it, by their published names; nil: nobody says.
	plans []string
}

// notRead is the count of a kind of which nothing is known, which is not the same as none.
const notRead = -1

// liveKinds has one row for each kind. An Owner is one of the members.
var liveKinds = map[spec.Kind]liveKind{
	spec.KindOrganization:   {"", ViewOrganization, countOrganization, paidPlans},
	spec.KindSubscription:   {spec.KindSubscription, viewSubscription, countSubscription, nil},
	spec.KindPaymentMethods: {spec.KindPaymentMethods, viewPaymentMethod, countPaymentMethods, nil},
	spec.KindFeatureControl: {spec.KindFeatureControl, viewControl, countControls, nil},
	spec.KindVariable:       {spec.KindVariable, viewVariable, countVariables, []string{"Pro", "Teams", "Enterprise"}},
	spec.KindMember:         {spec.KindMember, viewMember, countMembers, paidPlans},
	spec.KindTFA:            {"", ViewTFA, countTFA, []string{"Enterprise"}},
	spec.KindOwner:          {spec.KindMember, ViewOwner, countOwner, paidPlans},
}

func countOrganization(*Organization) int { return 1 }

func countSubscription(l *Organization) int {
	switch {
	case l.Account == nil:
		return notRead
	case l.Account.Subscription == nil:
		return 0
	}
	return 1
}

func countPaymentMethods(l *Organization) int { return countRead(l.PaymentMethods) }

func countControls(l *Organization) int { return countRead(l.FeatureControls) }

func countVariables(l *Organization) int { return countRead(l.Variables) }

func countMembers(l *Organization) int { return countRead(l.Members) }

func countRead[T any](objects []T) int {
	if objects == nil {
		return notRead
	}
	return len(objects)
}

func countTFA(l *Organization) int {
	if l.TFAEnforced == nil {
		return notRead
	}
	return 1
}

func countOwner(l *Organization) int {
	switch {
	case l.Members == nil:
		return notRead
	case l.OwnerID == 0:
		return 0
	}
	return 1
}

// ReadAs is the kind to ask an ObjectReader for to learn about another one: an Owner is read as a
// member. It is "" for what comes with the list of organizations or the detail call.
func ReadAs(kind spec.Kind) spec.Kind { return liveKinds[kind].reads }

// Read tells whether a kind was read completely, so that what is not in the state is not in the
// zone. A kind that nobody asked for, that failed (see Failed) or that the organization's plan
// hides (see Lacks) was not. A nil organization, which is yet to be made, has nothing read.
func (l *Organization) Read(kind spec.Kind) bool {
	return l != nil && liveKinds[kind].count(l) != notRead && l.Failed[ReadAs(kind)] == nil
}

// Has tells whether the state holds an object of the kind, also where it was read in part only.
// System variables, which no document manages, count.
func (l *Organization) Has(kind spec.Kind) bool {
	return l != nil && liveKinds[kind].count(l) > 0
}
