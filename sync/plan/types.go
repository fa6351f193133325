package plan

import (
	"reflect"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/sync/state"
)

// StepType is what decides how a step is written, how much it can hurt and how it is undone.
type StepType struct {
	Kind spec.Kind
	Op   Op
}

// stepTypes are all types of steps, with what this package knows of each. There is no other: a plan
// file that asks for more is refused. A re-invitation is a revocation and then an invitation; since
// a step ends at its first write that does not succeed, nobody is invited who was not revoked
// before.
//
// A new kind, or something new that is done to one, is a row here. Risk is the least that such a
// step has (see riskOf); phases are those in which it can stand; fields are the paths that one may
// show; takes are the arguments that one may have; invalid tells what is wrong with these in a plan
// file.
var stepTypes = []struct {
	kind    spec.Kind
	op      Op
	risk    Risk
	phases  phases
	verbs   []Verb
	fields  []string
	takes   []string
	invalid func(s *Step, late bool) string
}{
	{spec.KindOrganization, OpCreate, RiskIrreversible, at(PhaseCreate), []Verb{CreateOrganization},
		organizationFields, newOrganizationTakes, invalidOrganization},
	{spec.KindOrganization, OpUpdate, RiskNone, phases{PhaseAttributes, PhaseBoughtAttributes},
		[]Verb{UpdateOrganization}, organizationFields, changedOrganizationTakes, invalidOrganization},
	{spec.KindOrganization, OpDelete, RiskIrreversible, at(PhaseDelete), []Verb{DeleteOrganization},
		organizationFields, byNameTakes, invalidOrganization},
	{spec.KindSubscription, OpCreate, RiskIrreversible, at(PhasePurchase), []Verb{BeginSubscription},
		subscriptionFields, purchaseTakes, invalidSubscription},
	{spec.KindSubscription, OpUpdate, RiskIrreversible, phases{PhasePurchase, PhaseLeavePaid},
		[]Verb{ChangeSubscription}, subscriptionFields, purchaseTakes, invalidSubscription},
	{spec.KindSubscription, OpDelete, RiskIrreversible, at(PhaseLeavePaid), []Verb{CancelSubscription},
		subscriptionFields, purchaseTakes, invalidSubscription},
	{spec.KindPaymentMethods, OpUpdate, RiskIrreversible, at(PhasePreferMethod), []Verb{PreferMethod},
		methodFields, preferredTakes, invalidMethod},
	{spec.KindPaymentMethods, OpDelete, RiskIrreversible, at(PhaseRemoveMethod), []Verb{RemoveMethod},
		methodFields, preferredTakes, invalidMethod},
	{spec.KindFeatureControl, OpUpdate, RiskNone, at(PhaseControl), []Verb{SetControl},
		controlFields, switchedTakes, invalidControl},
	{spec.KindVariable, OpCreate, RiskNone, at(PhaseVariableCreate), []Verb{CreateVariable},
		variableFields, writtenTakes, invalidVariable},
	{spec.KindVariable, OpUpdate, RiskNone, at(PhaseVariableUpdate), []Verb{UpdateVariable},
		variableFields, writtenTakes, invalidVariable},
	{spec.KindVariable, OpDelete, RiskDestructive, at(PhaseVariableDelete), []Verb{DeleteVariable},
		variableFields, byNameTakes, invalidVariable},
	{spec.KindMember, OpInvite, RiskCaution, at(PhaseInvite), []Verb{InviteMember},
		memberFields, invitedTakes, invalidMember},
	{spec.KindMember, OpReinvite, RiskCaution, at(PhaseInvite), []Verb{RemoveMember, InviteMember},
		memberFields, reinvitedTakes, invalidMember},
	{spec.KindMember, OpRevoke, RiskDestructive, at(PhaseRemove), []Verb{RemoveMember},
		memberFields, removedTakes, invalidMember},
	{spec.KindMember, OpUpdate, RiskCaution, phases{PhasePromote, PhaseDemote}, []Verb{SetRole},
		memberFields, roleGivenTakes, invalidMember},
	{spec.KindMember, OpDelete, RiskDestructive, at(PhaseRemove), []Verb{RemoveMember},
		memberFields, removedTakes, invalidMember},
	{spec.KindTFA, OpUpdate, RiskCaution, at(PhaseTFA), []Verb{EnforceTFA}, tfaFields, enforcedTakes, invalidTFA},
	{spec.KindOwner, OpTransfer, RiskIrreversible, at(PhaseTransfer), []Verb{TransferOwner},
		ownerFields, byUserTakes, invalidOwner},
}

// The paths of fields by kind.
var (
	organizationFields = []string{"name", "region", "country", "timezone"}
	controlFields      = []string{"enabled"}
	subscriptionFields = append([]string{"plan", "operations", "period", "price", "discount"}, buyerPaths()...)
	methodFields       = []string{"subscription", "extras", "method"}
	variableFields     = []string{"type", "value"}
	memberFields       = []string{"role", "name", "teams", "note", "invitation"}
	tfaFields          = []string{"tfaEnforced"}
	ownerFields        = []string{"owner"}
)

// The arguments of steps, as they are called in Arguments.
var (
	newOrganizationTakes     = []string{"Name", "RegionID", "CountryID", "TimezoneID"}
	changedOrganizationTakes = []string{"Name", "CountryID", "TimezoneID"}
	byNameTakes              = []string{"Name", "Confirmed"}
	purchaseTakes            = []string{"PriceID", "Coupon", "Customer", "Offer", "Confirmed"}
	preferredTakes           = []string{"PaymentMethod", "Target"}
	switchedTakes            = []string{"Name", "ControlID", "Enable"}
	writtenTakes             = []string{"Name", "Type", "Value", "IgnoreValue"}
	invitedTakes             = []string{"Name", "Email", "RoleID", "Note", "TeamIDs", "Teams"}
	reinvitedTakes           = append([]string{"UserID"}, invitedTakes...)
	enforcedTakes            = []string{"Enable"}
	byUserTakes              = []string{"Email", "UserID"}
	roleGivenTakes           = []string{"Email", "UserID", "RoleID"}
	removedTakes             = []string{"Email", "UserID", "DeleteConnections", "Confirmed"}
)

// argumentBeyond is an argument that no step of the row has, by its name in a plan file; "" where
// there is none.
func argumentBeyond(row int, a *Arguments) string {
	v := reflect.ValueOf(a).Elem()
	for i := range v.NumField() {
		argument := v.Type().Field(i)
		if !v.Field(i).IsZero() && !slices.Contains(stepTypes[row].takes, argument.Name) {
			name, _, _ := strings.Cut(argument.Tag.Get("json"), ",")
			return name
		}
	}
	return ""
}

// Type is the step's type.
func (s *Step) Type() StepType { return StepType{s.Kind, s.Op} }

// typeIndex is the row of a type in stepTypes; below 0 when makesync plans no such step.
func typeIndex(t StepType) int {
	for i := range stepTypes {
		if stepTypes[i].kind == t.Kind && stepTypes[i].op == t.Op {
			return i
		}
	}
	return -1
}

// Features are what of Make the step needs, as refusals of a plan are remembered. A new
// organization has no plan yet that could refuse.
func (s *Step) Features() []state.Feature {
	switch {
	case s.Op == OpCreate && s.Kind == spec.KindOrganization:
		return nil
	case s.Op == OpUpdate && s.Kind == spec.KindOrganization:
		features := make([]state.Feature, len(s.Fields))
		for i, f := range s.Fields {
			features[i] = state.Feature{Kind: s.Kind, Name: f.Path}
		}
		return features
	case s.Kind == spec.KindFeatureControl:
		return []state.Feature{{Kind: s.Kind, Name: spec.FoldName(s.Address.Name())}}
	case s.Kind == spec.KindMember, s.Kind == spec.KindOrganization:
		return []state.Feature{{Kind: s.Kind, Name: string(s.Op.Counted())}}
	}
	return []state.Feature{{Kind: s.Kind}}
}

// MovesMoney tells whether the step moves money, or says by what it is moved.
func (s *Step) MovesMoney() bool { return s.Kind.Bills() }

// Purchases tells whether the step brings another licence at once.
func (s *Step) Purchases() bool {
	return s.Kind == spec.KindSubscription && s.Op == OpUpdate && s.Arguments.PriceID > 0
}

// EndsOnFree tells whether the step lets the organization have the plan Free, now or later.
func (s *Step) EndsOnFree() bool {
	changes := s.Op == OpUpdate && s.Arguments.PriceID == 0 && !s.Arguments.Offer
	return s.Kind == spec.KindSubscription && (s.Op == OpDelete || changes)
}

// Verbs are the writes of the step, in their order. An update of a subscription that buys nothing
// makes it Free, or claims an offer.
func (s *Step) Verbs() []Verb {
	switch {
	case s.Kind != spec.KindSubscription || s.Op != OpUpdate || s.Arguments.PriceID > 0:
		return s.Type().Verbs()
	case s.Arguments.Offer:
		return []Verb{ClaimOffer}
	}
	return []Verb{FreeSubscription}
}

// Verbs are the writes of a step of the type, in their order; none when makesync plans no such
// step.
func (t StepType) Verbs() []Verb {
	if i := typeIndex(t); i >= 0 {
		return stepTypes[i].verbs
	}
	return nil
}

// kindsOf are the kinds of which there are steps with the op, in the order of the table. TFA alone
// is enforced, and drift reverted, which are ops of --allow rules only.
func kindsOf(op Op) (kinds []spec.Kind) {
	switch op {
	case OpEnforce:
		return []spec.Kind{spec.KindTFA}
	case OpRevert:
		return []spec.Kind{KindDrift}
	}
	for i := range stepTypes {
		if stepTypes[i].op == op && !slices.Contains(kinds, stepTypes[i].kind) {
			kinds = append(kinds, stepTypes[i].kind)
		}
	}
	return kinds
}

// riskOf is the risk of a step: that of its type, and caution where a name changes or a control is
// switched off.
func riskOf(s *Step) Risk {
	i := typeIndex(s.Type())
	switch {
	case i < 0:
		return RiskNone
	case stepTypes[i].risk != RiskNone:
		return stepTypes[i].risk
	case s.Kind == spec.KindOrganization && s.Arguments.Name != "": // a rename
		return RiskCaution
	case s.Kind == spec.KindFeatureControl && s.Arguments.Enable != nil && !*s.Arguments.Enable:
		return RiskCaution
	}
	return RiskNone
}
