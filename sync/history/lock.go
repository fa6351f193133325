package history

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"makesync/spec"
	"makesync/sync/lock"
)

// LockRequest names what a run wants for itself.
type LockRequest struct {
	// Zones are what makes a zone the same zone: its url, or the state file of a sandbox.
	Zones []string
	Shard *spec.Shard
	Run   string
	// Wait is --lock-timeout; 0: one try.
	Wait time.Duration
}

// HeldError says that another run works on the zone; it is exit 8.
type HeldError struct {
	Zone  string
	Owner lock.Owner // with no PID when that is not known
	// OtherCount: shards of a run in another number of parts.
	OtherCount bool
}

// Error says who holds the lock and what to do.
func (e *HeldError) Error() string {
	who := "another run"
	switch o := e.Owner; {
	case o.Run != "":
		who = fmt.Sprintf("run %s (process %d on %s, since %s)", o.Run, o.PID, o.Host, o.Time.Format(time.RFC3339))
	case o.UID != nil && o.PID != 0:
		who = fmt.Sprintf("process %d of the user with uid %d", o.PID, *o.UID)
	case o.UID != nil:
		who = fmt.Sprintf("a process of the user with uid %d", *o.UID)
	}
	what := "wait for it, or raise --lock-timeout"
	if e.OtherCount {
		what = "it works in another number of shards; all shards of a run take the same count, and another count waits"
	}
	return fmt.Sprintf("%s holds the lock of zone %s; %s", who, e.Zone, what)
}

// Lock is held until Release, or until the process dies: then the system lets go of it.
type Lock struct {
	held []*lock.Held
	// Stale are owners that died without releasing; their runs are in the journal as unfinished.
	Stale []lock.Owner
	// Warnings say which runs are not kept away, and why.
	Warnings []string
}

// Lock takes the locks of all zones, in sorted order so that two runs never wait for each other:
// those of the state folder, which runs on several machines may share, then those of the machine,
// which meet runs with other state folders.
func (s *Store) Lock(ctx context.Context, r LockRequest) (*Lock, error) {
	dir := filepath.Join(s.dir, "locks")
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, max(r.Wait, time.Nanosecond))
	defer cancel()
	taken := &Lock{}
	zones := map[string]string{} // how it was written, by identity
	for _, zone := range slices.Backward(slices.Sorted(slices.Values(r.Zones))) {
		zones[lock.Identity(zone)] = zone
	}
	for _, identity := range slices.Sorted(maps.Keys(zones)) {
		claim := lock.Claim{Zone: identity, Shard: r.Shard}
		if err := taken.acquire(ctx, lock.Folder(dir), claim, zones[identity], s.owner(r.Run)); err != nil {
			return nil, errors.Join(err, taken.Release())
		}
		if !s.machine {
			continue
		}
		if err := taken.acquireMachine(ctx, claim, zones[identity]); err != nil {
			return nil, errors.Join(err, taken.Release())
		}
	}
	return taken, nil
}

func (s *Store) owner(run string) lock.Owner {
	host, _ := os.Hostname()
	return lock.Owner{Run: run, PID: os.Getpid(), Host: host, Time: s.now().UTC()}
}

// acquire tries at least once, then until the context ends.
func (l *Lock) acquire(ctx context.Context, place lock.Place, claim lock.Claim, zone string, owner lock.Owner) error {
	held, err := lock.Take(ctx, place, claim, owner)
	var others *lock.HeldError
	switch {
	case errors.As(err, &others):
		return &HeldError{Zone: zone, Owner: others.Owner, OtherCount: others.OtherCount}
	case err != nil:
		return fmt.Errorf("lock zone %s: %w", zone, err)
	}
	l.held = append(l.held, held)
	if held.Stale != nil {
		l.Stale = append(l.Stale, *held.Stale)
	}
	return nil
}

// acquireMachine: a lock of the machine that cannot be taken is a warning, since the one of the
// state folder is held by then.
func (l *Lock) acquireMachine(ctx context.Context, claim lock.Claim, zone string) error {
	place, err := lock.Machine()
	if err == nil {
		err = l.acquire(ctx, place, claim, zone, lock.Self())
	}
	var others *HeldError
	if err == nil || errors.As(err, &others) || errors.Is(context.Cause(ctx), context.Canceled) {
		return err
	}
	l.Warnings = append(l.Warnings, fmt.Sprintf(
		"runs with another state folder, such as those of other users of this machine, "+
			"are not kept away from zone %s: %v",
		zone,
		err,
	))
	return nil
}

// Release lets go of every lock, in the order opposite to that of taking.
func (l *Lock) Release() error {
	var errs []error
	for _, held := range slices.Backward(l.held) {
		errs = append(errs, held.Release())
	}
	l.held = nil
	return errors.Join(errs...)
}
