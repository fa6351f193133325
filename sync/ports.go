package sync

import (
	"context"
	"time"

	"makesync/spec"
)

// ZoneReader reads what a zone says about itself. Every method of the readers
// repeats safely, waits out rate limits by itself, and ends in a *CallError.
type ZoneReader interface {
	// Me is the token's user.
	Me(ctx context.Context) (User, error)
	// Organizations is the whole list, of all zones, every page, with every column.
	Organizations(ctx context.Context) ([]*Live, error)
	// Names is one of the API's lists. organization is 0 for the zone's own list
	// and an id for lists that belong to one (teams, custom roles).
	Names(ctx context.Context, list List, organization int64) ([]Name, error)
}

// ObjectReader reads objects of one organization.
type ObjectReader interface {
	// Organization is the detail call; wait asks the zone to wait until a new organization is replicated.
	Organization(ctx context.Context, id int64, wait bool) (*Live, error)
	// Read fills the part of live that belongs to the kind (variable,
	// featureControl, member; owner is read as member; organization and tfa come with the list). A failure is
	// returned and also kept in live.Failed; what the plan lacks is kept in live.Lacks and is no error.
	Read(ctx context.Context, live *Live, kind spec.Kind) error
	// FindUser asks for one person by e-mail (documented: GET /users?organizationId&email=), accepted or
	// invited; 0 when the zone knows none.
	FindUser(ctx context.Context, organization int64, email string) (int64, error)
}

// MembershipReader tells of which organizations the token's user is an accepted member. A Reader that has it is a
// second witness, beside the list, of an organization that was just made.
type MembershipReader interface {
	Memberships(ctx context.Context) ([]int64, error)
}

// Reader is a zone to plan from.
type Reader interface {
	ZoneReader
	ObjectReader
}

// Writer performs one write: exactly one HTTP request, never repeated by itself
// (but for a 429 and a failed dial, which prove that nothing happened). A context that ends before the request is
// sent ends the call with ClassCancelled; a request that is sent is finished whatever the context says.
type Writer interface {
	Write(ctx context.Context, w Write) (Answer, error)
}

// Slot is the place of one organization among those that are worked on side by side.
type Slot interface {
	// Yield gives the place to another organization, while a call only waits; reacquire takes it
	// back, at once.
	Yield() (reacquire func())
}

// SlotClient is a Reader or a Writer whose calls may wait for long, for a rate window or before a
// repetition.
type SlotClient interface {
	// WithSlot is the same client, for whoever holds the slot: its calls yield it while they wait.
	WithSlot(Slot) ReadWriter
}

// ReadWriter reads from and writes to a zone.
type ReadWriter interface {
	Reader
	Writer
}

// Journal keeps the story of a run; every call returns only after the entry is
// on disk. An error stops the run before the next write.
type Journal interface {
	// Begin is the first line: the run's plan as far as resume and undo need it.
	Begin(run string, plan *Plan) error
	// Intent comes before each request.
	Intent(Intent) error
	// Result comes after it.
	Result(Outcome) error
	// End is the last line.
	End(*Report) error
}

// Clock is time for the apply loop; tests run it in testing/synctest.
type Clock interface {
	Now() time.Time
	// Sleep waits, or returns the context's error.
	Sleep(ctx context.Context, d time.Duration) error
}
