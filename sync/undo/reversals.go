package undo

import (
	"makesync/spec"
	"makesync/sync/observe"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// reversal is how one type of step is undone.
type reversal struct {
	// never says why it cannot be; then want is nil.
	never string
	// unfit says why no plan writes what was there before the step; nil: one always does.
	unfit func(s *plan.Step, images observe.Images) string
	// want adds the state before the step to the desired state of the organization.
	want func(o *spec.Organization, s *plan.Step, images observe.Images)
}

// reversals are those of all steps that makesync does.
var reversals = map[plan.StepType]reversal{
	{Kind: spec.KindOrganization, Op: plan.OpCreate}:   {want: wantNoOrganization},
	{Kind: spec.KindOrganization, Op: plan.OpUpdate}:   {want: wantAttributes},
	{Kind: spec.KindOrganization, Op: plan.OpDelete}:   {never: "a deleted organization cannot be brought back"},
	{Kind: spec.KindSubscription, Op: plan.OpCreate}:   {never: neverBilled},
	{Kind: spec.KindSubscription, Op: plan.OpUpdate}:   {never: neverBilled},
	{Kind: spec.KindSubscription, Op: plan.OpDelete}:   {never: neverBilled},
	{Kind: spec.KindPaymentMethods, Op: plan.OpUpdate}: {never: neverBilled},
	{Kind: spec.KindPaymentMethods, Op: plan.OpDelete}: {never: neverBilled},
	{Kind: spec.KindFeatureControl, Op: plan.OpUpdate}: {want: wantControl},
	{Kind: spec.KindVariable, Op: plan.OpCreate}:       {want: wantNoVariable},
	{Kind: spec.KindVariable, Op: plan.OpUpdate}:       {want: wantVariable, unfit: unfitValue},
	{Kind: spec.KindVariable, Op: plan.OpDelete}:       {want: wantVariable, unfit: unfitValue},
	{Kind: spec.KindMember, Op: plan.OpInvite}:         {want: wantNoMember},
	{Kind: spec.KindMember, Op: plan.OpReinvite}:       {never: neverReinvited},
	{Kind: spec.KindMember, Op: plan.OpRevoke}:         {never: neverRevoked},
	{Kind: spec.KindMember, Op: plan.OpDelete}:         {never: neverRemoved},
	{Kind: spec.KindMember, Op: plan.OpUpdate}:         {want: wantRole, unfit: unfitEmail},
	{Kind: spec.KindTFA, Op: plan.OpUpdate}:            {want: wantTFA},
	{Kind: spec.KindOwner, Op: plan.OpTransfer}: {
		never: "only the new Owner can transfer the organization back",
	},
}

const (
	neverBilled    = "money is never moved by an undo: declare what shall be paid for, and by what"
	neverReinvited = "an e-mail that was sent cannot be taken back, nor can the invitation before it be restored"
	neverRevoked   = "a revoked invitation can only be sent anew: declare the member with `invite`"
	neverRemoved   = "a removed member can only be invited anew: declare the member with `invite`"
)

func wantNoOrganization(o *spec.Organization, _ *plan.Step, _ observe.Images) { o.State = spec.Absent }

func wantControl(o *spec.Organization, s *plan.Step, i observe.Images) {
	o.FeatureControls = append(o.FeatureControls,
		spec.FeatureControl{Name: s.Address.Name(), Enabled: isTrue(i.Before["enabled"])})
}

func wantNoVariable(o *spec.Organization, s *plan.Step, i observe.Images) {
	o.Variables = append(o.Variables,
		spec.Variable{Name: s.Address.Name(), State: spec.Absent, LiveSecret: holdsSecret(i.After)})
}

func wantNoMember(o *spec.Organization, s *plan.Step, _ observe.Images) {
	o.Members = append(o.Members, spec.Member{Email: s.Address.Name(), State: spec.Absent})
}

func wantRole(o *spec.Organization, s *plan.Step, i observe.Images) {
	o.Members = append(o.Members, spec.Member{Email: s.Address.Name(), Role: i.Before["role"].Value().Reveal()})
}

func wantTFA(o *spec.Organization, _ *plan.Step, i observe.Images) {
	before := isTrue(i.Before["tfaEnforced"])
	o.TFAEnforced = &before
}

// wantAttributes asks for those attributes back that the step has changed.
func wantAttributes(o *spec.Organization, _ *plan.Step, i observe.Images) {
	for path, field := range map[string]*string{"name": &o.Name, "country": &o.Country, "timezone": &o.Timezone} {
		if before, had := i.Before[path]; had && !observe.SameSide(before, i.After[path]) {
			*field = before.Value().Reveal()
		}
	}
}

func wantVariable(o *spec.Organization, s *plan.Step, i observe.Images) {
	t, value := valueBefore(i)
	o.Variables = append(o.Variables, spec.Variable{Name: s.Address.Name(), Type: t, Value: value})
}

func valueBefore(i observe.Images) (spec.VariableType, spec.Value) {
	t, _ := spec.ParseVariableType(i.Before["type"].Value().Reveal())
	return t, i.Before["value"].Value()
}

// unfitValue: a zone keeps values that are none of their type, and no plan writes one.
func unfitValue(_ *plan.Step, i observe.Images) string {
	t, value := valueBefore(i)
	if _, err := spec.Canonical(t, value.Reveal()); err != nil {
		return "before the run " + err.Error() + ", and no plan writes such a value: set it in Make"
	}
	return ""
}

// unfitEmail: a run of an older version may have given a role to somebody whom documents cannot
// name any more.
func unfitEmail(s *plan.Step, _ observe.Images) string {
	if !spec.AcceptsEmail(s.Address.Name()) {
		return "no plan gives a role to an e-mail that documents cannot hold: set it in Make"
	}
	return ""
}

func isTrue(side state.Scalar) bool { return side.Value().Reveal() == "true" }

func holdsSecret(v state.View) bool {
	for _, side := range v {
		if side.IsSensitive() {
			return true
		}
	}
	return false
}
