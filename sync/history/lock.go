package history

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"makesync/spec"
)

// Owner is who holds a lock.
type Owner struct {
	Run  string    `json:"run"`
	PID  int       `json:"pid"`
	Host string    `json:"host"`
	Time time.Time `json:"time"`
}

// LockRequest names what a run wants for itself.
type LockRequest struct {
	// Zones are what makes a zone the same zone: its host, or the state file of a sandbox.
	Zones []string
	Shard *spec.Shard
	Run   string
	// Wait is --lock-timeout; 0: one try.
	Wait time.Duration
}

// HeldError says that another run works on the zone; it is exit 8.
type HeldError struct {
	Zone  string
	Owner Owner // zero when the holder has not written its name yet
}

// Error says who holds the lock and what to do.
func (e *HeldError) Error() string {
	if e.Owner.PID == 0 {
		return fmt.Sprintf("another run holds the lock of zone %s; wait for it, or raise --lock-timeout", e.Zone)
	}
	return fmt.Sprintf("run %s (process %d on %s, since %s) holds the lock of zone %s; "+
		"wait for it, or raise --lock-timeout",
		e.Owner.Run, e.Owner.PID, e.Owner.Host, e.Owner.Time.Format(time.RFC3339), e.Zone)
}

// Lock is held until Release, or until the process dies: then the system lets go of it.
type Lock struct {
	held []*flock.Flock
	// Stale are owners that died without releasing; their runs are in the journal as unfinished.
	Stale []Owner
}

// lockPoll is how often a waiting run looks again.
const lockPoll = 100 * time.Millisecond

// Lock takes the locks of all zones, in sorted order so that two runs never wait for each other.
func (s *Store) Lock(ctx context.Context, r LockRequest) (*Lock, error) {
	dir := filepath.Join(s.dir, "locks")
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, max(r.Wait, time.Nanosecond))
	defer cancel()
	lock := &Lock{}
	for _, zone := range slices.Compact(slices.Sorted(slices.Values(r.Zones))) {
		path := filepath.Join(dir, lockName(zone, r.Shard))
		if err := lock.acquire(ctx, zone, path, s.owner(r.Run)); err != nil {
			return nil, errors.Join(err, lock.Release())
		}
	}
	return lock, nil
}

func (s *Store) owner(run string) Owner {
	host, _ := os.Hostname()
	return Owner{Run: run, PID: os.Getpid(), Host: host, Time: s.now().UTC()}
}

var lockUnsafe = regexp.MustCompile(`[^A-Za-z0-9.-]+`)

// lockName is readable and, by the hash, different for different zones.
func lockName(zone string, shard *spec.Shard) string {
	name := lockUnsafe.ReplaceAllString(zone, "_")
	name = name[max(0, len(name)-60):] + fmt.Sprintf("-%x", sha256.Sum256([]byte(zone)))[:9]
	if shard != nil {
		name += fmt.Sprintf("-shard-%d-of-%d", shard.Index, shard.Count)
	}
	return name + ".lock"
}

// acquire tries at least once, then until the context ends.
func (l *Lock) acquire(ctx context.Context, zone, path string, owner Owner) error {
	file := flock.New(path, flock.SetPermissions(0o600))
	for {
		ok, err := file.TryLock()
		if err != nil {
			return fmt.Errorf("lock zone %s: %w", zone, err)
		}
		if ok {
			break
		}
		select {
		case <-ctx.Done():
			held, _ := readOwner(path)
			return &HeldError{Zone: zone, Owner: held}
		case <-time.After(lockPoll):
		}
	}
	if dead, was := readOwner(path); was {
		l.Stale = append(l.Stale, dead)
	}
	l.held = append(l.held, file)
	return writeOwner(path, owner)
}

// readOwner is false when the file names nobody: released, or just being written.
func readOwner(path string) (Owner, bool) {
	data, err := os.ReadFile(path)
	if err != nil || len(data) > 4096 {
		return Owner{}, false
	}
	var o Owner
	return o, json.Unmarshal(data, &o) == nil && o.PID != 0
}

// writeOwner keeps the file itself, since the lock is on it.
func writeOwner(path string, o Owner) error {
	data, err := json.Marshal(o)
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		return fmt.Errorf("write who holds the lock: %w", err)
	}
	return nil
}

// Release lets go of every lock; the files stay, empty, since removing a locked file would let two
// runs in.
func (l *Lock) Release() error {
	var errs []error
	for _, file := range l.held {
		errs = append(errs, os.Truncate(file.Path(), 0), file.Unlock())
	}
	l.held = nil
	return errors.Join(errs...)
}
