package sandbox

import (
	"context"
	"errors"
	"sync"
)

// A Hold stops one write so that something can happen just then: a client be
// killed, another administrator come in between.
type Hold struct {
	write   int
	after   bool
	reached chan WriteEvent
	release chan bool
	once    sync.Once
	remove  func()
}

// errTakenBack breaks the connection of a write that a test released without letting it go on.
var errTakenBack = errors.New("taken back")

// Hold stops the n-th write of the world (Write.N), before or after its commit.
// Reads go on meanwhile; other writes wait while one is held before its commit.
func (ws *watchers) Hold(n int, after bool) *Hold {
	h := &Hold{write: n, after: after, reached: make(chan WriteEvent, 1), release: make(chan bool, 1)}
	h.remove = ws.OnWrite(h.hear)
	return h
}

func (h *Hold) hear(e WriteEvent) error {
	if e.N != h.write || e.After != h.after {
		return nil
	}
	select {
	case h.reached <- e:
	default: // the write was taken back before and comes again
		return nil
	}
	if goOn := <-h.release; !goOn {
		return errTakenBack
	}
	return nil
}

// Wait waits until the write is held and returns it.
func (h *Hold) Wait(ctx context.Context) (Write, error) {
	select {
	case e := <-h.reached:
		h.reached <- e // for whoever waits next; it also marks the hold as used
		return e.Write, nil
	case <-ctx.Done():
		return Write{}, ctx.Err()
	}
}

// Release ends the hold, whether it was reached or not. A write that is held is
// let go on, or else taken back (before its commit) or left without an answer
// (after it), its connection broken.
func (h *Hold) Release(goOn bool) {
	h.once.Do(func() {
		h.remove()
		h.release <- goOn
	})
}
