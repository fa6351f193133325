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
	// NoBody makes RemoveMember send no body at all instead of {} (documented: an empty body
	// removes; which of both that means is not said).
	NoBody bool
	// Secrets are what the object held before. They are not sent; no message may repeat them.
	Secrets []spec.Value
}

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
