package sandbox

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is a rule by which calls go wrong. Its textual form, for flags and state
// files, is a list of key=value, as in
//
//	op=POST /organizations/{organizationId}/invite,nth=2,kind=drop-after
//	op=*,probability=0.1,seed=7,kind=status,status=503
//	op=read,nth=3,times=5,kind=status,status=429,retry-after=1,body=json
//	op=GET /organizations,kind=delay,delay=250ms
//	zone=eu1,nth=20,kind=lost-token
//	op=POST /organizations,nth=1,kind=twin
type Fault struct {
	// Operation is METHOD and path template, "read", "write" or "*" (the default).
	Operation    string
	Zone         string // only calls to this zone; "" for all
	Organization int    // only calls about this organization; 0 for all
	// Nth is the first call that goes wrong, counted among those that match; 0 means 1.
	Nth int
	// Times is how many calls go wrong from there on: 0 means one when Nth is set, all otherwise
	// and for lost-token.
	Times int
	// Probability with which each of them goes wrong; 0 means always.
	Probability float64
	Seed        int64 // of the random numbers for Probability
	// Kind is what goes wrong; FaultKinds lists the kinds.
	Kind       string
	Status     int    // for status, status-after: default 500; for redirect: default 307
	Body       string // for status: json (the default), plain, html, empty
	RetryAfter int    // for status: seconds of a Retry-After header; 0 for none
	// Delay is how long, for delay, -late and unlisted-after; for hang it is at most so long, and 0
	// is as long as the client waits.
	Delay    time.Duration
	Location string        // for redirect: default https://redirect.invalid/
	Code     string        // for status: code of the JSON body; default the one that goes with the status
	Skew     time.Duration // for date: how far the Date header is off; 0 leaves the header out
	Calls    int           // for spend: how many calls of others; default 1
	Member   string        // for accept: whose invitation, by e-mail; "" for all that are open
}

type faultField struct {
	key   string
	parse func(*Fault, string) error
	write func(Fault) string // "" leaves the key out
}

// faultFields are the keys of the textual form, in its order.
var faultFields = []faultField{
	{"op", word(func(f *Fault) *string { return &f.Operation }), func(f Fault) string { return f.Operation }},
	{"zone", word(func(f *Fault) *string { return &f.Zone }), func(f Fault) string { return f.Zone }},
	{
		"organization",
		whole(func(f *Fault) *int { return &f.Organization }),
		func(f Fault) string { return nonzero(f.Organization) },
	},
	{"nth", whole(func(f *Fault) *int { return &f.Nth }), func(f Fault) string { return nonzero(f.Nth) }},
	{"times", whole(func(f *Fault) *int { return &f.Times }), func(f Fault) string { return nonzero(f.Times) }},
	{"probability", parseProbability, func(f Fault) string { return nonzero(f.Probability) }},
	{"seed", parseSeed, func(f Fault) string { return nonzero(f.Seed) }},
	{"kind", word(func(f *Fault) *string { return &f.Kind }), func(f Fault) string { return f.Kind }},
	{"status", whole(func(f *Fault) *int { return &f.Status }), func(f Fault) string { return nonzero(f.Status) }},
	{"body", word(func(f *Fault) *string { return &f.Body }), func(f Fault) string { return f.Body }},
	{
		"retry-after",
		whole(func(f *Fault) *int { return &f.RetryAfter }),
		func(f Fault) string { return nonzero(f.RetryAfter) },
	},
	{"delay", parseDelay, func(f Fault) string { return nonzero(f.Delay) }},
	{"location", word(func(f *Fault) *string { return &f.Location }), func(f Fault) string { return f.Location }},
	{"code", word(func(f *Fault) *string { return &f.Code }), func(f Fault) string { return f.Code }},
	{"skew", parseSkew, func(f Fault) string { return nonzero(f.Skew) }},
	{"calls", whole(func(f *Fault) *int { return &f.Calls }), func(f Fault) string { return nonzero(f.Calls) }},
	{"member", word(func(f *Fault) *string { return &f.Member }), func(f Fault) string { return f.Member }},
}

func word(at func(*Fault) *string) func(*Fault, string) error {
	return func(f *Fault, s string) error { *at(f) = s; return nil }
}

func whole(at func(*Fault) *int) func(*Fault, string) error {
	return func(f *Fault, s string) (err error) {
		if *at(f), err = strconv.Atoi(s); err == nil && *at(f) < 0 {
			err = errNegative
		}
		return err
	}
}

var errNegative = errors.New("it must not be negative")

func parseProbability(f *Fault, s string) (err error) {
	if f.Probability, err = strconv.ParseFloat(s, 64); err == nil && !(f.Probability >= 0 && f.Probability <= 1) {
		err = errors.New("it must be between 0 and 1")
	}
	return err
}

func parseSeed(f *Fault, s string) (err error) {
	f.Seed, err = strconv.ParseInt(s, 10, 64)
	return err
}

func parseDelay(f *Fault, s string) (err error) {
	if f.Delay, err = time.ParseDuration(s); err == nil && f.Delay < 0 {
		err = errNegative
	}
	return err
}

func parseSkew(f *Fault, s string) (err error) {
	f.Skew, err = time.ParseDuration(s)
	return err
}

func nonzero[T comparable](v T) string {
	var zero T
	if v == zero {
		return ""
	}
	return fmt.Sprint(v)
}

// ParseFault reads the textual form. The error names what is wrong and what is possible.
func ParseFault(s string) (Fault, error) {
	f := Fault{}
	for part := range strings.SplitSeq(s, ",") {
		k, v, ok := strings.Cut(part, "=")
		i := slices.IndexFunc(faultFields, func(field faultField) bool { return field.key == strings.TrimSpace(k) })
		if !ok || i < 0 {
			return f, fmt.Errorf(
				"fault %q: %q is not one of %s, each with =value",
				s,
				part,
				strings.Join(faultKeys(), ", "),
			)
		}
		if err := faultFields[i].parse(&f, strings.TrimSpace(v)); err != nil {
			return f, fmt.Errorf("fault %q: %s: %w", s, k, err)
		}
	}
	return f, f.check()
}

func faultKeys() []string {
	keys := make([]string, len(faultFields))
	for i, field := range faultFields {
		keys[i] = field.key
	}
	return keys
}

// String is the textual form; ParseFault reads it back.
func (f Fault) String() string {
	var parts []string
	for _, field := range faultFields {
		if v := field.write(f); v != "" {
			parts = append(parts, field.key+"="+v)
		}
	}
	return strings.Join(parts, ",")
}

func (f Fault) check() error {
	if !slices.Contains(FaultKinds(), f.Kind) {
		return fmt.Errorf("fault %q: no kind %q; there are %s", f, f.Kind, strings.Join(FaultKinds(), ", "))
	}
	switch f.Operation {
	case "", "*", "read", "write":
	default:
		if _, err := newRouter(operations()).lookup(f.Operation); err != nil {
			return fmt.Errorf("fault %q: %w", f, err)
		}
	}
	if f.Body != "" && !slices.Contains([]string{"json", "plain", "html", "empty"}, f.Body) {
		return fmt.Errorf("fault %q: no body %q; there are json, plain, html, empty", f, f.Body)
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
		return fmt.Errorf("fault %q: no status %d", f, f.Status)
	}
	return nil
}

// faultBox holds the rules of a world and counts the calls that match them.
type faultBox struct {
	store *store // keeps the rules that are to last
	mu    sync.Mutex
	rules []*rule
}

type rule struct {
	Fault
	seen   int
	random *rand.Rand
}

func (b *faultBox) add(f Fault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rules = append(b.rules, &rule{Fault: f, random: rand.New(rand.NewPCG(uint64(f.Seed), 0))})
}

// due returns what others do before this call, and the first rule for the call itself; each rule
// counts the call, whether another one is due or not.
func (b *faultBox) due(c *call) (others []*Fault, own *Fault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.rules {
		if !r.matches(c) || !r.hit() {
			continue
		}
		if kindOf(r.Kind).others != nil {
			others = append(others, &r.Fault)
		} else if own == nil {
			own = &r.Fault
		}
	}
	return others, own
}

func (r *rule) matches(c *call) bool {
	if r.Zone != "" && r.Zone != c.zone.Name || r.Organization != 0 && r.Organization != organizationOf(c) {
		return false
	}
	switch r.Operation {
	case "", "*":
		return true
	case "read":
		return c.op.read != nil
	case "write":
		return c.op.write != nil
	}
	return r.Operation == c.op.name
}

// organizationOf is the organization that a call is about, 0 for none.
func organizationOf(c *call) int {
	if c.op.organization == nil {
		return 0
	}
	c.w.store.mu.RLock()
	defer c.w.store.mu.RUnlock()
	id, err := c.op.organization(c)
	if err != nil {
		return 0
	}
	return id
}

func (r *rule) hit() bool {
	r.seen++
	first, times := max(r.Nth, 1), r.Times
	if times == 0 && r.Nth > 0 && !kindOf(r.Kind).lasts {
		times = 1
	}
	if r.seen < first || times > 0 && r.seen >= first+times {
		return false
	}
	return r.Probability == 0 || r.random.Float64() < r.Probability
}

// AddFault adds a rule; the state file keeps it, though not how many calls it has seen.
func (b *faultBox) AddFault(f Fault) error {
	if err := f.check(); err != nil {
		return err
	}
	b.add(f)
	return b.store.alter(func(s *State) error { s.Faults = append(s.Faults, f.String()); return nil })
}

// AddPassingFault adds a rule that lasts as long as the world is open: no state file keeps it.
func (b *faultBox) AddPassingFault(f Fault) error {
	if err := f.check(); err != nil {
		return err
	}
	b.add(f)
	return nil
}

// ClearFaults takes all rules away.
func (b *faultBox) ClearFaults() error {
	b.mu.Lock()
	b.rules = nil
	b.mu.Unlock()
	return b.store.alter(func(s *State) error { s.Faults = nil; return nil })
}

// Faults returns the rules in the order in which they were added.
func (b *faultBox) Faults() []Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]Fault, len(b.rules))
	for i, r := range b.rules {
		list[i] = r.Fault
	}
	return list
}
