package sandbox

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
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
	// Below is a folder below which both lie, and which no link leads out of; "" where a person
	// has named them, whose links count.
	Below string
	// Unmoved leaves all on the disk as it is: what changes is kept in memory only.
	Unmoved bool
	// Now is the real clock; nil means time.Now.
	Now func() time.Time
	// LockWait is how long to wait while another process has the state file open.
	LockWait time.Duration
}

// stateLimits are what a state file may have that is still read.
type stateLimits struct {
	bytes, objects, values int
	organizations          int // zones count as well: much is filled in for each
}

var (
	// namedLimits hold where a document names the file, which is as hostile as the document: as
	// much as costs no more than a document may.
	namedLimits = stateLimits{bytes: 64 << 20, objects: 400_000, values: 20_000_000, organizations: 50_000}
	// servedLimits hold where a person names it: more than a world of 10,000 organizations with
	// 100 variables each, and within 1 GB still.
	servedLimits = stateLimits{bytes: 256 << 20, objects: 1_500_000, values: 20_000_000, organizations: 200_000}
)

// defaultToken is the token of the first user when the seed gives none.
const defaultToken = "00000000-0000-4000-8000-000000000001"

// Open opens the world of a state file and makes the file from the seed when it
// is missing. Only one process has a state file open at a time; the lock goes
// with the process. Close the world when it is no longer needed.
func Open(o Options) (*World, error) {
	if o.State == "" {
		s, err := readSeed(o)
		if err != nil {
			return nil, err
		}
		return newWorldOf(s, o, seedName(o.Seed))
	}
	p, err := openPlace(o.Below, o.State)
	if err != nil {
		return nil, fmt.Errorf("open state file: %w", err)
	}
	w, err := openAt(p, o)
	if err != nil || w.file == nil {
		return w, errors.Join(err, p.close())
	}
	return w, nil
}

func openAt(p *place, o Options) (*World, error) {
	if o.Unmoved {
		w, _, err := openState(p, o)
		return w, err
	}
	if err := p.makeFolder(); err != nil {
		return nil, fmt.Errorf("lock state file: %w", err)
	}
	lock, err := acquire(p, o.LockWait)
	if err != nil {
		return nil, err
	}
	w, err := openLocked(p, o, lock)
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	return w, nil
}

func openLocked(p *place, o Options, lock *fileLock) (*World, error) {
	if err := p.clearLeftovers(); err != nil {
		return nil, err
	}
	w, fresh, err := openState(p, o)
	if err != nil {
		return nil, err
	}
	w.file = newStateFile(p, lock)
	if fresh {
		return w, w.file.write(w.state)
	}
	return w, nil
}

// openState opens the world of the state, or of the seed where there is none: that is fresh.
func openState(p *place, o Options) (w *World, fresh bool, err error) {
	name := o.State
	s, err := readState(p, o)
	if fresh = errors.Is(err, fs.ErrNotExist); fresh {
		name = seedName(o.Seed)
		s, err = readSeed(o)
	}
	if err != nil {
		return nil, fresh, err
	}
	w, err = newWorldOf(s, o, name)
	return w, fresh, err
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

func readSeed(o Options) (*State, error) {
	if o.Seed == "" {
		return Starter(), nil
	}
	p, err := openPlace(o.Below, o.Seed)
	if err != nil {
		return nil, fmt.Errorf("open seed: %w", err)
	}
	s, err := readState(p, o)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf(
			"seed %s does not exist; name a state file, or leave the seed out for the embedded starter",
			o.Seed,
		)
	}
	return s, errors.Join(err, p.close())
}

// readState reads a state file. A missing one is fs.ErrNotExist.
func readState(p *place, o Options) (*State, error) {
	limits, larger := servedLimits, "make a smaller one with `makesync sandbox init`"
	if o.Below != "" {
		limits, larger = namedLimits, "`makesync sandbox serve` takes larger ones"
	}
	b, err := p.read(p.name, int64(limits.bytes))
	if err == nil && (bytes.Count(b, []byte("{")) > limits.objects || bytes.Count(b, []byte(",")) > limits.values) {
		err = errTooLarge
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, err
	case errors.Is(err, errTooLarge):
		return nil, fmt.Errorf("state file %s has more than %d MiB, %d objects or %d values; is it a state file? %s",
			p.path, limits.bytes>>20, limits.objects, limits.values, larger)
	case err != nil:
		return nil, fmt.Errorf("read state file %s: %w", p.path, err)
	}
	s, err := parseState(b)
	if err == nil && s.places() > limits.organizations {
		return nil, fmt.Errorf("state file %s has more than %d organizations; %s", p.path, limits.organizations, larger)
	}
	if err != nil {
		return nil, fmt.Errorf("state file %s: %w; repair it, or delete it to begin again from the seed", p.path, err)
	}
	return s, nil
}

// places counts organizations and zones.
func (s *State) places() int {
	n := len(s.Zones)
	for _, zone := range s.Zones {
		n += len(zone.Organizations)
	}
	return n
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
	if isNull(reflect.ValueOf(s)) {
		return nil, errors.New("null stands for an object of a list")
	}
	if s.Version != stateVersion {
		return nil, fmt.Errorf("version %d is not known; this program reads version %d", s.Version, stateVersion)
	}
	return s, nil
}

// isNull tells whether somewhere in a list or map null stands for an object.
func isNull(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer:
		return v.IsNil() || isNull(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Field(i); !(field.Kind() == reflect.Pointer && field.IsNil()) && isNull(field) {
				return true
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if isNull(v.Index(i)) {
				return true
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if isNull(v.MapIndex(key)) {
				return true
			}
		}
	}
	return false
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
	p, err := openPlace("", path)
	if err == nil {
		err = p.makeFolder()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write state file: %w", err), p.close())
	}
	return errors.Join(newStateFile(p, nil).write(s), p.close())
}
