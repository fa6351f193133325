package plan

import "makesync/spec"

// risks are the risks of steps, by kind and op; what is not listed is none.
var risks = map[spec.Kind]map[Op]Risk{
	spec.KindOrganization: {OpCreate: RiskIrreversible, OpDelete: RiskIrreversible},
	spec.KindVariable:     {OpDelete: RiskDestructive},
	spec.KindMember: {OpInvite: RiskCaution, OpReinvite: RiskCaution, OpUpdate: RiskCaution,
		OpDelete: RiskDestructive, OpRevoke: RiskDestructive},
	spec.KindTFA:   {OpUpdate: RiskCaution},
	spec.KindOwner: {OpTransfer: RiskIrreversible},
}

func riskOf(s *Step) Risk {
	if risk, ok := risks[s.Kind][s.Op]; ok {
		return risk
	}
	switch {
	case s.Kind == spec.KindOrganization && s.Arguments.Name != "": // a rename
		return RiskCaution
	case s.Kind == spec.KindFeatureControl && s.Arguments.Enable != nil && !*s.Arguments.Enable:
		return RiskCaution
	}
	return RiskNone
}
