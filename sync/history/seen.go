package history

import (
	"path/filepath"
	"time"

	"makesync/spec"
	"makesync/sync/plan"
)

// maxAge is how long something that no plan asks for is remembered.
const maxAge = 400 * 24 * time.Hour

// Seen knows since when something has been waiting; it implements planner.FirstSeen. A plan gives
// a date only for what an earlier plan of this state folder saw waiting for the same reason.
type Seen struct {
	store *Store
	known map[spec.Address]firstSeen
}

type firstSeen struct {
	Reason string    `json:"reason"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
	// Runs is how many plans in a row saw it.
	Runs int `json:"runs"`
}

func readSeen(s *Store) (*Seen, error) {
	known, err := readMemory[map[spec.Address]firstSeen](seenPath(s), seenWords)
	if err != nil {
		return nil, err
	}
	return &Seen{store: s, known: known}, nil
}

// Since gives the time when an earlier plan first saw the address waiting for the reason.
func (s *Seen) Since(address spec.Address, reason string) (time.Time, bool) {
	what, known := s.known[address]
	return what.First, known && what.Reason == reason
}

// Runs is how many plans in a row, up to the last that was remembered, saw the address waiting for
// the reason.
func (s *Seen) Runs(address spec.Address, reason string) int {
	if what, known := s.known[address]; known && what.Reason == reason {
		return what.Runs
	}
	return 0
}

// Remember keeps what the plan saw waiting. What no longer waits is forgotten, if its organization
// could be read.
func (s *Seen) Remember(plan *plan.Plan) error {
	now := s.store.now().UTC().Truncate(time.Second)
	next := s.notPlanned(plan, now)
	for _, o := range plan.Organizations {
		for _, w := range o.Waiting {
			first, known := s.Since(w.Address, w.Reason)
			if !known {
				first = now
			}
			runs := s.Runs(w.Address, w.Reason) + 1
			next[w.Address] = firstSeen{Reason: w.Reason, First: first, Last: now, Runs: runs}
		}
	}
	return s.write(next)
}

// notPlanned is what the plan does not speak of, until it is too old.
func (s *Seen) notPlanned(plan *plan.Plan, now time.Time) map[spec.Address]firstSeen {
	read := map[string]bool{}
	for _, o := range plan.Organizations {
		read[o.Key] = len(o.NotRead) == 0
	}
	next := map[spec.Address]firstSeen{}
	for address, what := range s.known {
		if !read[address.Key()] && now.Sub(what.Last) < maxAge {
			next[address] = what
		}
	}
	return next
}

func seenPath(s *Store) string { return filepath.Join(s.dir, "seen.json") }

const seenWords = "the first-seen dates"

func (s *Seen) write(next map[spec.Address]firstSeen) error {
	if err := writeMemory(seenPath(s.store), seenWords, next); err != nil {
		return err
	}
	s.known = next
	return nil
}
