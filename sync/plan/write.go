package plan

import (
	"context"

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
}

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
}

// Writer performs one write: exactly one HTTP request, never repeated by itself (but for a 429 and
// a failed dial, which prove that nothing happened). A context that ends before the request is sent
// ends the call with ClassCancelled; a request that is sent is finished whatever the context says.
type Writer interface {
	Write(ctx context.Context, w Write) (Answer, error)
}
