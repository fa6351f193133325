package planner_test

import (
	"context"
	"testing"
	"testing/synctest"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/slots"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// waitingClient reads organization 1 only when it has read organization 2, and yields its slot meanwhile.
type waitingClient struct {
	state.Reader
	plan.Writer
	slot slots.Slot
	read chan struct{} // closed when organization 2 is read
}

// WithSlot is the same client in a slot.
func (c waitingClient) WithSlot(slot slots.Slot) state.Reader {
	c.slot = slot
	return c
}

// Read waits and yields.
func (c waitingClient) Read(ctx context.Context, live *state.Organization, kind spec.Kind) error {
	if live.ID == 2 {
		close(c.read)
		return c.Reader.Read(ctx, live, kind)
	}
	if c.slot != nil {
		defer c.slot.Yield()()
	}
	<-c.read
	return c.Reader.Read(ctx, live, kind)
}

// TestOneThatWaitsYieldsItsSlot: two organizations are read in one slot, though the first waits for the second.
func TestOneThatWaitsYieldsItsSlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		zone := zonetest.New(zonetest.Organization(1, "A"), zonetest.Organization(2, "B"))
		r := plantest.Request(zone, zonetest.Desired("a", "A", zonetest.Variables()), zonetest.Desired("b", "B", zonetest.Variables()))
		port := r.Zones["eu1"]
		port.Reader = waitingClient{Reader: zone, read: make(chan struct{})}
		r.Zones["eu1"], r.Concurrency = port, 1
		plan := plantest.Make(t, r)
		for _, o := range plan.Organizations {
			if len(o.NotRead) > 0 {
				t.Errorf("%s: not read %v", o.Key, o.NotRead)
			}
		}
	})
}
