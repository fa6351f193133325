package sandbox

import (
	"sync/atomic"
	"time"
)

// grace is how long a subscription lasts after a charge that failed (told by the community).
const grace = 7 * 24 * time.Hour

// dues is when time by itself changes something next: a subscription ends, or a charge fails.
type dues struct {
	next    atomic.Int64 // Unix nanoseconds of the world's clock; 0: never
	settled time.Time    // until when all is done; only whoever has the turn to write touches it
}

// sooner has what is due at a time done then; the zero time is never.
func (d *dues) sooner(at time.Time) {
	if n := d.next.Load(); !at.IsZero() && (n == 0 || at.UnixNano() < n) {
		d.next.Store(at.UnixNano())
	}
}

// settle does what has come due, unless a write is under way: the next call does it then.
func (l *ledger) settle() {
	if n := l.store.due.next.Load(); n == 0 || l.store.Now().UnixNano() < n {
		return
	}
	select {
	case <-l.store.turns:
		l.store.queued.Add(1)
	default:
		return
	}
	defer l.store.done()
	l.settleAll(l.store.Now())
	// A state file that cannot be written is reported by the next write.
	_ = l.store.save()
}

// settleAll does it for all organizations; the caller has the turn to write.
func (l *ledger) settleAll(now time.Time) {
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	l.store.due.next.Store(0)
	for _, z := range l.store.state.Zones {
		for _, o := range z.Organizations {
			for at := z.due(o, l.store.due.settled); !at.IsZero() && !at.After(now); at = z.due(o, at) {
				l.happen(z, o, at)
			}
			l.store.due.sooner(z.due(o, now))
		}
	}
	l.store.due.settled = now
}

// happen is what time does at that moment: a renewal fails, the grace or the paid period is over.
// What then becomes of an organization whose Owner has another Free one is a switch: it is paused.
func (l *ledger) happen(z *Zone, o *Organization, at time.Time) {
	b := o.Billing
	if b.Failed.IsZero() && !b.Canceled {
		b.Failed = at
		return
	}
	if !l.ownsAnotherFree(o) {
		z.becomeFree(o, at)
		return
	}
	b.Charges = z.charges(o, at)
	b.Over, b.Canceled, b.Ends, b.Failed, b.Since = true, false, time.Time{}, time.Time{}, at.UTC()
	o.Paused = true
}
