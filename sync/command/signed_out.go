package command

import (
	"context"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// addSignedOut names, where a plan enforces two-factor authentication, whom that signs out: one
// more call for each such organization, and only then. What could not be read is a warning.
func addSignedOut(ctx context.Context, p *plan.Plan, zones *zones, concurrency int) {
	before := zones.reads()
	problems := make([]*spec.Problem, len(p.Organizations))
	var group spec.Group
	group.SetLimit(max(1, concurrency))
	for i := range p.Organizations {
		o := &p.Organizations[i]
		client := zones.ports[o.Zone].client
		add := whereSignedOut(o)
		if client == nil || o.ID == 0 || add == nil {
			continue
		}
		group.Go(func() error {
			factors, err := client.SecondFactors(ctx, o.ID)
			if err != nil {
				problem := state.ReadProblem("signed-out", spec.NewAddress(o.Key, spec.KindTFA, ""),
					"whom enforcing two-factor authentication signs out could not be read", err)
				problem.Severity = spec.Warning
				problems[i] = &problem
				return nil
			}
			add(signedOutWords(o, factors))
			return nil
		})
	}
	_ = group.Wait() // the functions keep their errors in problems
	for _, problem := range problems {
		if problem != nil {
			p.Problems = append(p.Problems, *problem)
		}
	}
	p.Problems = spec.OnceEach(p.Problems)
	p.Calls.Read += zones.reads() - before
}

// addUnknownSignedOut says where a plan without a zone enforces that it cannot name them.
func addUnknownSignedOut(p *plan.Plan) {
	for i := range p.Organizations {
		if add := whereSignedOut(&p.Organizations[i]); add != nil && p.Organizations[i].ID != 0 {
			add("whom that signs out is known only to the zone: a plan without --live and --base names them")
		}
	}
}

// whereSignedOut is where the words go: to the step that enforces, or to the reason for which it is
// held; nil when the plan enforces nothing there.
func whereSignedOut(o *plan.Organization) func(words string) {
	for i := range o.Steps {
		if s := &o.Steps[i]; plan.Enforces(s) {
			return func(words string) { s.Notes = append(s.Notes, words) }
		}
	}
	for i := range o.Held {
		h := &o.Held[i]
		if h.Kind == spec.KindTFA && strings.HasPrefix(h.Allow, string(plan.OpEnforce)+":") {
			return func(words string) { h.Reason += "; " + words }
		}
	}
	return nil
}

// signedIn tells whether a person is a member when the plan enforces: invitations and removals come
// before.
func signedIn(o *plan.Organization, person spec.Address) bool {
	away := []plan.Op{plan.OpInvite, plan.OpReinvite, plan.OpRevoke, plan.OpDelete}
	return !slices.ContainsFunc(o.Waiting, func(w plan.Waiting) bool { return w.Unanswered && w.Address == person }) &&
		!slices.ContainsFunc(o.Steps, func(s plan.Step) bool {
			return s.Address == person && slices.Contains(away, s.Op)
		})
}

// mostSignedOut is how many people are named.
const mostSignedOut = 20

// signedOutWords name who has no second factor, and of whom the zone does not say: unknown is never
// taken for safe. Who has not accepted an invitation is not signed in, and who is removed before is
// gone.
func signedOutWords(o *plan.Organization, factors map[string]*bool) string {
	var without, unknown []string
	for email, has := range factors {
		switch {
		case !signedIn(o, spec.NewAddress(o.Key, spec.KindMember, spec.NormalEmail(email))):
		case has == nil:
			unknown = append(unknown, email)
		case !*has:
			without = append(without, email)
		}
	}
	slices.Sort(without)
	slices.Sort(unknown)
	words := "signs out nobody of whom the zone shows that she has no two-factor authentication"
	if len(without) > 0 {
		words = "signs out " + text.Count(len(without), "person", "people") + ": " + text.Commas(without, mostSignedOut)
	}
	if len(unknown) > 0 {
		words += "; may sign out, since the zone does not say: " + text.Commas(unknown, mostSignedOut)
	}
	return words
}
