package history

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
)

// Notified knows of which alerts the receiver of a job's notifications has been told. An alert is
// told once; when it ends it is forgotten, so that it is told again if it comes back.
type Notified struct {
	path    string
	now     time.Time
	entries map[string]entry // by fingerprint of the alert
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

func readNotified(path string, now time.Time) (*Notified, error) {
	entries, err := readMemory[map[string]entry](path, notifiedWords)
	if err != nil {
		return nil, err
	}
	return &Notified{path: path, now: now, entries: entries}, nil
}

// Contains tells whether the alert was told and has lasted since.
func (n *Notified) Contains(alert Alert) bool {
	_, known := n.entries[hashedName(alert.ID)]
	return known
}

// Remember keeps the alerts of which the receiver has been told by now. Those that are not among
// them have ended, unless the run could not see them: unread tells that for an organization's key,
// and for "".
func (n *Notified) Remember(notified []Alert, unread func(organization string) bool) error {
	next := map[string]entry{}
	for id, old := range n.entries {
		if unread(old.Organization) && n.now.Sub(old.Last) < maxAge {
			next[id] = old
		}
	}
	for _, alert := range notified {
		id := hashedName(alert.ID)
		first := n.now
		if old, known := n.entries[id]; known {
			first = old.First
		}
		next[id] = entry{Organization: alert.Organization, First: first, Last: n.now}
	}
	if len(next) == 0 && len(n.entries) == 0 {
		return nil
	}
	n.entries = next
	return writeMemory(n.path, notifiedWords, n.entries)
}

const notifiedWords = "what was told"

// hashedName is a name that tells nothing of what it was made from.
func hashedName(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return fmt.Sprintf("%x", sum[:16])
}
