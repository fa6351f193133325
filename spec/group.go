package spec

import (
	"fmt"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Group runs functions side by side, as errgroup.Group does, and hands a panic of one of them on to
// who waits for all. Anywhere else a panic ends the process and prints its value, which may hold a
// secret.
type Group struct {
	group  errgroup.Group
	once   sync.Once
	broken *Broken
}

// Broken is a panic of another goroutine: what kind of value it had, and where. The value itself is
// forgotten.
type Broken struct{ Kind, Place string }

// SetLimit lets at most n functions run at the same time.
func (g *Group) SetLimit(n int) { g.group.SetLimit(n) }

// Go runs a function, as soon as there is room.
func (g *Group) Go(run func() error) {
	g.group.Go(func() error {
		defer func() {
			if cause := recover(); cause != nil {
				broken := BrokenBy(cause)
				g.once.Do(func() { g.broken = broken })
			}
		}()
		return run()
	})
}

// Wait waits for all functions and gives the first error. It panics with a *Broken when one of them
// has panicked.
func (g *Group) Wait() error {
	err := g.group.Wait()
	if g.broken != nil {
		panic(g.broken)
	}
	return err
}

// BrokenBy tells of a panic that was just recovered, in a deferred function.
func BrokenBy(cause any) *Broken {
	if broken, ok := cause.(*Broken); ok {
		return broken
	}
	return &Broken{fmt.Sprintf("%T", cause), panicSite()}
}

// panicSite is the place of the innermost panic: the first frame below the runtime's own.
func panicSite() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
	panicking := false
	for {
		frame, more := frames.Next()
		inRuntime := strings.HasPrefix(frame.Function, "runtime.")
		if inRuntime && frame.Function == "runtime.gopanic" {
			panicking = true
		} else if panicking && !inRuntime {
			return fmt.Sprintf("%s:%d", frame.Function, frame.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}
