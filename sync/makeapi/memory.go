package makeapi

import (
	"bytes"
	"slices"
	"strconv"
	"sync"
)

// excess says in words that a reply is larger than what was asked for can be. Asking again cannot
// help.
type excess string

// Error is the words.
func (e excess) Error() string { return string(e) }

// The limits of a reply. They are far above anything that the API has been seen to send, and keep
// what a hostile zone can cost below a gigabyte and ten seconds.
const (
	longestRow   = 64 << 10
	longestValue = 1 << 20 // of a name in a reply that makesync does not know
	mostNames    = 1000    // in a reply
	mostUnpaged  = 100_000 // rows of a list that has no pages
	mostListed   = 250_000 // rows of a list, in all its pages
	memorySize   = 256 << 20
	// memoryStep is how much a reply takes at a time; the first step is free.
	memoryStep = 64 << 10
	// entryWeight is what an entry of a list or a map takes in memory, at the least.
	entryWeight = 128
)

// replies is the memory of all replies in flight, of all clients: a process has only one.
var replies = &replyMemory{size: memorySize}

// replyMemory is memory that replies share. One that finds none left waits for others to end. The
// oldest never waits, so that somebody always goes on.
type replyMemory struct {
	mu      sync.Mutex
	size    int64
	used    int64
	holders []*memoryShare // whose replies are being read, oldest first
	freed   chan struct{}  // closed when something was given back; nil: nobody waits for it
}

// memoryShare is what one reply, or all pages of a list, take.
type memoryShare struct {
	of   *replyMemory
	used int64
}

// take takes n bytes, and waits until there are some, or its reader has ended.
func (s *memoryShare) take(n int64, ended <-chan struct{}) error {
	for {
		freed, err := s.tryTake(n)
		if freed == nil {
			return err
		}
		select {
		case <-freed:
		case <-ended:
			return errIdle
		}
	}
}

// tryTake takes n bytes, or gives what to wait for.
func (s *memoryShare) tryTake(n int64) (freed <-chan struct{}, err error) {
	m := s.of
	m.mu.Lock()
	defer m.mu.Unlock()
	if s.used+n > m.size {
		return nil, excess("it takes more than " + strconv.FormatInt(m.size>>20, 10) + " MiB of memory")
	}
	if !slices.Contains(m.holders, s) {
		m.holders = append(m.holders, s)
	}
	if m.used+n > m.size && m.holders[0] != s {
		if m.freed == nil {
			m.freed = make(chan struct{})
		}
		return m.freed, nil
	}
	s.used += n
	m.used += n
	return nil, nil
}

// giveBack ends a reply and leaves the share with what it had before.
func (s *memoryShare) giveBack(before int64) {
	s.leave(before)
}

// keep ends a reply whose rows stay. Between its pages a list waits for nobody's memory and is
// nobody that others could wait for.
func (s *memoryShare) keep() {
	s.leave(s.used)
}

// leave takes the share out of those who go on, with so much still used.
func (s *memoryShare) leave(used int64) {
	m := s.of
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used -= s.used - used
	s.used = used
	m.holders = slices.DeleteFunc(m.holders, func(other *memoryShare) bool { return other == s })
	if m.freed != nil {
		close(m.freed)
		m.freed = nil
	}
}

// weight is what JSON takes in memory, roughly: its text, and its entries.
func weight(data []byte) int64 {
	return int64(len(data) + entryWeight*bytes.Count(data, []byte{','}))
}
