package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

// smallState is the size up to which the state file is written before a write is
// answered. A larger one is written in the background within flushDelay and when
// the world is closed, since writing it takes longer than the call.
const (
	smallState = 1 << 20
	flushDelay = time.Second
)

// errStateFile is what a write answers when the state file cannot be written.
var errStateFile = errors.New("the state file cannot be written")

// stateFile keeps the state on disk. Only the process that has the lock writes it.
type stateFile struct {
	place *place
	lock  *fileLock

	mu    sync.Mutex
	large bool        // the file was larger than smallState when it was last written
	timer *time.Timer // not nil while a write in the background is due
	late  error       // of a write in the background; the next call reports it
	// closed forbids to write: the lock was given back. Faults do calls late, so that
	// one can come after the world was closed.
	closed bool
}

func newStateFile(p *place, lock *fileLock) *stateFile { return &stateFile{place: p, lock: lock} }

// save has the state on disk, or on its way there when it is large. Whoever calls
// it has the turn to write.
func (s *store) save() error {
	f := s.file
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return fmt.Errorf("%w: the world is closed", errStateFile)
	}
	if f.late != nil {
		err := f.late
		f.late = nil
		return err
	}
	if !f.large {
		s.mu.RLock()
		defer s.mu.RUnlock()
		return f.writeLocked(s.state)
	}
	if f.timer == nil {
		f.timer = time.AfterFunc(flushDelay, s.flushLate)
	}
	return nil
}

func (s *store) flushLate() {
	s.file.mu.Lock()
	defer s.file.mu.Unlock()
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.file.timer != nil {
		s.file.timer = nil
		s.file.late = s.file.writeLocked(s.state)
	}
}

// Close writes what is not on disk yet and gives the lock back. The world must
// not be used any more.
func (s *store) Close() error {
	if s.file == nil {
		return nil
	}
	s.flushLate()
	s.file.mu.Lock()
	defer s.file.mu.Unlock()
	s.file.closed = true
	return errors.Join(s.file.late, s.file.lock.release(), s.file.place.close())
}

func (f *stateFile) write(s *State) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.writeLocked(s)
}

// writeLocked replaces the file: a reader sees the old state or the new one, and
// so does whoever comes after a crash.
func (f *stateFile) writeLocked(s *State) error {
	b, err := f.encode(s)
	if err == nil {
		err = f.place.replace(b)
	}
	if err != nil {
		return fmt.Errorf("%w: %w; free space or correct the rights, then repeat", errStateFile, err)
	}
	f.large = len(b) > smallState
	return nil
}

// encode indents a state that people may want to read.
func (f *stateFile) encode(s *State) ([]byte, error) {
	if f.large {
		return json.Marshal(s)
	}
	b, err := json.MarshalIndent(s, "", "  ")
	return append(b, '\n'), err
}
