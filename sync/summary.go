package sync

// Summarize counts the steps of organizations by their counted op, and the rest.
func Summarize(organizations []OrganizationPlan) Summary {
	var s Summary
	counters := map[Op]*int{OpCreate: &s.Create, OpUpdate: &s.Update, OpDelete: &s.Delete, OpInvite: &s.Invite, OpTransfer: &s.Transfer}
	for _, o := range organizations {
		for i := range o.Steps {
			*counters[o.Steps[i].Op.Counted()]++
		}
		s.Waiting += len(o.Waiting)
		s.Held += len(o.Held)
		s.Unchanged += o.Unchanged
	}
	return s
}

// plannedWrites is the number of requests that the steps take when nothing fails.
func plannedWrites(organizations []OrganizationPlan) int {
	n := 0
	for _, o := range organizations {
		for i := range o.Steps {
			n += o.Steps[i].writes()
		}
	}
	return n
}
