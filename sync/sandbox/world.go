package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// World is a set of simulated Make zones that share users. It may be used by any
// number of goroutines: reads run side by side, writes one after the other.
type World struct {
	mu    sync.RWMutex // guards state and index
	state *State
	index *index
	// passing are switches that go with the world and are in no state file.
	passing map[string]string
	now     func() time.Time
	clock   atomic.Int64 // state.Clock, to be read without the lock

	turns   chan struct{} // holds one token: the right to write
	queued  atomic.Int64  // writes that wait for their turn or are held
	router  *router
	calls   []atomic.Int64 // by operation
	total   atomic.Int64
	limits  limiter
	lag     lag
	faults  faultBox
	log     writeLog
	watch   watchers
	control *control
	due     dues
	file    *stateFile // nil: in memory only
}

// New returns a world in memory that owns s from now on. now is the real clock,
// nil for time.Now; the world's clock stands s.Clock off it. It panics when s
// does not hold together; Open returns that as an error.
func New(s *State, now func() time.Time) *World {
	w, err := newWorld(s, now)
	if err != nil {
		panic("sandbox: " + err.Error())
	}
	return w
}

func newWorld(s *State, now func() time.Time) (*World, error) {
	if now == nil {
		now = time.Now
	}
	if err := s.complete(now().Add(time.Duration(s.Clock))); err != nil {
		return nil, err
	}
	w := &World{
		state:   s,
		index:   newIndex(s),
		now:     now,
		turns:   make(chan struct{}, 1),
		router:  newRouter(operations()),
		passing: map[string]string{},
	}
	w.control = &control{world: w}
	w.calls = make([]atomic.Int64, len(w.router.operations))
	w.turns <- struct{}{}
	w.clock.Store(int64(s.Clock))
	w.due.settled = w.Now()
	w.settleAll(w.Now())
	for _, text := range s.Faults {
		f, err := ParseFault(text)
		if err != nil {
			return nil, err
		}
		w.faults.add(f)
	}
	return w, nil
}

// Now is the world's clock: the real one and what Advance has added.
func (w *World) Now() time.Time { return w.now().Add(time.Duration(w.clock.Load())) }

// Advance moves the world's clock, as to let invitations expire. The state file keeps it.
func (w *World) Advance(d time.Duration) {
	// The only error is that of a state file that cannot be written; the next write reports it.
	_ = w.alter(func(s *State) error {
		s.Clock += Duration(d)
		w.clock.Store(int64(s.Clock))
		return nil
	})
}

// Zones returns the names of the zones in the order of the state.
func (w *World) Zones() []string {
	names := make([]string, len(w.state.Zones))
	for i, z := range w.state.Zones {
		names[i] = z.Name
	}
	return names
}

// FirstZone is the name of the state's first zone.
func (w *World) FirstZone() string { return w.state.Zones[0].Name }

// Host returns the full host of a zone, as replies carry it in the field zone.
func (w *World) Host(zone string) (string, error) {
	z, err := w.zone(zone)
	if err != nil {
		return "", err
	}
	return z.Host, nil
}

func (w *World) zone(name string) (*Zone, error) {
	for _, z := range w.state.Zones {
		if z.Name == name {
			return z, nil
		}
	}
	return nil, fmt.Errorf("no zone %q in this world; it has %s", name, strings.Join(w.Zones(), ", "))
}

// Handler returns the API of a zone: it answers below /api/v2 and nothing else.
// The error for an unknown zone lists the names.
func (w *World) Handler(zone string) (http.Handler, error) {
	z, err := w.zone(zone)
	if err != nil {
		return nil, err
	}
	return &zoneHandler{w, z}, nil
}

// FirstToken is the token of the state's first user.
func (w *World) FirstToken() string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.state.Users[0].Token
}

// Snapshot returns a deep copy of the state as it is, for assertions.
func (w *World) Snapshot() *State {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.state.Clone()
}

// Calls returns how often each operation was called, by "METHOD template", also
// the calls that were refused or hit by a fault.
func (w *World) Calls() map[string]int {
	m := map[string]int{}
	for i := range w.calls {
		if n := w.calls[i].Load(); n > 0 {
			m[w.router.operations[i].name] = int(n)
		}
	}
	return m
}

// Operations returns "METHOD template" of every operation, in the order of the table.
func (w *World) Operations() []string {
	names := make([]string, len(w.router.operations))
	for i, op := range w.router.operations {
		names[i] = op.name
	}
	return names
}

// Alter changes the state as somebody else would, beside the API: fn gets the
// state alone and may change anything in it but ids. It is no write of the log.
// A state that does not hold together afterwards is an error, and is kept.
func (w *World) Alter(fn func(*State)) error {
	return w.alter(func(s *State) error {
		fn(s)
		err := s.complete(w.Now())
		w.index = newIndex(s)
		w.due.sooner(w.Now()) // whatever is due now, the next call finds
		return err
	})
}

func (w *World) alter(fn func(*State) error) error {
	if err := w.turn(context.Background()); err != nil {
		return err
	}
	defer w.done()
	err := w.change(fn)
	return errors.Join(err, w.save())
}

func (w *World) change(fn func(*State) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return fn(w.state)
}

// turn waits for the right to write; whoever has gone away meanwhile loses it.
func (w *World) turn(ctx context.Context) error {
	w.queued.Add(1)
	select {
	case <-w.turns:
	case <-ctx.Done():
		w.queued.Add(-1)
		return errGone
	}
	if ctx.Err() != nil {
		w.done()
		return errGone
	}
	return nil
}

func (w *World) done() {
	w.queued.Add(-1)
	w.turns <- struct{}{}
}

// errGone ends a call whose client went away before its write was committed.
var errGone = errors.New("the client has gone")

// zoneHandler is the API of one zone.
type zoneHandler struct {
	w    *World
	zone *Zone
}

// ServeHTTP answers one request, or plays the fault that is due for it. A
// connection that is to break ends in a panic with http.ErrAbortHandler, which
// net/http and Transport understand.
func (h *zoneHandler) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Date", h.w.now().UTC().Format(http.TimeFormat)) // of the real clock, as clients have it
	c := &call{w: h.w, zone: h.zone, r: r, op: &unknown}
	op, values := h.w.router.find(r)
	if op == nil {
		send(rw, c.refusal(notFound("Resource")))
		return
	}
	c.op, c.values = op, values
	h.w.settle()
	h.w.calls[op.index].Add(1)
	h.w.watch.called(CallEvent{h.w.total.Add(1), h.zone.Name, op.name, r.URL.RequestURI()})
	if err := c.readBody(); err != nil {
		send(rw, c.refusal(err))
		return
	}
	others, own := h.w.faults.due(c)
	for _, f := range others {
		kindOf(f.Kind).others(f, c)
	}
	if own != nil {
		kindOf(own.Kind).play(own, rw, c)
		return
	}
	c.respond(rw)
}

var unknown operation

// respond answers the call as it should be answered.
func (c *call) respond(rw http.ResponseWriter) { send(rw, c.mustAnswer()) }

// mustAnswer runs the call; when there is nobody to answer, it breaks the connection.
func (c *call) mustAnswer() reply {
	rep, err := c.answer()
	switch {
	case errors.Is(err, errStateFile):
		return reply{http.StatusInternalServerError, textHeader, []byte(err.Error())}
	case err != nil:
		panic(http.ErrAbortHandler)
	}
	return rep
}

func send(rw http.ResponseWriter, rep reply) {
	h := rw.Header()
	for k, v := range rep.header {
		h[k] = slices.Clip(v)
	}
	rw.WriteHeader(rep.status)
	// A client that has gone away meanwhile is no concern of the zone.
	_, _ = rw.Write(rep.body)
}
