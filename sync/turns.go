package sync

import (
	"context"
	stdsync "sync"

	"makesync/spec"
)

// turns lets a number of organizations be worked on side by side. One whose call only waits, for its rate window or
// before a repetition, leaves its turn to another, so that what is slow delays nobody else:
//
//	2 turns    acme    ██ read ██ … a minute for its window … ██ read
//	           beta    █████ read █████
//	           gamma              █████ read █████                (the turn that acme has left)
//
// Who comes back goes on at once, whether a turn is free or not: others may be waiting for what it asks. How many
// requests are in flight is therefore not decided here; the client bounds them.
type turns struct {
	mu    stdsync.Mutex
	left  stdsync.Cond // a turn
	busy  int
	limit int
}

func newTurns(limit int) *turns {
	t := &turns{limit: max(1, limit)}
	t.left.L = &t.mu
	return t
}

// each runs a function for the numbers below n, in that order and side by side. The context is for what belongs to the turn.
func (t *turns) each(ctx context.Context, n int, do func(ctx context.Context, i int)) {
	ctx = context.WithValue(ctx, turnKey{}, t)
	var group spec.Group
	for i := range n {
		t.take()
		group.Go(func() error {
			defer t.leave()
			do(ctx, i)
			return nil
		})
	}
	_ = group.Wait() // the functions keep their errors
}

type turnKey struct{}

// StepAside leaves the turn of the organization for which ctx is used to another one, while a call only waits; back takes it again. Outside
// of a turn both do nothing.
func StepAside(ctx context.Context) (back func()) {
	t, _ := ctx.Value(turnKey{}).(*turns)
	if t == nil {
		return func() {}
	}
	t.leave()
	return t.comeBack
}

// sameTurn is a context that ends by itself and belongs to the turn of another.
func sameTurn(ctx, turn context.Context) context.Context {
	return context.WithValue(ctx, turnKey{}, turn.Value(turnKey{}))
}

func (t *turns) take() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.busy >= t.limit {
		t.left.Wait()
	}
	t.busy++
}

func (t *turns) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.busy--
	t.left.Signal()
}

func (t *turns) comeBack() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.busy++
}
