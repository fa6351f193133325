package plan

// Summarize counts the steps of organizations by their counted op, and the rest.
func Summarize(organizations []Organization) Summary {
	var s Summary
	for i := range organizations {
		s.add(&organizations[i])
	}
	return s
}

func (s *Summary) add(o *Organization) {
	s.Waiting += len(o.Waiting)
	s.Held += len(o.Held)
	s.Unchanged += o.Unchanged
	if len(o.Steps) == 0 {
		return
	}
	counters := map[Op]*int{OpCreate: &s.Create, OpUpdate: &s.Update, OpDelete: &s.Delete, OpInvite: &s.Invite,
		OpTransfer: &s.Transfer}
	for i := range o.Steps {
		*counters[o.Steps[i].Op.Counted()]++
	}
}

// PlannedWrites is the number of requests that an organization's steps take when nothing fails.
func (o *Organization) PlannedWrites() (n int) {
	for i := range o.Steps {
		n += o.Steps[i].writes()
	}
	return n
}
