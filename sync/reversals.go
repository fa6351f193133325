package sync

import "makesync/spec"

// reversal is how one type of step is undone.
type reversal struct {
	// never says why it cannot be; then want is nil.
	never string
	// want adds the state before the step to the desired state of the organization.
	want func(o *spec.Organization, s *Step, images Images)
}

// reversals are those of all steps that makesync does.
var reversals = map[stepType]reversal{
	{spec.KindOrganization, OpCreate}:   {want: wantNoOrganization},
	{spec.KindOrganization, OpUpdate}:   {want: wantAttributes},
	{spec.KindOrganization, OpDelete}:   {never: "a deleted organization cannot be brought back"},
	{spec.KindFeatureControl, OpUpdate}: {want: wantControl},
	{spec.KindVariable, OpCreate}:       {want: wantNoVariable},
	{spec.KindVariable, OpUpdate}:       {want: wantVariable},
	{spec.KindVariable, OpDelete}:       {want: wantVariable},
	{spec.KindMember, OpInvite}:         {want: wantNoMember},
	{spec.KindMember, OpReinvite}:       {never: neverReinvited},
	{spec.KindMember, OpRevoke}:         {never: neverRevoked},
	{spec.KindMember, OpDelete}:         {never: neverRemoved},
	{spec.KindMember, OpUpdate}:         {want: wantRole},
	{spec.KindTFA, OpUpdate}:            {want: wantTFA},
	{spec.KindOwner, OpTransfer}:        {never: "only the new Owner can transfer the organization back"},
}

const (
	neverReinvited = "an e-mail that was sent cannot be taken back, nor can the invitation before it be restored"
	neverRevoked   = "a revoked invitation can only be sent anew: declare the member with `invite`"
	neverRemoved   = "a removed member can only be invited anew: declare the member with `invite`"
)

func wantNoOrganization(o *spec.Organization, _ *Step, _ Images) { o.State = spec.Absent }

func wantControl(o *spec.Organization, s *Step, i Images) {
	o.FeatureControls = append(o.FeatureControls,
		spec.FeatureControl{Name: s.Address.Name(), Enabled: isTrue(i.Before["enabled"])})
}

func wantNoVariable(o *spec.Organization, s *Step, i Images) {
	o.Variables = append(o.Variables,
		spec.Variable{Name: s.Address.Name(), State: spec.Absent, LiveSecret: holdsSecret(i.After)})
}

func wantNoMember(o *spec.Organization, s *Step, _ Images) {
	o.Members = append(o.Members, spec.Member{Email: s.Address.Name(), State: spec.Absent})
}

func wantRole(o *spec.Organization, s *Step, i Images) {
	o.Members = append(o.Members, spec.Member{Email: s.Address.Name(), Role: i.Before["role"].Value().Reveal()})
}

func wantTFA(o *spec.Organization, _ *Step, i Images) {
	before := isTrue(i.Before["tfaEnforced"])
	o.TFAEnforced = &before
}

// wantAttributes asks for those attributes back that the step has changed.
func wantAttributes(o *spec.Organization, _ *Step, i Images) {
	for path, field := range map[string]*string{"name": &o.Name, "country": &o.Country, "timezone": &o.Timezone} {
		if before, had := i.Before[path]; had && !sameSide(before, i.After[path]) {
			*field = before.Value().Reveal()
		}
	}
}

func wantVariable(o *spec.Organization, s *Step, i Images) {
	t, _ := spec.ParseVariableType(i.Before["type"].Value().Reveal())
	o.Variables = append(o.Variables,
		spec.Variable{Name: s.Address.Name(), Type: t, Value: i.Before["value"].Value()})
}

func isTrue(side Scalar) bool { return side.Value().Reveal() == "true" }

func holdsSecret(v View) bool {
	for _, side := range v {
		if side.IsSensitive() {
			return true
		}
	}
	return false
}
