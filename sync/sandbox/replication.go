package sandbox

import (
	"sync"
	"time"
)

// lag holds the new organizations that have not reached their zone yet. Until
// then every call about one fails, but for the detail with wait=true, which
// waits and so ends it (published). It is kept in memory only: after a restart
// every organization has arrived.
type lag struct {
	mu   sync.Mutex
	left map[int]int // calls that still fail, by organization
	// listed is when the list begins to show an organization.
	listed map[int]time.Time
}

// lagCalls is how many calls fail in the mode calls; in the mode wait all do.
const lagCalls = 3

// forever is more calls than anybody makes.
const forever = 1 << 30

func (l *lag) begin(org int, mode string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left == nil {
		l.left = map[int]int{}
	}
	switch mode {
	case "calls":
		l.left[org] = lagCalls
	case "wait":
		l.left[org] = forever
	}
}

// hide keeps an organization out of the list until then.
func (l *lag) hide(org int, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listed == nil {
		l.listed = map[int]time.Time{}
	}
	l.listed[org] = until
}

func (l *lag) isListed(org int, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !now.Before(l.listed[org])
}

// arrived says whether a call about the organization finds it.
func (l *lag) arrived(org int, wait bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.left[org]
	if n == 0 || wait {
		delete(l.left, org)
		return true
	}
	l.left[org] = n - 1
	return false
}

// lagMode is how a new organization lags: as a fault says, or as the switch.
func lagMode(c *call) string {
	if c.lagging {
		return "wait"
	}
	return c.w.switchValue("create-lag")
}

func requireReplicated(c *call) error {
	wait := c.op.flags&early != 0 && c.flag("wait")
	if c.w.lag.arrived(c.org.ID, wait) {
		return nil
	}
	return notFound("Organization")
}
