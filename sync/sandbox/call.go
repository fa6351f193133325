package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A call is one request on its way through a zone. Everything that it knows of
// the state is valid only while the lock of the world is held.
type call struct {
	w      *World
	zone   *Zone
	op     *operation
	r      *http.Request
	values []string // of the placeholders of the path
	body   []byte
	now    time.Time
	user   *User
	org    *Organization // nil for calls that are about no organization
	role   *Role         // of the user in org
	rate   *window       // nil when no limit applies
	// lagging is set by a fault: the organization that is created needs wait=true.
	lagging bool
	// unlisted is set by a fault: for so long the list lacks the organization that is created.
	unlisted time.Duration
	parsed   url.Values
}

// A reply is what goes out.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// answer runs the call, whose body has been read. Reads run side by side; writes
// run one after the other.
func (c *call) answer() (reply, error) {
	if c.op.write != nil {
		return c.write()
	}
	c.w.store.mu.RLock()
	defer c.w.store.mu.RUnlock()
	if err := c.authorize(); err != nil {
		return c.refusal(err), nil
	}
	out, err := c.op.read(c)
	if err != nil {
		return c.refusal(err), nil
	}
	return c.success(out), nil
}

// write finds a change valid under the read lock, tells those who watch, commits
// it under the write lock, and has it in the state file before it answers. An
// error is returned only when the client has gone before the commit, when a test
// took the write back, or when the state file cannot be written.
func (c *call) write() (reply, error) {
	ctx := c.r.Context()
	if err := c.w.turn(ctx); err != nil {
		return reply{}, err
	}
	w, ok, out, err := c.commit(ctx)
	if ok && err == nil {
		err = c.w.tell(WriteEvent{Write: w, After: true, Gone: ctx.Done()})
	}
	return out, err
}

// commit has the turn to write and gives it back, also when a watcher panics.
func (c *call) commit(ctx context.Context) (Write, bool, reply, error) {
	defer c.w.done()
	w, change, refused := c.check()
	if refused != nil {
		return w, false, *refused, nil
	}
	if err := c.w.tell(WriteEvent{Write: w, Gone: ctx.Done()}); err != nil {
		return w, false, reply{}, err
	}
	out := c.apply(w, change)
	return w, true, out, c.w.save()
}

func (c *call) apply(w Write, ch change) reply {
	c.w.store.mu.Lock()
	defer c.w.store.mu.Unlock()
	out := c.success(ch.apply())
	c.w.writeLog.add(w)
	return out
}

// check returns the change and its entry in the log, or the refusal.
func (c *call) check() (Write, change, *reply) {
	c.w.store.mu.RLock()
	defer c.w.store.mu.RUnlock()
	var ch change
	err := c.authorize()
	if err == nil {
		ch, err = c.op.write(c)
	}
	if err != nil {
		rep := c.refusal(err)
		return Write{}, ch, &rep
	}
	return c.record(ch), ch, nil
}

// param returns the value of a placeholder of the path.
func (c *call) param(name string) string {
	i := 0
	for _, s := range c.op.segments {
		if s[0] != '{' {
			continue
		}
		if s[1:len(s)-1] == name {
			return c.values[i]
		}
		i++
	}
	return ""
}

// id returns a placeholder of the path that must be a positive integer.
func (c *call) id(name string) (int, error) {
	return positive(name, c.param(name))
}

func positive(name, text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, invalid("Parameter '" + name + "' must be a positive integer.")
	}
	return n, nil
}

func (c *call) query() url.Values {
	if c.parsed == nil {
		c.parsed = c.r.URL.Query()
	}
	return c.parsed
}

// flag reads a boolean of the query; absent is false.
func (c *call) flag(name string) bool {
	return strings.Contains(c.r.URL.RawQuery, name) && c.query().Get(name) == "true"
}

// is says whether a switch stands at one of the values.
func (c *call) is(name string, values ...string) bool { return c.w.is(name, values...) }

// success and refusal write the reply, with the rate-limit headers in the style
// that is switched on.
func (c *call) success(out any) reply {
	rep := reply{status: http.StatusOK, header: jsonHeader, body: encode(nil, out)}
	return c.rated(rep)
}

// unchanged is the good reply to a write that changes nothing, so that nothing is committed.
type unchanged struct{ out any }

func (unchanged) Error() string { return "nothing is changed" }

func (c *call) refusal(err error) reply {
	if nothing := (unchanged{}); errors.As(err, &nothing) {
		return c.success(nothing.out)
	}
	var p *problem
	if !errors.As(err, &p) {
		p = &problem{status: http.StatusInternalServerError, code: "SC500", message: err.Error()}
	}
	rep := reply{status: p.status, header: jsonHeader, body: p.body()}
	if p.text != "" {
		rep.header = textHeader
	}
	return c.rated(rep)
}

var (
	jsonHeader = http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	textHeader = http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
)

// record is the log entry of a change that is about to be committed.
func (c *call) record(ch change) Write {
	w := Write{N: c.w.writeLog.next(), Time: c.now, Zone: c.zone.Name, Operation: c.op.name,
		Path: c.r.URL.RequestURI(), UserID: c.user.ID, Object: ch.object}
	if c.org != nil {
		w.OrganizationID = c.org.ID
	}
	if json.Valid(c.body) {
		w.Body = c.body
	}
	return w
}

// respond answers the call as it should be answered.
func respond(c *call, rw http.ResponseWriter) { send(rw, c.mustAnswer()) }

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
