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
	"makesync/spec/text"
	"makesync/sync/billing"
	"makesync/sync/plan"
	"makesync/sync/slots"
	"makesync/sync/state"
)

// The defaults of Options.
const (
	DefaultConcurrency = 8  // requests in flight that every zone takes
	MostConcurrency    = 64 // and that none is asked to take more than
	DefaultRateShare   = 0.8
	DefaultTimeout     = 2 * time.Minute
	longestAttempt     = 30 * time.Second
)

// Options say which zone a client speaks to and how long it tries. Name, URL and Token are
// required.
type Options struct {
	Name  string     // of the zone, for messages
	URL   string     // scheme://host[:port]; plain http for loopback only
	Token spec.Value // an API token (UUID) or an OAuth access token
	// TokenFrom is what names the token, for messages: MAKE_API_KEY_EU1; "" is unknown.
	TokenFrom string
	// GivesAway tells whether a value that the zone sends holds what the run is trusted with, such
	// as its token; it is never shown then. nil: none does.
	GivesAway func(string) bool
	// Secrets are what the run is trusted with; no message of the zone is shown with one of them.
	Secrets []string
	// TokenForms are the token as it is and encoded: no reply that holds one in something else than
	// the value of a variable is used.
	TokenForms []string
	// Transport carries the requests; nil: NewTransport(Concurrency).
	Transport http.RoundTripper
	Version   string // makesync's version, for the User-Agent
	// Timeout is for one call with its repetitions; waiting for a rate window, or for a zone that
	// is overloaded, is not counted. 0: DefaultTimeout.
	Timeout time.Duration
	// AttemptTimeout is how long one request may show no progress before it is given up and, if
	// it is a read, repeated. 0: half of Timeout, at most 30 s. A write may take all of Timeout.
	AttemptTimeout time.Duration
	// Attempts is how often a read is sent before it is given up, 0: 10. Refusals by a rate limit
	// do not count.
	Attempts    int
	Concurrency int // of the default transport; 0: DefaultConcurrency
	// Adaptive makes the client find out how many requests in flight the zone takes: it begins with
	// DefaultConcurrency and goes up to Concurrency, or MostConcurrency.
	Adaptive bool
	// InFlight bounds the requests in flight, over all clients that share it; nil: not at all.
	InFlight InFlightLimit
	// RateShare is the part of each rate window that the client takes, at least one call; the rest
	// is left to others. 0: DefaultRateShare, 1: all of it.
	RateShare float64
	// Log gets one line per attempt at debug level; nil: none. No line holds a secret.
	Log *slog.Logger
	// Observe is called after each attempt, from the goroutine that made it; nil: not.
	Observe func(Attempt)
	// OnWait is called before a call waits for a rate window, from the goroutine that makes it;
	// nil: not.
	OnWait func(Wait)
	// Clock is used for every wait; nil: the system's.
	Clock state.Clock
	// Jitter gives numbers in [0,1) that spread repetitions; nil: random ones.
	Jitter func() float64
}

// Client reads from and writes to one zone; it is safe for use by many goroutines. It implements
// sync.Reader and sync.Writer.
type Client struct{ cashier }

// caller carries out calls: it paces, repeats and counts them, and explains those that fail.
type caller struct {
	*shared
	slot slots.Slot // of whoever calls; nil: none
}

// shared is what the clients of one zone for several slots have in common (see WithSlot).
type shared struct {
	connection
	inFlight InFlightLimit
	adaptive *adaptiveLimit // nil: none
	log      *slog.Logger
	observe  func(Attempt)
	onWait   func(Wait)
	jitter   func() float64
	// givesAway tells whether a value holds a secret of the run; nil: none does.
	givesAway func(string) bool

	windows    windows
	refusedBy  atomic.Pointer[state.CallError] // the first 401
	down       atomic.Bool                     // the last call could not even connect, after all its repetitions
	counters   counters
	nameCache  callCache[listKey, []state.Name]
	userCache  callCache[struct{}, state.User]
	scopeCache callCache[struct{}, []string]
	priceCache callCache[int64, billing.Price]
	// organizationHosts are the hosts of the zones in which organizations live, by id, for hints;
	// organizationNames are their names, for those who watch.
	organizationHosts, organizationNames sync.Map
	unsupported                          unsupportedColumns
}

// connection sends single requests to one zone and reads the replies.
type connection struct {
	zone       string
	base       url.URL
	header     http.Header // of a request without a body, and with one
	bodyHeader http.Header
	token      spec.Value
	tokenFrom  string
	hidden     hiddenSecrets
	own        secretForms // of the token, which no name of the zone may hold
	transport  http.RoundTripper
	retry      retryPolicy
	clock      state.Clock
}

var (
	_ state.Reader           = (*Client)(nil)
	_ state.MembershipReader = (*Client)(nil)
	_ plan.Writer            = (*Client)(nil)
	_ state.SlotClient       = (*Client)(nil)
)

// New makes a client of one zone. It sends nothing.
func New(o Options) (*Client, error) {
	base, err := parseBase(o.URL)
	if err != nil {
		return nil, fmt.Errorf("zone %s: %w", text.ShortLine(o.Name, 60), err)
	}
	authorization, err := authorization(o.Token)
	if err != nil {
		return nil, fmt.Errorf("zone %s: %w", text.ShortLine(o.Name, 60), err)
	}
	header := http.Header{"Authorization": {authorization}, "User-Agent": {agent(o.Version)},
		"Accept": {"application/json"}}
	bodyHeader := header.Clone()
	bodyHeader.Set("Content-Type", "application/json")
	c := &shared{
		connection: connection{
			zone: text.ShortLine(o.Name, 60), base: *base, header: header, bodyHeader: bodyHeader,
			token: o.Token.Masked(), tokenFrom: text.ShortLine(o.TokenFrom, 80),
			hidden: newHiddenSecrets(o.Secrets), own: newSecretForms(o.TokenForms),
			transport: o.Transport, retry: newRetryPolicy(o), clock: o.Clock,
		},
		inFlight: o.InFlight, log: o.Log, observe: o.Observe, onWait: o.OnWait, jitter: o.Jitter,
		givesAway: o.GivesAway,
	}
	if o.Adaptive && o.Concurrency < 1 {
		o.Concurrency = MostConcurrency
	}
	if c.transport == nil {
		c.transport = NewTransport(o.Concurrency)
	}
	c.transport = renewing(c.transport)
	if c.clock == nil {
		c.clock = SystemClock{}
	}
	if o.Adaptive {
		c.adaptive = &adaptiveLimit{clock: c.clock, found: newCongestion(DefaultConcurrency, o.Concurrency)}
	}
	if c.jitter == nil {
		c.jitter = rand.Float64
	}
	if c.windows.share = o.RateShare; c.windows.share <= 0 {
		c.windows.share = DefaultRateShare
	}
	return &Client{cashier{caller{shared: c}}}, nil
}

// WithSlot is the same client, for whoever holds the slot: its calls yield it while they wait.
func (c *Client) WithSlot(slot slots.Slot) state.Reader {
	return &Client{cashier{caller{c.shared, slot}}}
}

// agent is the User-Agent; the zone's edge refuses clients that have none.
func agent(version string) string {
	if version == "" {
		version = "dev"
	}
	return "makesync/" + text.ShortLine(version, 40)
}

// Refused is the answer 401 by which the zone has stopped accepting the token: from then on calls
// fail and send nothing. Nil as long as the zone accepts the token.
func (c *Client) Refused() error {
	if refusal := c.refusedBy.Load(); refusal != nil {
		return refusal
	}
	return nil
}

// Hide has the client take secrets out of every message of the zone: what one call writes another
// may repeat. It is called before the first call.
func (c *Client) Hide(secrets []string) { c.hidden = c.hidden.and(secrets) }

// Host is the host, with port, of the url in use.
func (c *Client) Host() string { return c.base.Host }

// SetLimit tells the organization's calls per minute (license.apiLimit). Lists of organizations
// and detail calls do it by themselves; 0 means that no limit is known.
func (c *Client) SetLimit(organization int64, perMinute int) {
	c.windows.of(organization).setLicensed(perMinute)
}

// CloseIdleConnections lets go of the connections that are kept for reuse.
func (c *Client) CloseIdleConnections() {
	(&http.Client{Transport: c.transport}).CloseIdleConnections()
}
