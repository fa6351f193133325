package sandbox

import (
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
	// Gone is closed when the client goes away.
	Gone <-chan struct{}
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
func (l *writeLog) Log() []Write {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.writes)
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
func (ws *watchers) OnCall(fn func(CallEvent)) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.calls = append(ws.calls, fn)
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
func (ws *watchers) OnWrite(fn func(WriteEvent) error) (remove func()) {
	hook := &watcher{fn}
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.list = append(ws.list, hook)
	return func() {
		ws.mu.Lock()
		defer ws.mu.Unlock()
		ws.list = slices.DeleteFunc(ws.list, func(h *watcher) bool { return h == hook })
	}
}

func (ws *watchers) tell(e WriteEvent) error {
	ws.mu.Lock()
	list := slices.Clone(ws.list)
	ws.mu.Unlock()
	for _, hook := range list {
		if err := hook.hear(e); err != nil {
			return err
		}
	}
	select {
	case <-e.Gone:
		if !e.After {
			return errGone
		}
	default:
	}
	return nil
}
