package makeapi

import (
	"context"
	"sync"
	"time"

	"makesync/sync/exit"
)

// zoneWide is the window of the calls that belong to no organization.
const zoneWide int64 = 0

// sharedWindow is a window that goroutines share.
type sharedWindow struct {
	mu sync.Mutex
	window
	// exhausted is why the last call here was given up after all its repetitions; "" after an
	// answer.
	exhausted exit.Class
}

// windows are those of one zone, by organization.
type windows struct {
	share float64 // of each of them that the client takes
	mu    sync.Mutex
	byID  map[int64]*sharedWindow
}

func (w *windows) of(organization int64) *sharedWindow {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.byID[organization]
	if s == nil {
		if w.byID == nil {
			w.byID = map[int64]*sharedWindow{}
		}
		s = &sharedWindow{window: window{share: w.share}}
		w.byID[organization] = s
	}
	return s
}

// Wait is a call that waits for a rate window, as somebody sees it who watches.
type Wait struct {
	Zone         string
	Organization int64  // whose window it is; 0: that of the calls that belong to none
	Name         string // of the organization, as a list showed it; "" when none did
	For          time.Duration
}

// notifyWait tells that a call waits.
func (c caller) notifyWait(organization int64, wait time.Duration) {
	if c.onWait == nil {
		return
	}
	name, _ := c.organizationNames.Load(organization)
	text, _ := name.(string)
	c.onWait(Wait{Zone: c.zone, Organization: organization, Name: text, For: wait})
}

// sleep waits, and lets other organizations be worked on meanwhile.
func (c caller) sleep(ctx context.Context, wait time.Duration) error {
	if c.slot != nil {
		defer c.slot.Yield()()
	}
	return c.clock.Sleep(ctx, wait)
}

// pace waits for room in the window of an organization and reserves it; the error is the context's.
func (c caller) pace(ctx context.Context, w *sharedWindow, organization int64) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.mu.Lock()
		wait := w.reserve(c.clock.Now())
		w.mu.Unlock()
		if wait <= 0 {
			return nil
		}
		c.notifyWait(organization, wait)
		c.counters.waitBegins()
		began := c.clock.Now()
		err := c.sleep(ctx, wait)
		c.counters.waitEnds(c.clock.Now().Sub(began))
		if err != nil {
			return err
		}
	}
}

// record tells the window how an attempt that began at sent went.
func (c caller) record(w *sharedWindow, sent time.Time, o outcome) {
	now := c.clock.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case o.err != nil && decide("", o) == retryInWindow:
		w.refuse(sent, now, o.headers.hint())
	case o.answered:
		w.update(now, o.headers)
		w.resetRefusals(sent)
	}
	if o.err == nil {
		w.exhausted = ""
	}
	w.complete(now, o.sent)
}

// setLicensed takes the limit that the licence names.
func (w *sharedWindow) setLicensed(perMinute int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.licensed = perMinute
}

// isFull tells whether all calls of the minute that are ours, or anybody's, are used up.
func (w *sharedWindow) isFull(now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.prune(now)
	return w.limit() > 0 && len(w.ended)+w.inFlight >= w.quota() || w.remaining <= 0 && now.Before(w.resetAt)
}

// cancel gives a reservation back that was not used.
func (w *sharedWindow) cancel(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.complete(now, false)
}

// exhaustedBy is why the last call here was given up after all its repetitions, or "".
func (w *sharedWindow) exhaustedBy() exit.Class {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.exhausted
}

func (w *sharedWindow) markExhausted(class exit.Class) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.exhausted = class
}
