package planner

import (
	"context"
	"slices"
	"strings"

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

	results spec.PolicyResults // those that count, of all rounds
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
		if j.hold(on, results) > 0 {
			return on
		}
	}
	return ""
}

// hold holds the changes that results on one subject hold, and gives how many these are. The first
// result that is about a change is its reason, that of a trusted policy before others.
func (j *judging) hold(on string, results []spec.PolicyResult) (n int) {
	type subject struct {
		address spec.Address
		op      string
	}
	first := map[subject]*spec.PolicyResult{}
	for i := range results {
		r := &results[i]
		if r.On != on || r.Severity != spec.PolicyHold || r.Suppressed != nil {
			continue
		}
		if of := (subject{r.Address, r.Op}); first[of] == nil || r.Trusted && !first[of].Trusted {
			first[of] = r
		}
	}
	if len(first) == 0 {
		return 0
	}
	for _, o := range j.organizations {
		n += holdBy(o, func(c *plan.Change) *reason {
			var of subject // the plan
			switch on {
			case spec.PolicyOnStep:
				of = subject{c.Address, string(c.Op)}
			case spec.PolicyOnOrganization:
				of.address = spec.Address(o.want.Key)
			}
			if r := first[of]; r != nil {
				return &reason{spec.PolicyGuard(r.ID), r.Words()}
			}
			return nil
		})
	}
	return n
}

func (j *judging) holdAll(guard, why string) {
	for _, o := range j.organizations {
		hold(o, guard, why, func(*plan.Change) bool { return true })
	}
}

// add takes in the results of a round in which policies on a subject have held something; "" for
// the last round. An error counts whatever else is held, so that nobody can hide one behind a hold.
func (j *judging) add(results []spec.PolicyResult, on string) {
	for _, r := range results {
		counts := on == "" || r.On == spec.PolicyOnStep || r.Severity == spec.PolicyError ||
			r.Severity == spec.PolicyHold && r.On == on
		if counts {
			j.results.Add(r)
		}
	}
}

// policies is what a plan says of policies; nil where there are none.
func (j *judging) policies() *spec.Policies {
	if j.judge == nil {
		return nil
	}
	p := j.judge.Policies()
	p.Results = append([]spec.PolicyResult{}, j.results.All...)
	p.Sum()
	return &p
}

// reason is why a change is held.
type reason struct{ guard, words string }

const itFollows = "it follows what is held: "

// hold holds the numbered changes that are meant, and those that come after one of them; it gives
// how many.
func hold(o *organization, guard, words string, means func(*plan.Change) bool) int {
	why := &reason{guard, words}
	return holdBy(o, func(c *plan.Change) *reason {
		if means(c) {
			return why
		}
		return nil
	})
}

// holdBy holds the changes for which there is a reason, and those that come after one of them; it
// gives how many. What hangs on the creation of the organization is told with it.
func holdBy(o *organization, why func(*plan.Change) *reason) int {
	if i := o.creation(); i >= 0 {
		if r := why(&o.Changes[i]); r != nil {
			o.held = append(o.held, o.Changes[i].HeldBy(r.guard, r.words, ""))
			o.Changes = slices.Delete(o.Changes, i, i+1)
			o.dropUncreated()
			return 1
		}
	}
	held := map[int]*reason{}
	o.Changes = slices.DeleteFunc(o.Changes, func(c plan.Change) bool {
		r := why(&c)
		for i := 0; r == nil && i < len(c.After); i++ {
			if before := held[c.After[i]]; before != nil {
				r = &reason{before.guard, itFollows + strings.TrimPrefix(before.words, itFollows)}
			}
		}
		if r == nil {
			return false
		}
		held[c.N] = r
		o.held = append(o.held, c.HeldBy(r.guard, r.words, ""))
		return true
	})
	return len(held)
}
