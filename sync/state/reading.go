package state

import (
	"context"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/exit"
)

// Reading is one organization as it was read, with what could not be. Every failure stays with what
// it hurts, so that the rest can still be planned, exported or compared:
//
//	r := ReadOrganization(ctx, port.Reader, row, WantedFor(row, want, scope))
//	if err := r.Failed(spec.KindMember); err != nil { … } // this kind is unread, and why
//	if r.Organization.Read(spec.KindVariable) { … }       // all of its variables are there
//	if r.Organization.Has(spec.KindVariable) { … }        // at least one is
type Reading struct {
	// Organization is the row with what was read filled in, and normalised. Its Failed holds the
	// errors of kinds, its DetailErr that of the detail call, its Lacks the kinds that the
	// organization's plan does not offer: those are answers.
	Organization *Organization
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
	// People are e-mails to look for among the role rows that have none, where there are such rows:
	// the zone is asked for each that seems absent, and where it does not know her, Remembered.
	People []string
	// Remembered is the e-mail, in lower case, by which earlier runs know a user; "" for none. May
	// be nil.
	Remembered func(user int64) string
	// Roles are names of roles that the zone's list may lack; Teams says that teams are named. A
	// reading of a whole zone looks both up (see ReadZone); who reads one organization asks for the
	// lists that turn out to be needed.
	Roles []string
	Teams bool
}

// WantedFor is what has to be read of an organization for what its documents say and a run may
// touch: the kinds that they declare, the detail call where the row leaves out a column that they
// declare (an absent one is unknown, never false), and of what is to be deleted all that goes with
// it. Planning and snapshots both read by it, so that a plan from a snapshot is that of the zone.
func WantedFor(live *Organization, o *spec.Organization, scope spec.Scope) Wanted {
	wanted := Wanted{Await: true}
	if o.State == spec.Absent {
		wanted.Detail, wanted.Kinds = true, []spec.Kind{spec.KindMember}
		return wanted
	}
	wanted.Detail = scope.Wants(o, spec.KindOrganization) && live.LacksAttributes(o) ||
		scope.Wants(o, spec.KindTFA) && live.TFAEnforced == nil
	for _, kind := range slices.Concat(BillingKinds, ReadKinds) {
		leaves := scope.Wants(o, spec.KindSubscription) && LeavesPaid(o.Subscription)
		owned := kind == spec.KindMember && (scope.Wants(o, spec.KindOwner) || leaves)
		if scope.Wants(o, kind) || owned {
			wanted.Kinds = append(wanted.Kinds, kind)
		}
	}
	if !scope.Wants(o, spec.KindMember) {
		return wanted
	}
	for i := range o.Members {
		m := &o.Members[i]
		if scope.Covers(spec.NewAddress(o.Key, spec.KindMember, m.Email)) {
			wanted.People = append(wanted.People, m.Email)
		}
		if m.Role != "" {
			wanted.Roles = append(wanted.Roles, m.Role)
		}
		wanted.Teams = wanted.Teams || m.Invite != nil && len(m.Invite.Teams) > 0
	}
	return wanted
}

// LeavesPaid tells whether documents want an organization to end on Free, which its Owner can have
// once only: so it has to be known who that is.
func LeavesPaid(s *spec.Subscription) bool { return s.State == spec.Absent || billing.IsFree(s.Plan) }

// ReadOrganization reads into live what is wanted, one call after another, since the calls of a
// zone share one rate limit. The id of live says which organization; what live holds already stays
// unless the same is read again. When the context ends, the kinds that are left get an error of
// ClassCancelled. It returns no error of its own: see Reading.
func ReadOrganization(ctx context.Context, reader ObjectReader, live *Organization, want Wanted) Reading {
	r := organizationReader{ObjectReader: reader, await: want.Await, reading: Reading{Organization: live}}
	live.DetailErr = nil
	if want.Detail {
		r.readDetail(ctx)
	}
	for _, kind := range want.Kinds {
		r.readKind(ctx, kind)
	}
	Normalise(live)
	if len(want.People) > 0 && live.Read(spec.KindMember) && live.LackOf(spec.KindMember) == "" {
		r.matchUnreadable(ctx, want)
	}
	return r.reading
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
		live.DetailErr = err
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

// matchUnreadable finds people among the role rows without an e-mail. It asks nothing when there
// are no such rows.
func (r *organizationReader) matchUnreadable(ctx context.Context, want Wanted) {
	live := r.reading.Organization
	for _, email := range want.People {
		if len(live.Unreadable) == 0 {
			return
		}
		if FindMember(live.Members, email) != nil {
			continue
		}
		id, err := r.FindUser(ctx, live.ID, email)
		if err != nil {
			NoteFailure(live, spec.KindMember, err)
			return
		}
		for _, row := range live.Unreadable {
			if id == 0 && want.Remembered != nil && strings.EqualFold(want.Remembered(row.UserID), email) {
				id = row.UserID
			}
		}
		live.NameUnreadable(id, email)
	}
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
