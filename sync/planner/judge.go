package planner

import (
	"context"
	"slices"

	"makesync/spec"
	"makesync/sync/plan"
)

// Judge judges, after the guards, what a plan would do. Policies are judged on the plan as it would
// be applied, so what one holds may be what another looks at: the plan without it is judged again,
// until nothing further is held.
type Judge interface {
	// Policies are what is in force and what it looks at, without results.
	Policies() spec.Policies
	// Judge gives what is broken by a plan, sorted. People are the members of its organizations
	// as they will be after it, by key, as far as Policies names them.
	Judge(ctx context.Context, draft *plan.Plan, people map[string]People) ([]spec.PolicyResult, error)
}

// ReadMembers is the key of Policies().Reads by which a Judge asks for people.
const ReadMembers = "members"

func (r *Request) wantsMembers() bool {
	return r.Judge != nil && slices.ContainsFunc(r.Judge.Policies().Reads, func(read spec.PolicyRead) bool {
		return read.Key == ReadMembers
	})
}

// mostRounds is how often a plan is judged. What then still holds something each time holds
// everything.
const mostRounds = 10

// judging is a plan that is being judged.
type judging struct {
	judge         Judge // nil: there are no policies
	organizations []*organization
	// draft is the plan as it would be without what policies hold so far.
	draft func() *plan.Plan

	results []spec.PolicyResult // those that count, of all rounds
	seen    map[spec.PolicyResultKey]bool
}

// do holds what policies hold, the narrowest first: a step, an organization, then the plan.
func (j *judging) do(ctx context.Context) error {
	if j.judge == nil {
		return nil
	}
	for round := 1; ; round++ {
		results, err := j.judge.Judge(ctx, j.draft(), j.people())
		switch {
		case err != nil && interrupted(ctx):
			return context.Cause(ctx)
		case err != nil && ctx.Err() != nil:
			j.holdAll("policies", "the time of the run was over before policies were judged")
			return nil
		case err != nil:
			return err
		}
		on := j.holdNarrowest(results)
		j.add(results, on)
		switch {
		case on == "":
			return nil
		case round == mostRounds:
			j.holdAll("policies", "policies hold something further each time the rest is judged")
			return nil
		}
	}
}

// people are those of every organization after the draft, by key, where policies want them.
func (j *judging) people() map[string]People {
	after := map[string]People{}
	for _, o := range j.organizations {
		if o.run.wantsMembers() {
			after[o.want.Key] = peopleAfter(o)
		}
	}
	return after
}

// subjects of policies, the narrowest first.
var subjects = []string{spec.PolicyOnStep, spec.PolicyOnOrganization, spec.PolicyOnPlan}

// holdNarrowest holds what the results of the narrowest subject hold, and gives this subject; ""
// when nothing is held.
func (j *judging) holdNarrowest(results []spec.PolicyResult) string {
	for _, on := range subjects {
		held := 0
		for i := range results {
			if r := &results[i]; r.On == on && r.Severity == spec.PolicyHold && r.Suppressed == nil {
				held += j.hold(r)
			}
		}
		if held > 0 {
			return on
		}
	}
	return ""
}

// hold holds the subject of a result, and gives how many changes these are.
func (j *judging) hold(r *spec.PolicyResult) (n int) {
	for _, o := range j.organizations {
		if r.On == spec.PolicyOnPlan || r.Address.Key() == o.want.Key {
			n += hold(o, spec.PolicyGuard(r.ID), r.Words(), func(c *plan.Change) bool {
				return r.On != spec.PolicyOnStep || c.Address == r.Address && string(c.Op) == r.Op
			})
		}
	}
	return n
}

func (j *judging) holdAll(guard, reason string) {
	for _, o := range j.organizations {
		hold(o, guard, reason, func(*plan.Change) bool { return true })
	}
}

// add takes in the results of a round in which policies on a subject have held something; "" for
// the last round. An error counts whatever else is held, so that nobody can hide one behind a hold.
func (j *judging) add(results []spec.PolicyResult, on string) {
	for _, r := range results {
		counts := on == "" || r.On == spec.PolicyOnStep || r.Severity == spec.PolicyError ||
			r.Severity == spec.PolicyHold && r.On == on
		if !counts || j.seen[r.Key()] {
			continue
		}
		if j.seen == nil {
			j.seen = map[spec.PolicyResultKey]bool{}
		}
		j.seen[r.Key()] = true
		j.results = append(j.results, r)
	}
}

// policies is what a plan says of policies; nil where there are none.
func (j *judging) policies() *spec.Policies {
	if j.judge == nil {
		return nil
	}
	p := j.judge.Policies()
	p.Results = append([]spec.PolicyResult{}, j.results...)
	p.Sort()
	return &p
}

// hold holds the numbered changes that are meant, and those that come after one of them; it gives
// how many. What hangs on the creation of the organization is told with it.
func hold(o *organization, guard, reason string, means func(*plan.Change) bool) int {
	if i := o.creation(); i >= 0 {
		if creation := o.Changes[i]; means(&creation) {
			o.held = append(o.held, creation.HeldBy(guard, reason, ""))
			o.Changes = slices.Delete(o.Changes, i, i+1)
			o.dropUncreated()
			return 1
		}
	}
	held := map[int]bool{}
	o.Changes = slices.DeleteFunc(o.Changes, func(c plan.Change) bool {
		why := reason
		switch {
		case means(&c):
		case slices.ContainsFunc(c.After, func(n int) bool { return held[n] }):
			why = "it follows what is held: " + reason
		default:
			return false
		}
		held[c.N] = true
		o.held = append(o.held, c.HeldBy(guard, why, ""))
		return true
	})
	return len(held)
}
