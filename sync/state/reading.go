package state

import (
	"context"

	"makesync/spec"
	"makesync/sync/exit"
)

// Reading is one organization as it was read, with what could not be. Every failure stays with what
// it hurts, so that the rest can still be planned, exported or compared:
//
//	r := ReadOrganization(ctx, port.Reader, row, Wanted{Detail: true, Kinds: kinds, Await: true})
//	if err := r.Failed(spec.KindMember); err != nil { … } // this kind is unread, and why
//	if r.Organization.Read(spec.KindVariable) { … }       // all of its variables are there
//	if r.Organization.Has(spec.KindVariable) { … }        // at least one is
type Reading struct {
	// Organization is the row with what was read filled in, and normalised. Its Failed holds the
	// errors of kinds, its Lacks the kinds that the organization's plan does not offer: those are
	// answers.
	Organization *Organization
	// DetailErr is why the detail call failed; nil when it did not, or was not wanted.
	DetailErr error
	// Awaited: the zone did not know the organization and was asked to wait for it, which is done
	// once at most.
	Awaited bool
}

// Wanted says how much of an organization is read.
type Wanted struct {
	// Detail asks for the detail call too: it has the columns that the list may leave out, and
	// alone counts active scenarios.
	Detail bool
	// Kinds are those that take a call of their own (see ReadAs), in the order in which they are
	// read.
	Kinds []spec.Kind
	// Await: a 404 may mean that the organization was made a moment ago, and is waited for, once.
	// Without it a 404 is a failure.
	Await bool
}

// ReadOrganization reads into live what is wanted, one call after another, since the calls of a
// zone share one rate limit. The id of live says which organization; what live holds already stays
// unless the same is read again. When the context ends, the kinds that are left get an error of
// ClassCancelled. It returns no error of its own: see Reading.
func ReadOrganization(ctx context.Context, reader ObjectReader, live *Organization, want Wanted) Reading {
	r := organizationReader{ObjectReader: reader, await: want.Await, reading: Reading{Organization: live}}
	if want.Detail {
		r.readDetail(ctx)
	}
	for _, kind := range want.Kinds {
		r.readKind(ctx, kind)
	}
	Normalise(live)
	return r.reading
}

// Failed is why a kind could not be read; nil when it was, or was not asked for. KindOrganization
// is the detail call; an Owner fails with the members.
func (r Reading) Failed(kind spec.Kind) error {
	if kind == spec.KindOrganization {
		return r.DetailErr
	}
	return r.Organization.Failed[ReadAs(kind)]
}

// organizationReader is ReadOrganization at work.
type organizationReader struct {
	ObjectReader
	await   bool
	reading Reading
}

func (r *organizationReader) readDetail(ctx context.Context) {
	live := r.reading.Organization
	detail, err := r.Organization(ctx, live.ID, false)
	if r.arrives(ctx, err) {
		detail, err = r.Organization(ctx, live.ID, false)
	}
	if err != nil {
		r.reading.DetailErr = err
		return
	}
	live.fill(detail)
}

func (r *organizationReader) readKind(ctx context.Context, kind spec.Kind) {
	live := r.reading.Organization
	if ctx.Err() != nil {
		NoteFailure(live, kind, notReached(ctx, kind))
		return
	}
	err := r.Read(ctx, live, kind)
	if r.arrives(ctx, err) {
		delete(live.Failed, kind)
		err = r.Read(ctx, live, kind)
	}
	NoteFailure(live, kind, err)
}

// arrives waits, once, for an organization that is in the list and that its zone does not know: one
// that was made a moment ago. The central backend makes it, and wait=true ends when the zone has it
// (published). It tells whether asking again is worth it.
func (r *organizationReader) arrives(ctx context.Context, err error) bool {
	call := AsCallError(err)
	if !r.await || r.reading.Awaited || call == nil || call.Class != exit.ClassNotFound {
		return false
	}
	r.reading.Awaited = true
	_, err = r.Organization(ctx, r.reading.Organization.ID, true)
	return err == nil
}

// notReached is the error of what a stop left unread.
func notReached(ctx context.Context, kind spec.Kind) error {
	words := "the run was stopped before it was read"
	if exit.OutOfTime(ctx) {
		words = "the time of the run was over before it was read"
	}
	return &CallError{
		Doing:   "read the " + string(kind) + "s",
		Message: words,
		Class:   exit.ClassCancelled,
		Err:     ctx.Err(),
	}
}

// NoteFailure keeps a reading error with its organization, also when the reader did not.
func NoteFailure(live *Organization, kind spec.Kind, err error) {
	if err == nil {
		return
	}
	if live.Failed == nil {
		live.Failed = map[spec.Kind]error{}
	}
	live.Failed[kind] = err
}
