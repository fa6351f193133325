package command

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/policy"
)

// policyJudge judges plans by the policies of a run. It is the planner's Judge.
type policyJudge struct {
	*policies
	now   time.Time
	shard *spec.Shard
	facts policyFacts
	// budget is that of the run, which judges a plan several times.
	budget policy.Budget
}

var _ planner.Judge = (*policyJudge)(nil)

// judge makes the judge of a run; nil where there is nothing to judge by. Without zones nothing can
// be read beside what the plan is made from.
func (p *policies) judge(now time.Time, shard *spec.Shard, zones *zones, concurrency int) planner.Judge {
	if p.none() {
		return nil
	}
	facts := policyFacts{zones: zones, concurrency: concurrency, now: now}
	for _, key := range p.set.Reads() {
		if key != planner.ReadMembers {
			facts.keys = append(facts.keys, key)
		}
	}
	for _, rule := range p.set.Policies() {
		facts.expressions += rule.When + "\n" + rule.Require + "\n"
	}
	facts.twoFactor = slices.Contains(p.set.Reads(), planner.ReadMembers) && strings.Contains(facts.expressions, "tfa")
	return &policyJudge{policies: p, now: now, shard: shard, facts: facts}
}

// Policies are what is in force, and what it looks at beside the plan.
func (j *policyJudge) Policies() spec.Policies {
	p := spec.Policies{InForce: len(j.set.Policies())}
	for _, key := range j.set.Reads() {
		p.Reads = append(p.Reads, spec.PolicyRead{Key: key, Policies: j.set.Readers(key)})
	}
	return p
}

// Judge gives what a plan breaks.
func (j *policyJudge) Judge(
	ctx context.Context, draft *plan.Plan, people map[string]planner.People,
) ([]spec.PolicyResult, error) {
	form, err := jsonForm(draft)
	if err != nil {
		return nil, err
	}
	in := policy.Input{
		Plan: form, Now: j.now, Unsealed: j.unsealed, Budget: &j.budget, Part: j.shard != nil && j.shard.Count > 1,
		Organizations: map[string]map[string]any{}, Unread: map[string][]string{},
	}
	j.facts.read(ctx, draft)
	why := map[string]string{}
	for i := range draft.Organizations {
		o := &draft.Organizations[i]
		known, unread := j.facts.of(o)
		if known == nil {
			known = map[string]any{}
		}
		persons := people[o.Key]
		if known[planner.ReadMembers] = j.members(o, persons); persons.Unread != "" {
			unread = append(unread, planner.ReadMembers)
			why[o.Key] = persons.Unread
		}
		in.Organizations[o.Key], in.Unread[o.Key] = known, unread
	}
	verdict, err := j.set.Evaluate(ctx, in)
	if err != nil {
		return nil, err
	}
	return j.results(verdict, draft, why), nil
}

// jsonForm is the plan as policies see it: a secret that comes from a reference with that, which a
// saved plan holds beside the fields, and without what is sent, which no policy sees.
func jsonForm(draft *plan.Plan) (form map[string]any, err error) {
	shown := draft.Shown()
	for i := range shown.Organizations {
		for j := range shown.Organizations[i].Steps {
			s := &shown.Organizations[i].Steps[j]
			s.Arguments, s.Precondition = plan.Arguments{}, ""
		}
	}
	data, err := json.Marshal(shown)
	if err != nil {
		return nil, fmt.Errorf("write the plan for policies: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return form, decoder.Decode(&form)
}

func (j *policyJudge) members(o *plan.Organization, people planner.People) []any {
	members := make([]policy.Member, len(people.Members))
	for i, m := range people.Members {
		members[i] = policy.Member{Email: m.Email, Role: m.Role, Invitation: m.Invitation}
		if m.Invitation == "" {
			members[i].TFA = j.facts.hasTwoFactor(o, m.UserID)
		}
	}
	return policy.Members(members)
}

func (j *policyJudge) results(v policy.Verdict, draft *plan.Plan, why map[string]string) []spec.PolicyResult {
	ops := map[int]plan.Op{}
	for i := range draft.Organizations {
		for _, s := range draft.Organizations[i].Steps {
			ops[s.N] = s.Op
		}
	}
	var results []spec.PolicyResult
	for _, r := range v.Results {
		result := spec.PolicyResult{
			ID: r.ID, On: string(r.On), Address: spec.Address(r.Address), Op: string(ops[r.Step]),
			Severity: spec.PolicySeverity(r.Severity), Message: r.Message, Reason: reasonOf(&r, why),
			Trusted: r.Trusted, Source: j.lists[r.From.List].Position(r.Path, 0, 0).Position(),
		}
		if s := r.Suppressed; s != nil {
			result.Suppressed = &spec.Suppressed{Reason: s.Reason, Until: s.Until}
		}
		results = append(results, result)
	}
	return results
}

// mostUnreadShown is how many organizations a reason names.
const mostUnreadShown = 3

// reasonOf says why a policy could not be judged; "" where it was.
func reasonOf(r *policy.Result, why map[string]string) string {
	switch {
	case r.Failed != "":
		return r.Failed
	case r.Hidden:
		return "it compares a value that is secret or not known, and asks neither has(f.to.sensitive) nor " +
			"has(f.to.unknown) before; see `makesync help policies`"
	case r.Partial:
		return "it looks at the whole plan, and a shard has a part of it; see plan.shard in `makesync help policies`"
	case len(r.Unsealed) > 0:
		return "it looks at " + text.And(r.Unsealed) + ", and of a plan file without a seal nobody knows whether " +
			"that is true; set MAKESYNC_SEAL_KEY for plan and apply"
	case len(r.Unread) == 0:
		return ""
	}
	var lacking []string
	for _, u := range r.Unread {
		words := u.Key + " of " + u.Organization + " could not be read"
		if reason := why[u.Organization]; reason != "" && u.Key == planner.ReadMembers {
			words = "the " + u.Key + " of " + u.Organization + " are not known: " + reason
		}
		lacking = append(lacking, words)
	}
	return text.AndMore(lacking, mostUnreadShown)
}
