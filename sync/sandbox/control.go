package sandbox

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Control is the control path of a world, for tests that run the zone in another
// process. It is no part of Make's API and is served only where somebody asks for
// it. It answers loopback clients alone, and no browser: a request with an Origin
// or with a host that is no loopback name is refused.
//
//	GET    /control/state      the state, as the state file has it
//	GET    /control/log        the committed writes, oldest first
//	GET    /control/calls      how often each operation was called
//	GET    /control/queue      {"writes": 1}: writes that are held or wait for their turn
//	GET    /control/switches   every switch with its value
//	POST   /control/switches   {"number-value": "string"}
//	POST   /control/clock      {"advance": "168h"}
//	GET    /control/faults     the rules in their textual form
//	POST   /control/faults     {"fault": "op=*,nth=3,kind=drop-after"}
//	DELETE /control/faults     takes all rules away
//	GET    /control/billing    charges and checkouts that calls have caused, counted and by organization
//	GET    /control/checkouts  every checkout that was begun, with its session and URL
//	POST   /control/checkouts  {"sessionId": 1, "outcome": "pay"}: what a person does there; pay, decline, expire
//	POST   /control/hold       {"write": 2, "after": true}: hold the second write after its commit
//	GET    /control/hold       waits until that write is held and answers it; ?timeout=30s, then 504
//	POST   /control/release    {"goOn": false}: ends the hold; see Hold.Release
//
// Errors are plain text.
func Control(w *World) http.Handler {
	c := w.control
	mux := http.NewServeMux()
	for pattern, h := range map[string]func(*http.Request) (any, error){
		"GET /control/state":      func(*http.Request) (any, error) { return w.Snapshot(), nil },
		"GET /control/log":        func(*http.Request) (any, error) { return orEmpty(w.Log()), nil },
		"GET /control/calls":      func(*http.Request) (any, error) { return w.Calls(), nil },
		"GET /control/queue":      func(*http.Request) (any, error) { return queue{w.Queued()}, nil },
		"GET /control/switches":   func(*http.Request) (any, error) { return w.Switches(), nil },
		"POST /control/switches":  c.switches,
		"POST /control/clock":     c.clock,
		"GET /control/faults":     func(*http.Request) (any, error) { return texts(w.Faults()), nil },
		"POST /control/faults":    c.fault,
		"DELETE /control/faults":  func(*http.Request) (any, error) { return []string{}, w.ClearFaults() },
		"GET /control/billing":    func(*http.Request) (any, error) { return w.Audit(), nil },
		"GET /control/checkouts":  func(*http.Request) (any, error) { return w.Checkouts(), nil },
		"POST /control/checkouts": c.checkout,
		"POST /control/hold":      c.hold,
		"GET /control/hold":       c.wait,
		"POST /control/release":   c.release,
	} {
		mux.Handle(pattern, answering(h))
	}
	return controlOnly(mux)
}

type queue struct {
	Writes int `json:"writes"`
}

// ControlBeside answers as Control below /control/ and as the zone everywhere else. It
// takes paths as they are: an http.ServeMux would redirect those with // or with an
// encoded slash before the zone sees them.
func ControlBeside(w *World, zone http.Handler) http.Handler {
	control := Control(w)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/control/") {
			control.ServeHTTP(rw, r)
			return
		}
		zone.ServeHTTP(rw, r)
	})
}

// control belongs to the world, so that all its zones show one and the same.
type control struct {
	world *World
	mu    sync.Mutex
	held  *Hold
}

func texts(faults []Fault) []string {
	list := make([]string, len(faults))
	for i, f := range faults {
		list[i] = f.String()
	}
	return list
}

func answering(h func(*http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		out, err := h(r)
		if err != nil {
			status := http.StatusBadRequest
			if err == context.DeadlineExceeded {
				status = http.StatusGatewayTimeout
			}
			http.Error(rw, err.Error(), status)
			return
		}
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		// A client that has gone away meanwhile is no concern of the zone.
		_ = json.NewEncoder(rw).Encode(out)
	})
}

func decode(r *http.Request, v any) error {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

func (c *control) switches(r *http.Request) (any, error) {
	var in map[string]string
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	for name, value := range in {
		if err := c.world.SetSwitch(name, value); err != nil {
			return nil, err
		}
	}
	return c.world.Switches(), nil
}

func (c *control) clock(r *http.Request) (any, error) {
	var in struct {
		Advance Duration `json:"advance"`
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	c.world.Advance(time.Duration(in.Advance))
	return map[string]time.Time{"now": c.world.Now()}, nil
}

func (c *control) fault(r *http.Request) (any, error) {
	var in struct {
		Fault string `json:"fault"`
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	f, err := ParseFault(in.Fault)
	if err != nil {
		return nil, err
	}
	return map[string]string{"fault": f.String()}, c.world.AddFault(f)
}

func (c *control) checkout(r *http.Request) (any, error) {
	in := struct {
		SessionID int    `json:"sessionId"`
		Outcome   string `json:"outcome"`
	}{Outcome: "pay"}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return c.world.CompleteCheckout(in.SessionID, in.Outcome)
}

func (c *control) hold(r *http.Request) (any, error) {
	var in struct {
		Write int  `json:"write"`
		After bool `json:"after"`
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	if in.Write < 1 {
		return nil, errNoWrite
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held != nil {
		c.held.Release(true)
	}
	c.held = c.world.Hold(in.Write, in.After)
	return in, nil
}

type controlError string

func (e controlError) Error() string { return string(e) }

const (
	errNoWrite = controlError("write is the number of a write, from 1")
	errNoHold  = controlError("no write is to be held; POST /control/hold first")
)

func (c *control) current() (*Hold, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil {
		return nil, errNoHold
	}
	return c.held, nil
}

func (c *control) wait(r *http.Request) (any, error) {
	h, err := c.current()
	if err != nil {
		return nil, err
	}
	timeout := 30 * time.Second
	if s := r.URL.Query().Get("timeout"); s != "" {
		if timeout, err = time.ParseDuration(s); err != nil {
			return nil, controlError("timeout=" + strconv.Quote(s) + " is no duration, as 30s")
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	return h.Wait(ctx)
}

func (c *control) release(r *http.Request) (any, error) {
	in := struct {
		GoOn bool `json:"goOn"`
	}{true}
	if err := decode(r, &in); err != nil && err != io.EOF {
		return nil, err
	}
	h, err := c.current()
	if err != nil {
		return nil, err
	}
	h.Release(in.GoOn)
	return in, nil
}
