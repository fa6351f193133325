package makeapi

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"makesync/spec"
	reconcile "makesync/sync"
)

// The defaults of Options.
const (
	DefaultConcurrency = 8
	DefaultTimeout     = 2 * time.Minute
	longestAttempt     = 30 * time.Second
)

// Options say which zone a client speaks to and how patient it is. Name, URL and Token are required.
type Options struct {
	Name  string     // of the zone, for messages
	URL   string     // scheme://host[:port]; plain http for loopback only
	Token spec.Value // an API token (UUID) or an OAuth access token
	// Transport carries the requests; nil: NewTransport(Concurrency).
	Transport http.RoundTripper
	Version   string // makesync's version, for the User-Agent
	// Timeout is for one call with its repetitions; waiting for a rate window is not counted. 0: DefaultTimeout.
	Timeout time.Duration
	// AttemptTimeout is how long one request may show no progress before it is given up and, if
	// it is a read, repeated. 0: half of Timeout, at most 30 s. A write may take all of Timeout.
	AttemptTimeout time.Duration
	// Attempts is how often a read is sent before it is given up, 0: 10. Refusals by a rate limit do not count.
	Attempts    int
	Concurrency int // of the default transport; 0: DefaultConcurrency
	// Slots bounds the requests in flight, over all clients that share it; nil: not at all.
	Slots Slots
	// Log gets one line per attempt at debug level; nil: none. No line holds a secret.
	Log *slog.Logger
	// Observe is called after each attempt, from the goroutine that made it; nil: not.
	Observe func(Attempt)
	// Resting is called before a call waits for a rate window, from the goroutine that makes it; nil: not.
	Resting func(Rest)
	// Clock is used for every wait; nil: the system's.
	Clock reconcile.Clock
	// Jitter gives numbers in [0,1) that spread repetitions; nil: random ones.
	Jitter func() float64
}

// Client reads from and writes to one zone; it is safe for use by many goroutines. It implements
// sync.Reader and sync.Writer.
type Client struct {
	*shared
	slot reconcile.Slot // of whoever calls; nil: none
}

// shared is what a client has in common with itself for other slots (see WithSlot).
type shared struct {
	zone          string
	base          url.URL
	authorization string
	agent         string
	token         spec.Value
	transport     http.RoundTripper
	slots         Slots
	patience      patience
	log           *slog.Logger
	observe       func(Attempt)
	resting       func(Rest)
	clock         reconcile.Clock
	jitter        func() float64

	windows windows
	down    atomic.Bool // the last call could not even connect, after all its repetitions
	tally   tally
	lists   flights[listKey, []reconcile.Name]
	me      flights[struct{}, reconcile.User]
	scopes  flights[struct{}, []string]
	hosts   sync.Map // organization id → host of the zone that it lives in, for hints
	names   sync.Map // organization id → name, for those who watch
	refused refusedWishes
}

var (
	_ reconcile.Reader           = (*Client)(nil)
	_ reconcile.MembershipReader = (*Client)(nil)
	_ reconcile.Writer           = (*Client)(nil)
	_ reconcile.SlotClient       = (*Client)(nil)
)

// New makes a client of one zone. It sends nothing.
func New(o Options) (*Client, error) {
	base, err := parseBase(o.URL)
	if err != nil {
		return nil, fmt.Errorf("zone %s: %w", clean(o.Name, 60), err)
	}
	header, err := authorization(o.Token)
	if err != nil {
		return nil, fmt.Errorf("zone %s: %w", clean(o.Name, 60), err)
	}
	c := &shared{
		zone: clean(o.Name, 60), base: *base, authorization: header, token: o.Token.Masked(),
		agent: agent(o.Version), transport: o.Transport, slots: o.Slots, patience: newPatience(o),
		log: o.Log, observe: o.Observe, resting: o.Resting, clock: o.Clock, jitter: o.Jitter,
	}
	if c.transport == nil {
		c.transport = NewTransport(o.Concurrency)
	}
	if c.clock == nil {
		c.clock = systemClock{}
	}
	if c.jitter == nil {
		c.jitter = rand.Float64
	}
	return &Client{shared: c}, nil
}

// WithSlot is the same client, for whoever holds the slot: its calls yield it while they wait.
func (c *Client) WithSlot(slot reconcile.Slot) reconcile.ReadWriter {
	return &Client{shared: c.shared, slot: slot}
}

// agent is the User-Agent; the zone's edge refuses clients that have none.
func agent(version string) string {
	if version == "" {
		version = "dev"
	}
	return "makesync/" + clean(version, 40)
}

// Host is the host, with port, of the url in use.
func (c *Client) Host() string { return c.base.Host }

// SetLimit tells the organization's calls per minute (license.apiLimit). Lists of organizations
// and detail calls do it by themselves; 0 means that no limit is known.
func (c *Client) SetLimit(organization int64, perMinute int) {
	w := c.windows.of(organization)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.licensed = perMinute
}

// CloseIdleConnections lets go of the connections that are kept for reuse.
func (c *Client) CloseIdleConnections() {
	if closer, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}
