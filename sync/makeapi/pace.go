package makeapi

import (
	"context"
	"sync"
	"time"

	reconcile "makesync/sync"
)

// zoneWide is the window of the calls that belong to no organization.
const zoneWide int64 = 0

// paced is a window that goroutines share.
type paced struct {
	mu sync.Mutex
	window
	// worn is why the last call here was given up after all its repetitions; "" after an answer.
	worn reconcile.Class
}

// windows are those of one zone, by organization.
type windows struct {
	mu   sync.Mutex
	byID map[int64]*paced
}

func (w *windows) of(organization int64) *paced {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.byID[organization]
	if p == nil {
		if w.byID == nil {
			w.byID = map[int64]*paced{}
		}
		p = &paced{}
		w.byID[organization] = p
	}
	return p
}

// Rest is a call that waits for a rate window, as somebody sees it who watches.
type Rest struct {
	Zone         string
	Organization int64  // whose window it is; 0: that of the calls that belong to none
	Name         string // of the organization, as a list showed it; "" when none did
	For          time.Duration
}

// rest tells that a call waits.
func (c *Client) rest(organization int64, wait time.Duration) {
	if c.resting == nil {
		return
	}
	name, _ := c.names.Load(organization)
	text, _ := name.(string)
	c.resting(Rest{Zone: c.zone, Organization: organization, Name: text, For: wait})
}

// sleep waits, and lets other organizations be worked on meanwhile.
func (c *Client) sleep(ctx context.Context, wait time.Duration) error {
	if c.slot != nil {
		defer c.slot.Yield()()
	}
	return c.clock.Sleep(ctx, wait)
}

// pace waits for a place in the window of an organization and takes it; the error is the context's.
func (c *Client) pace(ctx context.Context, p *paced, organization int64) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		p.mu.Lock()
		wait := p.take(c.clock.Now())
		p.mu.Unlock()
		if wait <= 0 {
			return nil
		}
		c.rest(organization, wait)
		c.tally.waiting(1)
		began := c.clock.Now()
		err := c.sleep(ctx, wait)
		c.tally.waited(c.clock.Now().Sub(began))
		if err != nil {
			return err
		}
	}
}

// note tells the window how an attempt that began at sent went.
func (c *Client) note(p *paced, sent time.Time, o outcome) {
	now := c.clock.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case o.err != nil && judge("", o) == awaitWindow:
		p.refuse(sent, now, o.headers.hint())
	case o.answered:
		p.learn(now, o.headers)
		p.welcome(sent)
	}
	if o.err == nil {
		p.worn = ""
	}
	p.end(now, o.sent)
}

// release gives a place back that was not used.
func (p *paced) release(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end(now, false)
}

// wornBy is why the last call here wore out its patience, or "".
func (p *paced) wornBy() reconcile.Class {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.worn
}

func (p *paced) wear(class reconcile.Class) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.worn = class
}
