package plan

import "makesync/spec"

// StepType is what decides how a step is written.
type StepType struct {
	Kind spec.Kind
	Op   Op
}

// The writes of each type of step. There is no other: a plan file that asks for
// more is refused. A re-invitation is a revocation and then an invitation; since a
// step ends at its first write that does not succeed, nobody is invited who was not revoked before.
var StepVerbs = map[StepType][]Verb{
	{spec.KindOrganization, OpCreate}:   {CreateOrganization},
	{spec.KindOrganization, OpUpdate}:   {UpdateOrganization},
	{spec.KindOrganization, OpDelete}:   {DeleteOrganization},
	{spec.KindFeatureControl, OpUpdate}: {SetControl},
	{spec.KindVariable, OpCreate}:       {CreateVariable},
	{spec.KindVariable, OpUpdate}:       {UpdateVariable},
	{spec.KindVariable, OpDelete}:       {DeleteVariable},
	{spec.KindMember, OpInvite}:         {InviteMember},
	{spec.KindMember, OpReinvite}:       {RemoveMember, InviteMember},
	{spec.KindMember, OpRevoke}:         {RemoveMember},
	{spec.KindMember, OpUpdate}:         {SetRole},
	{spec.KindMember, OpDelete}:         {RemoveMember},
	{spec.KindTFA, OpUpdate}:            {EnforceTFA},
	{spec.KindOwner, OpTransfer}:        {TransferOwner},
}

// WritesOf gives the writes of a step in their order.
func WritesOf(organization int64, s *Step) []Write {
	verbs := StepVerbs[StepType{s.Kind, s.Op}]
	writes := make([]Write, len(verbs))
	for i, verb := range verbs {
		writes[i] = Write{Verb: verb, Organization: organization, Address: s.Address,
			Arguments: argumentsFor(verb, s.Arguments)}
	}
	return writes
}

// argumentsFor keeps only what a verb sends. Both writes of a re-invitation come
// from one step: without this the removal would carry a role, and be a role change.
func argumentsFor(verb Verb, a Arguments) Arguments {
	switch verb {
	case RemoveMember:
		return Arguments{UserID: a.UserID, Email: a.Email,
			DeleteConnections: a.DeleteConnections, Confirmed: a.Confirmed}
	case InviteMember:
		return Arguments{Email: a.Email, Name: a.Name, RoleID: a.RoleID, Note: a.Note, TeamIDs: a.TeamIDs}
	case SetRole:
		return Arguments{UserID: a.UserID, RoleID: a.RoleID, Email: a.Email}
	}
	return a
}

// Idempotent are the verbs that may be sent again when a read shows that nothing
// has happened. Sending one of them twice does what sending it once does: a variable of a
// name can be made only once.
var Idempotent = map[Verb]bool{
	UpdateOrganization: true, DeleteOrganization: true,
	CreateVariable: true, UpdateVariable: true, DeleteVariable: true,
	SetControl: true, EnforceTFA: true,
	SetRole: true, RemoveMember: true, TransferOwner: true,
}

// NonIdempotent are the verbs that make another thing each time they are sent. They are sent
// again only when reads prove, over the verb's consistencyDelay, that nothing has happened.
var NonIdempotent = map[Verb]bool{CreateOrganization: true, InviteMember: true}
