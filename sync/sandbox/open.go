package sandbox

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// Options say where a world is kept.
type Options struct {
	// State is the path of the state file; "" keeps the world in memory only.
	State string
	// Seed is the path of a seed, which is a state file too, that is used when
	// State is missing; "" means the embedded starter.
	Seed string
	// Now is the real clock; nil means time.Now.
	Now func() time.Time
	// LockWait is how long to wait while another process has the state file open.
	LockWait time.Duration
}

// maxState is the size of a state file that is still read: 1 GiB, about ten
// times a world of 10,000 organizations with 100 variables each.
const maxState = 1 << 30

// defaultToken is the token of the first user when the seed gives none.
const defaultToken = "00000000-0000-4000-8000-000000000001"

// Open opens the world of a state file and makes the file from the seed when it
// is missing. Only one process has a state file open at a time; the lock goes
// with the process. Close the world when it is no longer needed.
func Open(o Options) (*World, error) {
	if o.State == "" {
		s, err := readSeed(o.Seed)
		if err != nil {
			return nil, err
		}
		return newWorldOf(s, o, seedName(o.Seed))
	}
	lock, err := acquire(o.State+".lock", o.LockWait)
	if err != nil {
		return nil, err
	}
	w, err := openLocked(o, lock)
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	return w, nil
}

func openLocked(o Options, lock *fileLock) (*World, error) {
	if err := clearLeftovers(o.State); err != nil {
		return nil, err
	}
	s, err := readState(o.State)
	fresh := errors.Is(err, fs.ErrNotExist)
	name := o.State
	if fresh {
		name = seedName(o.Seed)
		s, err = readSeed(o.Seed)
	}
	if err != nil {
		return nil, err
	}
	w, err := newWorldOf(s, o, name)
	if err != nil {
		return nil, err
	}
	w.file = newStateFile(o.State, lock)
	if fresh {
		return w, w.file.write(w.state)
	}
	return w, nil
}

func newWorldOf(s *State, o Options, name string) (*World, error) {
	w, err := newWorld(s, o.Now)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return w, nil
}

//go:embed starter.json
var starter []byte

// Starter returns the state that a world begins with when there is no seed: two
// zones, eu1 and us1, and a handful of organizations on different plans.
func Starter() *State {
	s, err := parseState(starter)
	if err != nil {
		panic("sandbox: starter.json: " + err.Error())
	}
	return s
}

func seedName(path string) string {
	if path == "" {
		return "the embedded starter"
	}
	return path
}

func readSeed(path string) (*State, error) {
	if path == "" {
		return Starter(), nil
	}
	s, err := readState(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf(
			"seed %s does not exist; name a state file, or leave the seed out for the embedded starter",
			path,
		)
	}
	return s, err
}

// readState reads a state file. A missing one is fs.ErrNotExist.
func readState(path string) (*State, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxState {
		return nil, fmt.Errorf(
			"state file %s has %d bytes, more than %d; is it a state file?",
			path,
			info.Size(),
			maxState,
		)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read state file: %w", err)
	}
	s, err := parseState(b)
	if err != nil {
		return nil, fmt.Errorf("state file %s: %w; repair it, or delete it to begin again from the seed", path, err)
	}
	return s, nil
}

func parseState(b []byte) (*State, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	s := &State{}
	if err := d.Decode(s); err != nil {
		return nil, explain(b, err, d.InputOffset())
	}
	if d.More() {
		return nil, errors.New("more follows after the end of the state")
	}
	if s.Version != stateVersion {
		return nil, fmt.Errorf("version %d is not known; this program reads version %d", s.Version, stateVersion)
	}
	return s, nil
}

// explain adds the line to an error of encoding/json, and names an unknown key as that.
func explain(b []byte, err error, offset int64) error {
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	message := strings.TrimPrefix(err.Error(), "json: ")
	if key, ok := strings.CutPrefix(message, "unknown field "); ok {
		message = "unknown key " + key
		offset = max(offset, int64(bytes.Index(b, []byte(key))))
	}
	switch {
	case errors.As(err, &syntax):
		offset, message = syntax.Offset, "damaged JSON: "+message
	case errors.As(err, &wrong):
		offset = wrong.Offset
	}
	line := 1 + bytes.Count(b[:min(max(offset, 0), int64(len(b)))], []byte("\n"))
	return fmt.Errorf("line %d: %s", line, message)
}

// Clone returns a deep copy.
func (s *State) Clone() *State {
	b, err := json.Marshal(s)
	if err != nil {
		panic("sandbox: copy state: " + err.Error())
	}
	copied := &State{}
	if err := json.Unmarshal(b, copied); err != nil {
		panic("sandbox: copy state: " + err.Error())
	}
	return copied
}

// WriteFile writes the state to a file, atomically, with the folders above it.
func (s *State) WriteFile(path string) error {
	if err := makeFolder(path); err != nil {
		return fmt.Errorf("write state file: %w", err)
	}
	return newStateFile(path, nil).write(s)
}
