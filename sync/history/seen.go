package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"

	reconcile "makesync/sync"
)

// seenFor is how long a waiting address that nobody asks for is remembered.
const seenFor = 400 * 24 * time.Hour

// seen is the file: zone, organization id and address → when it was first and last seen waiting.
type seen map[string]sighting

type sighting struct {
	Reason string    `json:"reason"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
}

// Since gives every waiting address of the plan the time at which this state
// folder first saw it waiting for the same reason, and remembers those that are new. One that
// is no longer waiting is forgotten, when its organization was read.
func (s *Store) Since(plan *reconcile.Plan) error {
	known, err := s.readSeen()
	if err != nil {
		return err
	}
	now := s.now().UTC().Truncate(time.Second)
	next := known.without(plan, now)
	for i := range plan.Organizations {
		o := &plan.Organizations[i]
		for j := range o.Waiting {
			w := &o.Waiting[j]
			key := seenKey(o, *w)
			first := now
			if old, is := known[key]; is && old.Reason == w.Reason {
				first = old.First
			}
			w.Since = &first
			next[key] = sighting{Reason: w.Reason, First: first, Last: now}
		}
	}
	return s.writeSeen(next)
}

func seenKey(o *reconcile.OrganizationPlan, w reconcile.Waiting) string {
	return fmt.Sprintf("%s/%d/%s", o.Zone, o.ID, w.Address)
}

// without keeps what the plan does not speak of: other organizations, until they are too old.
func (known seen) without(plan *reconcile.Plan, now time.Time) seen {
	read := map[string]bool{}
	for _, o := range plan.Organizations {
		read[fmt.Sprintf("%s/%d/", o.Zone, o.ID)] = len(o.NotRead) == 0
	}
	next := seen{}
	for key, what := range known {
		if !read[organizationPrefix(key)] && now.Sub(what.Last) < seenFor {
			next[key] = what
		}
	}
	return next
}

// organizationPrefix is the key up to its second slash.
func organizationPrefix(key string) string {
	slashes := 0
	for i, c := range []byte(key) {
		if c == '/' {
			if slashes++; slashes == 2 {
				return key[:i+1]
			}
		}
	}
	return key
}

func (s *Store) seenPath() string { return filepath.Join(s.dir, "seen.json") }

// readSeen starts anew when the file is damaged: a date is not worth a failed run.
func (s *Store) readSeen() (seen, error) {
	data, err := os.ReadFile(s.seenPath())
	if errors.Is(err, fs.ErrNotExist) {
		return seen{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the first-seen dates: %w", err)
	}
	var known seen
	if json.Unmarshal(data, &known) != nil || known == nil {
		return seen{}, nil
	}
	return known, nil
}

func (s *Store) writeSeen(next seen) error {
	if err := folder(s.dir); err != nil {
		return err
	}
	data, err := json.MarshalIndent(next, "", " ")
	if err == nil {
		err = renameio.WriteFile(s.seenPath(), append(data, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("write the first-seen dates: %w", err)
	}
	return nil
}
