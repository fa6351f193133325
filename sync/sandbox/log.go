package sandbox

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// Write is one committed write, as it stands in the log of the world.
type Write struct {
	N              int             `json:"n"` // 1 for the first write since the world was opened
	Time           time.Time       `json:"time"`
	Zone           string          `json:"zone"`
	Operation      string          `json:"operation"` // METHOD template
	Path           string          `json:"path"`      // as it was called, with the query
	UserID         int             `json:"userId"`
	OrganizationID int             `json:"organizationId,omitempty"`
	Object         string          `json:"object"`         // as variable/API_BASE; what the write changes
	Body           json.RawMessage `json:"body,omitempty"` // as it was sent, nothing masked
}

// WriteEvent tells of a write twice: when it was found valid and is about to be
// committed, and (After) when it is committed and about to be answered.
type WriteEvent struct {
	Write
	After bool
	// Context ends when the client goes away.
	Context context.Context
}

// maxLog is how many writes the log keeps; older ones are dropped.
const maxLog = 200_000

// writeLog is kept in memory only.
type writeLog struct {
	mu     sync.Mutex
	count  int
	writes []Write
}

func (l *writeLog) add(w Write) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	if len(l.writes) >= maxLog {
		l.writes = slices.Delete(l.writes, 0, maxLog/10)
	}
	l.writes = append(l.writes, w)
}

// next is the number of the write that is committed next; only its caller, who
// has the turn to write, can commit it.
func (l *writeLog) next() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count + 1
}

// Log returns every committed write since the world was opened, oldest first.
func (w *World) Log() []Write {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	return slices.Clone(w.log.writes)
}

// record is the log entry of a change that is about to be committed.
func (c *call) record(ch change) Write {
	w := Write{N: c.w.log.next(), Time: c.now, Zone: c.zone.Name, Operation: c.op.name,
		Path: c.r.URL.RequestURI(), UserID: c.user.ID, Object: ch.object}
	if c.org != nil {
		w.OrganizationID = c.org.ID
	}
	if json.Valid(c.body) {
		w.Body = c.body
	}
	return w
}

// watchers are the functions that hear of writes.
type watchers struct {
	mu    sync.Mutex
	list  []*watcher
	calls []func(CallEvent)
}

type watcher struct {
	hear func(WriteEvent) error
}

// CallEvent tells of a call that has come in and is not begun yet.
type CallEvent struct {
	N         int64 // 1 for the first call since the world was opened
	Zone      string
	Operation string // METHOD template
	Path      string // as it was called, with the query
}

// OnCall calls fn for every call before anything is done for it, from the
// goroutine of the call and outside of all locks: fn may change the world, as
// another administrator would just then.
func (w *World) OnCall(fn func(CallEvent)) {
	w.watch.mu.Lock()
	defer w.watch.mu.Unlock()
	w.watch.calls = append(w.watch.calls, fn)
}

func (ws *watchers) called(e CallEvent) {
	ws.mu.Lock()
	calls := ws.calls[:len(ws.calls):len(ws.calls)]
	ws.mu.Unlock()
	for _, fn := range calls {
		fn(e)
	}
}

// OnWrite calls fn for every write, before and after its commit, from the
// goroutine of the call and outside of the lock: fn may block, and other reads
// go on meanwhile, other writes only when fn blocks after a commit (so fn must not
// itself write before one; see OnCall for that). An error
// before the commit takes the write back; an error at any time breaks the
// connection without an answer. The returned function ends it.
func (w *World) OnWrite(fn func(WriteEvent) error) (remove func()) {
	hook := &watcher{fn}
	w.watch.mu.Lock()
	defer w.watch.mu.Unlock()
	w.watch.list = append(w.watch.list, hook)
	return func() {
		w.watch.mu.Lock()
		defer w.watch.mu.Unlock()
		w.watch.list = slices.DeleteFunc(w.watch.list, func(h *watcher) bool { return h == hook })
	}
}

func (w *World) tell(e WriteEvent) error {
	w.watch.mu.Lock()
	list := slices.Clone(w.watch.list)
	w.watch.mu.Unlock()
	for _, hook := range list {
		if err := hook.hear(e); err != nil {
			return err
		}
	}
	if !e.After && e.Context.Err() != nil {
		return errGone
	}
	return nil
}
