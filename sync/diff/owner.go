package diff

import (
	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// diffOwner compares who owns the organization. Only the present Owner can hand it over, and only
// to an accepted member; both are waited for. The former Owner stays as Admin.
func diffOwner(c *comparison) {
	a, want := c.address(spec.KindOwner, ""), c.Want.Owner
	if c.creates() {
		if want == c.Me.Email {
			c.countUnchanged(a)
		} else {
			c.addWaiting(a, want+" has not accepted yet: the organization is about to be created")
		}
		return
	}
	live := c.member(want)
	switch {
	case live != nil && c.Live.IsOwner(live):
		c.countUnchanged(a)
	case live == nil:
		c.addWaiting(a, want+" is not a member yet")
	case !live.Accepted():
		c.addWaiting(a, want+" has not accepted yet")
	case c.Live.OwnerID == 0:
		c.addWaiting(a, "the zone shows no Owner, who alone can transfer")
	case c.Live.OwnerID != c.Me.ID:
		c.addWaiting(a, "only "+state.OwnerName(c.Live)+" can transfer; the token is "+c.Me.Name()+"'s")
	default:
		c.addChange(plan.PhaseTransfer, plan.Step{
			Address: a, Op: plan.OpTransfer, Source: c.Want.PositionOf("owner"), Before: state.ViewOwner(c.Live, ""),
			Fields:    []plan.Field{{Path: "owner", From: state.Text(state.OwnerName(c.Live)), To: state.Text(want)}},
			Arguments: plan.Arguments{Email: want, UserID: live.UserID},
			Notes:     []string{"the former Owner stays as Admin, and only " + want + " can transfer back"},
		})
	}
}

func waitForOwner(c *comparison, why string) { c.addWaiting(c.address(spec.KindOwner, ""), why) }
