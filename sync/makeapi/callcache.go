package makeapi

import (
	"context"
	"errors"
	"sync"
)

// callCache remembers answers by key and asks once for each, however many ask at the same time
// (singleflight). A failure is told to those who wait for it and is not remembered.
type callCache[K comparable, V any] struct {
	mu    sync.Mutex
	byKey map[K]*cachedCall[V]
}

type cachedCall[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// do gives the remembered answer or asks. The call runs under the context of whoever came first;
// who waited for it and finds it cancelled asks again under its own.
func (c *callCache[K, V]) do(ctx context.Context, key K, ask func(context.Context) (V, error)) (V, error) {
	for {
		call, first := c.entry(key)
		if first {
			return c.load(ctx, key, call, ask)
		}
		select {
		case <-call.done:
			if call.err == nil || !wasCancelled(call.err) {
				return call.value, call.err
			}
		case <-ctx.Done():
			var none V
			return none, ctx.Err()
		}
	}
}

// errBroken is what those are told who wait for an answer when asking has panicked.
var errBroken = errors.New("internal error: asking for it broke")

// load asks, and lets go those who wait.
func (c *callCache[K, V]) load(
	ctx context.Context, key K, call *cachedCall[V], ask func(context.Context) (V, error),
) (V, error) {
	call.err = errBroken
	defer func() {
		if call.err != nil {
			c.forget(key)
		}
		close(call.done)
	}()
	call.value, call.err = ask(ctx)
	return call.value, call.err
}

// entry is the call of a key; who gets it first has to load it.
func (c *callCache[K, V]) entry(key K) (call *cachedCall[V], first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if call, ok := c.byKey[key]; ok {
		return call, false
	}
	if c.byKey == nil {
		c.byKey = map[K]*cachedCall[V]{}
	}
	call = &cachedCall[V]{done: make(chan struct{})}
	c.byKey[key] = call
	return call, true
}

func (c *callCache[K, V]) forget(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.byKey, key)
}
