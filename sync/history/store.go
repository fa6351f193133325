package history

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"makesync/sync/commandline"
)

// Options say where a store lives.
type Options struct {
	// Dir is $XDG_STATE_HOME/makesync.
	Dir string
	// Runs is --journal DIR; "": Dir/runs.
	Runs string
	// Now stamps lines; nil: time.Now.
	Now func() time.Time
	// Tool is makesync's version, for the journal's first line.
	Tool string
	// Machine has Lock meet all runs of this machine, whatever their state folder and user.
	Machine bool
}

// Store is the state folder of this machine's runs.
type Store struct {
	dir, runs, tool string
	now             func() time.Time
	machine         bool
}

// Open names the folders; they are made when something is first written.
func Open(o Options) *Store {
	s := &Store{dir: o.Dir, runs: o.Runs, tool: o.Tool, now: o.Now, machine: o.Machine}
	if s.runs == "" {
		s.runs = filepath.Join(o.Dir, "runs")
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

// NewRun makes a run id that sorts by time: 20261122T031500Z-7f3a91c2. Random gives its four random
// bytes.
func NewRun(now time.Time, random io.Reader) (string, error) {
	var bytes [4]byte
	if _, err := io.ReadFull(random, bytes[:]); err != nil {
		return "", fmt.Errorf("make a run id: %w", err)
	}
	return fmt.Sprintf("%s-%x", now.UTC().Format(runStamp), bytes), nil
}

// runStamp is the time with which a run id begins.
const runStamp = "20060102T150405Z"

// runName keeps a run id that somebody typed from being a path.
var runName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

const journalSuffix = ".jsonl"

// path is the journal file of a run.
func (s *Store) path(run string) (string, error) {
	if !runName.MatchString(run) {
		return "", fmt.Errorf("%q is no run id; `makesync runs list` shows them", run)
	}
	return filepath.Join(s.runs, run+journalSuffix), nil
}

// makeDir makes a folder for the owner only.
func makeDir(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("make the state folder: %w", err)
	}
	return nil
}

// Begin is the journal of a new run. Its file is made with the first line, so that a run that does
// nothing leaves none. Places are what makes a zone the same zone, by name: its url, or the state
// file of a simulated one; command is what the run does, from which others can go on.
func (s *Store) Begin(run string, places map[string]string, command commandline.Command) (*Journal, error) {
	if _, err := s.path(run); err != nil {
		return nil, err
	}
	j := newJournal(s, run)
	j.places, j.command = places, command
	return j, nil
}

// Append opens the journal of an earlier run, to add what resolving found out. A truncated last
// line is cut off.
func (s *Store) Append(run string) (*Journal, error) {
	path, err := s.path(run)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open the journal of run %s: %w", run, err)
	}
	return openJournal(s, run, path)
}

// Memory is what the runs so far know.
func (s *Store) Memory() *Memory { return &Memory{store: s} }

// Billing is what the runs so far know of cancels and checkouts.
func (s *Store) Billing() *Billing { return &Billing{store: s} }

// Seen reads what earlier plans saw. A damaged file starts anew: a date is not worth a failed run.
func (s *Store) Seen() (*Seen, error) { return readSeen(s) }

// Refusals reads what plans of Make refused. Places are what makes each zone the same zone, by
// name, as for Begin. A damaged file starts anew: then something is tried once more.
func (s *Store) Refusals(places map[string]string) (*Refusals, error) { return readRefusals(s, places) }

// Notified reads what a job has told. The job is named by what makes it the same job every night;
// only its fingerprint is kept, as of the alerts. A damaged file starts anew: then something is
// told twice.
func (s *Store) Notified(job ...string) (*Notified, error) {
	path := filepath.Join(s.dir, "told", hashedName(job...)+".json")
	return readNotified(path, s.now().UTC().Truncate(time.Second))
}
