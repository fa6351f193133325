package command

import (
	"context"
	"time"

	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/report"
	"makesync/sync/savedplan"
)

// answeredLate is after how long the answer to a question has policies judge again.
const answeredLate = time.Minute

// recheck looks again at what depends on the time when the question is answered: a saved plan that
// has expired meanwhile, approvals, and, where somebody has let it wait, policies, which may speak
// of the day.
func recheck(ctx context.Context, a *applyRun) error {
	now := a.r.Now()
	if a.file != "" {
		zones := map[string]plan.Zone{} // those that were verified before
		for _, zone := range a.plan.Zones {
			zones[zone.Name] = zone
		}
		if problems := savedplan.Verify(a.plan, savedplan.VerifyOptions{Now: now, Zones: zones}); len(problems) > 0 {
			a.problems = append(a.problems, problems...)
			return errStale
		}
	}
	if err := checkApprovals(a); err != nil {
		return err
	}
	if a.policies.none() || now.Sub(a.fetched) < answeredLate {
		return nil
	}
	late := *a.plan
	held, err := planner.Rejudge(ctx, &late, planner.Request{
		Desired: a.desired, Zones: a.zones.readers(), Memory: a.store.Memory(), Shard: a.options.shard, Now: now.UTC(),
		Concurrency: a.options.zones.concurrency,
		Judge:       a.policies.judge(now, a.options.shard, a.zones, a.options.zones.concurrency),
	}, false)
	switch {
	case err != nil:
		return err
	case late.Policies.HasErrors():
		a.problems = append(a.problems, report.PolicyProblems(&late, true)...)
		return errForbidden
	case len(held) > 0:
		for _, h := range held {
			a.problems = append(a.problems, heldProblem(h))
		}
		return errJudged
	}
	return nil
}
