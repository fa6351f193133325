package sync

import (
	"context"
	"time"
)

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
