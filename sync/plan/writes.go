package plan

// WritesOf gives the writes of a step in their order.
func WritesOf(organization int64, s *Step) []Write {
	verbs := s.Type().Verbs()
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
