package lock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"makesync/spec"
)

// Claim is what a run wants for itself.
type Claim struct {
	// Zone is the zone's identity (see Identity).
	Zone string
	// Shard is the part; nil: the whole zone.
	Shard *spec.Shard
}

// Owner is who holds a lock; a place tells what it knows.
type Owner struct {
	Run  string    `json:"run,omitempty"`
	PID  int       `json:"pid"`
	UID  *int      `json:"uid,omitempty"` // nil where there are none, and of older versions
	Host string    `json:"host,omitempty"`
	Time time.Time `json:"time,omitzero"`
}

// HeldError says that others are at work on the zone.
type HeldError struct {
	Owner Owner // with no PID when the place does not know
	// OtherCount: the zone is held by shards of a run in another number of parts.
	OtherCount bool
}

// Error says who it is.
func (e *HeldError) Error() string {
	who := "another run"
	if e.Owner.PID != 0 {
		who = fmt.Sprintf("process %d", e.Owner.PID)
	}
	if e.Owner.UID != nil {
		who += fmt.Sprintf(" of user %d", *e.Owner.UID)
	}
	if e.OtherCount {
		return who + " has another number of shards than this run"
	}
	return who + " is at work"
}

// Held are the names that a claim has got.
type Held struct {
	names []name
	// Stale is the owner that died without releasing, of a place that remembers it.
	Stale *Owner
}

// Release lets go of them. What says that there are shards goes first, so that nobody takes those
// of this run for a run in another number of parts.
func (h *Held) Release() error {
	var errs []error
	for _, n := range h.names {
		errs = append(errs, n.release())
	}
	h.names = nil
	return errors.Join(errs...)
}

// Place is where names are held.
type Place interface {
	// enter waits for the gate of a zone.
	enter(ctx context.Context, zone string) (leave func(), err error)
	// hold takes a name of which holder has said that it is free, or that it is shared.
	hold(zone, of string, shared bool, owner Owner) (name, error)
	// holder tells whether a name is held, and by whom as far as that is known.
	holder(zone, of string) (Owner, bool, error)
}

// name is one that is held.
type name interface {
	release() error
	// stale is the owner that held the name before and died.
	stale() *Owner
}

// The names.
const (
	nameAll   = "all"
	nameShard = "shard"
	nameGate  = "gate"
)

func nameOf(count int) string { return fmt.Sprintf("of-%d", count) }

func namePart(s spec.Shard) string { return fmt.Sprintf("part-%d-of-%d", s.Index, s.Count) }

// Take tries at least once, then until the context ends. The error is a *HeldError when others are
// at work.
func Take(ctx context.Context, p Place, c Claim, owner Owner) (*Held, error) {
	for {
		held, err := try(ctx, p, c, owner)
		var others *HeldError
		if !errors.As(err, &others) {
			return held, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(Poll):
		}
	}
}

// Self is this process as a place of the machine tells of it.
func Self() Owner { return Owner{PID: os.Getpid(), UID: userID()} }

// try makes one try. The error is a *HeldError when others are at work.
func try(ctx context.Context, p Place, c Claim, owner Owner) (*Held, error) {
	leave, err := p.enter(ctx, c.Zone)
	if err != nil {
		return nil, err
	}
	defer leave()
	if err := c.check(p); err != nil {
		return nil, err
	}
	held := &Held{}
	for _, wanted := range c.names() {
		got, err := p.hold(c.Zone, wanted.name, wanted.shared, owner)
		if err != nil {
			return nil, errors.Join(err, held.Release())
		}
		held.names = append(held.names, got)
		if dead := got.stale(); dead != nil {
			held.Stale = dead
		}
	}
	return held, nil
}

type wantedName struct {
	name   string
	shared bool
}

func (c Claim) names() []wantedName {
	if c.Shard == nil {
		return []wantedName{{nameAll, false}}
	}
	return []wantedName{{nameShard, true}, {nameOf(c.Shard.Count), true}, {namePart(*c.Shard), false}}
}

// check looks for whoever stands in the way.
func (c Claim) check(p Place) error {
	against := []string{nameAll, nameShard}
	if c.Shard != nil {
		against = []string{nameAll, namePart(*c.Shard)}
	}
	for _, of := range against {
		owner, is, err := p.holder(c.Zone, of)
		if err != nil {
			return err
		}
		if is {
			return &HeldError{Owner: owner}
		}
	}
	if c.Shard == nil {
		return nil
	}
	return c.checkCount(p)
}

// checkCount lets in shards of the same count only: of two counts an organization has two owners.
// A shard that lets go meanwhile lets go of its count last, so this is looked for first: where it
// is gone, so is what says that there are shards.
func (c Claim) checkCount(p Place) error {
	if _, same, err := p.holder(c.Zone, nameOf(c.Shard.Count)); err != nil || same {
		return err
	}
	owner, others, err := p.holder(c.Zone, nameShard)
	if err != nil || !others {
		return err
	}
	return &HeldError{Owner: owner, OtherCount: true}
}

// How long a gate is waited for: whoever is behind it only looks and takes.
const (
	gateWait = 5 * time.Second
	gatePoll = 5 * time.Millisecond
)

// errGate: somebody stands in the gate and does not leave, which no run does.
var errGate = errors.New("another process does not let go of the lock's gate")

// passGate tries until the gate opens. That a run itself has no time to wait for others does not
// count here.
func passGate(ctx context.Context, try func() (bool, error)) error {
	for deadline := time.Now().Add(gateWait); ; {
		ok, err := try()
		switch {
		case err != nil || ok:
			return err
		case time.Now().After(deadline):
			return errGate
		case errors.Is(ctx.Err(), context.Canceled):
			return ctx.Err()
		}
		time.Sleep(gatePoll)
	}
}
