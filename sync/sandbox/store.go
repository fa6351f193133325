package sandbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// store is the state of a world, who may change it, its clock and its file. Reads run side by side
// under mu; whoever wants to change the state takes the turn to write first, so that a change can
// be checked, announced and committed while reads go on.
type store struct {
	mu    sync.RWMutex // guards state and index
	state *State
	index *index
	now   func() time.Time
	clock atomic.Int64 // state.Clock, to be read without the lock

	turns  chan struct{} // holds one token: the right to write
	queued atomic.Int64  // writes that wait for their turn or are held
	due    dues
	file   *stateFile // nil: in memory only
}

func newStore(s *State, now func() time.Time) *store {
	kept := &store{state: s, index: newIndex(s), now: now, turns: make(chan struct{}, 1)}
	kept.turns <- struct{}{}
	kept.clock.Store(int64(s.Clock))
	kept.due.settled = kept.Now()
	return kept
}

// Now is the world's clock: the real one and what Advance has added.
func (s *store) Now() time.Time { return s.now().Add(time.Duration(s.clock.Load())) }

// Advance moves the world's clock, as to let invitations expire. The state file keeps it.
func (s *store) Advance(d time.Duration) {
	// The only error is that of a state file that cannot be written; the next write reports it.
	_ = s.alter(func(state *State) error {
		state.Clock += Duration(d)
		s.clock.Store(int64(state.Clock))
		return nil
	})
}

// Zones returns the names of the zones in the order of the state.
func (s *store) Zones() []string {
	names := make([]string, len(s.state.Zones))
	for i, z := range s.state.Zones {
		names[i] = z.Name
	}
	return names
}

// FirstZone is the name of the state's first zone.
func (s *store) FirstZone() string { return s.state.Zones[0].Name }

// Host returns the full host of a zone, as replies carry it in the field zone.
func (s *store) Host(zone string) (string, error) {
	z, err := s.zone(zone)
	if err != nil {
		return "", err
	}
	return z.Host, nil
}

func (s *store) zone(name string) (*Zone, error) {
	for _, z := range s.state.Zones {
		if z.Name == name {
			return z, nil
		}
	}
	return nil, fmt.Errorf("no zone %q in this world; it has %s", name, strings.Join(s.Zones(), ", "))
}

// FirstToken is the token of the state's first user.
func (s *store) FirstToken() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state.Users[0].Token
}

// Snapshot returns a deep copy of the state as it is, for assertions.
func (s *store) Snapshot() *State {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state.Clone()
}

// Alter changes the state as somebody else would, beside the API: fn gets the
// state alone and may change anything in it but ids. It is no write of the log.
// A state that does not hold together afterwards is an error, and is kept.
func (s *store) Alter(fn func(*State)) error {
	return s.alter(func(state *State) error {
		fn(state)
		err := state.complete(s.Now())
		s.index = newIndex(state)
		s.due.sooner(s.Now()) // whatever is due now, the next call finds
		return err
	})
}

func (s *store) alter(fn func(*State) error) error {
	if err := s.turn(context.Background()); err != nil {
		return err
	}
	defer s.done()
	err := s.change(fn)
	return errors.Join(err, s.save())
}

func (s *store) change(fn func(*State) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fn(s.state)
}

// turn waits for the right to write; whoever has gone away meanwhile loses it.
func (s *store) turn(ctx context.Context) error {
	s.queued.Add(1)
	select {
	case <-s.turns:
	case <-ctx.Done():
		s.queued.Add(-1)
		return errGone
	}
	if ctx.Err() != nil {
		s.done()
		return errGone
	}
	return nil
}

func (s *store) done() {
	s.queued.Add(-1)
	s.turns <- struct{}{}
}

// errGone ends a call whose client went away before its write was committed.
var errGone = errors.New("the client has gone")

// Queued is how many writes are under way: held, or waiting for their turn.
func (s *store) Queued() int { return int(s.queued.Load()) }
