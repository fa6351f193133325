package history

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/renameio/v2"
)

// Told knows of which troubles the receiver of a job's notifications has been told. A trouble is told
// once; when it ends it is forgotten, so that it is told again if it comes back.
type Told struct {
	path  string
	now   time.Time
	known map[string]telling // by fingerprint of the trouble
}

// Trouble is something that is told once. ID names it, the same every night that it lasts.
type Trouble struct {
	ID string
	// Organization is the key of the organization that has it; "": the run has it.
	Organization string
}

type telling struct {
	Organization string    `json:"organization,omitempty"`
	First        time.Time `json:"first"`
	Last         time.Time `json:"last"`
}

// Told reads what a job has told. The job is named by what makes it the same job every night; only its
// fingerprint is kept, as of the troubles. A damaged file starts anew: then something is told twice.
func (s *Store) Told(job ...string) (*Told, error) {
	t := &Told{path: filepath.Join(s.dir, "told", mark(job...)+".json"), now: s.now().UTC().Truncate(time.Second), known: map[string]telling{}}
	data, err := os.ReadFile(t.path)
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what was told: %w", err)
	}
	if json.Unmarshal(data, &t.known) != nil || t.known == nil {
		t.known = map[string]telling{}
	}
	return t, nil
}

// Knows tells whether the trouble was told and has lasted since.
func (t *Told) Knows(trouble Trouble) bool {
	_, known := t.known[mark(trouble.ID)]
	return known
}

// Remember keeps the troubles that are told by now. Those that are not among them have ended, unless the run
// could not see them: blind tells that for an organization's key, and for "".
func (t *Told) Remember(told []Trouble, blind func(organization string) bool) error {
	next := map[string]telling{}
	for id, what := range t.known {
		if blind(what.Organization) && t.now.Sub(what.Last) < seenFor {
			next[id] = what
		}
	}
	for _, trouble := range told {
		id := mark(trouble.ID)
		first := t.now
		if what, known := t.known[id]; known {
			first = what.First
		}
		next[id] = telling{Organization: trouble.Organization, First: first, Last: t.now}
	}
	if len(next) == 0 && len(t.known) == 0 {
		return nil
	}
	t.known = next
	return t.write()
}

func (t *Told) write() error {
	if err := folder(filepath.Dir(t.path)); err != nil {
		return err
	}
	data, err := json.MarshalIndent(t.known, "", " ")
	if err == nil {
		err = renameio.WriteFile(t.path, append(data, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("write what was told: %w", err)
	}
	return nil
}

// mark is a name that tells nothing of what it was made from.
func mark(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return fmt.Sprintf("%x", sum[:16])
}
