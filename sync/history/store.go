package history

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"
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
}

// Store is the state folder of this machine's runs.
type Store struct {
	dir, runs, tool string
	now             func() time.Time
}

// Open names the folders; they are made when something is first written.
func Open(o Options) *Store {
	s := &Store{dir: o.Dir, runs: o.Runs, tool: o.Tool, now: o.Now}
	if s.runs == "" {
		s.runs = filepath.Join(o.Dir, "runs")
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

// NewRun makes a run id that sorts by time: 20261122T031500Z-7f3a91c2. Random gives its four random bytes.
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

// folder makes a folder for the owner only.
func folder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("make the state folder: %w", err)
	}
	return nil
}
