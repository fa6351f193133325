package plan

import (
	"context"
	"errors"
	"time"

	"makesync/spec"
	"makesync/sync/state"
)

// Verb is one kind of write request (published).
type Verb string

// The verbs. setRole and removeMember are one empty body apart on the wire; they are two verbs so
// that one can never become the other.
const (
	CreateOrganization Verb = "createOrganization"
	UpdateOrganization Verb = "updateOrganization"
	DeleteOrganization Verb = "deleteOrganization"
	CreateVariable     Verb = "createVariable"
	UpdateVariable     Verb = "updateVariable"
	DeleteVariable     Verb = "deleteVariable"
	SetControl         Verb = "setControl"
	EnforceTFA         Verb = "enforceTFA"
	InviteMember       Verb = "inviteMember"
	SetRole            Verb = "setRole"
	RemoveMember       Verb = "removeMember"
	TransferOwner      Verb = "transferOwner"
	AcceptInvitation   Verb = "acceptInvitation"

	// The verbs that move money; see MovesMoney.
	ChangeSubscription Verb = "changeSubscription"
	BeginSubscription  Verb = "beginSubscription"
	FreeSubscription   Verb = "freeSubscription"
	CancelSubscription Verb = "cancelSubscription"
	PreferMethod       Verb = "preferPaymentMethod"
	RemoveMethod       Verb = "removePaymentMethod"
	ClaimOffer         Verb = "claimCancellationOffer"
)

// Write is one request, as data.
type Write struct {
	Verb         Verb
	Organization int64 // 0 for CreateOrganization
	Address      spec.Address
	Arguments    Arguments
	// Empty is the form of the empty body by which RemoveMember removes.
	Empty EmptyBody
	// Secrets are what the object held before. They are not sent; no message may repeat them.
	Secrets []spec.Value
	// Within is how long it may wait before it is sent, for a rate window or a connection; 0: as
	// long as that takes. What would wait longer is not sent, and ends with ErrWaited.
	Within time.Duration
}

// ErrWaited is behind the error of a write that was not sent, since it would have waited for longer
// than Within: what it depends on has to be read again.
var ErrWaited = errors.New("it had to wait, and what it depends on may have changed meanwhile")

// EmptyBody is what a body that is empty looks like. That an empty body removes is published; which
// of the forms that means is not, and they are tried in this order.
type EmptyBody uint8

// The forms.
const (
	EmptyObject EmptyBody = iota // {}
	NoBody                       // no body at all
	EmptyString                  // "", as in the published example
	emptyBodies
)

// Next is the form to try after this one; false after the last.
func (b EmptyBody) Next() (next EmptyBody, more bool) { return b + 1, b+1 < emptyBodies }

// Answer is what a write's reply said; only fields that the reply held are set.
type Answer struct {
	OrganizationID int64         `json:"organizationId,omitempty"` // of a created organization
	UserID         int64         `json:"userId,omitempty"`         // of an invited person
	License        state.License `json:"-"`
	Removed        bool          `json:"-"` // it proves that RemoveMember has removed
	// Checkout is the page on which a person pays for a new subscription: a secret, which no
	// journal and no report holds.
	Checkout spec.Value `json:"-"`
}

// Writer performs one write: exactly one HTTP request, never repeated by itself (but for a 429 and
// a failed dial, which prove that nothing happened). A context that ends before the request is sent
// ends the call with ClassCancelled; a request that is sent is finished whatever the context says.
type Writer interface {
	Write(ctx context.Context, w Write) (Answer, error)
}

// WritesOf gives the writes of a step in their order.
func WritesOf(organization int64, s *Step) []Write {
	verbs := s.Verbs()
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

// DependOnState are the verbs that mean something else once somebody else has changed their object:
// who has accepted is removed by what revokes an invitation. Each is sent right after a read of it.
var DependOnState = map[Verb]bool{
	CreateOrganization: true, DeleteOrganization: true,
	InviteMember: true, SetRole: true, RemoveMember: true, TransferOwner: true,
	ChangeSubscription: true, BeginSubscription: true, FreeSubscription: true, CancelSubscription: true,
	PreferMethod: true, RemoveMethod: true, ClaimOffer: true,
}

// NonIdempotent are the verbs that make another thing each time they are sent. They are sent
// again only when reads prove, over the time that a zone may take, that nothing has happened. The
// verbs that move money are in neither list: after an unclear answer none of them is sent again.
var NonIdempotent = map[Verb]bool{CreateOrganization: true, InviteMember: true}
