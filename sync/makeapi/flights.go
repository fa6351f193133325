package makeapi

import (
	"context"
	"errors"
	"sync"
)

// flights remembers answers by key and asks once for each, however many ask at
// the same time. A failure is told to those who wait for it and is not remembered.
type flights[K comparable, V any] struct {
	mu    sync.Mutex
	byKey map[K]*flight[V]
}

type flight[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// get gives the remembered answer or asks. The call runs under the context of whoever came first;
// who joined it and finds it cancelled asks again under its own.
func (f *flights[K, V]) get(ctx context.Context, key K, ask func(context.Context) (V, error)) (V, error) {
	for {
		mine, flying := f.join(key)
		if mine {
			return f.fly(ctx, key, flying, ask)
		}
		select {
		case <-flying.done:
			if flying.err == nil || !wasCancelled(flying.err) {
				return flying.value, flying.err
			}
		case <-ctx.Done():
			var none V
			return none, ctx.Err()
		}
	}
}

// errBroken is what those are told who wait for an answer when asking has panicked.
var errBroken = errors.New("internal error: asking for it broke")

func (f *flights[K, V]) fly(ctx context.Context, key K, flying *flight[V], ask func(context.Context) (V, error)) (V, error) {
	flying.err = errBroken
	defer func() {
		if flying.err != nil {
			f.forget(key)
		}
		close(flying.done)
	}()
	flying.value, flying.err = ask(ctx)
	return flying.value, flying.err
}

func (f *flights[K, V]) join(key K) (mine bool, flying *flight[V]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if flying, ok := f.byKey[key]; ok {
		return false, flying
	}
	if f.byKey == nil {
		f.byKey = map[K]*flight[V]{}
	}
	flying = &flight[V]{done: make(chan struct{})}
	f.byKey[key] = flying
	return true, flying
}

func (f *flights[K, V]) forget(key K) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.byKey, key)
}
