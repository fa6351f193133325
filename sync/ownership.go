package sync

import (
	"makesync/spec"
)

// diffOwner compares who owns the organization. Only the present Owner can hand it over, and only
// to an accepted member; both are waited for. The former Owner stays as Admin.
func diffOwner(d *draft) {
	a, want := d.address(spec.KindOwner, ""), d.want.Owner
	if d.creates() {
		if want == d.zone.me.Email {
			d.same(a)
		} else {
			d.wait(a, want+" has not accepted yet: the organization is about to be created")
		}
		return
	}
	live := findMember(d.live.Members, want)
	switch {
	case live != nil && d.isOwner(live):
		d.same(a)
	case live == nil:
		d.wait(a, want+" is not a member yet")
	case !live.Accepted():
		d.wait(a, want+" has not accepted yet")
	case d.live.OwnerID == 0:
		d.wait(a, "the zone shows no Owner, who alone can transfer")
	case d.live.OwnerID != d.zone.me.ID:
		d.wait(a, "only "+ownerName(d.live)+" can transfer; the token is "+d.zone.me.Email+"'s")
	default:
		d.propose(phaseTransfer, Step{
			Address: a, Op: OpTransfer, Source: position(d.at("owner")), Before: viewOwner(d.live, ""),
			Fields:    []Field{{Path: "owner", From: Text(ownerName(d.live)), To: Text(want)}},
			Arguments: Arguments{Email: want, UserID: live.UserID},
			Notes:     []string{"the former Owner stays as Admin, and only " + want + " can transfer back"},
		})
	}
}
