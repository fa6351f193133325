package sandbox

import (
	"net/http"
	"sync/atomic"
	"time"
)

// World is a set of simulated Make zones that share users. It may be used by any
// number of goroutines: reads run side by side, writes one after the other.
type World struct {
	*store       // the state, who may change it, its clock and its file
	*switchboard // the answers to questions that no source answers
	*faultBox    // what goes wrong
	*writeLog    // what was written
	*watchers    // who hears of calls and writes
	*ledger      // what it cost

	router  *router
	calls   []atomic.Int64 // by operation
	total   atomic.Int64
	limits  limiter
	lag     lag
	control *control
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
	kept := newStore(s, now)
	switches := &switchboard{store: kept, passing: map[string]string{}}
	w := &World{
		store:       kept,
		switchboard: switches,
		faultBox:    &faultBox{store: kept},
		writeLog:    &writeLog{},
		watchers:    &watchers{},
		ledger:      &ledger{store: kept, switches: switches},
		router:      newRouter(operations()),
	}
	w.control = &control{world: w}
	w.calls = make([]atomic.Int64, len(w.router.operations))
	w.settleAll(w.Now())
	for _, text := range s.Faults {
		f, err := ParseFault(text)
		if err != nil {
			return nil, err
		}
		w.faultBox.add(f)
	}
	return w, nil
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
	h.w.called(CallEvent{h.w.total.Add(1), h.zone.Name, op.name, r.URL.RequestURI()})
	if err := c.readBody(); err != nil {
		send(rw, c.refusal(err))
		return
	}
	others, own := h.w.faultBox.due(c)
	for _, f := range others {
		kindOf(f.Kind).others(f, c)
	}
	if own != nil {
		kindOf(own.Kind).play(own, rw, c)
		return
	}
	respond(c, rw)
}

var unknown operation
