package sync

import "makesync/spec"

// ceilings are the most steps that each limit over several organizations can still come to count. What the documents
// declare is a bound before anything is read, but for a purge, and each comparison shows what it comes to. A limit that can no longer
// be passed takes nothing out of a plan, so nothing has to wait for it.
type ceilings struct {
	bounds []bound
	most   map[ceiling]int
}

// ceiling is what one limit counts together.
type ceiling struct {
	guard string
	kind  spec.Kind
	scope string
}

// anyNumber is how much a purge may delete.
const anyNumber = 1 << 32

func newCeilings(run *planRun, drafts []*draft) *ceilings {
	c := &ceilings{bounds: run.sharedBounds, most: map[ceiling]int{}}
	for _, d := range drafts {
		d.most = make([]int, len(c.bounds))
		for i, b := range c.bounds {
			d.most[i] = d.atMost(b.op, b.kind)
			c.most[b.ceiling(d)] += d.most[i]
		}
	}
	return c
}

func (b *bound) ceiling(d *draft) ceiling { return ceiling{b.guard, b.kind, b.scope(d)} }

// atMost bounds the steps of an op and kind to which an organization can lead, before it is read.
func (d *draft) atMost(op Op, kind spec.Kind) int {
	switch {
	case d.settled:
		return 0
	case op == OpCreate && kind == spec.KindOrganization:
		return oneIf(d.creates())
	case op == OpDelete && kind == spec.KindOrganization:
		return oneIf(d.deletes())
	case op == OpDelete && kind == spec.KindVariable && !d.want.Purges(kind):
		n := 0
		for i := range d.want.Variables {
			n += oneIf(d.want.Variables[i].State == spec.Absent)
		}
		return n
	case op == OpDelete && kind == spec.KindMember && !d.want.Purges(kind):
		n := 0
		for i := range d.want.Members {
			n += oneIf(d.want.Members[i].State == spec.Absent)
		}
		return n
	}
	return anyNumber
}

func oneIf(is bool) int {
	if is {
		return 1
	}
	return 0
}

// learn takes in what an organization came to, once it is compared. Before the guards have looked at it, all that it proposes may count.
func (c *ceilings) learn(d *draft) {
	for i := range c.bounds {
		b, n := &c.bounds[i], 0
		switch {
		case d.guarded:
			n = b.stepsOf(d, b.kind, d.own)
		case d.own != nil:
			n = d.own.steps[opKind{b.op, b.kind}]
		}
		c.most[b.ceiling(d)] += n - d.most[i]
	}
}

// mayHold tells whether a limit over several organizations may still hold a step of this one.
func (c *ceilings) mayHold(d *draft) bool {
	for i := range c.bounds {
		if b := &c.bounds[i]; c.most[b.ceiling(d)] > b.most && b.stepsOf(d, b.kind, d.own) > 0 {
			return true
		}
	}
	return false
}
