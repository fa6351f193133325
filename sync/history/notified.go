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

// Notified knows of which alerts the receiver of a job's notifications has been told. An alert is
// told once; when it ends it is forgotten, so that it is told again if it comes back.
type Notified struct {
	path  string
	now   time.Time
	known map[string]entry // by fingerprint of the alert
}

// Alert is something that is told once. ID names it, the same every night that it lasts.
type Alert struct {
	ID string
	// Organization is the key of the organization that has it; "": the run has it.
	Organization string
}

type entry struct {
	Organization string    `json:"organization,omitempty"`
	First        time.Time `json:"first"`
	Last         time.Time `json:"last"`
}

// Notified reads what a job has told. The job is named by what makes it the same job every night;
// only its fingerprint is kept, as of the alerts. A damaged file starts anew: then something is
// told twice.
func (s *Store) Notified(job ...string) (*Notified, error) {
	t := &Notified{path: filepath.Join(s.dir, "told", hashedName(job...)+".json"), now: s.now().UTC().Truncate(time.Second), known: map[string]entry{}}
	data, err := os.ReadFile(t.path)
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what was told: %w", err)
	}
	if json.Unmarshal(data, &t.known) != nil || t.known == nil {
		t.known = map[string]entry{}
	}
	return t, nil
}

// Contains tells whether the alert was told and has lasted since.
func (t *Notified) Contains(alert Alert) bool {
	_, known := t.known[hashedName(alert.ID)]
	return known
}

// Remember keeps the alerts that are told by now. Those that are not among them have ended, unless
// the run could not see them: blind tells that for an organization's key, and for "".
func (t *Notified) Remember(told []Alert, blind func(organization string) bool) error {
	next := map[string]entry{}
	for id, what := range t.known {
		if blind(what.Organization) && t.now.Sub(what.Last) < seenFor {
			next[id] = what
		}
	}
	for _, alert := range told {
		id := hashedName(alert.ID)
		first := t.now
		if what, known := t.known[id]; known {
			first = what.First
		}
		next[id] = entry{Organization: alert.Organization, First: first, Last: t.now}
	}
	if len(next) == 0 && len(t.known) == 0 {
		return nil
	}
	t.known = next
	return t.write()
}

func (t *Notified) write() error {
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

// hashedName is a name that tells nothing of what it was made from.
func hashedName(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return fmt.Sprintf("%x", sum[:16])
}
