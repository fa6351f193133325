package diff

import (
	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Input is all that the comparison of one organization looks at. It is values alone: what documents
// name must have been looked up before (see Result.Needs).
type Input struct {
	// Want is the documents' side.
	Want *spec.Organization
	// Live is the zone's side, normalised; nil when the organization is to be created.
	Live *state.Organization
	// Zone is the zone's name.
	Zone string
	// Me is the token's user.
	Me state.User
	// Names are the lists of names that have been read, each with the error of reading it.
	Names map[NameList]NameEntries
	Scope spec.Scope
	// Guards tell whom and what a purge spares.
	Guards    spec.Guards
	Sensitive []spec.Glob
	// Leaving are the e-mails that documents of some organization want gone.
	Leaving map[string]bool
	// Lookalikes tell of e-mails that could be taken for others that documents name; nil: for none.
	Lookalikes *spec.Lookalikes
	// StartsFree: a new organization of the zone is on the Free plan.
	StartsFree bool
	// ListUnmanaged asks for the addresses of what no document speaks of.
	ListUnmanaged bool
	BillingInput
}

// NameList is one list of names: the zone's own, or that of the organization which is compared.
type NameList struct {
	List state.List
	// Own: of the organization (its teams, its custom roles).
	Own bool
}

// NameEntries are what a list holds, or why it could not be read.
type NameEntries struct {
	Names []state.Name
	Err   error
}

// Result is what the comparison of one organization comes to.
type Result struct {
	// Needs are lists of names without which the result is not to be used: read them, and compare
	// again.
	Needs   []NameList
	Changes []plan.Change
	Waiting []plan.Waiting
	// Unmanaged counts live objects of which the documents do not speak, by kind.
	Unmanaged map[spec.Kind]int
	// UnmanagedAddresses are they, where Input.ListUnmanaged asks for them.
	UnmanagedAddresses []spec.Address
	Unchanged          int
	// Unread are the kinds that should have been read and were not; Failures the errors behind
	// them.
	Unread   []spec.Kind
	Failures []error
	Problems []spec.Problem
	// Present are those of the leaving who are there now; Unseen tells that some may be there whom
	// nobody can see.
	Present []plan.Access
	Unseen  bool
	// Lacking are the fields that a creation needs and the documents do not give.
	Lacking []string
	// Read: something of the organization could be read.
	Read bool
	// Patterns are those of the scope that matched an object.
	Patterns spec.PatternUse
}

// unread notes that a kind could not be read, and why, once.
func (r *Result) unread(kind spec.Kind, err error) {
	r.Unread = append(r.Unread, kind)
	r.Failures = append(r.Failures, err)
}
